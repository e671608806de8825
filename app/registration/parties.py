"""Parties on the waiting list: people of one city who get places together or not at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.events.models import Mode
from app.journal import note
from app.refused import Refused
from app.registration import line, places, rows, states, waiting
from app.registration.line import Waiting
from app.registration.models import Delegate, State


@dataclass(frozen=True)
class Party:
    """People who wait together, under one mark."""

    mark: str
    mode: Mode
    people: list[Delegate]


def waiters(delegation_id: int) -> list[Delegate]:
    """Everybody of the city who waits for a place: by mode, then as they stand in the line. One query."""
    query = select(Delegate).where(Delegate.delegation_id == delegation_id, Delegate.state == State.WAITLISTED)
    found = {each.id: each for each in db.session.execute(query).scalars()}
    ordered = line.in_order([_in_line(each) for each in found.values() if each.joined_list_at is not None])
    people = [found[each.id] for party in ordered for each in party]
    return sorted(people, key=lambda each: list(Mode).index(each.mode))


def parties(people: Collection[Delegate]) -> list[Party]:
    """The parties among people who wait; somebody whose others have gone is alone, and no party."""
    found: dict[tuple[str, Mode], list[Delegate]] = {}
    for each in people:
        if each.party:
            found.setdefault((each.party, each.mode), []).append(each)
    return [Party(mark, mode, group) for (mark, mode), group in found.items() if len(group) > 1]


def keep_together(delegation_id: int, references: Collection[str], *, who: str, now: datetime) -> list[Delegate]:
    """These people of the city, who all wait, stay together from now on; whoever was in another party leaves it.

    Refused on "people" when fewer than two are named, one of them no longer waits, or they take part in several ways.
    """
    chosen = _held(delegation_id, references)
    if len(chosen) < len(set(references)):
        raise Refused(_("Somebody of these does not wait any more. Please look at the list again."), "people")
    if len({each.mode for each in chosen}) > 1:
        raise Refused(_("Only people who take part in one way can wait together."), "people")
    if len(chosen) < 2:
        raise Refused(_("Choose at least two people."), "people")
    former = {each.party for each in chosen} - {""}
    if len(former) == 1 and {each.id for each in _marked(delegation_id, *former)} == {each.id for each in chosen}:
        return chosen
    waiting.together([each.id for each in chosen], who=who, now=now)
    for mark in former:
        if len(left := _marked(delegation_id, mark)) == 1:
            _leave(left, who, now)
    return chosen


def take_apart(delegation_id: int, mark: str, *, who: str, now: datetime) -> int:
    """Everybody of this party of the city waits alone again; how many. Pressed twice it is done once."""
    references = [each.reference for each in _marked(delegation_id, mark)] if mark else []
    found = [each for each in _held(delegation_id, references) if each.party == mark]
    _leave(found, who, now)
    for mode in {each.mode for each in found}:
        states.release(found[0].event_id, [mode], now)
    return len(found)


def _leave(people: Collection[Delegate], who: str, now: datetime) -> None:
    for each in people:
        each.party = ""
        note("left a party", f"delegate/{each.uid}", who=who, now=now, event_id=each.event_id)
    db.session.flush()


def _held(delegation_id: int, references: Collection[str]) -> list[Delegate]:
    """Those of them who wait, locked; their places first, as everywhere."""
    query = select(Delegate.id, Delegate.event_id, Delegate.mode).where(
        Delegate.delegation_id == delegation_id,
        Delegate.reference.in_(set(references)),
        Delegate.state == State.WAITLISTED,
    )
    found = db.session.execute(query.order_by(Delegate.id)).all()
    for event_id in {each.event_id for each in found}:
        places.lock(event_id, {each.mode for each in found})
    people = rows.held([each.id for each in found]).values()
    return [each for each in people if each.state == State.WAITLISTED]


def _marked(delegation_id: int, mark: str) -> list[Delegate]:
    query = select(Delegate).where(
        Delegate.delegation_id == delegation_id, Delegate.party == mark, Delegate.state == State.WAITLISTED
    )
    return list(db.session.execute(query.order_by(Delegate.id)).scalars())


def _in_line(each: Delegate) -> Waiting:
    joined = each.joined_list_at or each.state_at
    return Waiting(each.id, each.list_class, joined, each.delegation_id, line.category(each.role), each.party)
