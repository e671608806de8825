"""Who may be one person twice: flagged for people to look at, never merged. An address alone proves nothing.

An organiser can say of a pair that they are two people; it is then no longer flagged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import select

from app.db import db
from app.delegations.models import Delegation
from app.journal import note
from app.network.models import Member, folded
from app.registration import rows
from app.registration.models import ENDED, Delegate, TwoPeople


@dataclass(frozen=True)
class Known:
    """What is compared of a person to find doubles."""

    id: int
    name: str
    email: str
    delegation_id: int
    role: str = ""
    city: str = ""


@dataclass(frozen=True)
class Double:
    """What a city's office is told of a possible double: its own person's name, and the other city's name alone."""

    name: str
    city: str
    """Empty: both stand in its own list."""


def are_twins(one: Known, other: Known) -> bool:
    """Whether two registrations may be of one person: one name, and one address, two cities or two roles."""
    if not folded(one.name) or folded(one.name) != folded(other.name):
        return False
    same_address = bool(one.email) and one.email.casefold() == other.email.casefold()
    return same_address or one.delegation_id != other.delegation_id or one.role != other.role


def pairs(event_id: int) -> list[tuple[Known, Known]]:
    """Those who may be one person twice among the registrations that stand, unless told apart. Two queries."""
    found = db.session.execute(
        select(Delegate.id, Delegate.name, Delegate.email, Delegate.delegation_id, Delegate.role, Member.name)
        .join(Delegation, Delegation.id == Delegate.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Delegate.event_id == event_id, Delegate.state.not_in(ENDED))
        .order_by(Delegate.id)
    )
    alike: dict[str, list[Known]] = {}
    for row in found:
        alike.setdefault(folded(row[1]), []).append(Known(*row))
    apart = _told_apart(event_id)
    return sorted(
        (
            (one, other)
            for people in alike.values()
            for one, other in combinations(people, 2)
            if are_twins(one, other) and (one.id, other.id) not in apart
        ),
        key=lambda pair: (pair[0].id, pair[1].id),
    )


def twins(event_id: int) -> list[tuple[int, int]]:
    """The ids of those pairs. Two queries."""
    return [(one.id, other.id) for one, other in pairs(event_id)]


def doubles(event_id: int, delegation_id: int) -> list[Double]:
    """What one city's office is told of possible doubles of its own people. Two queries."""
    found = set()
    for pair in pairs(event_id):
        for one, other in (pair, pair[::-1]):
            if one.delegation_id == delegation_id:
                found.add(Double(one.name, other.city if other.delegation_id != delegation_id else ""))
    return sorted(found, key=lambda each: (folded(each.name), each.city))


def tell_apart(one_id: int, other_id: int, *, who: str, now: datetime) -> None:
    """These two registrations are of two people: they are flagged no longer. Said twice it is said once."""
    people = rows.held(sorted((one_id, other_id)))
    (first, second) = people.values()
    query = select(TwoPeople.id).where(TwoPeople.one_id == first.id, TwoPeople.other_id == second.id)
    if db.session.execute(query).first() is not None:
        return
    told = TwoPeople(event_id=first.event_id, one_id=first.id, other_id=second.id, said_by=who, said_at=now)
    db.session.add(told)
    db.session.flush()
    for each, other in ((first, second), (second, first)):
        after = {"two people": [each.reference, other.reference]}
        note("told apart", f"delegate/{each.uid}", who=who, now=now, event_id=each.event_id, after=after)


def _told_apart(event_id: int) -> set[tuple[int, int]]:
    query = select(TwoPeople.one_id, TwoPeople.other_id).where(TwoPeople.event_id == event_id)
    return {(one, other) for one, other in db.session.execute(query)}
