"""The draft agenda and the visits, brought up to a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.agenda.models import Appearance, Kind, Session
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.imports import values
from app.imports.register import Parts
from app.imports.tally import Tally
from app.refused import Refused
from app.visits import editing
from app.visits.editing import Facts
from app.visits.models import Vehicle, Visit
from app.visits.rows import lock as locked

Delegations = dict[str, Delegation]
"""By the slug of their member."""


def sessions(event: Event, source: values.EventFile, parts: Parts, delegations: Delegations, tally: Tally) -> None:
    """Items, and who appears in them in the order of the file. Items that the file does not name stay, at the end."""
    rows = db.session.execute(
        select(Session)
        .where(Session.event_id == event.id)
        .options(selectinload(Session.appearances))
        .execution_options(populate_existing=True)
    ).scalars()
    known = {row.code: row for row in rows}
    _free_numbers(known, source)
    named: dict[str, Session] = {}
    for place, wanted in enumerate(source.sessions, 1):
        row = known.pop(wanted.code) if wanted.code in known else Session(event_id=event.id, appearances=[])
        named[wanted.code] = row
        tally.put(row, position=place, parent_id=_id(named, wanted.parent), **_columns(wanted, parts))
        if wanted.kind is Kind.BLOCK:
            db.session.flush()  # its sessions need its id
        _appearances(row, wanted, parts, delegations, tally)
    if known:
        tally.stays(len(known), "item of this event's agenda", "items of this event's agenda")
    db.session.flush()


def _free_numbers(known: dict[str, Session], source: values.EventFile) -> None:
    """Numbers that sessions exchange are first let go, or the table would see one twice.

    Refused when an item that is not in the file has a number that the file gives to another.
    """
    given = {wanted.number: wanted for wanted in source.sessions if wanted.number is not None}
    for code in known.keys() - {wanted.code for wanted in source.sessions}:
        if (taken := given.get(known[code].number or 0)) is not None:
            raise Refused(
                f"Number {taken.number}, which the file gives to “{taken.title}”, has been given to"
                f" “{known[code].title}”, which the file does not hold. Change one of them."
            )
    for wanted in source.sessions:
        row = known.get(wanted.code)
        if row is not None and row.number is not None and row.number != wanted.number:
            row.number = None
    db.session.flush()


def _id(named: dict[str, Session], code: str) -> int | None:
    return named[code].id if code else None


def _columns(wanted: values.Session, parts: Parts) -> dict[str, object]:
    slot = wanted.slot
    return {
        "code": wanted.code,
        "kind": wanted.kind,
        "number": wanted.number,
        "title": wanted.title,
        "theme_id": parts.themes[wanted.theme].id if wanted.theme else None,
        "room_id": parts.rooms[slot.room].id if slot.room else None,
        "day": slot.day,
        "starts": slot.starts,
        "ends": slot.ends,
        "fold": False,
        "visibility": wanted.visibility,
        "note": wanted.note,
        "description": wanted.description,
    }


def _appearances(
    session: Session, wanted: values.Session, parts: Parts, delegations: Delegations, tally: Tally
) -> None:
    """Exactly those of the file, in its order; who stays keeps the row."""
    known = {(row.delegation_id, row.person_id, row.part): row for row in session.appearances}
    kept: list[tuple[Appearance, values.Appearance]] = []
    for each in wanted.appearances:
        delegation = delegations[each.city].id if each.city else None
        person = parts.people[each.person].id if each.person else None
        row = known.pop((delegation, person, each.part), None)
        kept.append((row or Appearance(delegation_id=delegation, person_id=person, part=each.part), each))
    for row in known.values():
        session.appearances.remove(row)
        tally.drop(row)
    _let_go_of_places([row for row, _ in kept])
    for place, (row, each) in enumerate(kept, 1):
        if row not in db.session:
            row.session = session
        tally.put(row, position=place, mode=each.mode, shown_position=each.position, topic=each.topic)


def _let_go_of_places(kept: list[Appearance]) -> None:
    """Places that appearances leave or exchange are first let go, or the table would see one twice."""
    for place, row in enumerate(kept, 1):
        if row in db.session and row.position != place:
            row.position = -row.id
    db.session.flush()


def visits(event: Event, source: values.EventFile, tally: Tally, *, who: str, now: datetime) -> None:
    """Visits with their vehicles, in the order of the file. Those that the file does not name stay.

    Who has a place on one is told what is new for them. Refused when more people have places than the file gives.
    """
    rows = db.session.execute(select(Visit).where(Visit.event_id == event.id)).scalars()
    known = {row.code: row for row in rows}
    for place, wanted in enumerate(source.visits, 1):
        row = known.pop(wanted.code, None)
        facts = vars(wanted) | {"languages": list(wanted.languages)}
        cars = facts.pop("vehicles")
        if row is None:
            row, before = Visit(event=event, taken=0), None
        else:
            row, before = locked([row.id])[row.id], Facts.of(row)
            _room_for(row.title, row.taken, wanted.seats)
        tally.put(row, position=place, **facts)
        _vehicles(row, cars, tally)
        if before is not None:
            editing.follow(row, before, who=who, now=now)
    if known:
        tally.stays(len(known), "visit of this event", "visits of this event")


def _vehicles(visit: Visit, wanted: Sequence[values.Vehicle], tally: Tally) -> None:
    known = {each.name: each for each in visit.vehicles} if visit in db.session and visit.id else {}
    for place, each in enumerate(wanted, 1):
        row = known.get(each.name) or Vehicle(visit=visit, taken=0, step_free_taken=0)
        _room_for(f"{visit.title}, {each.name}", row.taken, each.seats)
        _room_for(f"{visit.title}, {each.name}", row.step_free_taken, each.step_free)
        tally.put(row, position=place, **vars(each))


def _room_for(title: str, taken: int, seats: int | None) -> None:
    if seats is not None and seats < taken:
        raise Refused(f"“{title}” has {seats} places in the file, and {taken} people have one. Take people off first.")
