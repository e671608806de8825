"""What a city fills in for its video message (F8 of the domain), and what it sends beside it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from app.delegations.forms import at_most, is_reachable
from app.outbox.tongues import TONGUES
from app.videos.models import VideoMessage
from app.videos.service import TOLD, TRANSCRIPT
from app.web import Form, choices, lines, one_line


def length(seconds: int) -> str:
    """As people write a length: "2:45"."""
    return f"{seconds // 60}:{seconds % 60:02}"


def is_length(_form: Any, field: Any) -> None:
    """Minutes and seconds, of an hour at most and not of nothing."""
    found = re.fullmatch(r"([0-5]?[0-9])[:.]([0-5][0-9])", field.data or "")
    if not found or not int(found[1]) * 60 + int(found[2]):
        raise ValidationError(_("Write minutes and seconds, as in 2:45."))


def is_address(_form: Any, field: Any) -> None:
    """A whole https address with a host, that a person can open."""
    try:
        parts = urlsplit(field.data or "")
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme != "https"
        or not parts.hostname
        or "." not in parts.hostname
        or parts.username
        or " " in field.data
    ):
        raise ValidationError(_("Enter the whole address, beginning with https://."))


class AboutForm(Form):
    """Who speaks, how long, in which language, and what may be done with it."""

    speaker_name = StringField(_l("Who speaks"), [DataRequired(_l("Enter the name.")), at_most(200)], [one_line])
    speaker_position = StringField(
        _l("Their position"),
        [DataRequired(_l("Enter the position.")), at_most(300)],
        [one_line],
        description=_l("As it is to be read out and shown, such as “Mayor of Milan”."),
    )
    language = SelectField(_l("Language spoken"), [InputRequired(_l("Choose the language."))])
    duration = StringField(
        _l("Length"),
        [DataRequired(_l("Write minutes and seconds, as in 2:45.")), is_length],
        [one_line],
        description=_l("Minutes and seconds, such as 2:45. It must be right within two seconds."),
    )
    subtitles = RadioField(
        _l("Captions"),
        [InputRequired(_l("Say where the captions are."))],
        choices=[
            SelectChoice("file", _l("In a file of their own")),
            SelectChoice("picture", _l("In the picture already")),
        ],
    )
    transcript = TextAreaField(
        _l("What is said, word for word"),
        [Optional(), at_most(TRANSCRIPT)],
        [lines],
        description=_l("Interpreters read it beforehand. You can add it later, but a video is not complete without."),
    )
    may_show = BooleanField(
        _l("It may be shown at the venue"), [DataRequired(_l("Without this nobody could see the video."))]
    )
    may_stream = BooleanField(_l("It may be shown online while the summit takes place"))
    may_archive = BooleanField(_l("It may stay on the public pages afterwards"))
    cleared = BooleanField(
        _l("Whatever in it belongs to others may be used so"),
        [DataRequired(_l("Tick this once you have the right to use all music, pictures and film in it."))],
        description=_l("Music, pictures, film: the rights are cleared, or there are none of others."),
    )
    contact_name = StringField(
        _l("Who answers questions about it"), [DataRequired(_l("Enter the name.")), at_most(200)], [one_line]
    )
    contact_email = StringField(
        _l("Their email address"),
        [DataRequired(_l("Enter the address.")), at_most(254), is_reachable],
        [one_line],
        description=_l("Letters about this video go there too, with a link that opens this video and nothing else."),
    )
    contact_language = SelectField(_l("Letters in"), [InputRequired()], default="en")

    def prepare(self) -> None:
        """Offer the languages."""
        self.language.choices = [SelectChoice("", "–")] + [SelectChoice(*each) for each in choices.tongues()]
        self.contact_language.choices = [SelectChoice(code, name) for code, name in TONGUES.items()]

    @staticmethod
    def of(message: VideoMessage) -> dict[str, Any]:
        """What the form shows at first."""
        shown = {name: getattr(message, name) for name in TOLD}
        if message.told_at is None:
            return shown | {"subtitles": None, "duration": ""}
        subtitles = "picture" if message.burned_in else "file"
        return shown | {"subtitles": subtitles, "duration": length(message.seconds or 0)}

    def told(self) -> dict[str, Any]:
        """What was filled in, once it is valid."""
        minutes, seconds = re.split("[:.]", self.duration.data)
        more = {"seconds": int(minutes) * 60 + int(seconds), "burned_in": self.subtitles.data == "picture"}
        return {name: self[name].data for name in TOLD if name not in more} | more


class FileForm(Form):
    """The file in one piece, where no program of the page can send it in many."""

    file = FileField(_l("The video"), [FileRequired(_l("Choose the file first."))])


class LinkForm(Form):
    """Where the file lies, in place of the file."""

    link = StringField(
        _l("Link to the file"),
        [DataRequired(_l("Enter the whole address, beginning with https://.")), at_most(500), is_address],
        [one_line],
        description=_l(
            "The organisers fetch it there, so it must open without a password, and until the summit is over."
        ),
    )


class CaptionsForm(Form):
    """The captions of the newest version."""

    captions = FileField(
        _l("Captions"),
        [FileRequired(_l("Choose the file first."))],
        description=_l("WebVTT (.vtt) or SubRip (.srt), of at most 1 MB."),
    )
