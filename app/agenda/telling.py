"""A session in plain values: for the journal, and to say what is stored beside what was typed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.agenda.facts import Facts, Seat
from app.agenda.models import Session
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Person, Room, Theme
from app.network.models import Member


@dataclass(frozen=True)
class Cells:
    """What the table shows of one session, and lets organisers change."""

    title: str
    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    room_id: int | None = None
    cancelled: bool = False

    @property
    def mark(self) -> str:
        """Tells these cells from others: travels with a row, so that an untouched one is known as such."""
        return hashlib.blake2b(repr(asdict(self)).encode(), digest_size=9).hexdigest()


def cells_of(session: Session | Facts) -> Cells:
    """The cells of a session as it is stored."""
    return Cells(session.title, session.day, session.starts, session.ends, session.room_id, session.cancelled)


@dataclass(frozen=True)
class Names:
    """How rooms, themes, cities and people are called in the journal, by their ids."""

    rooms: Mapping[int, str]
    themes: Mapping[int, str]
    cities: Mapping[int, str]
    people: Mapping[int, str]


def names_of(event_id: int) -> Names:
    """The names of everything that sessions of this event refer to. Four queries."""

    def named(key: Any, name: Any, table: Any) -> dict[int, str]:
        return {row[0]: row[1] for row in db.session.execute(select(key, name).where(table.event_id == event_id))}

    cities = select(Delegation.id, Member.slug).join(Delegation.member).where(Delegation.event_id == event_id)
    return Names(
        rooms=named(Room.id, Room.name, Room),
        themes=named(Theme.id, Theme.slug, Theme),
        cities={row[0]: row[1] for row in db.session.execute(cities)},
        people=named(Person.id, Person.code, Person),
    )


def told(facts: Facts, names: Names) -> dict[str, Any]:
    """A session in plain JSON values, as the journal keeps it."""
    return {
        "title": facts.title,
        "day": facts.day.isoformat() if facts.day else None,
        "start": f"{facts.starts:%H:%M}" if facts.starts else None,
        "end": f"{facts.ends:%H:%M}" if facts.ends else None,
        "room": names.rooms.get(facts.room_id or 0, ""),
        "cancelled": facts.cancelled,
        "kind": facts.kind.value,
        "number": facts.number,
        "theme": names.themes.get(facts.theme_id or 0, ""),
        "block": facts.parent,
        "later hour": facts.fold,
        "visibility": facts.visibility.value,
        "note": facts.note,
        "description": facts.description,
        "place in the list": facts.position,
        "minutes needed": facts.length,
        "equipment": list(facts.needs),
        "audience": facts.audience,
        "after": facts.after_code,
        "on the day of": facts.same_day_code,
        "apart from": list(facts.apart),
        "pinned": facts.pin.value,
        "order": facts.order_rule.value,
        "draw": facts.order_seed,
        "minutes each": facts.minutes_each,
        "who appears": [_spoken(each, names) for each in facts.seats],
    }


def differing(before: Facts | None, after: Facts | None, names: Names) -> tuple[Any, Any]:
    """What differs, before and after, as the journal keeps it; all of it where there was or is nothing."""
    old, new = (told(each, names) if each else None for each in (before, after))
    if old is None or new is None:
        return old, new
    changed = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}


def deed(before: Facts | None, after: Facts | None) -> str:
    """What was done to one session, as the journal calls it."""
    if before is None:
        return "session added"
    if after is None:
        return "session deleted"
    if before.cancelled != after.cancelled:
        return "session cancelled" if after.cancelled else "session reinstated"
    moved = (before.day, before.starts, before.ends, before.room_id) != (
        after.day,
        after.starts,
        after.ends,
        after.room_id,
    )
    return "session moved" if moved else "session changed"


def _spoken(seat: Seat, names: Names) -> str:
    """ "city:rome (speaker, online)", with whatever else was arranged behind it."""
    city, person = names.cities.get(seat.delegation_id or 0), names.people.get(seat.person_id or 0)
    who = f"city:{city}" if city else f"person:{person or '?'}"
    more = {
        "topic": seat.topic,
        "as": seat.shown_position,
        "minutes": seat.minutes,
        "speaker": seat.speaker_id,
        "confirmed": seat.confirmed or "",
        "asked": seat.asked_at.isoformat() if seat.asked_at else "",
        "video": "has come" if seat.video_ready else "",
    }
    said = "".join(f", {name} {value}" for name, value in more.items() if value)
    return f"{who} ({seat.part.value}, {seat.mode.value if seat.mode else 'to be confirmed'}{said})"


def shown(value: Any) -> str:
    """A plain value in words."""
    match value:
        case None | "" | []:
            return str(_("none"))
        case bool():
            return str(_("yes") if value else _("no"))
        case list():
            return ", ".join(value)
    return str(value)
