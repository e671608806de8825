"""What a person tells in confidence, part by part: what each field may hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional, ValidationError

from app import clock
from app.events.models import Event
from app.refused import Refused
from app.registration.fields import Asked, AtMost, LongSelect, readable
from app.travel import rules
from app.travel.fields import (
    CLOCK,
    NOT_A_DAY,
    NOT_A_TIME,
    again_field,
    countries,
    day_field,
    is_telephone,
    kept,
    zone_field,
    zones,
)
from app.travel.models import Hotel, Logistics, VisaData
from app.web import Form, lines, one_line

MOST_COMPANIONS = 20
RELATIONS = (_l("Spouse or partner"), _l("Parent"), _l("Workplace"))
PAYERS = (_l("My city"), _l("Myself"), _l("The organisers"))


class PartForm(Form):
    """One part of what is told."""

    def prepare(self, event: Event, today: date) -> None:
        """Offer what depends on the summit, its place and the day."""

    def values(self, event: Event) -> dict[str, Any]:
        """The columns that this part stores. Refused beside a field when they cannot stand together."""
        raise NotImplementedError

    @staticmethod
    def of(row: Any) -> dict[str, Any]:
        """What the form shows to somebody who may see what is stored."""
        raise NotImplementedError


class JourneyForm(PartForm):
    """Arrival and departure, each by the clocks of the place where they are."""

    arrival_day = DateField(_l("Day of arrival"), [Optional()], invalid_value_message=NOT_A_DAY)
    arrival_time = TimeField(_l("Time of arrival"), [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)
    arrival_again = again_field()
    arrival_zone = zone_field(_l("By the clocks of"))
    arrival_flight = StringField(
        _l("Flight"), [Asked(), AtMost(12), kept(rules.flight)], [one_line], description=_l("As in NH 204.")
    )
    arrival_port = StringField(_l("Airport or station"), [Asked(), AtMost(120), readable], [one_line])
    departure_day = DateField(_l("Day of departure"), [Optional()], invalid_value_message=NOT_A_DAY)
    departure_time = TimeField(_l("Time of departure"), [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)
    departure_again = again_field()
    departure_zone = zone_field(_l("By the clocks of"))
    departure_flight = StringField(
        _l("Flight"), [Asked(), AtMost(12), kept(rules.flight)], [one_line], description=_l("As in NH 204.")
    )
    departure_port = StringField(_l("Airport or station"), [Asked(), AtMost(120), readable], [one_line])

    def prepare(self, event: Event, today: date) -> None:
        for field in (self.arrival_zone, self.departure_zone):
            field.data = field.data or event.zone  # nothing else can be meant
            field.choices = zones(event.zone, field.data)

    def twice(self, leg: str) -> bool:
        """Whether the clocks show the time of this leg ("arrival", "departure") twice that night."""
        return rules.comes_twice(self[f"{leg}_day"].data, self[f"{leg}_time"].data, self[f"{leg}_zone"].data)

    def values(self, event: Event) -> dict[str, Any]:
        arrives, departs = (self._at(leg, event) for leg in ("arrival", "departure"))
        if arrives is None and departs is None:
            raise Refused(_("Enter the arrival, the departure or both."), "arrival_day")
        if arrives and departs and departs <= arrives:
            raise Refused(_("The departure must come after the arrival."), "departure_day")
        return {
            "arrives_at": arrives,
            "arrival_zone": self.arrival_zone.data if arrives else "",
            "arrival_flight": self.arrival_flight.data or "",
            "arrival_port": self.arrival_port.data or "",
            "departs_at": departs,
            "departure_zone": self.departure_zone.data if departs else "",
            "departure_flight": self.departure_flight.data or "",
            "departure_port": self.departure_port.data or "",
        }

    def _at(self, leg: str, event: Event) -> datetime | None:
        day, at = self[f"{leg}_day"].data, self[f"{leg}_time"].data
        if day is None and at is None:
            if self[f"{leg}_flight"].data or self[f"{leg}_port"].data:
                raise Refused(_("On which day, and at what time?"), f"{leg}_day")
            return None
        if day is None or at is None:
            missing = "day" if day is None else "time"
            raise Refused(_("Give both the day and the time."), f"{leg}_{missing}")
        try:
            return rules.moment(day, at, self[f"{leg}_zone"].data, self[f"{leg}_again"].data or "", event)
        except Refused as no:
            raise Refused(no.message, f"{leg}_{no.field}") from no

    @staticmethod
    def of(row: Logistics) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for leg, at in (("arrival", row.arrives_at), ("departure", row.departs_at)):
            zone = getattr(row, f"{leg}_zone")
            local = clock.local(at, zone) if at else None
            found |= {
                f"{leg}_day": local.date() if local else None,
                f"{leg}_time": local.time().replace(fold=0) if local else None,
                f"{leg}_again": ("second" if local.fold else "first") if local else None,
                f"{leg}_zone": zone,
                f"{leg}_flight": getattr(row, f"{leg}_flight"),
                f"{leg}_port": getattr(row, f"{leg}_port"),
            }
        return found


class StayForm(PartForm):
    """Where the person sleeps, and whether somebody meets them."""

    hotel = RadioField(
        _l("Hotel"),
        [Asked(_l("Choose one of the three."))],
        choices=[
            SelectChoice(Hotel.OFFICIAL.value, _l("One that the organisers name")),
            SelectChoice(Hotel.OWN.value, _l("One of my own")),
            SelectChoice(Hotel.NONE.value, _l("I need none")),
        ],
        validate_choice=False,
    )
    hotel_name = StringField(
        _l("Name of the hotel"),
        [Asked(), AtMost(200), readable],
        [one_line],
        description=_l("The one you wish for, or the one you found."),
    )
    pick_up = BooleanField(_l("Please meet me where I arrive"))

    def validate_hotel(self, field: Any) -> None:
        if field.data not in set(Hotel):
            raise ValidationError(_("Choose one of the three."))

    def values(self, event: Event) -> dict[str, Any]:
        hotel = Hotel(self.hotel.data)
        name = "" if hotel == Hotel.NONE else self.hotel_name.data
        return {"hotel": hotel, "hotel_name": name or "", "pick_up": bool(self.pick_up.data)}

    @staticmethod
    def of(row: Logistics) -> dict[str, Any]:
        hotel = row.hotel.value if row.hotel else None
        return {"hotel": hotel, "hotel_name": row.hotel_name, "pick_up": row.pick_up}


class EmergencyForm(PartForm):
    """Whom to call."""

    emergency_name = StringField(
        _l("Name"), [Asked(_l("Enter the name.")), AtMost(200), readable], [one_line], description=_l("Let them know.")
    )
    emergency_phone = StringField(
        _l("Telephone"),
        [Asked(_l("Enter the number.")), AtMost(40), is_telephone],
        [one_line],
        description=_l("With the country, as in +39 06 1234 5678."),
    )
    emergency_relation = StringField(_l("Who this is to you"), [Asked(), AtMost(120)], [one_line])

    def values(self, event: Event) -> dict[str, Any]:
        names = ("emergency_name", "emergency_phone", "emergency_relation")
        return {name: self[name].data or "" for name in names}

    @staticmethod
    def of(row: Logistics) -> dict[str, Any]:
        return {
            "emergency_name": row.emergency_name,
            "emergency_phone": row.emergency_phone,
            "emergency_relation": row.emergency_relation,
        }


class CompanyForm(PartForm):
    """Who comes along and is not of the delegation."""

    companions = TextAreaField(
        _l("Names, one a line"),
        [Asked(), AtMost(4000)],
        [lines],
        description=_l("Spouse, interpreter, bodyguard: whoever comes along and is not registered. Empty: nobody."),
    )

    def values(self, event: Event) -> dict[str, Any]:
        names = [name for line in self.companions.data.split("\n") if (name := one_line(line))]
        if len(names) > MOST_COMPANIONS:
            raise Refused(_("At most %(num)s people fit here.", num=MOST_COMPANIONS), "companions")
        if long := next((name for name in names if len(name) > 200), None):
            raise Refused(_("A name holds at most 200 characters: “%(name)s…”.", name=long[:20]), "companions")
        return {"companions": names}

    @staticmethod
    def of(row: Logistics) -> dict[str, Any]:
        return {"companions": "\n".join(row.companions)}


ANSWERS = (("yes", _l("Yes")), ("no", _l("No")), ("", _l("I would rather not say")))


def _yes_no(label: Any, description: Any = "") -> RadioField:
    choices = [SelectChoice(value, word) for value, word in ANSWERS]
    return RadioField(label, [Asked()], choices=choices, default="", description=description, validate_choice=False)


class NotesForm(PartForm):
    """What protocol and security prepare for."""

    gifts = StringField(_l("Gifts, and what has to pass customs"), [Asked(), AtMost(500)], [one_line])
    officers = _yes_no(_l("Do security officers come along?"), _l("All more is settled in person and not kept here."))
    weapons = _yes_no(_l("Will they carry weapons?"))
    faith = StringField(
        _l("Dress and faith"), [Asked(), AtMost(500)], [one_line], description=_l("As a prayer room, or days of rest.")
    )

    def values(self, event: Event) -> dict[str, Any]:
        said = {"yes": True, "no": False}
        answers = {name: said.get(self[name].data) for name in ("officers", "weapons")}
        return {"gifts": self.gifts.data or "", "faith": self.faith.data or ""} | answers

    @staticmethod
    def of(row: Logistics) -> dict[str, Any]:
        said = {True: "yes", False: "no", None: ""}
        answers = {"officers": said[row.officers], "weapons": said[row.weapons]}
        return {"gifts": row.gifts, "faith": row.faith} | answers


class PassportForm(PartForm):
    """The passport, as its page with the photograph says."""

    surname = StringField(
        _l("Surname"),
        [Asked(_l("Enter the surname.")), AtMost(120), kept(rules.passport_name)],
        [one_line],
        description=_l("As in the two lines at the foot of the page: A to Z alone, as in MUELLER."),
    )
    given_names = StringField(
        _l("Given names"),
        [Asked(), AtMost(120), kept(rules.passport_name)],
        [one_line],
        description=_l("All of them, from the same lines. Empty if the passport has none."),
    )
    sex = SelectField(
        _l("Sex, as in the passport"),
        [Asked()],
        choices=[
            SelectChoice("", _l("Not told")),
            SelectChoice("F", _l("Female")),
            SelectChoice("M", _l("Male")),
            SelectChoice("X", _l("Unspecified (X)")),
        ],
        validate_choice=False,
    )
    nationality = SelectField(
        _l("Nationality"), [Asked(_l("Choose the country."))], validate_choice=False, widget=LongSelect()
    )
    birth_date = day_field(_l("Date of birth"))
    birth_place = StringField(_l("Place of birth"), [Asked(_l("Enter the place.")), AtMost(120), readable], [one_line])
    number = StringField(
        _l("Passport number"), [Asked(_l("Enter the number.")), AtMost(30), kept(rules.passport_number)], [one_line]
    )
    issuing_country = SelectField(
        _l("Country that issued it"), [Asked(_l("Choose the country."))], validate_choice=False, widget=LongSelect()
    )
    issued_on = day_field(_l("Issued on"))
    expires_on = day_field(_l("Expires on"))

    today = date.min

    def prepare(self, event: Event, today: date) -> None:
        self.today = today
        for field in (self.nationality, self.issuing_country):
            field.choices = countries()

    def validate_nationality(self, field: Any) -> None:
        _known(field)

    def validate_issuing_country(self, field: Any) -> None:
        _known(field)

    def validate_sex(self, field: Any) -> None:
        if field.data not in {"", "F", "M", "X"}:
            raise ValidationError(_("Choose one of the list."))

    def validate_birth_date(self, field: Any) -> None:
        years = rules.age(field.data, self.today)
        if field.data >= self.today:
            raise ValidationError(_("A date of birth lies in the past."))
        if not rules.YOUNGEST <= years <= rules.OLDEST:
            raise ValidationError(_("This makes an age of %(years)s. Please look at the year.", years=years))

    def validate_issued_on(self, field: Any) -> None:
        if field.data > self.today:
            raise ValidationError(_("A passport cannot be issued in the future."))

    def validate_expires_on(self, field: Any) -> None:
        if self.issued_on.data and field.data <= self.issued_on.data:
            raise ValidationError(_("It must expire after it was issued."))

    def values(self, event: Event) -> dict[str, Any]:
        dates = {name: self[name].data for name in ("birth_date", "issued_on", "expires_on")}
        return {name: self[name].data or "" for name in self.WORDS} | dates

    WORDS = "surname given_names sex nationality birth_place number issuing_country".split()

    @staticmethod
    def of(row: VisaData) -> dict[str, Any]:
        return {name: getattr(row, name) for name in (*PassportForm.WORDS, "birth_date", "issued_on", "expires_on")}


def _known(field: Any) -> None:
    if field.data not in {each.value for each in field.choices if each.value}:
        raise ValidationError(_("Choose the country."))


class TripForm(PartForm):
    """Where the visa is applied for, for which days, and who pays."""

    embassy = StringField(
        _l("Embassy or consulate"),
        [Asked(_l("Enter where you apply.")), AtMost(200), readable],
        [one_line],
        description=_l("Where you apply for the visa."),
    )
    enters_on = day_field(_l("You arrive on"))
    leaves_on = day_field(_l("You leave on"))
    payer = StringField(
        _l("Who pays for journey and stay"), [Asked(_l("Say who pays.")), AtMost(200), readable], [one_line]
    )

    def values(self, event: Event) -> dict[str, Any]:
        enters, leaves = self.enters_on.data, self.leaves_on.data
        for name, day in (("enters_on", enters), ("leaves_on", leaves)):
            if day < event.starts_on - rules.FAR or day > event.ends_on + rules.FAR:
                raise Refused(_("This day is more than a year away from the summit. Please look at the year."), name)
        if leaves <= enters:
            raise Refused(_("This must come after the day you enter."), "leaves_on")
        return {"embassy": self.embassy.data, "enters_on": enters, "leaves_on": leaves, "payer": self.payer.data}

    @staticmethod
    def of(row: VisaData) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("embassy", "enters_on", "leaves_on", "payer")}


FORMS: Mapping[str, type[PartForm]] = {
    "journey": JourneyForm,
    "stay": StayForm,
    "emergency": EmergencyForm,
    "company": CompanyForm,
    "notes": NotesForm,
    "passport": PassportForm,
    "trip": TripForm,
}
