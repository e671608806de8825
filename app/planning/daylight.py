"""The local hours of a whole plan: windows of a session, the heat of a day, who bears the early and late hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.planning.facts import Facts
from app.planning.hours import Cell, Fairness, Windows, fairness, heat, windows
from app.planning.model import Mode, Placing, Problem, Span


def windows_of(problem: Problem, session: str) -> dict[date, Windows]:
    """For each day of the summit, when this session may start so that all who join it online are up."""
    facts = Facts(problem)
    card = facts.cards[session]
    zones = {one.who.id: one.zone for one in card.present if one.online}
    length = card.session.length
    return {
        problem.grid.day(window.start): windows(length, zones, window, problem.limits)
        for window in problem.grid.windows
    }


def heat_of(problem: Problem, step: int = 60) -> dict[date, dict[str, tuple[Cell, ...]]]:
    """For each day, how every hour of it is for each city that joins online or may."""
    zones = {each.id: each.zone for each in problem.cities if Mode.ONLINE in each.modes}
    return {
        problem.grid.day(window.start): heat(zones, window, step, problem.limits) for window in problem.grid.windows
    }


def fairness_of(problem: Problem, plan: Iterable[Placing]) -> Fairness:
    """How the early and late hours of a plan are shared among the cities and people that join online.

    A city counts by its own clocks, also where it names somebody who sits elsewhere.
    """
    facts = Facts(problem)
    spans: dict[str, list[Span]] = {}
    for placing in plan:
        where = facts.where(placing)
        if where is None:
            continue
        for who in {one.who.id for one in facts.cards[placing.session].present if one.online}:
            spans.setdefault(who, []).append(Span(where.start, where.end))
    zones = {who: facts.everybody[who].zone for who in spans}
    return fairness(spans, zones, problem.limits)
