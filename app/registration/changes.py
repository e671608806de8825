"""The changes that were asked for, as they are read: by their person, by the city's office and by the organisers."""

from __future__ import annotations

from sqlalchemy import Select, bindparam, false, func, or_, select
from sqlalchemy.orm import contains_eager

from app.db import db, directly
from app.delegations.models import Delegation
from app.registration.asked import Asked, Decider, Outcome
from app.registration.models import Delegate


def of_person(delegate_id: int) -> list[Asked]:
    """What waits for somebody, in the order in which it was asked. One small query, and a great one where there is any:
    everybody's page asks, and for few people anything waits."""
    if not directly(select(WAITS), person=delegate_id).scalar_one():
        return []
    return _all(whole().where(*OF_PERSON).params(person=delegate_id))


OF_PERSON = Asked.delegate_id == bindparam("person"), Asked.outcome == Outcome.WAITING
WAITS = select(Asked.id).where(*OF_PERSON).exists()
"""Whether anything waits for a "person", as a column of a query with that blank."""


def of_city(delegation_id: int) -> list[Asked]:
    """What waits for the people of a city. One query."""
    return _all(whole().where(Asked.delegation_id == delegation_id, Asked.outcome == Outcome.WAITING))


def of_event(event_id: int) -> list[Asked]:
    """What waits for the organisers. One query."""
    waits = Asked.outcome == Outcome.WAITING, Asked.decider == Decider.ORGANISERS
    return _all(whole().where(Asked.event_id == event_id, *waits))


def counts(event_id: int) -> dict[int, int]:
    """How many changes of each delegation wait for the organisers. One query."""
    waits = Asked.event_id == event_id, Asked.outcome == Outcome.WAITING, Asked.decider == Decider.ORGANISERS
    found = select(Asked.delegation_id, func.count().label("number")).where(*waits).group_by(Asked.delegation_id)
    return {row.delegation_id: row.number for row in db.session.execute(found)}


def find(asked_id: int, *, event_id: int = 0, delegation_id: int = 0, delegate_id: int = 0) -> Asked:
    """One change, decided or not, of this event, city or person: one of them is named. Raises LookupError."""
    scopes = (Asked.event_id, event_id), (Asked.delegation_id, delegation_id), (Asked.delegate_id, delegate_id)
    within = [column == value for column, value in scopes if value]
    query = whole().where(Asked.id == asked_id, or_(false(), *within))
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise LookupError("no such change was asked for here")
    return found


def whole() -> Select[Asked]:
    """Changes with their person and city."""
    person = contains_eager(Asked.delegate)
    return (
        select(Asked)
        .join(Asked.delegate)
        .options(
            person.joinedload(Delegate.delegation).joinedload(Delegation.member),
            person.joinedload(Delegate.event),
        )
    )


def _all(query: Select[Asked]) -> list[Asked]:
    return list(db.session.execute(query.order_by(Asked.asked_at, Asked.id)).scalars())
