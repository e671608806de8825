"""A summit in one room: which city speaks in which session, asked of the planner and put back into the draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import select

from app.agenda.acts import Changed
from app.agenda.facts import Facts, Seat
from app.agenda.models import Appearance, Kind, Order, Part, Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event
from app.events.models import Mode as SeatMode
from app.network.models import Member
from app.planning import model
from app.planning.model import Absence, Mode, Person, Pin, Span, Why
from app.planning.proposals import Request, Task
from app.planning.rules import Rule, Step, Wishes
from app.planning.summit import Meeting, Seating, Summit
from app.publishing.service import programme_of
from app.refused import Refused
from app.registration.models import ENDED, Capacity, Delegate, Rank
from app.schedule.plan import FOREVER, Plan

LIVE = frozenset({Mode.VENUE, Mode.ONLINE})


@dataclass(frozen=True)
class Known:
    """What the register and the registrations say of a city beyond the draft."""

    delegation_id: int
    region: str
    head: bool
    """Whether its head of delegation leads the city."""


def known(event: Event) -> dict[str, Known]:
    """ "city:rome" -> what is known, of every city that takes part. One query."""
    found = db.session.execute(
        select(Delegation.id, Member.slug, Member.region, Delegate.rank)
        .join(Member, Delegation.member_id == Member.id)
        .outerjoin(
            Delegate,
            (Delegate.delegation_id == Delegation.id) & (Delegate.role == Capacity.HEAD) & Delegate.state.not_in(ENDED),
        )
        .where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
    )
    return {f"city:{row.slug}": Known(row.id, row.region, row.rank == Rank.LEADER) for row in found}


def meetings(plan: Plan) -> list[model.Session]:
    """The sessions in which cities speak one after the other, by time. Refused when they have not the shape."""
    spans = {each.session: each for each in plan.placings}
    found = [
        each
        for each in plan.problem.sessions
        if each.kind == Kind.SESSION and each.theme and each.id not in plan.blocks
    ]
    if len(found) < 2:
        raise Refused(_("There must be two sessions with a theme at least, so that cities can be shared out to them."))
    if waiting := [each.title for each in found if spans[each.id].start is None]:
        raise Refused(_("These sessions have no time yet: %(titles)s. Give them one first.", titles=", ".join(waiting)))
    found.sort(key=lambda each: span_of(plan, each).start)
    slots = [span_of(plan, each) for each in found]
    if any(one.meets(two) for one, two in pairwise(slots)):
        raise Refused(_("This serves summits whose sessions follow one another; here some run side by side."))
    return found


def span_of(plan: Plan, session: model.Session) -> Span:
    """When a session with a time stands."""
    start = next(each.start for each in plan.placings if each.session == session.id)
    if start is None:
        raise ValueError(f"{session.id} has no time")
    return Span(start, start + timedelta(minutes=session.length))


def summit(event: Event, plan: Plan) -> Summit:
    """The question. Refused when the sessions have not the shape, or no city speaks live."""
    there = meetings(plan)
    slots = tuple(span_of(plan, each) for each in there)
    facts = known(event)
    seats = _seats(plan, there)
    cities = tuple(
        _city(plan, each, facts, seats.get(each.id, {})) for each in plan.problem.cities if _live(each, seats)
    )
    if not cities:
        raise Refused(_("No city takes part at the venue or online yet."))
    fixed = tuple((who, code) for who, code in _confirmed(event, plan, facts) if code in {each.id for each in there})
    return Summit(
        meetings=tuple(_meetings(plan, there)),
        slots=slots,
        cities=cities,
        people=tuple(_warden(plan, each, n, slots) for n, each in enumerate(there)),
        limits=plan.settings.limits,
        fixed=fixed,
    )


def _seats(plan: Plan, there: Iterable[model.Session]) -> dict[str, dict[str, model.Appearance]]:
    """City -> meeting -> the place in which it speaks there live."""
    found: dict[str, dict[str, model.Appearance]] = {}
    for session in there:
        for each in session.appearances:
            if each.who.startswith("city:") and each.part == Part.SPEAKER and each.mode is not Mode.VIDEO:
                found.setdefault(each.who, {})[session.id] = each
    return found


def _live(city: model.City, seats: Mapping[str, object]) -> bool:
    return bool(city.modes & LIVE) or not city.modes or city.id in seats


def _city(
    plan: Plan, city: model.City, facts: Mapping[str, Known], seats: Mapping[str, model.Appearance]
) -> model.City:
    """Its way of taking part is that of its places, where one is settled there; who speaks for it must be free."""
    said = {each.mode for each in seats.values() if each.mode}
    modes = frozenset(said or city.modes & LIVE or {Mode.VENUE})
    afar = Mode.ONLINE in modes
    told = (*city.absences, *(absence for each in _speakers(plan, city.id, seats) for absence in each.absences))
    absences = tuple(each for each in told if not (afar and each.why is Why.ONLINE))
    more = facts.get(city.id, Known(0, "", False))
    return replace(city, modes=modes, absences=absences, region=more.region, head=more.head)


def _speakers(plan: Plan, who: str, seats: Mapping[str, model.Appearance]) -> list[Person]:
    """Who speaks for a city in these places; where it has none yet, whoever is known to speak for it: its head."""
    named = {each.speaker for each in seats.values()}
    people = (each for each in plan.problem.people if each.city == who and each.id.startswith("delegate:"))
    return [each for each in people if not seats or each.id in named]


def with_journeys(asked: Summit, plan: Plan) -> Summit:
    """The question as the solver hears it: a city that comes is not there before those who speak for it have arrived,
    nor after they have left."""
    ids = {each.id for each in asked.meetings}
    seats = _seats(plan, [each for each in plan.problem.sessions if each.id in ids])
    cities = []
    for each in asked.cities:
        speakers = [] if Mode.ONLINE in each.modes else _speakers(plan, each.id, seats.get(each.id, {}))
        cities.append(replace(each, absences=(*each.absences, *_travelling(speakers))))
    return replace(asked, cities=tuple(cities))


def _travelling(people: Iterable[Person]) -> Iterable[Absence]:
    for each in people:
        if each.arrives is not None:
            yield Absence(Span(each.arrives - FOREVER, each.arrives))
        if each.departs is not None:
            yield Absence(Span(each.departs, each.departs + FOREVER))


def _meetings(plan: Plan, there: Sequence[model.Session]) -> Iterable[Meeting]:
    """Of one theme the lower number comes first."""
    numbers = {each.id: plan.items[each.id].number or 0 for each in there}
    last: dict[str, str] = {}
    for each in sorted(there, key=lambda one: (numbers[one.id], plan.items[one.id].position)):
        yield Meeting(each.id, each.theme, f"of:{each.id}", last.get(each.theme, ""))
        last[each.theme] = each.id


def _warden(plan: Plan, session: model.Session, own: int, slots: Sequence[Span]) -> Person:
    """Somebody who stands for a session: away when its moderators are, or where a pin does not let it go."""
    block = next((each for each in plan.problem.sessions if each.id == session.parent), None)
    ids = {
        seat.who
        for each in (session, block)
        if each is not None
        for seat in each.appearances
        if seat.part == Part.MODERATOR
    }
    everybody = (*plan.problem.people, *plan.problem.cities)
    away = [absence for each in everybody if each.id in ids for absence in each.absences]
    day = plan.problem.grid.day
    for n, slot in enumerate(slots):
        elsewhere = session.pin is Pin.DAY and day(slot.start) != day(slots[own].start)
        if elsewhere or (session.pin in (Pin.TIME, Pin.PLACE) and n != own):
            away.append(Absence(slot))
    return Person(id=f"of:{session.id}", name=session.title, zone=plan.zone, absences=tuple(away))


def _confirmed(event: Event, plan: Plan, facts: Mapping[str, Known]) -> list[tuple[str, str]]:
    """The cities that said yes to their session: these stay."""
    names = {each.delegation_id: who for who, each in facts.items()}
    return [(names[row], code) for row, code in confirmed_rows(event) if row in names and code in plan.items]


def confirmed_rows(event: Event) -> list[tuple[int, str]]:
    """(delegation, code) of each confirmed place of a city. One query."""
    found = (
        select(Appearance.delegation_id, Session.code)
        .join(Session, Appearance.session_id == Session.id)
        .where(Session.event_id == event.id, Appearance.confirmed, Appearance.delegation_id.is_not(None))
    )
    return [(row[0] or 0, row[1]) for row in db.session.execute(found)]


def request(event: Event, plan: Plan, seconds: int, seed: int) -> Request:
    """The whole question. What was published counts as told; rules of which nothing is known here are off."""
    asked = summit(event, plan)
    steps = dict(plan.settings.wishes.steps)
    if not any(each.region for each in asked.cities):
        steps |= {Rule.ONE_REGION: Step.OFF, Rule.FEW_REGIONS: Step.OFF}
    if not any(each.head for each in asked.cities):
        steps[Rule.FEW_HEADS] = Step.OFF
    told = published(event, asked)
    return Request(Task.SEAT, wishes=Wishes(steps), summit=asked, seating=told, seconds=seconds, seed=seed)


def published(event: Event, asked: Summit) -> Seating | None:
    """Which city the public was told to be in which session, and when; None before the first release."""
    programme = programme_of(event)
    if programme is None:
        return None
    codes = {each.id for each in asked.meetings}
    starts = {slot.start: n for n, slot in enumerate(asked.slots)}
    live = {each.id for each in asked.cities}
    there = [each for each in programme.sessions if each.code in codes]
    return Seating(
        tuple((each.code, starts[each.starts]) for each in there if each.starts in starts),
        tuple(
            (f"city:{seat.city}", each.code)
            for each in there
            for seat in each.appearances
            if f"city:{seat.city}" in live and seat.part == Part.SPEAKER
        ),
    )


def present(plan: Plan, asked: Summit) -> Seating:
    """The draft as it stands."""
    there = [each for each in plan.problem.sessions if each.id in {one.id for one in asked.meetings}]
    starts = {slot.start: n for n, slot in enumerate(asked.slots)}
    at = {each.session: each.start for each in plan.placings}
    live = {each.id for each in asked.cities}
    return Seating(
        tuple((each.id, starts[start]) for each in there if (start := at[each.id]) in starts and start is not None),
        tuple((who, code) for who, places in _seats(plan, there).items() if who in live for code in places),
    )


def after(plan: Plan, asked: Summit, wanted: Seating) -> Plan:
    """The draft as it would stand."""
    there = [each for each in plan.problem.sessions if each.id in {one.id for one in asked.meetings}]
    seats, when = _seats(plan, there), dict(wanted.slots)
    live = {each.id: each for each in asked.cities}
    sessions, placings = [], {each.session: each for each in plan.placings}
    rooms = {slot.start: each.room for each in plan.placings for slot in asked.slots if slot.start == each.start}
    for each in plan.problem.sessions:
        if each in there:
            speak = {who for who, places in seats.items() if who in live and each.id in places}
            stays = tuple(one for one in each.appearances if one.who not in speak)
            new = tuple(
                seats.get(who, {}).get(each.id)
                or next(iter(seats.get(who, {}).values()), model.Appearance(who, mode=_mode(live[who])))
                for who, code in wanted.cities
                if code == each.id and who in live
            )
            slot = asked.slots[when[each.id]] if each.id in when else None
            each = replace(each, appearances=(*stays, *new), length=slot.minutes if slot else each.length)
            if slot is not None:
                placings[each.id] = replace(placings[each.id], start=slot.start, room=rooms.get(slot.start))
        sessions.append(each)
    return replace(plan, problem=replace(plan.problem, sessions=tuple(sessions)), placings=tuple(placings.values()))


def _mode(city: model.City) -> Mode | None:
    return next(iter(city.modes)) if len(city.modes) == 1 else None


def changes(board: Mapping[str, Facts], event: Event, asked: Summit, wanted: Seating) -> list[Changed]:
    """What to change so that cities and sessions stand as the planner puts them.

    `board` holds the sessions of the question, one in each of its slots (`fits`). Who stays in a session keeps the
    place in its order, who comes new speaks last.
    """
    facts = known(event)
    ids = {each.id: facts[each.id].delegation_id for each in asked.cities if each.id in facts}
    modes = {each.id: _mode(each) for each in asked.cities}
    by_time = sorted((board[each.id] for each in asked.meetings), key=_time)
    when = dict(wanted.slots)
    given: dict[str, list[str]] = {}
    for who, code in wanted.cities:
        if who in ids:
            given.setdefault(code, []).append(who)
    spare = {who: _speaks(board, number) for who, number in ids.items()}
    found = []
    for each in asked.meetings:
        before = board[each.id]
        slot = by_time[when[each.id]] if each.id in when else before
        seats = _seated(before, given.get(each.id, []), ids, spare, modes)
        moved = replace(before, day=slot.day, starts=slot.starts, ends=slot.ends, fold=slot.fold, room_id=slot.room_id)
        order = before.order_rule if seats == before.seats else Order.HAND
        found.append(Changed(before, replace(moved, seats=seats, order_rule=order)))
    return [each for each in found if each.before != each.after]


def _time(facts: Facts) -> tuple[str, str]:
    return str(facts.day), str(facts.starts)


def _speaks(board: Mapping[str, Facts], delegation: int) -> list[Seat]:
    return [seat for each in board.values() for seat in each.seats if _moves(seat, {delegation})]


def _moves(seat: Seat, delegations: Iterable[int | None]) -> bool:
    return seat.delegation_id in set(delegations) and seat.part == Part.SPEAKER and seat.mode is not SeatMode.VIDEO


def _seated(
    before: Facts,
    wanted: Iterable[str],
    ids: Mapping[str, int],
    spare: Mapping[str, list[Seat]],
    modes: Mapping[str, Mode | None],
) -> tuple[Seat, ...]:
    cities = {ids[who]: who for who in wanted}
    kept = tuple(each for each in before.seats if each.delegation_id in cities or not _moves(each, ids.values()))
    there = {each.delegation_id for each in kept}
    new = []
    for number, who in cities.items():
        if number not in there:
            mode = modes[who]
            fresh = Seat(Part.SPEAKER, delegation_id=number, mode=SeatMode(mode.value) if mode else None)
            new.append(replace(next(iter(spare[who]), fresh), confirmed=False))
    return (*kept, *new)
