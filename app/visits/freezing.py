"""The question of who goes on which visit, as it is stored now: wishes, vehicles and places made values of planning."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event
from app.planning import wire
from app.planning.allocate import model as planning
from app.registration.models import Delegate, State
from app.visits import overlaps, waiting, wishing
from app.visits.models import HOLDING, Filling, SignUp, Visit, WishList
from app.visits.signing import bar

FOOT = ""
"""The "vehicle" of those who go on foot, and of those whose vehicle is not settled."""


@dataclass(frozen=True)
class Frozen:
    """What an allocation is worked out from: the question, and who the people of each party are."""

    question: planning.Question
    people: Mapping[str, tuple[int, ...]]
    """The delegates of each party."""

    @property
    def print(self) -> str:
        """A mark of all that decides the outcome but the lots: equal marks, equal questions."""
        told = wire.dump(replace(self.question, seed="")), {key: sorted(each) for key, each in self.people.items()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def freeze(event: Event, seed: int, now: datetime, told: Sequence[WishList] | None = None) -> Frozen:
    """All wishes, vehicles and places as they are stored now. Visits that have left or are cancelled are not in it.

    A party that no longer may come to a visit, or is on another one then, does not wish for it any more. `told`: all
    wishes, where the caller has read them. Five queries.
    """
    visits = [each for each in wishing.by_wishes(event.id) if waiting.begins(each) > now]
    lists = lists_of(event.id) if told is None else told
    held = _held(event.id)
    placed = {each.delegate_id for each in held if each.visit.filling == Filling.WISHES}
    groups: dict[str, list[WishList]] = defaultdict(list)
    for each in lists:
        if each.delegate_id not in placed:
            groups[_mark(each)].append(each)
    known = {each.id for each in visits}
    kept = [each for each in held if each.visit_id in known]
    wished = {each.delegate_id: [str(one.visit_id) for one in each.wishes if one.visit_id in known] for each in lists}
    parties = [_kept(each, wished.get(each.delegate_id, ())) for each in kept]
    parties += [_party(mark, group, visits, held) for mark, group in groups.items()]
    people: dict[str, tuple[int, ...]] = {_place(each): (each.delegate_id,) for each in kept}
    people |= {mark: tuple(each.delegate_id for each in group) for mark, group in groups.items()}
    whole = sum(each.people for each in parties)
    offered = tuple(_visit(each, whole) for each in visits)
    wanted = sorted((each for each in parties if each.wishes or each.kept), key=lambda each: each.id)
    names = {each.id for each in wanted}
    question = planning.Question(offered, tuple(wanted), str(seed))
    return Frozen(question, {key: each for key, each in people.items() if key in names})


def _place(each: SignUp) -> str:
    return f"place {each.delegate_id} {each.visit_id}"


def _mark(each: WishList) -> str:
    """People who stand together have one mark; who is alone has their own."""
    return f"party {each.delegate.delegation_id} {each.party}" if each.party else f"person {each.delegate_id}"


def lists_of(event_id: int) -> list[WishList]:
    """What everybody wishes for whose registration and city still stand. Two queries."""
    query = (
        select(WishList)
        .options(selectinload(WishList.wishes), joinedload(WishList.delegate))
        .join(Delegate, WishList.delegate_id == Delegate.id)
        .join(Delegation, Delegate.delegation_id == Delegation.id)
        .where(WishList.event_id == event_id)
        .where(Delegate.state == State.APPROVED, Delegation.answer.in_(TAKES_PART))
    )
    return list(db.session.execute(query.order_by(WishList.delegate_id)).scalars())


def _held(event_id: int) -> list[SignUp]:
    """Every place that somebody holds on any visit of the event. One query."""
    query = (
        select(SignUp)
        .options(joinedload(SignUp.visit).joinedload(Visit.event), joinedload(SignUp.delegate))
        .join(Visit, SignUp.visit_id == Visit.id)
        .where(Visit.event_id == event_id, SignUp.state.in_(HOLDING))
    )
    return list(db.session.execute(query.order_by(SignUp.id)).scalars())


def _visit(visit: Visit, people: int) -> planning.Visit:
    """Its vehicles; on foot everybody finds room, without a step, up to the places of the visit."""
    foot = 0 if visit.vehicles else people
    cars = [planning.Vehicle(str(each.id), each.seats, each.step_free) for each in visit.vehicles]
    vehicles = (*cars, planning.Vehicle(FOOT, foot, foot))
    return planning.Visit(str(visit.id), vehicles, visit.minimum or 0, visit.seats, visit.per_delegation)


def _kept(each: SignUp, wishes: Sequence[str]) -> planning.Party:
    """Somebody who has a place: it stays theirs, and counts."""
    seat = planning.Seat(str(each.visit_id), str(each.vehicle_id) if each.vehicle_id else FOOT)
    return planning.Party(_place(each), str(each.delegate.delegation_id), tuple(wishes), 1, int(each.step_free), seat)


def _party(mark: str, group: Sequence[WishList], visits: Sequence[Visit], held: Sequence[SignUp]) -> planning.Party:
    offered = {each.id: each for each in visits}
    busy = _busy({each.delegate_id for each in group}, held)
    wanted = [offered[each.visit_id] for each in group[0].wishes if each.visit_id in offered]
    wishes = [each for each in wanted if _may(each, [one.delegate for one in group], busy)]
    needs = sum(each.step_free for each in group)
    city = str(group[0].delegate.delegation_id)
    return planning.Party(mark, city, tuple(str(each.id) for each in wishes), len(group), needs)


def _busy(delegate_ids: set[int], held: Sequence[SignUp]) -> list[tuple[datetime, datetime]]:
    spans = (each.visit.busy(each.visit.event.zone) for each in held if each.delegate_id in delegate_ids)
    return [each for each in spans if each is not None]


def _may(visit: Visit, people: Iterable[Delegate], busy: Sequence[tuple[datetime, datetime]]) -> bool:
    span = visit.busy(visit.event.zone)
    return not any(bar(visit, each) for each in people) and not (
        span is not None and any(overlaps.meet(span, each) for each in busy)
    )
