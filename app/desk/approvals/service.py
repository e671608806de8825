"""What the organisers' page of decisions shows. Its number of queries does not grow with the number of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.delegations.models import Delegation, Overflow, Quota
from app.events.models import Event, Mode
from app.network.models import Member
from app.registration import line, places
from app.registration.models import Delegate, Places, State


@dataclass(frozen=True)
class InLine:
    """Somebody on the waiting list: which place in line, in a party of how many, and what else holds them up."""

    delegate: Delegate
    place: int
    party: int
    quota_full: bool
    """Their own city has used up its quota, so that others come first meanwhile."""
    of_city: int
    """How many of their city wait for this mode."""


@dataclass(frozen=True)
class Line:
    """One mode: its places, and who waits for them."""

    mode: Mode
    places: Places
    people: list[InLine]


def to_decide(event_id: int) -> list[Delegate]:
    """Those for whom their cities stand and who wait for the organisers, who came first first. One query."""
    query = _with_city(event_id).where(Delegate.state == State.ENDORSED)
    return list(db.session.execute(query.order_by(Delegate.state_at, Delegate.id)).scalars())


def offered(event_id: int) -> list[Delegate]:
    """Those for whom a place is held, whose time ends first first. One query."""
    query = _with_city(event_id).where(Delegate.state == State.OFFERED)
    return list(db.session.execute(query.order_by(Delegate.offered_until, Delegate.id)).scalars())


def lines(event_id: int) -> list[Line]:
    """The modes of the event with their places and waiting lists. At most eight queries."""
    waiting = _with_city(event_id).where(Delegate.state == State.WAITLISTED)
    people = {each.id: each for each in db.session.execute(waiting).scalars()}
    return [Line(row.mode, row, _in_line(event_id, row.mode, people)) for row in places.of(event_id)]


def _in_line(event_id: int, mode: Mode, people: Mapping[int, Delegate]) -> list[InLine]:
    if not any(each.mode == mode for each in people.values()):
        return []
    waiting = [each for each in line.waiting(event_id, mode) if each.id in people]
    room = line.room(waiting, mode)
    cities = Counter(each.delegation_id for each in waiting)
    found = []
    for place, party in enumerate(line.in_order(waiting), 1):
        full = not line.next_up([party], None, room)
        found += [InLine(people[each.id], place, len(party), full, cities[each.delegation_id]) for each in party]
    return found


def city(event_id: int, slug: str) -> Delegation:
    """The delegation of this city with its member. Raises LookupError."""
    query = select(Delegation).join(Delegation.member).options(contains_eager(Delegation.member))
    found = db.session.execute(query.where(Delegation.event_id == event_id, Member.slug == slug)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no delegation of this event is of {slug!r}")
    return found


def overflows(delegation_id: int) -> list[tuple[Quota, Overflow]]:
    """What was granted beyond the quotas of a delegation, latest first. One query."""
    query = select(Quota, Overflow).join(Overflow, Overflow.quota_id == Quota.id)
    found = db.session.execute(query.where(Quota.delegation_id == delegation_id).order_by(Overflow.id.desc()))
    return [(quota, overflow) for quota, overflow in found]


def named(event: Event, ids: set[int]) -> dict[int, Delegate]:
    """These people with their cities, by id. One query."""
    query = _with_city(event.id).where(Delegate.id.in_(ids))
    return {each.id: each for each in db.session.execute(query).scalars()}


def _with_city(event_id: int) -> Select[Delegate]:
    whole = contains_eager(Delegate.delegation).contains_eager(Delegation.member)
    query = select(Delegate).join(Delegate.delegation).join(Delegation.member)
    return query.where(Delegate.event_id == event_id).options(whole)
