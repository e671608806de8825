"""Networks and events as organisers type them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from app.delegations.forms import CheckboxesField, at_most, is_reachable, line
from app.desk.founding import service
from app.desk.founding.service import Beginning, Settings
from app.events.models import Approval, Event, Mode
from app.events.words import MODES
from app.network.founding import Plain
from app.web import Form, IntegerField, lines

NOT_A_DAY = _l("Write the day as year, month and day: 2023-02-28.")
APPROVALS = {
    Approval.NONE: _l("Nobody: it stands at once"),
    Approval.FOCAL_POINT: _l("The city’s focal point"),
    Approval.BOTH: _l("The city’s focal point, then the organisers"),
}
ADDRESS = _l("Small letters, figures and hyphens, as in “tokyo-2027”. It cannot be changed afterwards.")


class NetworkForm(Form):
    """A network that is new here."""

    name = StringField(_l("Short name"), [DataRequired(_l("A network needs a name.")), at_most(200)], filters=[line])
    full_name = StringField(_l("Full name"), [Optional(), at_most(300)], filters=[line])
    slug = StringField(
        _l("Word for addresses"), [DataRequired(_l("Addresses need a word."))], filters=[line], description=ADDRESS
    )
    region = StringField(_l("Region"), [Optional(), at_most(120)], filters=[line])
    founded = IntegerField(_l("Founded in"), [Optional(), NumberRange(1800, 2200, _l("A year, as in 1982."))])

    def plain(self) -> Plain:
        return Plain(
            self.name.data, self.full_name.data or "", self.slug.data, self.region.data or "", self.founded.data
        )


def _names(text: str | None) -> list[str]:
    return [each for each in (" ".join(row.split()) for row in lines(text).splitlines()) if each]


class SettingsForm(Form):
    """What an event is."""

    title = StringField(_l("Title"), [DataRequired(_l("An event needs a title.")), at_most(200)], filters=[line])
    motto = StringField(_l("Motto"), [Optional(), at_most(300)], filters=[line])
    starts_on = DateField(_l("First day"), [InputRequired(_l("Enter the first day."))], invalid_value_message=NOT_A_DAY)
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Enter the last day."))], invalid_value_message=NOT_A_DAY)
    zone = StringField(
        _l("Time zone"),
        [DataRequired(_l("Choose a time zone, written as Area/City."))],
        filters=[line],
        description=_l("The clocks by which the programme runs, as in “Asia/Tokyo”."),
    )
    venue = StringField(
        _l("Place"),
        [Optional(), at_most(200)],
        filters=[line],
        description=_l("The building and its city, as calendars and letters name it. Empty for an event online."),
    )
    host = SelectField(_l("Host"), choices=[], description=_l("The member that invites, if it is one."))
    reply_to = StringField(
        _l("Answers to letters go to"),
        [Optional(), at_most(254), is_reachable],
        filters=[line],
        description=_l("A mailbox that somebody reads."),
    )
    approval = SelectField(
        _l("Who agrees to a registration"),
        choices=[SelectChoice(each.value, word) for each, word in APPROVALS.items()],
        default=Approval.FOCAL_POINT.value,
    )
    opens_on = DateField(
        _l("Registration opens on"),
        [Optional()],
        invalid_value_message=NOT_A_DAY,
        description=_l("Without a day it stays closed."),
    )
    closes_on = DateField(
        _l("Registration closes after"),
        [Optional()],
        invalid_value_message=NOT_A_DAY,
        description=_l("The last minute of this day is still in time."),
    )
    rooms = TextAreaField(_l("Rooms to add"), [at_most(4000)], filters=[lines])
    themes = TextAreaField(_l("Themes to add"), [at_most(4000)], filters=[lines])
    seen = HiddenField()

    def prepare(self, hosts: Mapping[str, str]) -> None:
        self.host.choices = [SelectChoice("", _("None yet")), *(SelectChoice(*each) for each in hosts.items())]

    def validate_rooms(self, field: Any) -> None:
        _short(field)

    def validate_themes(self, field: Any) -> None:
        _short(field)

    def settings(self) -> Settings:
        return Settings(
            title=self.title.data,
            motto=self.motto.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            zone=self.zone.data,
            venue=self.venue.data or "",
            host=self.host.data or "",
            reply_to=self.reply_to.data or "",
            approval=Approval(self.approval.data),
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
        )

    def more(self) -> tuple[list[str], list[str]]:
        """The rooms and themes to add."""
        return _names(self.rooms.data), _names(self.themes.data)

    @staticmethod
    def of(event: Event, host: str) -> dict[str, Any]:
        """What the form shows at first of an event."""
        opens, closes = service.days_of(event)
        own = {name: getattr(event, name) for name in ("title", "motto", "starts_on", "ends_on", "zone", "venue")}
        return own | {
            "host": host,
            "reply_to": event.reply_to,
            "approval": event.approval.value,
            "opens_on": opens,
            "closes_on": closes,
        }


def _short(field: Any) -> None:
    if any(len(each) > 120 for each in _names(field.data)):
        raise ValidationError(_("A name has at most %(num)s characters.", num=120))


class EventForm(SettingsForm):
    """An event that is new."""

    slug = StringField(
        _l("Word for addresses"), [DataRequired(_l("Addresses need a word."))], filters=[line], description=ADDRESS
    )
    modes = CheckboxesField(
        _l("Ways of taking part"),
        [DataRequired(_l("Choose at least one way of taking part."))],
        choices=[SelectChoice(mode.value, word) for mode, word in MODES.items()],
        default=[mode.value for mode in Mode],
        description=_l("How many places each has is set with the approvals."),
    )
    copy_of = SelectField(
        _l("Take over from"),
        choices=[],
        description=_l(
            "Rooms, themes, rules of planning and who approves, as an earlier event of the network has them."
        ),
    )
    rooms = TextAreaField(_l("Rooms"), [at_most(4000)], filters=[lines])
    themes = TextAreaField(_l("Themes"), [at_most(4000)], filters=[lines])

    def offer(self, hosts: Mapping[str, str], events: Sequence[Event]) -> None:
        """The members that may host, and the events that can be taken over."""
        self.prepare(hosts)
        self.copy_of.choices = [SelectChoice("", _("Nothing")), *(SelectChoice(e.slug, e.title) for e in events)]

    def beginning(self) -> Beginning:
        """What is said only once."""
        return Beginning(self.slug.data, tuple(Mode(each) for each in self.modes.data), self.copy_of.data or "")

    @staticmethod
    def guess(today: date) -> dict[str, Any]:
        """Days to begin with: half a year ahead."""
        first = today + timedelta(days=180)
        return {"starts_on": first, "ends_on": first + timedelta(days=1)}
