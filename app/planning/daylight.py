"""Who bears the early and late hours of a whole plan."""

from __future__ import annotations

from collections.abc import Iterable

from app.planning.facts import Facts
from app.planning.hours import Fairness, fairness
from app.planning.model import Placing, Problem, Span


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
