"""The forms of visits at the desk. Times are those of the summit's clocks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import URL, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from app import clock, ical
from app.delegations.forms import CheckboxesField, at_most
from app.events.words import MODES
from app.refused import Refused
from app.registration.fields import is_telephone, telephone
from app.registration.models import Capacity
from app.registration.news import role_word
from app.visits import vehicles
from app.visits.editing import Facts
from app.visits.models import Filling, Vehicle, Visit
from app.web import Form, IntegerField, lines, one_line

NOT_A_DAY = _l("Write the day as year, month and day: 2023-02-28.")
NOT_A_TIME = _l("Write the time in 24 hours: 09:15.")
CLOCK = ["%H:%M", "%H:%M:%S"]
MANY = NumberRange(0, 100_000, _l("Enter a number of 0 or more."))


def _text(label: Any, most: int, **more: Any) -> StringField:
    return StringField(label, [Optional(), Length(max=most)], filters=[one_line], **more)


def _number(label: Any, **more: Any) -> IntegerField:
    return IntegerField(label, [Optional(), MANY], **more)


def _day(label: Any) -> DateField:
    return DateField(label, [Optional()], invalid_value_message=NOT_A_DAY)


def _time(label: Any) -> TimeField:
    return TimeField(label, [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)


class VisitForm(Form):
    """All that an organiser says of a visit."""

    version = HiddenField()
    code = HiddenField()
    """Of a new visit: made with the form, so that the form sent twice makes one."""
    title = StringField(_l("Title"), [InputRequired(_l("A visit needs a title.")), at_most(200)], filters=[one_line])
    host = _text(_l("Hosted by"), 200)
    description = TextAreaField(_l("Description"), [Optional(), at_most(5000)], filters=[lines])
    day = _day(_l("Day"))
    leaves = _time(_l("Leaves at"))
    returns = _time(_l("Returns at"))
    before = IntegerField(_l("Minutes before leaving to be there"), [InputRequired(), NumberRange(0, 240)], default=15)
    after = IntegerField(_l("Minutes from its return to a session"), [InputRequired(), NumberRange(0, 240)], default=15)
    meeting_point = _text(_l("Meeting point"), 200)
    map_link = StringField(
        _l("Link to a map"),
        [
            Optional(),
            at_most(500),
            Regexp("https://", message=_l("The address begins with https://.")),
            URL(message=_l("This is no address of a page.")),
        ],
        filters=[one_line],
    )
    latitude = FloatField(_l("Latitude"), [Optional(), NumberRange(-90, 90)])
    longitude = FloatField(_l("Longitude"), [Optional(), NumberRange(-180, 180)])
    filling = RadioField(
        _l("How are the places given?"),
        [InputRequired()],
        choices=[
            SelectChoice(Filling.FIRST_COME.value, _l("First come, with a waiting list")),
            SelectChoice(Filling.WISHES.value, _l("By ranked wishes, allocated when the list has closed")),
        ],
        default=Filling.FIRST_COME.value,
    )
    seats = _number(_l("Places at most"), description=_l("Empty: as many as its vehicles take, or no limit."))
    minimum = _number(_l("People at least"), description=_l("With fewer you may call it off."))
    per_delegation = IntegerField(_l("At most of one delegation"), [Optional(), NumberRange(1, 10_000)])
    offer_hours = IntegerField(
        _l("Hours an offer holds"),
        [InputRequired(), NumberRange(1, 168)],
        default=24,
        description=_l("Four at most within three days; none within four hours of leaving, when you call."),
    )
    modes = CheckboxesField(
        _l("Who may join, by the way they take part?"),
        [InputRequired(_l("Choose at least one way of taking part."))],
        choices=[SelectChoice(mode.value, label) for mode, label in MODES.items()],
        default=lambda: ["venue"],
    )
    roles = CheckboxesField(_l("Who may join, by role?"), description=_l("Nothing ticked: everybody."))
    first_roles = CheckboxesField(
        _l("Who goes first on the waiting list?"), description=_l("Nothing ticked: all in one class.")
    )
    shoes = _text(_l("What to wear"), 200)
    no_photos = BooleanField(_l("No photographs may be taken"))
    identity_papers = BooleanField(_l("People must bring an identity document"))
    rules = TextAreaField(_l("What else people should mind"), [Optional(), at_most(2000)], filters=[lines])
    languages = _text(_l("Guided in"), 120, description=_l("Languages, with commas between."))
    opens_day = _day(_l("The list opens on"))
    opens_time = _time(_l("Opens at"))
    closes_day = _day(_l("The list closes on"))
    closes_time = _time(_l("Closes at"))

    def prepare(self) -> None:
        roles = [SelectChoice(each.value, role_word(each).capitalize()) for each in Capacity]
        self.roles.choices, self.first_roles.choices = roles, roles

    def validate_longitude(self, field: Any) -> None:
        if (self.latitude.data is None) != (field.data is None):
            raise ValidationError(_("Say both latitude and longitude, or neither."))

    @staticmethod
    def of(visit: Visit, zone: str) -> dict[str, Any]:
        """What the form shows of a visit."""
        facts = dict(vars(Facts.of(visit)))
        facts["filling"] = visit.filling.value
        facts["languages"] = ", ".join(visit.languages)
        for name in ("opens", "closes"):
            at = facts.pop(f"{name}_at")
            here = clock.local(at, zone) if at else None
            facts[f"{name}_day"], facts[f"{name}_time"] = (here.date(), here.time()) if here else (None, None)
        return facts | {"version": str(visit.version)}

    def facts(self, zone: str) -> Facts:
        """What was typed. Refused on a field when it is no moment."""
        plain = {name: getattr(self, name).data for name in PLAIN}
        spoken = [each.strip()[:40] for each in (self.languages.data or "").split(",") if each.strip()]
        return Facts(
            **plain | {name: plain[name] or "" for name in WORDS},
            filling=Filling(self.filling.data),
            languages=tuple(spoken),
            opens_at=_moment("opens", self.opens_day.data, self.opens_time.data, zone),
            closes_at=_moment("closes", self.closes_day.data, self.closes_time.data, zone),
        )

    @property
    def seen(self) -> int:
        """The version that was looked at; none that ever stands for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


WORDS = ("title", "host", "description", "meeting_point", "map_link", "shoes", "rules")
PLAIN = (
    *WORDS,
    *("latitude", "longitude", "day", "leaves", "returns", "before", "after", "seats", "minimum", "per_delegation"),
    *("modes", "roles", "first_roles", "no_photos", "identity_papers", "offer_hours"),
)


def _moment(name: str, day: date | None, at: time | None, zone: str) -> datetime | None:
    if day is None:
        if at is not None:
            raise Refused(_("On which day?"), f"{name}_day")
        return None
    try:
        return ical.wall(day, at or time(), zone)
    except ical.Gap as gap:
        raise Refused(str(gap), f"{name}_time") from gap


class VehicleForm(Form):
    """A vehicle of a visit."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Give it a name, as “Bus 1”.")), at_most(80)],
        filters=[one_line],
        description=_l("As people read it on the vehicle: “Bus 1”."),
    )
    seats = IntegerField(_l("Places"), [InputRequired(_l("How many people does it take?")), NumberRange(0, 1000)])
    step_free = IntegerField(
        _l("Of these, step-free"),
        [InputRequired(), NumberRange(0, 1000)],
        default=0,
        description=_l("For people who need to get in without a step."),
    )
    leader = _text(_l("Who leads it"), 200)
    phone = StringField(_l("Their telephone on the way"), [Optional(), at_most(40), is_telephone], filters=[one_line])

    @staticmethod
    def of(vehicle: Vehicle) -> dict[str, Any]:
        return {name: getattr(vehicle, name) for name in ("name", "seats", "step_free", "leader", "phone")}

    def facts(self) -> vehicles.Facts:
        phone = telephone(self.phone.data) if self.phone.data else ""
        return vehicles.Facts(self.name.data, self.seats.data, self.step_free.data, self.leader.data or "", phone)


class ReasonForm(Form):
    """Why: told to the people where the page says so, and kept."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say why.")), at_most(1000)], filters=[lines])


class ActForm(Form):
    """Nothing to fill in: the button is the act."""
