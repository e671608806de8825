"""The waiting list of a visit at work: what comes free is offered to the party whose turn it is, for some hours.

The order is that of registration's list: class, then time of joining, then id; a party whole or not at all, and nobody
passed over but people whose own delegation has all the places it may have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select

from app import clock
from app.db import db
from app.delegations.models import TAKES_PART, Category, Delegation
from app.refused import Refused
from app.registration import line
from app.registration import rows as registered
from app.registration.line import Waiting
from app.registration.models import Delegate, State
from app.registration.waiting import LAST_OFFER, WAITING_LIST
from app.visits import fitting, moving, overlaps, rows, seating
from app.visits.fitting import Room
from app.visits.models import HOLDING, Filling, SignUp, Standing, Visit

LATEST = timedelta(hours=4)
"""So long before a visit leaves, and once its list has closed, nothing is offered by itself: the organisers call."""
KIND = Category.DELEGATES
"""The line counts by city and category; on a visit all people of a city count alike."""


@dataclass(frozen=True)
class Turn:
    """A party whose turn it is, by the ids of its sign-ups, and the vehicle in which it has room."""

    people: tuple[int, ...]
    car: int | None


def begins(visit: Visit) -> datetime:
    """When it leaves; while that is to be announced, the start of its day or of the summit."""
    zone, span = visit.event.zone, visit.span(visit.event.zone)
    return span[0] if span else clock.midnight(visit.day or visit.event.starts_on, zone)


def open_now(visit: Visit, now: datetime) -> bool:
    """Whether people may sign up: the list has opened, and neither it nor the visit is over or cancelled."""
    opened = visit.opens_at is None or visit.opens_at <= now
    return opened and visit.cancelled_at is None and now < (visit.closes_at or begins(visit)) and now < begins(visit)


def offer_holds(visit: Visit, now: datetime) -> timedelta | None:
    """How long an offer made now holds (rule 9.10); None when nothing is offered by itself any more.

    Where places are given by wishes, the list closes before anybody can wait, and offers go on after it.
    """
    closes = visit.closes_at if visit.filling == Filling.FIRST_COME else None
    leaves = begins(visit)
    if visit.cancelled_at is not None or (closes is not None and closes <= now) or leaves - now <= LATEST:
        return None
    return line.holds(now, leaves, timedelta(hours=visit.offer_hours))


def queue(visit_id: int) -> tuple[list[list[Waiting]], set[int]]:
    """The parties that wait, first come first, and which of these sign-ups need a step-free place. One query.

    People whose registration or whose city is just ending wait for nothing any more.
    """
    found = db.session.execute(_QUEUE, {"visit": visit_id}).all()
    people = [
        Waiting(row.id, row.list_class, row.joined_at, row.delegation_id, KIND, row.party)
        for row in found
        if row.joined_at is not None
    ]
    return line.in_order(people), {row.id for row in found if row.step_free}


_QUEUE = (
    select(SignUp.id, SignUp.list_class, SignUp.joined_at, SignUp.party, SignUp.step_free, Delegate.delegation_id)
    .join(Delegate, SignUp.delegate_id == Delegate.id)
    .join(Delegation, Delegate.delegation_id == Delegation.id)
    .where(SignUp.visit_id == bindparam("visit"), SignUp.state == Standing.WAITLISTED)
    .where(Delegate.state == State.APPROVED, Delegation.answer.in_(TAKES_PART))
)
"""Made once: making such a query takes as long as asking it."""


def cities_left(visit: Visit, delegation_ids: Collection[int]) -> dict[tuple[int, Category], int]:
    """How many more of each of these delegations may come. One query, none where there is no limit."""
    if visit.per_delegation is None or not delegation_ids:
        return {}
    held = db.session.execute(
        select(Delegate.delegation_id, func.count())
        .join(SignUp, SignUp.delegate_id == Delegate.id)
        .where(SignUp.visit_id == visit.id, SignUp.state.in_(HOLDING), Delegate.delegation_id.in_(delegation_ids))
        .group_by(Delegate.delegation_id)
    )
    taken = {row[0]: row[1] for row in held}
    return {(each, KIND): visit.per_delegation - taken.get(each, 0) for each in delegation_ids}


def turns(visit: Visit, parties: Sequence[Sequence[Waiting]], step_free: Collection[int]) -> list[Turn]:
    """Those of these parties whose turn it is, with where they find room. The visit is locked; at most one query."""
    room = cities_left(visit, {each.delegation_id for party in parties for each in party})
    cars: list[int | None] = []
    chosen = line.turns(parties, room, _seating(fitting.room(visit), step_free, cars))
    return [Turn(tuple(each.id for each in party), car) for party, car in zip(chosen, cars, strict=True)]


def _seating(there: Room, step_free: Collection[int], cars: list[int | None]) -> Callable[[Sequence[Waiting]], bool]:
    """Seats one party after the other, as long as they find room, and notes in `cars` where."""

    def takes(party: Sequence[Waiting]) -> bool:
        nonlocal there
        found = fitting.fit(there, len(party), sum(each.id in step_free for each in party))
        if found is None:
            return False
        there = found.then
        cars.append(found.car)
        return True

    return takes


def promote(visit_id: int, now: datetime) -> int:
    """Offer what is free on this visit to those whose turn it is; to how many parties. On every path that frees.

    Who has a place already and sits in no vehicle goes first.
    """
    visit = rows.lock([visit_id])[visit_id]
    lost = seating.settle(visit, now)
    holds = offer_holds(visit, now)
    if holds is None or lost:
        return 0
    visit = rows.lock([visit_id])[visit_id]
    parties, step_free = queue(visit_id)
    found = turns(visit, parties, step_free)
    for turn in found:
        party = rows.held(rows.whole().where(SignUp.id.in_(turn.people)))
        moving.place(party, Standing.OFFERED, turn.car, who=WAITING_LIST, now=now, until=now + holds)
    return len(found)


def accept(sign_up_id: int, *, who: str, now: datetime) -> list[SignUp]:
    """The party takes the places that are held for it. Twice is once.

    Refused when the offer has passed, or when one of them is on another visit at that time.
    """
    party = _party(sign_up_id)
    if party[0].state == Standing.ALLOCATED:
        return party
    if party[0].state != Standing.OFFERED:
        raise Refused(_("No place is on offer for you at the moment."))
    if any(each.offered_until is not None and each.offered_until < now for each in party):
        raise Refused(_("The time to take this place is over. You keep your turn for the next one."))
    people = [each.delegate for each in party]
    overlaps.refuse(party[0].visit, people, rows.of_people(people))
    for each in party:
        moving.move(each, Standing.ALLOCATED, who=who, now=now)
    return party


def decline(sign_up_id: int, *, who: str, now: datetime) -> list[SignUp]:
    """The party does not want the places that are held, and leaves the list; the next in line is asked at once."""
    party = [each for each in _party(sign_up_id) if each.state == Standing.OFFERED]
    for each in party:
        moving.move(each, Standing.DECLINED, who=who, now=now)
    for visit_id in {each.visit_id for each in party}:
        promote(visit_id, now)
    return party


def expire_due(now: datetime, limit: int = 50) -> int:
    """Pass on the offers that nobody answered in time; how many. To the end of the class, the second time off it."""
    late = select(SignUp.visit_id).where(SignUp.state == Standing.OFFERED, SignUp.offered_until < now)
    visit_ids = sorted(set(db.session.execute(late.order_by(SignUp.offered_until).limit(limit)).scalars()))
    done = 0
    for visit_id in visit_ids:
        _visit, last = rows.lock_to_join(visit_id)
        query = rows.in_state(visit_id, Standing.OFFERED).where(SignUp.offered_until < now)
        joins = line.behind([last], now)
        for each in rows.held(query):
            each.unanswered += 1
            each.joined_at = joins
            over = each.unanswered >= LAST_OFFER
            moving.move(each, Standing.EXPIRED if over else Standing.WAITLISTED, who=WAITING_LIST, now=now)
            done += 1
        promote(visit_id, now)
    return done


def skip_to(sign_up_id: int, reason: str, *, who: str, now: datetime) -> list[SignUp]:
    """Give the next places to this party before those who stand in front of it; the reason is kept.

    An offer as usual; certain places once nothing is offered by itself, because then the organisers have called.
    Refused on "reason" without one, and when there is no room for all of them.
    """
    if not reason.strip():
        raise Refused(_("Say why others are passed over: the reason is kept with your name."), "reason")
    party = _party(sign_up_id)
    if party[0].state != Standing.WAITLISTED:
        raise Refused(_("These people are not on the waiting list any more."))
    visit = rows.lock([party[0].visit_id])[party[0].visit_id]
    found = fitting.fit(fitting.room(visit), len(party), sum(each.step_free for each in party))
    if found is None:
        left = fitting.room(visit).places or 0
        said = _("There is no room for all of them: %(needed)s places are needed, %(left)s are free.")
        raise Refused(said % {"needed": len(party), "left": left})
    holds = offer_holds(visit, now)
    if holds is None:
        people = [each.delegate for each in party]
        overlaps.refuse(visit, people, rows.of_people(people))
        moving.place(party, Standing.ALLOCATED, found.car, who=who, now=now, comment=reason)
    else:
        moving.place(party, Standing.OFFERED, found.car, who=who, now=now, until=now + holds, comment=reason)
    return party


def set_class(sign_up_id: int, number: int, *, who: str, now: datetime) -> list[SignUp]:
    """Put a party that waits into another class of the list; lower classes come first. Refused when out of range."""
    if not 0 <= number <= 9:
        raise Refused(_("A class is a number from 0 (first) to 9 (last)."), "list_class")
    party = _party(sign_up_id)
    for each in party:
        each.list_class = number
        moving.noted("changed class on a visit", each, who, now, {"list_class": number})
    db.session.flush()
    if party[0].state == Standing.WAITLISTED:
        promote(party[0].visit_id, now)
    return party


def _party(sign_up_id: int) -> list[SignUp]:
    """Everybody who stands together with this one: first their people are locked, then the visit."""
    registered.held(rows.people_of(sign_up_id))
    return rows.party(rows.one(sign_up_id))
