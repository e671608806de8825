"""The draft as the planner is asked about it, and a plan of the planner as changes of the draft."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.agenda import moves
from app.agenda.acts import Changed
from app.agenda.facts import Facts
from app.agenda.models import Kind
from app.agenda.moves import Target
from app.events.models import Event
from app.planning.model import LEISURE, Appearance, Mode, Pin, Placing, Problem
from app.planning.proposals import Request, Task
from app.publishing.service import programme_of
from app.schedule.plan import Plan

STEPS = (5, 10, 15, 30, 60)
"""Minutes between two starts that may be asked for."""
ENOUGH = 8_000
"""Starts and rooms of all sessions together that the solver weighs in seconds."""
COARSE = (15, 30, 60, 120)
MEETINGS = 300_000
"""The same for what to give up: pairs of starts of two sessions."""


def problem(plan: Plan) -> Problem:
    """The draft as a question.

    Meals, breaks, receptions and visits stay where they are; those without a time are left out. A block without times
    of its own is where its sessions are, so it is left out too and whoever moderates it moderates each of these.
    """
    at = {each.session: each for each in plan.placings}
    spread = {
        each.id: tuple(one for one in each.appearances if one.part == "moderator" and one.mode is not Mode.VIDEO)
        for each in plan.problem.sessions
        if each.id in plan.blocks and plan.items[each.id].times is None
    }
    sessions = []
    for each in plan.problem.sessions:
        if each.id in spread:
            continue
        if each.kind in LEISURE:
            if at[each.id].start is None:
                continue
            each = replace(each, pin=Pin.PLACE)
        if each.parent in spread:
            each = replace(each, parent="", appearances=_with(each.appearances, spread[each.parent]))
        sessions.append(each)
    asked = replace(plan.problem, sessions=tuple(sessions))
    return replace(asked, grid=replace(asked.grid, step=_step(asked, at)))


def _with(own: tuple[Appearance, ...], moderators: Iterable[Appearance]) -> tuple[Appearance, ...]:
    there = {each.who for each in own}
    return (*own, *(each for each in moderators if each.who not in there))


def discreet(asked: Problem) -> Problem:
    """The question as it is kept: the planner tells people apart without their names, and the hours of their journeys
    lie in no other table than their own."""
    people = tuple(replace(each, name="", arrives=None, departs=None) for each in asked.people)
    return replace(asked, people=people)


def with_journeys(asked: Problem, plan: Plan) -> Problem:
    """The question as the solver hears it: who has arrived by when, and until when they are there."""
    known = {each.id: (each.arrives, each.departs) for each in plan.problem.people}
    none = None, None
    people = []
    for each in asked.people:
        arrives, departs = known.get(each.id, none)
        people.append(replace(each, arrives=arrives, departs=departs))
    return replace(asked, people=tuple(people))


def _step(asked: Problem, at: Mapping[str, Placing]) -> int:
    """The finest step that keeps the question small, of those at which every session can also stay where it is."""
    free = [each for each in asked.sessions if each.pin in (Pin.FREE, Pin.DAY)]
    ways = len(free) * max(1, len(asked.rooms)) * sum(each.minutes for each in asked.grid.windows)
    stay = math.gcd(*(_after_opening(asked, start) for each in free if (start := at[each.id].start)))
    possible = [step for step in STEPS if stay % step == 0] or [STEPS[0]]
    return next((step for step in possible if ways // step <= ENOUGH), possible[-1])


def _coarse(asked: Problem) -> int:
    """For what to give up every start of a session is weighed against every start of those that must not meet it."""
    alone = sum(each.alone for each in asked.sessions) * len(asked.sessions) + len(asked.sessions)
    minutes = sum(each.minutes for each in asked.grid.windows)
    return next((step for step in COARSE if (minutes // step) ** 2 * alone <= MEETINGS), COARSE[-1])


def _after_opening(asked: Problem, start: datetime) -> int:
    """Minutes after the opening of its day; 0 for what begins outside the hours of the summit."""
    return next(
        (
            int((start - each.start).total_seconds()) // 60
            for each in asked.grid.windows
            if each.start <= start < each.end
        ),
        0,
    )


def placings(plan: Plan, asked: Problem) -> tuple[Placing, ...]:
    """Where the sessions of the question stand now."""
    known = {each.id for each in asked.sessions}
    return tuple(each for each in plan.placings if each.session in known)


def published(event: Event, plan: Plan) -> tuple[Placing, ...]:
    """Where the public was told that they stand; nothing before the first release."""
    programme = programme_of(event)
    if programme is None:
        return ()
    rooms = {room.name: str(room.id) for room in plan.rooms}
    return tuple(
        Placing(each.code, each.starts, rooms.get(each.room)) for each in programme.sessions if each.starts is not None
    )


def request(event: Event, plan: Plan, task: Task, seconds: int, seed: int) -> Request:
    """The whole question. Changes against what was published cost, where something was."""
    asked = problem(plan)
    if task is Task.GIVE_UP:
        asked = replace(asked, grid=replace(asked.grid, step=_coarse(asked)))
    return Request(
        task=task,
        problem=discreet(asked),
        wishes=plan.settings.wishes,
        plan=placings(plan, asked),
        reference=() if task is Task.GIVE_UP else published(event, plan),
        seconds=seconds,
        seed=seed,
    )


def differing(before: Iterable[Placing], after: Iterable[Placing]) -> list[Placing]:
    """Where the second plan puts a session elsewhere than the first."""
    stood = {each.session: each for each in before}
    return [each for each in after if each != stood.get(each.session, Placing(each.session))]


def changes(board: Mapping[str, Facts], plan: Plan, wanted: Iterable[Placing]) -> list[Changed]:
    """What to change so that these stand where the planner puts them. Each must be on the board.

    Refused when a session would run past midnight.
    """
    return [_change(board[each.session], plan, each) for each in wanted]


def _change(facts: Facts, plan: Plan, to: Placing) -> Changed:
    if to.start is None:
        return moves.place(facts, Target())
    local = to.start.astimezone(ZoneInfo(plan.zone))
    roomless = facts.code in plan.blocks or facts.kind is Kind.BLOCK
    room = facts.room_id if roomless or to.room is None else int(to.room)
    changed = moves.place(facts, Target(local.date(), local.time().replace(fold=0), room))
    after = replace(changed.after, fold=bool(local.fold)) if changed.after else None
    return Changed(facts, after)
