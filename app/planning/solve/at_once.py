"""What needs no solver: the first plan of a proposal, and most repairs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.planning.clashes import Clashes
from app.planning.greedy import Greedy
from app.planning.kinds import HARD
from app.planning.mending import mend
from app.planning.model import Pin
from app.planning.places import Places
from app.planning.proposals import Outcome, Proven, Request
from app.planning.rules import Rule
from app.planning.solve.lines import outcome, progress
from app.planning.solve.stop import Stop

SHARE = 0.5
"""Of the time after which a repair without a plan is left to the solver."""
ENOUGH = 0.4
"""Seconds after which a plan with the fewest moves is taken, though another may cost less."""


@dataclass(frozen=True, slots=True)
class First:
    """What a proposal goes on from; `placed_after` tells when everything had its place."""

    greedy: Greedy
    placed_after: float | None


def first(request: Request, stop: Stop) -> First:
    """A plan at once, told as soon as it is there."""
    if request.problem is None:
        raise ValueError("A proposal needs a problem.")
    greedy = Greedy(Places(request.problem, request.wishes, request.plan, request.reference))
    _, score = greedy.first(request.seed, stop=stop.asked.is_set)
    placed_after = stop.seconds if not score.unplaced else None
    progress("first", stop, score)
    return First(greedy, placed_after)


def repair(request: Request, stop: Stop) -> Outcome | int:
    """A plan with the fewest moves; where it is not found soon, or rules at must ask for the solver, how many at least.

    Its tiers are: left out, moves, changes, quality. Changes count against what was published, or the plan itself.
    """
    problem = request.problem
    if problem is None:
        raise ValueError("A repair needs a problem.")
    table = Places(problem, request.wishes, request.plan, request.reference or request.plan, ())
    broken = [each for each in Clashes(problem, request.plan).full() if each.kind in HARD]
    pins = {each: table.facts.sessions[each].pin for conflict in broken for each in conflict.sessions}
    hit = [each for each, pin in pins.items() if each in table.stand and pin is not Pin.PLACE]
    if not hit:
        told = outcome(request, stop, table.scales.weigh(request.plan))
        return replace(told, plan=request.plan)
    if any(map(request.wishes.must, Rule)) or any(pins[each] is Pin.TIME for each in hit):
        return 0
    late = stop.seconds + stop.left * SHARE
    mended = mend(table, broken, lambda found: stop.left <= 0 or stop.seconds > (ENOUGH if found else late))
    if not mended.plan:
        return mended.moves
    score = table.scales.weigh(mended.plan)
    values = score.tiers[0], mended.moves, *score.tiers[1:3]
    proven = True, True, mended.cheapest, mended.cheapest
    tiers = tuple(Proven(each, each if sure else 0) for each, sure in zip(values, proven, strict=True))
    return replace(outcome(request, stop, score), plan=mended.plan, tiers=tiers, freed=len(table.stand))
