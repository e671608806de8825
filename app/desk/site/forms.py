"""What organisers type, choose and press for the public site."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    FieldList,
    FormField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from app.desk.deadlines.forms import NOT_A_DAY
from app.desk.letters.forms import Needed
from app.outbox.tongues import TONGUES
from app.site.colours import OWN, Scheme
from app.site.look import Chosen
from app.site.models import Article, Look, Photo
from app.site.pictures import WANTED, Described
from app.site.service import LONGEST_SLUG, Wording, Written
from app.web import TongueForm, TonguesForm, Versioned, lines, one_line
from app.web.reading import language

LANGUAGES = [SelectChoice(code, name) for code, name in TONGUES.items()]


class ArticleTongueForm(TongueForm):
    """A page or piece of news in one language."""

    title = StringField(_l("Title"), filters=[one_line])
    text = TextAreaField(_l("Text"), filters=[lines])


class ArticleForm(TonguesForm):
    """A page or a piece of news; `seen` is the version that it is to replace."""

    rows = FieldList(FormField(ArticleTongueForm))
    fallback = SelectField(
        _l("Readers of other languages see it in"), [InputRequired()], choices=LANGUAGES, default="en"
    )
    slug = StringField(
        _l("Name in its address"),
        [Optional()],
        [one_line],
        description=_l(
            "Small letters, numbers and hyphens, as in “getting-there”. It cannot be changed later, so that links hold."
            " Left empty, it is made of the title."
        ),
        render_kw={"maxlength": LONGEST_SLUG},
    )
    in_navigation = BooleanField(_l("Its title stands in the bar at the head of every page"), default=True)
    day = DateField(
        _l("Day"), [Optional()], invalid_value_message=NOT_A_DAY, description=_l("The newest stands first.")
    )

    def written(self) -> Written:
        """What was typed."""
        words = {
            row.form.code.data: Wording(row.form.title.data or "", row.form.text.data or "")
            for row in self.rows
            if row.form.code.data in TONGUES
        }
        slug = (self.slug.data or "") if "slug" in self else ""
        return Written(words, self.fallback.data, slug, self.day.data, bool(self.in_navigation.data))

    def typed(self, code: str) -> Wording:
        """What was typed in one language."""
        return self.written().words.get(code, Wording("", ""))


def of_nothing(fallback: str, title: str, slug: str, day: date) -> dict[str, Any]:
    """What the form of a new one shows."""
    rows = [{"code": code, "title": title if code == fallback else "", "text": ""} for code in TONGUES]
    return {"rows": rows, "fallback": fallback, "slug": slug, "seen": "0", "in_navigation": True, "day": day}


def of_article(row: Article) -> dict[str, Any]:
    """What the form shows of one that is stored."""
    rows = [{"code": code, **row.words.get(code, {"title": "", "text": ""})} for code in TONGUES]
    kept = {"in_navigation": row.in_navigation, "day": row.day}
    return {"rows": rows, "fallback": row.fallback, "seen": str(row.version)} | kept


class PhotoTongueForm(TongueForm):
    """What is to be seen, in one language."""

    alt = StringField(_l("What is to be seen"), filters=[one_line])


class PhotoForm(TonguesForm):
    """A photo in words."""

    rows = FieldList(FormField(PhotoTongueForm))
    fallback = SelectField(
        _l("Readers of other languages are told in"), [InputRequired()], choices=LANGUAGES, default="en"
    )
    credit = StringField(
        _l("Who took it"), [Optional()], [one_line], description=_l("It stands beneath the photo. Left empty, nothing.")
    )

    def described(self) -> Described:
        """What was typed."""
        alt = {row.form.code.data: row.form.alt.data or "" for row in self.rows if row.form.code.data in TONGUES}
        return Described(alt, self.fallback.data, self.credit.data or "")


class NewPhotoForm(PhotoForm):
    """A photo that comes, and its words."""

    photo = FileField(
        _l("Photo"),
        [InputRequired(_l("Choose a photo."))],
        description=_l(
            "JPG, PNG or WebP of at least %(least)s pixels on each side, at most %(size)s MB. It is turned upright and"
            " made smaller; where and with what it was taken is left out.",
            least=WANTED.least,
            size=WANTED.megabytes,
        ),
    )


def of_photo(row: Photo | None) -> dict[str, Any]:
    """What the form shows of a photo, or of none."""
    alt = row.alt if row else {}
    rows = [{"code": code, **alt.get(code, {"alt": ""})} for code in TONGUES]
    told = (
        {"fallback": row.fallback, "credit": row.credit, "seen": str(row.version)} if row else {"fallback": language()}
    )
    return {"rows": rows} | told


class PressForm(Versioned):
    """The press of a button about one version."""


class LookForm(Versioned):
    """The colours of a summit."""

    own = BooleanField(_l("This summit has a colour of its own"))
    accent = ColorField(
        _l("Colour on light paper"),
        [Needed()],
        [lambda text: (text or "").lower()],
        description=_l("For links, buttons, and what is chosen. Text in it, and on it, must be readable by everybody."),
    )
    own_dark = BooleanField(_l("Choose its dark counterpart too"))
    accent_dark = ColorField(
        _l("Colour on dark paper"),
        [Needed()],
        [lambda text: (text or "").lower()],
        description=_l("For who reads light words on dark paper. Not chosen, it is worked out from the other."),
    )

    def chosen(self) -> Chosen:
        """The colours as they were chosen."""
        if not self.own.data:
            return Chosen()
        return Chosen(self.accent.data or "", (self.accent_dark.data or "") if self.own_dark.data else "")


def of_look(row: Look | None) -> dict[str, Any]:
    """What the form shows."""
    accent, dark = (row.accent, row.accent_dark) if row else ("", "")
    told = {"own": bool(accent), "own_dark": bool(dark), "seen": str(row.version if row else 0)}
    return told | {"accent": accent or OWN[Scheme.LIGHT], "accent_dark": dark or OWN[Scheme.DARK]}
