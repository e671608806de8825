"""The fewest moves that make a plan possible again, where `mending` does not find them soon.

The neighbourhood grows only where it must.

First only what has become impossible may move. While something then finds no place, its rivals may move too, in rings:
those who sit where it could be, or share its people. (Phillips, Walker, Ehrgott and Ryan, "Integer programming for
minimal perturbation problems in university course timetabling", Annals of Operations Research, 2017.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from app.planning.clashes import Clashes
from app.planning.kinds import HARD, Conflict
from app.planning.model import Pin, Placing
from app.planning.places import Places
from app.planning.proposals import Proven, Request
from app.planning.rules import Tier
from app.planning.solve.congress import Congress
from app.planning.solve.model import Linear
from app.planning.solve.search import improve, run
from app.planning.solve.stop import Stop

RINGS = (0, 4, 8, 12, 16)
"""How many rivals may move besides."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """The mended plan, and what is proven: what stays out, how many move, then the tiers of changes and quality."""

    plan: tuple[Placing, ...]
    proven: tuple[Proven, ...]
    freed: int


def repair(request: Request, stop: Stop, least: int = 0) -> Repaired:
    """Mend a plan, by so many moves at least if nothing is to be left out.

    Changes count against what was published, or against the plan itself.
    """
    problem = request.problem
    if problem is None:
        raise ValueError("A repair needs a problem.")
    pinned = {each.id for each in problem.sessions if each.pin is Pin.PLACE}
    broken = [each for each in Clashes(problem, request.plan).full() if each.kind in HARD]
    placed = {each.session for each in request.plan if each.start is not None}
    hit = {each for conflict in broken for each in conflict.sessions} & placed - pinned
    if not hit:
        return Repaired(request.plan, (), 0)
    few = _least(broken, pinned)
    rivals: list[str] = []
    for ring in RINGS:
        free = hit | set(rivals[:ring])
        found = _solved(request, free, stop)
        out = [each.session for each in found.plan if each.start is None and each.session in hit]
        if not out or stop.left <= 0:
            break
        rivals = _rivals(request, out, hit | pinned)
        if ring >= len(rivals):
            break
    few = few if found.proven[0].value else max(few, least)
    if found.proven[1].value <= few and found.proven[0].value == 0:
        return found
    return _fewer(request, placed - pinned, found, few, stop)


def _least(broken: Iterable[Conflict], pinned: set[str]) -> int:
    """So many must move whatever is done: each that is impossible by itself, and one of each pair apart from others."""
    alone = {each.sessions[0] for each in broken if len(each.sessions) == 1} - pinned
    met = set(alone)
    pairs = 0
    for each in broken:
        if len(each.sessions) == 2 and not met & set(each.sessions) and not set(each.sessions) <= pinned:
            met |= set(each.sessions)
            pairs += 1
    return len(alone) + pairs


class _Model(Congress):
    """A congress that also counts who moves."""

    def __init__(self, places: Places, plan: Iterable[Placing]) -> None:
        super().__init__(places)
        self.moves = Linear()
        stood = {each.session: each for each in plan if each.start is not None}
        for each, options in self.x.items():
            was = stood.get(each)
            if was is None:
                continue
            self.moves.constant += 1
            for place, var in options:
                if (place.where.start, place.where.room) == (was.start, was.room):
                    self.moves.add(var, -1)

    @property
    def goals(self) -> list[Linear]:
        return [self.costs[Tier.PLACED], self.moves, self.costs[Tier.CHANGES], self.costs[Tier.QUALITY]]


def _model(request: Request, free: set[str]) -> _Model:
    if request.problem is None:
        raise ValueError("A repair needs a problem.")
    told = request.reference or request.plan
    return _Model(Places(request.problem, request.wishes, request.plan, told, free), request.plan)


def _solved(request: Request, free: set[str], stop: Stop) -> Repaired:
    """The best plan in which only these move."""
    model = _model(request, free)
    start = model.values({})
    known, proven = improve(model, model.goals, start, stop, seed=request.seed, workers=request.workers)
    return Repaired(model.plan(known), proven, len(free))


def _rivals(request: Request, out: list[str], settled: set[str]) -> list[str]:
    """Who stands in the way of those left out, the one whose leaving helps most first."""
    if request.problem is None:
        return []
    everywhere = Places(request.problem, request.wishes, request.plan, request.plan, {*out})
    much: dict[str, float] = defaultdict(float)
    for each in out:
        for place in everywhere.could(each):
            way = [
                other for other, there in everywhere.stand.items() if everywhere.clash(other, there, each, place.where)
            ]
            for other in way:
                much[other] += 1 / len(way) ** 2
    return sorted(much.keys() - settled, key=lambda other: (-much[other], other))


def _fewer(request: Request, free: set[str], found: Repaired, least: int, stop: Stop) -> Repaired:
    """A plan that leaves out less or moves fewer, with everything free, if there is one and time to find it.

    Where time is out before that is known, the bounds say no more than what is.
    """
    model = _model(request, free)
    out, moves = model.costs[Tier.PLACED], model.moves
    lost, moved = found.proven[0].value, found.proven[1].value
    weight = len(model.x) + 1
    model.cp.add(out.expression() * weight + moves.expression() <= lost * weight + moved - 1)
    solver, status = run(model.cp, stop, stop.left, request.seed, request.workers)
    if status == cp_model.INFEASIBLE:
        return found
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        loose = (Proven(lost, 0), Proven(moved, min(moved, least)), *found.proven[2:])
        return Repaired(found.plan, loose, found.freed)
    known = {each.index: solver.value(each) for each in model.variables}
    known, proven = improve(model, model.goals, known, stop, seed=request.seed, workers=request.workers)
    return Repaired(model.plan(known), proven, len(free))
