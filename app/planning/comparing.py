"""Two plans side by side: what moves, whom it concerns, and how early and late hours are shared before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.planning.daylight import fairness_of
from app.planning.facts import Facts
from app.planning.hours import Fairness
from app.planning.model import Placing, Problem


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sessions by what happens to them, each in one list only; the people and cities of those; hours before and after.

    `registered` counts those expected in sessions that move or leave the plan.
    """

    retimed: tuple[str, ...]
    rehoused: tuple[str, ...]
    placed: tuple[str, ...]
    left_out: tuple[str, ...]
    who: tuple[str, ...]
    registered: int
    before: Fairness
    after: Fairness

    @property
    def same(self) -> bool:
        return not (self.retimed or self.rehoused or self.placed or self.left_out)


def compare(problem: Problem, before: Iterable[Placing], after: Iterable[Placing]) -> Comparison:
    """What becomes of a plan when another is adopted; "retimed" may be in another room too."""
    facts = Facts(problem)
    old, new = ({each.session: each for each in plan} for plan in (before, after))
    kinds: dict[str, list[str]] = {"retimed": [], "rehoused": [], "placed": [], "left_out": []}
    for session in facts.sessions:
        kind = _kind(old.get(session, Placing(session)), new.get(session, Placing(session)))
        if kind:
            kinds[kind].append(session)
    changed = [each for found in kinds.values() for each in found]
    told = [each for each in changed if each not in kinds["placed"]]
    return Comparison(
        **{kind: tuple(found) for kind, found in kinds.items()},
        who=tuple(sorted({key for each in changed for key in facts.cards[each].keys})),
        registered=sum(facts.sessions[each].expected for each in told),
        before=fairness_of(problem, old.values()),
        after=fairness_of(problem, new.values()),
    )


def _kind(was: Placing, now: Placing) -> str:
    if was.start != now.start:
        return "placed" if was.start is None else "left_out" if now.start is None else "retimed"
    return "rehoused" if was.start is not None and was.room != now.room else ""
