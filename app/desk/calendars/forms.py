"""What the calendar doctor is to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.ical.doctor import LARGEST
from app.refused import Refused
from app.web import Form, one_line


class DoctorForm(Form):
    """One of our calendars, a file, or text; and the clock by which times are shown besides."""

    feed = SelectField(_l("One of our calendars"), validate_choice=False)
    reference = StringField(_l("Or the calendar of a delegate, by the reference"), filters=[one_line])
    file = FileField(_l("Or a file"))
    text = TextAreaField(_l("Or what a file holds, pasted"))
    zone = SelectField(_l("Show times also by the clocks of"), [InputRequired()], validate_choice=False)

    def prepare(self, feeds: Sequence[tuple[str, Sequence[tuple[str, str]]]], zones: Mapping[str, str]) -> None:
        """Offer these; what is asked for and is not among them asks for nothing."""
        none = SelectChoice("", _("None of them"))
        offered = [SelectChoice(key, word, optgroup=group) for group, found in feeds for key, word in found]
        self.feed.choices = [none, *offered]
        self.zone.choices = [SelectChoice(zone, name) for zone, name in zones.items()]
        if self.feed.data not in {each.value for each in offered}:
            self.feed.data = ""
        if self.zone.data not in zones:
            self.zone.data = next(iter(zones))

    def octets(self) -> tuple[bytes, bool]:
        """The file that was sent or the text that was pasted, and whether it was that. Refused when it is too large."""
        sent = self.file.data
        octets = sent.read(LARGEST + 1) if sent else (self.text.data or "").encode(errors="replace")
        if len(octets) > LARGEST:
            said = _("This is larger than the doctor reads: at most %(num)s MB.", num=LARGEST // 1_000_000)
            raise Refused(said, "file" if sent else "text")
        return octets, not sent

    def one(self) -> str:
        """Which of the four was given. Refused when it is none, or more than one."""
        given = [name for name in ("feed", "reference", "file", "text") if self[name].data]
        if len(given) != 1:
            said = _("Choose a calendar, or give a reference, a file or text.") if not given else _("Give one of them.")
            raise Refused(said, given[1] if given else "feed")
        return given[0]
