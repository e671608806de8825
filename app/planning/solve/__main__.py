"""One question on standard input, answers line by line on standard output: see app.planning.proposals."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from dataclasses import replace

from app.planning import wire
from app.planning.greedy import Greedy
from app.planning.places import Places
from app.planning.proposals import Outcome, Progress, Request, Task
from app.planning.rules import VERSION, Tier
from app.planning.score import Score
from app.planning.solve.alone import Alone
from app.planning.solve.congress import Chosen, Congress
from app.planning.solve.model import Known
from app.planning.solve.relaxed import give_up
from app.planning.solve.repair import repair
from app.planning.solve.search import Stop, improve
from app.planning.solve.summit import SummitModel
from app.planning.summit import Seating, SummitScales

MANY = 1_000_000
"""Rounds of improvement before the solver; time or their own patience ends them."""
SHARE = 0.3
"""Of the time they may use so much."""


def say(kind: str, value: object) -> None:
    """One line of the answer."""
    sys.stdout.write(json.dumps({kind: wire.dump(value)}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def progress(phase: str, stop: Stop, score: Score, bound: int | None = None) -> None:
    say("progress", Progress(phase, stop.seconds, score.unplaced, score.unmet, score.by_rule, score.tiers, bound))


def outcome(request: Request, stop: Stop, score: Score | None = None) -> Outcome:
    """What every answer tells alike."""
    told = Outcome(seconds=stop.seconds, stopped=stop.asked.is_set(), seed=request.seed)
    if score is None:
        return told
    return replace(told, by_rule=score.by_rule, unplaced=score.unplaced, unmet=score.unmet)


def propose(request: Request, stop: Stop) -> Outcome:
    """A place for every session: greedy or the plan at hand, then tier by tier."""
    if request.problem is None:
        raise ValueError("A proposal needs a problem.")
    table = Places(request.problem, request.wishes, request.plan, request.reference)
    greedy = Greedy(table)
    _, score = greedy.first(request.seed, stop=stop.asked.is_set)
    placed_after = stop.seconds if not score.unplaced else None
    progress("first", stop, score)
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


def mend(request: Request, stop: Stop) -> Outcome:
    """The fewest moves that make the plan possible again."""
    mended = repair(request, stop)
    if request.problem is None:
        raise ValueError("A repair needs a problem.")
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


TASKS = {Task.PROPOSE: propose, Task.REPAIR: mend, Task.GIVE_UP: relax, Task.SEAT: seat}


def main() -> int:
    """Answer the question; 2 and a sentence when it cannot be read."""
    try:
        request = wire.load(Request, json.loads(sys.stdin.read()))
    except ValueError as wrong:
        sys.stderr.write(f"The question cannot be read: {wrong}\n")
        return 2
    stop = Stop(request.seconds)
    signal.signal(signal.SIGTERM, lambda *_: stop.asked.set())
    say("ready", VERSION)
    say("outcome", TASKS[request.task](request, stop))
    return 0


if __name__ == "__main__":
    sys.exit(main())
