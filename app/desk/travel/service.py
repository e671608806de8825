"""What people told in confidence, for those alone who look after it. Each list costs one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from app import clock
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.journal import note
from app.network.models import Member
from app.registration.models import ENDED, Delegate
from app.travel.models import Hotel, Logistics, VisaData

LOOKED = "looked at visa data"


@dataclass(frozen=True)
class Wanted:
    """Which journeys to list; empty: all."""

    day: str = ""
    """As "2023-02-27", by the clocks of the summit."""
    way: str = ""
    """"arrival" or "departure"."""
    hotel: str = ""
    pick_up: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.day or self.way or self.hotel or self.pick_up)


@dataclass(frozen=True)
class Guest:
    """Somebody who comes to the venue, with what they told of the journey: None when nothing."""

    delegate: Delegate
    told: Logistics | None


@dataclass(frozen=True)
class Movement:
    """One arrival or departure."""

    guest: Guest
    way: str
    at: datetime
    day: date
    """By the clocks of the summit."""
    zone: str
    """The zone of the place where it is."""
    flight: str
    port: str


def guests(event_id: int) -> list[Guest]:
    """Everybody who comes to the venue and whose registration stands, by city and name. One query."""
    query = _at_venue(event_id).order_by(Member.folded, Delegate.name, Delegate.id)
    return [Guest(delegate, told) for delegate, told in db.session.execute(query)]


def guest(event_id: int, reference: str) -> Guest:
    """One of them, with food and access needs. Raises LookupError."""
    query = _at_venue(event_id).where(Delegate.reference == _plain(reference)).options(joinedload(Delegate.needs))
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise LookupError(f"no guest of this event has the reference {reference!r}")
    return Guest(*found)


def with_needs(event_id: int) -> list[Guest]:
    """As `guests`, with the food and access needs of each. One query."""
    query = _at_venue(event_id).options(joinedload(Delegate.needs))
    query = query.order_by(Member.folded, Delegate.name, Delegate.id)
    return [Guest(delegate, told) for delegate, told in db.session.execute(query)]


def movements(people: Iterable[Guest], event: Event) -> list[Movement]:
    """Every arrival and departure that was told, in order of time."""
    found = []
    for each in people:
        if (told := each.told) is None:
            continue
        ways = (
            ("arrival", told.arrives_at, told.arrival_zone, told.arrival_flight, told.arrival_port),
            ("departure", told.departs_at, told.departure_zone, told.departure_flight, told.departure_port),
        )
        for way, at, zone, flight, port in ways:
            if at is not None:
                found.append(Movement(each, way, at, clock.local(at, event.zone).date(), zone, flight, port))
    return sorted(found, key=lambda each: (each.at, each.guest.delegate.id))


def chosen(rows: Iterable[Movement], wanted: Wanted) -> list[Movement]:
    """Those that are wanted."""
    return [
        each
        for each in rows
        if wanted.day in {"", each.day.isoformat()} and wanted.way in {"", each.way} and _stays(each.guest, wanted)
    ]


def owing(people: Sequence[Guest]) -> list[Guest]:
    """Those who have told neither arrival nor departure."""
    return [each for each in people if each.told is None or each.told.journey_at is None]


def beds(people: Iterable[Guest]) -> dict[Hotel, int]:
    """How many people sleep where, as far as told."""
    hotels = [each.told.hotel for each in people if each.told]
    return {hotel: hotels.count(hotel) for hotel in Hotel}


def applicants(event_id: int) -> list[tuple[Delegate, VisaData]]:
    """Everybody who asked for a visa letter, by city and name. One query."""
    query = _applicants(event_id).order_by(Member.folded, Delegate.name, Delegate.id)
    return [(delegate, data) for delegate, data in db.session.execute(query)]


def look(event_id: int, reference: str, *, who: str, now: datetime) -> tuple[Delegate, VisaData]:
    """One person's visa data; that somebody looked stands in the journal. Raises LookupError."""
    found = db.session.execute(_applicants(event_id).where(Delegate.reference == _plain(reference))).one_or_none()
    if found is None:
        raise LookupError(f"nobody of the reference {reference!r} asked for a visa letter")
    delegate, data = found
    _looked(delegate, "sheet", who, now)
    return delegate, data


def look_at_all(event_id: int, *, who: str, now: datetime) -> list[tuple[Delegate, VisaData]]:
    """The data of everybody whose letter can be made; that somebody took them stands in the journal for each."""
    found = [(delegate, data) for delegate, data in applicants(event_id) if data.complete]
    for delegate, _data in found:
        _looked(delegate, "file", who, now)
    return found


def _looked(delegate: Delegate, how: str, who: str, now: datetime) -> None:
    subject = f"delegate/{delegate.uid}"
    note(LOOKED, subject, who=who, now=now, event_id=delegate.event_id, after={"as": how})


def _stays(guest: Guest, wanted: Wanted) -> bool:
    told = guest.told
    if told is None:
        return False
    return (not wanted.pick_up or told.pick_up) and wanted.hotel in {"", told.hotel.value if told.hotel else ""}


def _at_venue(event_id: int) -> Select[Delegate, Logistics]:
    whole = contains_eager(Delegate.delegation).contains_eager(Delegation.member)
    query = select(Delegate, Logistics).select_from(Delegate).join(Delegate.delegation).join(Delegation.member)
    query = query.outerjoin(Logistics, Logistics.delegate_id == Delegate.id).options(whole)
    return query.where(Delegate.event_id == event_id, Delegate.mode == Mode.VENUE, Delegate.state.not_in(ENDED))


def _applicants(event_id: int) -> Select[Delegate, VisaData]:
    whole = contains_eager(Delegate.delegation).contains_eager(Delegation.member)
    query = select(Delegate, VisaData).select_from(VisaData).join(Delegate, Delegate.id == VisaData.delegate_id)
    query = query.join(Delegate.delegation).join(Delegation.member).options(whole)
    return query.where(Delegate.event_id == event_id)


def _plain(reference: str) -> str:
    if not (reference.isascii() and reference.isalnum()):
        raise LookupError(f"{reference!r} is no reference")
    return reference
