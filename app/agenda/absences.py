"""When a room, a person or a city's people cannot be had: told in the clock of who tells it, kept as instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import ical, journal
from app.agenda import acts
from app.agenda.models import Absence
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person, Room
from app.network.models import Member
from app.refused import Refused

MOST = 50
"""Spans that may be told of one room, person or city."""


@dataclass(frozen=True)
class Told:
    """A span as it was typed: wall times in `zone`. `only`: the mode that is possible all the same."""

    begins_on: date
    begins: time
    ends_on: date
    ends: time
    zone: str
    only: Mode | None = None
    note: str = ""

    def instants(self) -> tuple[datetime, datetime]:
        """From when until when. An hour that comes twice is taken whole. Refused beside the field that is wrong."""
        starts = _instant(self.begins_on, self.begins, self.zone, 0, "begins")
        ends = _instant(self.ends_on, self.ends, self.zone, 1, "ends")
        if ends <= starts:
            raise Refused(_("The end must come after the start."), "ends")
        return starts, ends


def _instant(day: date, clock: time, zone: str, fold: int, field: str) -> datetime:
    try:
        return ical.wall(day, clock, zone, fold)
    except ical.Gap as gap:
        raise Refused(str(gap), field) from gap
    except ValueError as unknown:
        raise Refused(_("There is no time zone of that name."), "zone") from unknown


@dataclass(frozen=True)
class Line:
    """An absence as it is listed: whose it is, and all that was told."""

    absence: Absence
    whose: str
    kind: str
    """"room", "person" or "city"."""


def listed(event_id: int, delegation_id: int | None = None) -> list[Line]:
    """What was told at this event, of one delegation alone with `delegation_id`, by time. One query."""
    found = (
        select(Absence, Room.name, Person.name, Member.name)
        .outerjoin(Room, Absence.room_id == Room.id)
        .outerjoin(Person, Absence.person_id == Person.id)
        .outerjoin(Delegation, Absence.delegation_id == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .where(Absence.event_id == event_id)
        .order_by(Absence.starts, Absence.id)
    )
    if delegation_id is not None:
        found = found.where(Absence.delegation_id == delegation_id)
    return [_line(row) for row in db.session.execute(found)]


def _line(row: Any) -> Line:
    absence, room, person, city = row
    if room is not None:
        return Line(absence, room, "room")
    return Line(absence, person, "person") if person is not None else Line(absence, city, "city")


def subjects(event_id: int) -> dict[str, dict[str, str]]:
    """ "room:4", "person:7", "city:12" -> name, by kind, of whom something can be told. Three queries."""
    rooms = select(Room.id, Room.name).where(Room.event_id == event_id).order_by(Room.position)
    people = select(Person.id, Person.name).where(Person.event_id == event_id).order_by(Person.position)
    cities = select(Delegation.id, Member.name).join(Delegation.member).where(Delegation.event_id == event_id)
    asked = {"room": rooms, "person": people, "city": cities.order_by(Member.folded)}
    return {kind: {f"{kind}:{row[0]}": row[1] for row in db.session.execute(ask)} for kind, ask in asked.items()}


def add(event: Event, whose: str, told: Told, key: str, *, who: str, now: datetime) -> Absence:
    """Tell that `whose` ("room:4", "person:7", "city:12") cannot be had. The same form (`key`) twice tells it once.

    Refused when nobody of this event is meant, when the span cannot be, and when enough has been told.
    """
    kind, _colon, number = whose.partition(":")
    if whose not in subjects(event.id).get(kind, {}):
        raise Refused(_("Choose whom it is about."), "whose")
    starts, ends = told.instants()
    acts.hold(event.id)
    uid = key[:32]
    first = db.session.execute(select(Absence).where(Absence.uid == uid)).scalar_one_or_none()
    if first is not None:
        return first
    column = {"room": "room_id", "person": "person_id", "city": "delegation_id"}[kind]
    same = select(Absence.id).where(getattr(Absence, column) == int(number))
    if len(db.session.execute(same).all()) >= MOST:
        raise Refused(_("More than %(most)s times cannot be told of one.", most=MOST))
    absence = Absence(
        uid=uid,
        event_id=event.id,
        starts=starts,
        ends=ends,
        zone=told.zone,
        only=told.only,
        note=told.note,
        entered_by=who,
        entered_at=now,
        **{column: int(number)},
    )
    db.session.add(absence)
    _note("absence told", absence, whose, who, now)
    return absence


def remove(event_id: int, uid: str, *, delegation_id: int | None = None, who: str, now: datetime) -> None:
    """Take back what was told; with `delegation_id` only what is that city's. Twice is once."""
    acts.hold(event_id)
    found = select(Absence).where(Absence.event_id == event_id, Absence.uid == uid)
    if delegation_id is not None:
        found = found.where(Absence.delegation_id == delegation_id)
    absence = db.session.execute(found).scalar_one_or_none()
    if absence is not None:
        _note("absence taken back", absence, "", who, now)
        db.session.delete(absence)
        db.session.flush()


def _note(what: str, absence: Absence, whose: str, who: str, now: datetime) -> None:
    said = {
        "whose": whose or f"{absence.room_id or absence.person_id or absence.delegation_id}",
        "from": absence.starts.isoformat(),
        "until": absence.ends.isoformat(),
        "only": absence.only.value if absence.only else "",
    }
    added = what == "absence told"
    journal.note(
        what,
        f"absence/{absence.uid}",
        who=who,
        now=now,
        event_id=absence.event_id,
        before=None if added else said,
        after=said if added else None,
    )
    db.session.flush()
