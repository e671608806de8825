"""Everybody of a run beside what they have today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.events.models import Event
from app.planning.allocate import model as planning
from app.registration import rows as registered
from app.registration.models import Delegate
from app.visits import fitting, waiting, wishing
from app.visits.allotting import Run
from app.visits.models import GOING, HOLDING, Filling, SignUp, Standing, Visit, Wish, WishList


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


KINDS = ("missed", "given", "kept")
"""Who has no place, who gets one, who keeps the one they have."""
PAGE = 50


def chosen(lines: Sequence[Line], kind: str) -> list[Line]:
    """Those of one kind; all for any other word."""
    if kind == "missed":
        return [each for each in lines if each.visit is None]
    if kind == "kept":
        return [each for each in lines if each.kept]
    return [each for each in lines if kind != "given" or (each.visit is not None and not each.kept)]


@dataclass(frozen=True)
class Page:
    """Some of the lines of one kind."""

    show: str
    lines: Sequence[Line]
    number: int
    pages: int


def page(lines: Sequence[Line], show: str, number: int) -> Page:
    """One page of those asked for; a number out of range is the nearest page."""
    show = show if show in KINDS else ""
    found = chosen(lines, show)
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(1, number), pages)
    return Page(show, found[(number - 1) * PAGE : number * PAGE], number, pages)


@dataclass(frozen=True)
class Demand:
    """How a visit is wished for today: by how many people, first or at all, and whether its list is open."""

    visit: Visit
    first: int
    wished: int
    open: bool

    @property
    def places(self) -> int | None:
        return fitting.empty(self.visit).places

    @property
    def free(self) -> int | None:
        return fitting.room(self.visit).places


def demand(event: Event, now: datetime) -> list[Demand]:
    """The visits given by wishes as people wish for them. Three queries."""
    counts: Counter[tuple[int, int]] = Counter()
    query = (
        select(Wish.visit_id, Wish.rank, func.count())
        .join(WishList, Wish.delegate_id == WishList.delegate_id)
        .where(WishList.event_id == event.id)
        .group_by(Wish.visit_id, Wish.rank)
    )
    for visit_id, rank, count in db.session.execute(query):
        counts[visit_id, rank] = count
    return [
        Demand(each, counts[each.id, 1], sum(counts[each.id, rank] for rank in (1, 2, 3)), waiting.open_now(each, now))
        for each in wishing.by_wishes(event.id)
    ]
