"""When a room, a person, a city's people or one of them cannot be had: told by the clocks of who tells it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app import ical, journal
from app.agenda import acts
from app.agenda.models import Absence, Appearance
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event, Mode, Person, Room
from app.network.models import Member
from app.refused import Refused
from app.registration.models import ENDED, Capacity, Delegate
from app.web.wording import day_full

MOST = 50
"""Spans that may be told of one room, person, city or delegate."""
NEAR = timedelta(days=7)
"""How long before and after the summit's days a span may reach; what lies beyond concerns nobody's session."""
COLUMNS = {"room": "room_id", "person": "person_id", "city": "delegation_id", "delegate": "delegate_id"}
"""Kind of whom it is about -> the column that names them."""


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

    def instants(self, event: Event) -> tuple[datetime, datetime]:
        """From when until when. An hour that comes twice is taken whole. Refused beside the field that is wrong."""
        for day, field in ((self.begins_on, "begins_on"), (self.ends_on, "ends_on")):
            _near(day, event, field)
        starts = _instant(self.begins_on, self.begins, self.zone, 0, "begins")
        ends = _instant(self.ends_on, self.ends, self.zone, 1, "ends")
        if ends <= starts:
            raise Refused(_("The end must come after the start."), "ends")
        return starts, ends


def _near(day: date, event: Event, field: str) -> None:
    first, last = event.starts_on - NEAR, event.ends_on + NEAR
    if not first <= day <= last:
        said = _(
            "This is not near the summit. Tell what lies between %(first)s and %(last)s.",
            first=day_full(first),
            last=day_full(last),
        )
        raise Refused(said, field)


def _instant(day: date, at: time, zone: str, fold: int, field: str) -> datetime:
    try:
        return ical.wall(day, at, zone, fold)
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
    """"room", "person", "city" or "delegate"."""
    city: str = ""
    """Of a delegate: whose delegation they are of."""


def listed(event_id: int, delegation_id: int | None = None, delegate_id: int | None = None) -> list[Line]:
    """What was told at this event, by time: with `delegation_id` of that delegation and its people alone, with
    `delegate_id` of that person alone. One query."""
    found = (
        select(Absence, Room.name, Person.name, Delegate.name, Member.name)
        .outerjoin(Room, Absence.room_id == Room.id)
        .outerjoin(Person, Absence.person_id == Person.id)
        .outerjoin(Delegate, Absence.delegate_id == Delegate.id)
        .outerjoin(Delegation, func.coalesce(Absence.delegation_id, Delegate.delegation_id) == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .where(Absence.event_id == event_id)
        .order_by(Absence.starts, Absence.id)
    )
    if delegation_id is not None:
        found = found.where(Delegation.id == delegation_id)
    if delegate_id is not None:
        found = found.where(Absence.delegate_id == delegate_id)
    return [_line(row) for row in db.session.execute(found)]


def _line(row: Any) -> Line:
    absence, room, person, delegate, city = row
    if room is not None:
        return Line(absence, room, "room")
    if person is not None:
        return Line(absence, person, "person")
    return Line(absence, city, "city") if delegate is None else Line(absence, delegate, "delegate", city)


Names = dict[str, str]


def subjects(event_id: int) -> dict[str, Names]:
    """ "room:4", "person:7", "city:12", "delegate:7K4M9Q" -> name, by kind, of whom organisers may tell something; of
    delegates only those who speak and heads. Four queries."""
    rooms = select(Room.id, Room.name).where(Room.event_id == event_id).order_by(Room.position)
    people = select(Person.id, Person.name).where(Person.event_id == event_id).order_by(Person.position)
    cities = select(Delegation.id, Member.name).join(Delegation.member).where(Delegation.event_id == event_id)
    asked = {"room": rooms, "person": people, "city": cities.order_by(Member.folded)}
    found = {kind: {f"{kind}:{row[0]}": row[1] for row in db.session.execute(ask)} for kind, ask in asked.items()}
    return found | {"delegate": _speaking(event_id)}


def _speaking(event_id: int) -> Names:
    named = select(Appearance.speaker_id).where(Appearance.speaker_id.is_not(None))
    found = db.session.execute(
        select(Delegate.reference, Delegate.name, Member.name.label("city"))
        .join(Delegate.delegation)
        .join(Delegation.member)
        .where(Delegate.event_id == event_id, Delegate.state.not_in(ENDED), Delegation.answer.in_(TAKES_PART))
        .where(or_(Delegate.role == Capacity.HEAD, Delegate.id.in_(named)))
        .order_by(Member.folded, Delegate.role != Capacity.HEAD, Delegate.name)
    )
    return {f"delegate:{row.reference}": f"{row.city}: {row.name}" for row in found}


def people(delegation_id: int) -> Names:
    """ "delegate:7K4M9Q" -> name, of everybody who takes part for a city. One query."""
    found = select(Delegate.reference, Delegate.name).where(
        Delegate.delegation_id == delegation_id, Delegate.state.not_in(ENDED)
    )
    return {f"delegate:{row.reference}": row.name for row in db.session.execute(found.order_by(Delegate.name))}


def add(
    event: Event, whose: str, told: Told, key: str, *, who: str, now: datetime, delegation_id: int | None = None
) -> Absence:
    """Tell that `whose` (a key of `subjects`) cannot be had; with `delegation_id` only that city or one of its people.
    The same form (`key`) twice tells it once.

    Refused when nobody of this event is meant, when the span cannot be, and when enough has been told.
    """
    kind, number = _meant(event.id, whose, delegation_id)
    starts, ends = told.instants(event)
    acts.hold(event.id)
    uid = hashlib.blake2b(f"absence/{event.id}/{whose}/{key}".encode(), digest_size=16).hexdigest()
    first = db.session.execute(select(Absence).where(Absence.uid == uid)).scalar_one_or_none()
    if first is not None:
        return first
    column = COLUMNS[kind]
    same = select(func.count()).where(getattr(Absence, column) == number)
    if db.session.execute(same).scalar_one() >= MOST:
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
        **{column: number},
    )
    db.session.add(absence)
    _note("absence told", absence, who, now)
    return absence


def _meant(event_id: int, whose: str, delegation_id: int | None) -> tuple[str, int]:
    """Kind and id of whom it is about. Refused when they are not of this event, or not of this city."""
    kind, _colon, name = whose.partition(":")
    number = int(name) if name.isascii() and name.isdecimal() and len(name) < 10 else 0
    reference = name if name.isalnum() else ""
    cities = select(Delegation.id).where(Delegation.event_id == event_id, Delegation.id == number)
    delegates = select(Delegate.id).where(
        Delegate.event_id == event_id, Delegate.reference == reference, Delegate.state.not_in(ENDED)
    )
    known = {
        "room": select(Room.id).where(Room.event_id == event_id, Room.id == number),
        "person": select(Person.id).where(Person.event_id == event_id, Person.id == number),
        "city": cities,
        "delegate": delegates,
    }
    if delegation_id is not None:
        known = {
            "city": cities.where(Delegation.id == delegation_id),
            "delegate": delegates.where(Delegate.delegation_id == delegation_id),
        }
    found = db.session.execute(known[kind]).scalar_one_or_none() if kind in known else None
    if found is None:
        raise Refused(_("Choose whom it is about."), "whose")
    return kind, found


def remove(
    event_id: int,
    uid: str,
    *,
    who: str,
    now: datetime,
    delegation_id: int | None = None,
    delegate_id: int | None = None,
) -> None:
    """Take back what was told; with `delegation_id` only what is that city's or one of its people's, with `delegate_id`
    only what is that person's. Twice is once."""
    if not (uid.isascii() and uid.isalnum()):
        return
    acts.hold(event_id)
    found = select(Absence).where(Absence.event_id == event_id, Absence.uid == uid)
    if delegation_id is not None:
        theirs = select(Delegate.id).where(Delegate.delegation_id == delegation_id)
        found = found.where(or_(Absence.delegation_id == delegation_id, Absence.delegate_id.in_(theirs)))
    if delegate_id is not None:
        found = found.where(Absence.delegate_id == delegate_id)
    absence = db.session.execute(found).scalar_one_or_none()
    if absence is not None:
        _note("absence taken back", absence, who, now)
        db.session.delete(absence)
        db.session.flush()


def _note(what: str, absence: Absence, who: str, now: datetime) -> None:
    """The note that somebody typed beside it is not copied into the journal, which is never changed."""
    whose = next(f"{kind}:{value}" for kind, name in COLUMNS.items() if (value := getattr(absence, name)) is not None)
    said = {
        "whose": whose,
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
