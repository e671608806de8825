"""Visits and sign-ups as rows: with what belongs to them, and locked for who is going to change them.

Whoever changes sign-ups locks their people first, where their registration matters, and then the visit; so nobody waits
for somebody who waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.db import db, directly
from app.delegations.models import Delegation
from app.events.models import Event
from app.registration.models import Delegate
from app.visits.models import SignUp, Standing, Vehicle, Visit


def lock(visit_ids: Iterable[int]) -> dict[int, Visit]:
    """These visits with event and vehicles as stored now, held until the transaction ends. Three queries at most.

    Only visits and vehicles are read anew: of what the act itself has loaded else, nothing is lost.
    """
    found = {each.id: each for each in db.session.execute(_locked(), {"ids": list(set(visit_ids))}).scalars()}
    vehicles = list(db.session.execute(_vehicles(), {"ids": list(found)}).scalars())
    for each in found.values():
        _with(each, [one for one in vehicles if one.visit_id == each.id])
    return found


def lock_to_join(visit_id: int) -> tuple[Visit, datetime | None]:
    """One visit, so, and when the last of those who wait for it joined. Two queries where people go on foot: while it
    is held everybody else who presses waits, and most of their wait is for such queries."""
    visit = db.session.execute(_locked(), {"ids": [visit_id]}).scalar_one()
    told = directly(_LINE, visit=visit_id).one()
    _with(visit, list(db.session.execute(_vehicles(), {"ids": [visit_id]}).scalars()) if told.driven else [])
    return visit, told.last


def _with(visit: Visit, vehicles: Sequence[Vehicle]) -> None:
    set_committed_value(visit, "event", db.session.get_one(Event, visit.event_id))
    set_committed_value(visit, "vehicles", vehicles)


_LAST = select(func.max(SignUp.joined_at)).where(
    SignUp.visit_id == bindparam("visit"), SignUp.state == Standing.WAITLISTED
)
_LINE = select(
    _LAST.scalar_subquery().label("last"), exists().where(Vehicle.visit_id == bindparam("visit")).label("driven")
)


@lru_cache(maxsize=1)
def _locked() -> Select[Visit]:
    """Made once, as the others: making such a query takes as long as asking it."""
    query = select(Visit).where(Visit.id.in_(bindparam("ids", expanding=True))).order_by(Visit.id)
    return query.execution_options(populate_existing=True).with_for_update()


@lru_cache(maxsize=1)
def _vehicles() -> Select[Vehicle]:
    """Asked once the visits are locked: whoever held them before may have filled a vehicle."""
    query = select(Vehicle).where(Vehicle.visit_id.in_(bindparam("ids", expanding=True)))
    return query.order_by(Vehicle.position, Vehicle.id).execution_options(populate_existing=True)


@lru_cache(maxsize=1)
def whole() -> Select[SignUp]:
    """Sign-ups with their visit, vehicle, and person with event, network, host, delegation and city."""
    return select(SignUp).options(
        joinedload(SignUp.visit).joinedload(Visit.event),
        joinedload(SignUp.vehicle),
        joinedload(SignUp.delegate).options(
            joinedload(Delegate.event).options(joinedload(Event.network), joinedload(Event.host)),
            joinedload(Delegate.delegation).joinedload(Delegation.member),
        ),
    )


def people(delegate_ids: Iterable[int]) -> list[Delegate]:
    """These delegates as stored now, with event, delegation and city, locked until the transaction ends. One query."""
    wanted = sorted(set(delegate_ids))
    by_id = {each.id: each for each in db.session.execute(_people(), {"ids": wanted}).scalars()}
    return [by_id[key] for key in wanted]


@lru_cache(maxsize=1)
def _people() -> Select[Delegate]:
    """Less than `registration.rows.held` reads, since it is read of everybody who presses."""
    these = select(Delegate).where(Delegate.id.in_(bindparam("ids", expanding=True))).order_by(Delegate.id)
    whose = joinedload(Delegate.event), joinedload(Delegate.delegation).joinedload(Delegation.member)
    return these.options(*whose).with_for_update(of=Delegate)


def of_people(people: Iterable[Delegate]) -> list[SignUp]:
    """Whatever sign-ups these people have, with their visits. The caller has the people at hand, so they are not read
    again. One query."""
    return list(db.session.execute(_OF_PEOPLE, {"people": [each.id for each in people]}).scalars())


_OF_PEOPLE = (
    select(SignUp)
    .join(SignUp.visit)
    .where(SignUp.delegate_id.in_(bindparam("people", expanding=True)))
    .order_by(SignUp.id)
    .options(contains_eager(SignUp.visit))
)


def held(query: Select[SignUp]) -> list[SignUp]:
    """The sign-ups of this query; their visit was locked by the caller before any of them was read. One query."""
    return list(db.session.execute(query.order_by(SignUp.id)).scalars())


def party(sign_up: SignUp) -> list[SignUp]:
    """Everybody who stands together with this one, and in the same state; at least the one. One query."""
    if not sign_up.party:
        return [sign_up]
    found = whole().where(
        SignUp.visit_id == sign_up.visit_id, SignUp.party == sign_up.party, SignUp.state == sign_up.state
    )
    return list(db.session.execute(found.order_by(SignUp.id)).scalars())


def one(sign_up_id: int) -> SignUp:
    """One sign-up with its visit locked: inside of `write` only. Raises LookupError."""
    key = db.session.execute(select(SignUp.visit_id).where(SignUp.id == sign_up_id)).scalar_one_or_none()
    if key is None:
        raise LookupError(f"there is no sign-up {sign_up_id}")
    lock([key])
    return held(whole().where(SignUp.id == sign_up_id))[0]


def people_of(sign_up_id: int) -> list[int]:
    """The delegates of the party of this sign-up, in the order in which they are locked. One query."""
    mine = select(SignUp.visit_id, SignUp.party, SignUp.delegate_id).where(SignUp.id == sign_up_id)
    row = db.session.execute(mine).one_or_none()
    if row is None:
        raise LookupError(f"there is no sign-up {sign_up_id}")
    if not row.party:
        return [row.delegate_id]
    theirs = select(SignUp.delegate_id).where(SignUp.visit_id == row.visit_id, SignUp.party == row.party)
    return list(db.session.execute(theirs.order_by(SignUp.delegate_id)).scalars())


def in_state(visit_id: int, *states: Standing) -> Select[SignUp]:
    return whole().where(SignUp.visit_id == visit_id, SignUp.state.in_(states))
