"""Everybody of a run beside what they have today."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.planning.allocate import model as planning
from app.registration import rows as registered
from app.registration.models import Delegate
from app.visits.allotting import Run
from app.visits.models import GOING, HOLDING, Filling, SignUp, Standing, Visit


@dataclass(frozen=True)
class Line:
    """One person in a run. `before` is the state and visit they have today, None while they have nothing."""

    delegate: Delegate
    given: planning.Given
    party: int
    """How many go together."""
    visit: Visit | None
    vehicle: str
    before: SignUp | None

    @property
    def kept(self) -> bool:
        return self.given.seat is not None and not self.given.turn


def lines(event_id: int, run: Run) -> list[Line]:
    """Everybody of a run who is still registered, by city and name. Four queries."""
    ids = {key for each in run.people.values() for key in each}
    people = db.session.execute(registered.whole().where(Delegate.id.in_(ids))).scalars()
    delegates = {each.id: each for each in people}
    visits = {str(each.id): each for each in every(event_id)}
    cars = {str(car.id): car.name for each in visits.values() for car in each.vehicles}
    today = _today(event_id)
    found = []
    for given in run.outcome.given:
        seat, party = given.seat, run.people[given.party]
        visit = visits.get(seat.visit) if seat else None
        for key in party:
            if key in delegates:
                car = cars.get(seat.vehicle, "") if seat else ""
                found.append(Line(delegates[key], given, len(party), visit, car, today.get(key)))
    return sorted(found, key=lambda each: (each.delegate.delegation.member.name, each.delegate.name, each.delegate.id))


def every(event_id: int) -> list[Visit]:
    """All visits of the event, with vehicles: a run may tell of some that are cancelled since. Two queries."""
    query = select(Visit).options(selectinload(Visit.vehicles)).where(Visit.event_id == event_id)
    return list(db.session.execute(query.order_by(Visit.position, Visit.id)).scalars())


def _today(event_id: int) -> dict[int, SignUp]:
    """What each person has today on visits given by wishes: a place before a turn on a list. One query."""
    query = (
        select(SignUp)
        .options(joinedload(SignUp.visit))
        .join(Visit, SignUp.visit_id == Visit.id)
        .where(Visit.event_id == event_id, Visit.filling == Filling.WISHES)
        .where(SignUp.state.in_(HOLDING | {Standing.WAITLISTED}))
    )
    found = sorted(
        db.session.execute(query).scalars(), key=lambda each: (each.state in GOING, each.state in HOLDING, each.id)
    )
    return {each.delegate_id: each for each in found}
