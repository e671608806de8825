"""Who appears in a programme and where, who agreed to be listed, and how both are found by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import folded
from app.publishing.programme import Appearance, Person, Programme, Session
from app.registration.models import Delegate, State
from app.web.choices import in_order

LONGEST_SEARCH = 100


def called(programme: Programme, person: Person) -> tuple[str, ...]:
    """By what somebody can be found."""
    city = programme.city.get(person.city)
    return person.called, *person.positions, city.name if city else ""


def sought(wanted: str) -> Callable[..., bool]:
    """Whether all words that were typed are found in what it is given, in any order; accents and case do not count."""
    parts = [part for part in map(folded, wanted.split()) if part]

    def fits(*words: str) -> bool:
        text = folded(" ".join(words))
        return all(part in text for part in parts)

    return fits


def deeds(programme: Programme, *, city: str = "", person: str = "") -> list[tuple[Session, Appearance]]:
    """Where a city or a person appears, in the order of the agenda."""
    return [
        (session, each)
        for session in programme.sessions
        for each in session.appearances
        if (each.city, each.person) == (city, person)
    ]


def spread(programme: Programme, found: list[tuple[Session, Appearance]]) -> list[tuple[Session, Appearance]]:
    """The same with the sessions of a block in place of the block: who leads it is there in each of them."""
    return [(each, seen) for session, seen in found for each in programme.children[session.code] or (session,)]


class Listed(NamedTuple):
    name: str
    position: str
    city: str


def listed_delegates(slug: str) -> list[Listed]:
    rows = db.session.execute(
        select(Delegate)
        .join(Event)
        .where(Event.slug == slug, Delegate.listed, Delegate.state == State.APPROVED)
        .options(joinedload(Delegate.delegation).joinedload(Delegation.member))
    ).scalars()
    return [
        Listed(f"{each.honorific} {each.name}".strip(), each.position, each.delegation.member.name)
        for each in in_order(rows, lambda each: each.name)
    ]
