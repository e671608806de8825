"""What was told in confidence as words: for the person who has typed the code, and for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.travel.models import Hotel, Kind, Logistics, VisaData
from app.travel.service import Row
from app.web.wording import country, day_full, moment

Lines = list[tuple[str, str]]
"""(what it is, what was told); without what was not told."""


def part_word(part: str) -> str:
    said: dict[str, str] = {
        "journey": _("Arrival and departure"),
        "stay": _("Hotel and pick-up"),
        "emergency": _("Emergency contact"),
        "company": _("Who comes along"),
        "notes": _("Gifts, security, dress and faith"),
        "passport": _("Passport"),
        "trip": _("Embassy and dates"),
    }
    return said[part]


def hotel_word(hotel: Hotel) -> str:
    said: dict[Hotel, str] = {
        Hotel.OFFICIAL: _("a hotel of the organisers’"),
        Hotel.OWN: _("one of their own"),
        Hotel.NONE: _("none needed"),
    }
    return said[hotel]


def lines(row: Row, part: str) -> Lines:
    """One part in words."""
    makers: dict[str, Callable[..., Lines]] = {
        "journey": _journey,
        "stay": _stay,
        "emergency": _emergency,
        "company": _company,
        "notes": _notes,
        "passport": _passport,
        "trip": _trip,
    }
    return [(label, value) for label, value in makers[part](row) if value]


def summary(row: Row | None, part: str) -> str:
    """What a link alone may show of a part that is stored: enough to know it again, and no more."""
    if isinstance(row, VisaData) and part == "passport" and row.number:
        return str(_("passport ending %(end)s", end=row.number[-2:]))
    return ""


def kind_word(kind: Kind) -> str:
    return str(_("Travel and stay") if kind == Kind.TRAVEL else _("Visa letter"))


def people_along(row: Logistics) -> str:
    """ "2 people"."""
    count = len(row.companions)
    return str(ngettext("%(num)s person", "%(num)s people", count)) if count else ""


def _journey(row: Logistics) -> Lines:
    return [
        (_("Arrives"), _at(row.arrives_at, row.arrival_zone)),
        (_("With flight"), row.arrival_flight),
        (_("At"), row.arrival_port),
        (_("Departs"), _at(row.departs_at, row.departure_zone)),
        (_("With flight"), row.departure_flight),
        (_("Departs from"), row.departure_port),
    ]


def _stay(row: Logistics) -> Lines:
    hotel = hotel_word(row.hotel) if row.hotel else ""
    return [
        (_("Hotel"), ", ".join(filter(None, [hotel, row.hotel_name]))),
        (_("Pick-up"), _("wanted") if row.pick_up else _("not wanted")),
    ]


def _emergency(row: Logistics) -> Lines:
    return [
        (_("Name"), row.emergency_name),
        (_("Telephone"), row.emergency_phone),
        (_("Relation"), row.emergency_relation),
    ]


def _company(row: Logistics) -> Lines:
    return [(_("Number"), people_along(row) or _("nobody")), (_("Names"), ", ".join(row.companions))]


def _notes(row: Logistics) -> Lines:
    return [
        (_("Gifts and customs"), row.gifts),
        (_("Security officers"), yes_no(row.officers)),
        (_("Weapons"), yes_no(row.weapons)),
        (_("Dress and faith"), row.faith),
    ]


def _passport(row: VisaData) -> Lines:
    sexes = {"F": _("female"), "M": _("male"), "X": _("unspecified (X)")}
    return [
        (_("Surname"), row.surname),
        (_("Given names"), row.given_names),
        (_("Sex"), sexes.get(row.sex, "")),
        (_("Nationality"), country(row.nationality) if row.nationality else ""),
        (_("Date of birth"), _day(row.birth_date)),
        (_("Place of birth"), row.birth_place),
        (_("Passport number"), row.number),
        (_("Issued by"), country(row.issuing_country) if row.issuing_country else ""),
        (_("Issued on"), _day(row.issued_on)),
        (_("Expires on"), _day(row.expires_on)),
    ]


def _trip(row: VisaData) -> Lines:
    return [
        (_("Applies at"), row.embassy),
        (_("Enters on"), _day(row.enters_on)),
        (_("Leaves on"), _day(row.leaves_on)),
        (_("Who pays"), row.payer),
    ]


def yes_no(value: bool | None) -> str:
    return "" if value is None else str(_("yes") if value else _("no"))


def _at(at: datetime | None, zone: str) -> str:
    return moment(at, zone) if at else ""


def _day(value: date | None) -> str:
    return day_full(value) if value else ""
