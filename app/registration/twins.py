"""Who may be one person twice: flagged for people to look at, never merged. An address alone proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select

from app.db import db
from app.network.models import folded
from app.registration.models import ENDED, Delegate


@dataclass(frozen=True)
class Known:
    """What is compared of a person to find doubles."""

    id: int
    name: str
    email: str
    delegation_id: int


def are_twins(one: Known, other: Known) -> bool:
    """Whether two registrations may be of one person: one name, and one address or two delegations. Never merged."""
    if not folded(one.name) or folded(one.name) != folded(other.name):
        return False
    same_address = bool(one.email) and one.email.casefold() == other.email.casefold()
    return same_address or one.delegation_id != other.delegation_id


def twins(event_id: int) -> list[tuple[int, int]]:
    """The ids of those who may be one person twice, among the registrations that stand. One query."""
    found = db.session.execute(
        select(Delegate.id, Delegate.name, Delegate.email, Delegate.delegation_id)
        .where(Delegate.event_id == event_id, Delegate.state.not_in(ENDED))
        .order_by(Delegate.id)
    )
    alike: dict[str, list[Known]] = {}
    for row in found:
        alike.setdefault(folded(row.name), []).append(Known(*row))
    pairs = (pair for people in alike.values() for pair in combinations(people, 2))
    return sorted((one.id, other.id) for one, other in pairs if are_twins(one, other))
