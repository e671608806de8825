"""What is answered with OR-Tools: better plans, difficult repairs, rules to give up, cities to sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.planning.places import Places
from app.planning.proposals import Outcome, Request, Task
from app.planning.rules import Tier
from app.planning.solve import at_once
from app.planning.solve.alone import Alone
from app.planning.solve.at_once import First
from app.planning.solve.congress import Congress
from app.planning.solve.lines import outcome, progress
from app.planning.solve.model import Known
from app.planning.solve.relaxed import give_up
from app.planning.solve.repair import repair
from app.planning.solve.search import improve
from app.planning.solve.sessions import Chosen
from app.planning.solve.stop import Stop
from app.planning.solve.summit import SummitModel
from app.planning.summit import Seating, SummitScales

MANY = 1_000_000
"""Rounds of improvement before the solver; time or their own patience ends them."""
SHARE = 0.3
"""Of the time they may use so much."""


def propose(request: Request, stop: Stop) -> Outcome:
    """A place for every session: greedy or the plan at hand, then tier by tier."""
    return better(request, stop, at_once.first(request, stop))


def better(request: Request, stop: Stop, first: First) -> Outcome:
    """The best plan that can be had from the first."""
    greedy, placed_after = first.greedy, first.placed_after
    table = greedy.table
    plan, score = greedy.improved(request.seed, MANY, lambda: stop.left < request.seconds * (1 - SHARE))
    progress("improved", stop, score)
    model = Congress(table)
    starts = [model.chosen(plan), *_present(model, request)]
    known = min((model.values(each) for each in starts), key=_tiers(model))

    def told(tier: int, better: dict[int, int], bound: int) -> None:
        nonlocal placed_after
        now = table.scales.weigh(model.plan(better))
        if placed_after is None and not now.unplaced:
            placed_after = stop.seconds
        progress(Tier(tier).name.lower(), stop, now, bound)

    least = Alone(model, stop, request.seed).least
    known, proven = improve(
        model, model.costs, known, stop, seed=request.seed, workers=request.workers, told=told, least=least
    )
    plan = model.plan(known)
    score = table.scales.weigh(plan)
    if placed_after is None and not score.unplaced:
        placed_after = stop.seconds
    return replace(outcome(request, stop, score), plan=plan, tiers=proven, placed_after=placed_after)


def _tiers(model: Congress) -> Callable[[Known], list[int]]:
    return lambda known: [cost.value(known) for cost in model.costs]


def _present(model: Congress, request: Request) -> list[Chosen]:
    """The plan to go on from, without what clashes in it."""
    kept: Chosen = {}
    table = model.table
    for each, place in model.chosen(request.plan).items():
        if not any(table.clash(other, at.where, each, place.where) for other, at in kept.items()):
            kept[each] = place
    return [] if not kept or table.scales.weigh(table.plan(kept)).musts else [kept]


def mend(request: Request, stop: Stop, least: int) -> Outcome:
    """The fewest moves that make the plan possible again, where they were not found at once: at least so many."""
    if request.problem is None:
        raise ValueError("A repair needs a problem.")
    mended = repair(request, stop, least)
    table = Places(request.problem, request.wishes, request.plan, request.reference or request.plan)
    score = table.scales.weigh(mended.plan)
    told = outcome(request, stop, score)
    return replace(told, plan=mended.plan, tiers=mended.proven, freed=mended.freed)


def relax(request: Request, stop: Stop) -> Outcome:
    """The fewest rules to give up."""
    plan, given, proven = give_up(request, stop)
    return replace(outcome(request, stop), plan=plan, tiers=proven, given_up=given)


def seat(request: Request, stop: Stop) -> Outcome:
    """Cities to sessions and sessions to slots."""
    if request.summit is None:
        raise ValueError("Seating needs a summit.")
    scales = SummitScales(request.summit, request.wishes, request.seating)
    model = SummitModel(scales)

    def told(tier: int, better: dict[int, int], bound: int) -> None:
        progress(Tier(tier).name.lower(), stop, scales.score(model.seating(better)), bound)

    start = model.values(Seating())
    known, proven = improve(model, model.costs, start, stop, seed=request.seed, workers=request.workers, told=told)
    seating = model.seating(known)
    score = scales.score(seating)
    placed = stop.seconds if not score.unplaced else None
    return replace(outcome(request, stop, score), seating=seating, tiers=proven, placed_after=placed)


TASKS = {Task.GIVE_UP: relax, Task.SEAT: seat}
