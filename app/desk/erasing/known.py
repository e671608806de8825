"""By what somebody is known, and whether somebody else is known by the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.db import db
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event, Person
from app.network.models import Member
from app.registration.models import Delegate


@dataclass(frozen=True)
class Known:
    """By what somebody is known."""

    signed: tuple[str, ...]
    """As the journal names them for what they do: certainly theirs."""
    words: tuple[str, ...]
    """Names, addresses, telephones that nobody else of the summit has."""
    shared: tuple[str, ...]
    """Those that somebody else has too."""


@dataclass(frozen=True)
class Left:
    """What lies outside of the database, to be deleted once the transaction is over."""

    photos: list[str]
    """Keys, for `files.drop`."""
    letters: list[tuple[str, str, datetime]]
    """For `outbox.transport.drop`."""


def split(words: Sequence[str], signed: Sequence[str], event_id: int, whose: Delegate | FocalPoint) -> Known:
    """The words of this person, told apart by whether somebody else has them, be it as a part. Six queries."""
    others = _of_others(event_id, whose)
    shared = [each for each in words if any(each.casefold() in other for other in others)]
    return Known(tuple(signed), tuple(each for each in words if each not in shared), tuple(shared))


def _of_others(event_id: int, whose: Delegate | FocalPoint) -> set[str]:
    """By what all others of the summit are known, and who has an account, in small letters."""
    delegate_id = whose.id if isinstance(whose, Delegate) else 0
    focal_id = whose.id if isinstance(whose, FocalPoint) else 0
    here = select(Delegation.id).where(Delegation.event_id == event_id)
    people = select(Delegate.name, Delegate.honorific + " " + Delegate.name, Delegate.email, Delegate.mobile)
    offices = select(FocalPoint.name, FocalPoint.email, FocalPoint.phone).where(FocalPoint.delegation_id.in_(here))
    queries = (
        people.where(Delegate.event_id == event_id, Delegate.id != delegate_id),
        offices.where(FocalPoint.id != focal_id),
        select(Person.name, Person.honorific + " " + Person.name).where(Person.event_id == event_id),
        select(User.name, User.email),
        select(Member.name),
        select(Event.reply_to, Event.title).where(Event.id == event_id),
    )
    return {word.strip().casefold() for query in queries for row in db.session.execute(query) for word in row if word}
