"""What a person tells about themselves: one short form a page, each stored by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.profiles import service
from app.profiles.models import Consent, Consented, NameOrder, Page, Profile
from app.profiles.photos import LEAST, MEGABYTES
from app.registration.fields import Asked, AtMost, readable
from app.registration.models import Delegate
from app.web import Form, lines, one_line


def composed(text: str | None) -> str:
    """One line in which a letter and its mark are one character, so that people and program count alike."""
    return unicodedata.normalize("NFC", one_line(text))


class AboutForm(Form):
    """The base of the pages; it carries a mark of what the person saw."""

    seen = HiddenField()
    fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def of(cls, delegate: Delegate, city: str, profile: Profile | None) -> dict[str, Any]:
        """What the form shows at first."""
        stored = {name: getattr(profile, name) for name in cls.fields} if profile else {}
        first, second = service.badge(delegate, city, profile)
        lines_of_badge = {"badge_first": first, "badge_second": second}
        shown = stored | {name: line for name, line in lines_of_badge.items() if name in cls.fields}
        return shown | {"seen": service.mark(profile, cls.fields)}

    def told(self) -> dict[str, Any]:
        """What was filled in, once it is valid, by the names of the columns."""
        return {name: self[name].data for name in self.fields}


class NamesForm(AboutForm):
    """How the name is written and said."""

    fields = service.FIELDS[Page.NAMES]

    own_script = StringField(
        _l("Name in your own script"),
        [Asked(), AtMost(200), readable],
        [composed],
        description=_l("Such as 小池百合子, if your name is written in another script at home."),
    )
    pronunciation = StringField(
        _l("How to say it"),
        [Asked(), AtMost(80), readable],
        [one_line],
        description=_l("As a moderator would read it aloud, such as “ko-EE-keh yoo-REE-ko”."),
    )
    name_order = RadioField(_l("Order of your names in lists"), validate_choice=False)
    capitals = BooleanField(
        _l("Write my family name in capitals"),
        description=_l("Only in lists that are put in order. Your displayed name is never changed."),
    )
    second_position = StringField(
        _l("Position in a second language"),
        [Asked(), AtMost(200), readable],
        [one_line],
        description=_l("As it stands on the other side of your card."),
    )

    def offer(self, family: str, given: str) -> None:
        """Let the person choose, with their own names as examples where they told them apart."""
        first, last = _("Family name first"), _("Given name first")
        if family and given:
            first, last = f"{first}: {family} {given}", f"{last}: {given} {family}"
        self.name_order.choices = [
            SelectChoice("", _("As in my displayed name")),
            SelectChoice(NameOrder.FAMILY_FIRST.value, first),
            SelectChoice(NameOrder.GIVEN_FIRST.value, last),
        ]
        if not self.name_order.data:
            self.name_order.data = ""

    def validate_name_order(self, field: Any) -> None:
        if field.data and field.data not in {each.value for each in NameOrder}:
            raise StopValidation(_("Choose one of these."))
        if self.capitals.data and not field.data:
            raise StopValidation(_("Choose the order too, so that we know which name is in capitals."))

    def told(self) -> dict[str, Any]:
        chosen = self.name_order.data
        return super().told() | {"name_order": NameOrder(chosen) if chosen else None}


class LanguagesForm(AboutForm):
    """What the person speaks, and what has to be interpreted for them."""

    fields = service.FIELDS[Page.LANGUAGES]

    languages = StringField(
        _l("Languages you speak"),
        [Asked(), AtMost(200), readable],
        [one_line],
        description=_l("The one you speak best first, such as Japanese, English."),
    )
    interpret_from = StringField(
        _l("I need interpretation from"),
        [AtMost(60)],
        [one_line],
        description=_l("The language you do not follow. Leave both empty if you need no interpretation."),
    )
    interpret_to = StringField(
        _l("I need interpretation into"),
        [AtMost(60)],
        [one_line],
        description=_l("The language in which you listen and speak."),
    )

    def validate_interpret_from(self, field: Any) -> None:
        if self.interpret_to.data and not field.data:
            raise StopValidation(_("Say from which language, or leave both empty."))

    def validate_interpret_to(self, field: Any) -> None:
        if self.interpret_from.data and not field.data:
            raise StopValidation(_("Say into which language, or leave both empty."))
        if field.data and field.data.casefold() == (self.interpret_from.data or "").casefold():
            raise StopValidation(_("Choose two different languages."))


class BioForm(AboutForm):
    """A few words and a picture."""

    fields = service.FIELDS[Page.BIO]

    bio = TextAreaField(
        _l("About you"),
        [Asked(), AtMost(800), readable],
        [lines],
        description=_l("A few sentences for whoever introduces you: at most 800 characters."),
    )
    photo = FileField(
        _l("Photo"),
        description=_l(
            "JPG or PNG, at least %(least)s pixels on each side, at most %(size)s MB.", least=LEAST, size=MEGABYTES
        ),
    )
    without_photo = BooleanField(_l("Remove the photo"))

    def validate_without_photo(self, field: Any) -> None:
        if field.data and self.photo.data:
            raise StopValidation(_("Either remove the photo or choose another one."))


class BadgeForm(AboutForm):
    """What stands on the badge."""

    fields = service.FIELDS[Page.BADGE]

    badge_first = StringField(
        _l("First line"),
        [Asked(_l("Enter what shall stand on the badge.")), AtMost(service.BADGE_LINE), readable],
        [composed],
        description=_l("The name, as people shall read it across a table."),
    )
    badge_second = StringField(
        _l("Second line"),
        [Asked(), AtMost(service.BADGE_LINE), readable],
        [composed],
        description=_l("The city, or the position."),
    )


class ConsentsForm(Form):
    """Each consent by itself; a tick shows one that the person gave, to the wording that stands beside it."""

    seen = HiddenField()
    photo_and_film = BooleanField(service.WORDINGS[Consented.PHOTO_AND_FILM].sentence)
    recording = BooleanField(service.WORDINGS[Consented.RECORDING].sentence)
    contact = BooleanField(service.WORDINGS[Consented.CONTACT].sentence)

    @staticmethod
    def of(consents: Collection[Consent]) -> dict[str, Any]:
        """What the form shows at first."""
        present = service.agreed_to(consents)
        return {kind.name.lower(): kind in present for kind in Consented} | {"seen": service.mark_of_consents(consents)}

    def wanted(self) -> frozenset[Consented]:
        return frozenset(kind for kind in Consented if self[kind.name.lower()].data)

    def said(self, consents: Iterable[Consent]) -> list[tuple[Any, list[Consent], bool]]:
        """Each tick with its history, latest first, and whether an earlier wording is what was agreed to."""
        found = []
        for kind in Consented:
            own = [each for each in consents if each.kind == kind]
            standing = {each.version for each in own if each.withdrawn_at is None}
            earlier = bool(standing) and service.WORDINGS[kind].version not in standing
            found.append((self[kind.name.lower()], own, earlier))
        return found


class OnBehalfForm(BioForm, BadgeForm):
    """What a city's office may fill in for somebody: never a consent."""

    fields = service.BY_OFFICE

    bio = TextAreaField(
        _l("About the person"),
        [Asked(), AtMost(800), readable],
        [lines],
        description=_l("A few sentences for whoever introduces them: at most 800 characters."),
    )
    own_script = StringField(
        _l("Name in their own script"),
        [Asked(), AtMost(200), readable],
        [composed],
        description=_l("Such as 小池百合子, if the name is written in another script at home."),
    )
    pronunciation = StringField(
        _l("How to say it"),
        [Asked(), AtMost(80), readable],
        [one_line],
        description=_l("As a moderator would read it aloud, such as “ko-EE-keh yoo-REE-ko”."),
    )
