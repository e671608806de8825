"""The waiting list: who comes next. Plain functions of those who wait, and the question who they are.

The order is strict: class, then time of joining, then id. A party stands where its first member stands, and is placed
whole or not at all. Who does not fit is never passed by others; only somebody whose own city has used up its quota is
passed over, keeps the place in line, and comes up as soon as the city has room (or no city could be helped by a place
that another one cannot use).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.db import db
from app.delegations.models import Category, Quota
from app.events.models import Event, Mode
from app.registration.models import Capacity, Delegate, State

OFFER, SHORT_OFFER, SHORT_BEFORE = timedelta(hours=24), timedelta(hours=4), timedelta(days=3)
"""How long an offer holds; how long when the summit begins within three days (rule 9.10)."""
CATEGORIES = {
    Capacity.HEAD: Category.HEADS,
    Capacity.DEPUTY: Category.DELEGATES,
    Capacity.DELEGATE: Category.DELEGATES,
    Capacity.COMPANION: Category.ACCOMPANYING,
    Capacity.MEDIA: Category.MEDIA,
}
"""The quota in which a role counts; all others are support."""
Room = Mapping[tuple[int, Category], int]
"""What is left of quotas, by delegation and category; what is not named has no limit."""


NEXT = timedelta(microseconds=1)
"""The least time between two who join a list."""


@dataclass(frozen=True)
class Waiting:
    """Somebody on the list."""

    id: int
    list_class: int
    joined: datetime
    delegation_id: int
    category: Category
    party: str = ""


def category(role: Capacity) -> Category:
    """The quota in which a role counts."""
    return CATEGORIES.get(role, Category.SUPPORT)


def in_order(people: Sequence[Waiting]) -> list[list[Waiting]]:
    """The parties of the list, first come first; who is alone is a party of one."""
    parties: dict[object, list[Waiting]] = {}
    for each in sorted(people, key=lambda each: (each.list_class, each.joined, each.id)):
        parties.setdefault((each.delegation_id, each.party) if each.party else each.id, []).append(each)
    return list(parties.values())


def behind(joined: Iterable[datetime | None], now: datetime) -> datetime:
    """When somebody joins who stands behind all who `joined` then: now, or a moment after the last of them.

    Of two who press at the same time, one may have pressed a moment sooner and be stored later; whoever was stored
    first was told a turn, which stays true. The caller holds what nobody joins the list without.
    """
    return max([now, *(each + NEXT for each in joined if each)])


def next_up(parties: Sequence[Sequence[Waiting]], left: int | None, room: Room) -> list[Waiting]:
    """Who gets a place now, in order. `left`: how many there are (None: no limit)."""
    taken = 0

    def takes(party: Sequence[Waiting]) -> bool:
        nonlocal taken
        taken += len(party)
        return left is None or taken <= left

    return [each for party in turns(parties, room, takes) for each in party]


def turns(
    parties: Sequence[Sequence[Waiting]], room: Room, takes: Callable[[Sequence[Waiting]], bool]
) -> list[Sequence[Waiting]]:
    """The parties whose turn it is now, in order. `takes` seats a whole party, or says that it does not fit: after
    such a one nobody is asked any more, since nobody is passed."""
    remaining, found = dict(room), list[Sequence[Waiting]]()
    for party in parties:
        needed = _needed(party)
        if any(remaining.get(key, number) < number for key, number in needed.items()):
            continue
        if not takes(party):
            break
        for key, number in needed.items():
            if key in remaining:
                remaining[key] -= number
        found.append(party)
    return found


def offer_holds(now: datetime, event: Event) -> timedelta | None:
    """How long an offer made now holds; None once the summit has begun: then the organisers call."""
    return holds(now, clock.midnight(event.starts_on, event.zone))


def holds(now: datetime, begins: datetime, usual: timedelta = OFFER) -> timedelta | None:
    """How long an offer holds that is made now, of something that begins then; None once it has begun."""
    if now >= begins:
        return None
    return min(usual, SHORT_OFFER) if begins - now <= SHORT_BEFORE else usual


def waiting(event_id: int, mode: Mode) -> list[Waiting]:
    """Everybody who waits for this mode, in no order. One query."""
    rows = db.session.execute(
        select(
            Delegate.id,
            Delegate.list_class,
            Delegate.joined_list_at,
            Delegate.delegation_id,
            Delegate.role,
            Delegate.party,
        ).where(Delegate.event_id == event_id, Delegate.mode == mode, Delegate.state == State.WAITLISTED)
    )
    return [
        Waiting(row.id, row.list_class, row.joined_list_at, row.delegation_id, category(row.role), row.party)
        for row in rows
        if row.joined_list_at is not None
    ]


def room(people: Sequence[Waiting], mode: Mode) -> dict[tuple[int, Category], int]:
    """What is left of the quotas of the cities of these people. One query."""
    cities = {each.delegation_id for each in people}
    rows = db.session.execute(
        select(Quota.delegation_id, Quota.category, Quota.seats + Quota.granted - Quota.taken).where(
            Quota.delegation_id.in_(cities), Quota.mode == mode
        )
    )
    return {(city, kind): left for city, kind, left in rows}


def due(event_id: int, mode: Mode) -> bool:
    """Whether a place that is free is due to somebody who waits: anybody whose city has room in its quota."""
    people = waiting(event_id, mode)
    return bool(next_up(in_order(people), None, room(people, mode)))


def _needed(party: Sequence[Waiting]) -> dict[tuple[int, Category], int]:
    needed: dict[tuple[int, Category], int] = {}
    for each in party:
        key = each.delegation_id, each.category
        needed[key] = needed.get(key, 0) + 1
    return needed
