"""What organisers choose and type when they compare, bring back or plan releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length

from app import ical
from app.publishing.planned import Wish
from app.refused import Refused
from app.web import Form, one_line
from app.web.forms import FIRST, SECOND, which_hour


class CompareForm(wtforms.Form):  # type: ignore[misc]
    """Which two releases; read from the address, so that a comparison can be bookmarked and sent on."""

    first = SelectField(_l("Earlier release"))
    second = SelectField(_l("Later release"))

    def prepare(self, numbers: Sequence[int]) -> None:
        """Offer these; what is asked for and never was becomes the last one and the one before it."""
        choices = [SelectChoice(str(each), _("Release %(number)s", number=each)) for each in numbers]
        usual = (numbers[1] if len(numbers) > 1 else numbers[0], numbers[0])
        for field, number in zip((self.first, self.second), usual, strict=True):
            field.choices = choices
            if field.data not in {each.value for each in choices}:
                field.data = str(number)


class RestoreForm(Form):
    """Make an older release the newest."""

    note = StringField(
        _l("Note on this release"), [Length(max=300, message=_l("At most 300 characters."))], filters=[one_line]
    )
    reason = StringField(
        _l("Why it is published all the same"),
        [Length(max=500, message=_l("At most 500 characters."))],
        filters=[one_line],
    )
    draft = BooleanField(_l("Set the draft back too"))
    minor = BooleanField(_l("Minor change: send no letters"))
    seen = HiddenField()


class PlanForm(Form):
    """Publish the draft at a set moment, by the clocks of the summit."""

    day = DateField(
        _l("Day"),
        [InputRequired(_l("Enter the day."))],
        invalid_value_message=_l("Write the day as year, month and day: 2023-02-28."),
    )
    time = TimeField(
        _l("Time"),
        [InputRequired(_l("Enter the time."))],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=_l("Write the time in 24 hours: 09:15."),
    )
    hour = which_hour()
    note = StringField(
        _l("Note on this release"), [Length(max=300, message=_l("At most 300 characters."))], filters=[one_line]
    )
    reason = StringField(
        _l("Why it is published all the same"),
        [Length(max=500, message=_l("At most 500 characters."))],
        filters=[one_line],
    )
    minor = BooleanField(_l("Minor change: send no letters"))

    def twice(self, zone: str) -> bool:
        """Whether the clocks of the summit show that time twice on that day."""
        return bool(self.day.data and self.time.data) and ical.ambiguous(self.day.data, self.time.data, zone)

    def wish(self, zone: str, key: str) -> Wish:
        """What is to be published when. Refused as `moment` is."""
        note, reason = self.note.data or "", self.reason.data or ""
        return Wish(self.moment(zone), key, note, reason, bool(self.minor.data))

    def moment(self, zone: str) -> datetime:
        """The instant that is meant. Refused beside its field when there is none, or when there are two."""
        if self.twice(zone) and self.hour.data not in (FIRST, SECOND):
            said = _("On this night the clocks are set back, and this time comes twice. Say which one is meant.")
            raise Refused(said, "hour")
        try:
            return ical.wall(self.day.data, self.time.data, zone, int(self.hour.data == SECOND))
        except ical.Gap as gap:
            raise Refused(str(gap), "time") from gap
        except (OverflowError, ValueError) as fault:
            raise Refused(_("There is no such day."), "day") from fault


class TakeBackForm(Form):
    """The press of the button is all there is."""
