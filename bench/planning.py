"""The planner: conflicts of a large agenda, the real summit, a congress of 90 sessions, and its repair.

CPU time stands beside the time on the clock, since the solver uses all cores it finds and may have to share them.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.planning.clashes import Clashes
from app.planning.greedy import Greedy
from app.planning.model import Placing, Problem
from app.planning.places import Places
from app.planning.proposals import Outcome, Progress, Request, Task
from app.planning.running import solved
from app.planning.score import score
from bench.congress import congress, shaken
from tests.planning.tokyo import summit

SEEDS = (1, 2, 3)
SECONDS = 30.0


def main(seeds: tuple[int, ...] = SEEDS, seconds: float = SECONDS) -> None:
    """Print all measurements."""
    _conflicts()
    _summit()
    for seed in seeds:
        _congress(f"90 sessions in tracks, seed {seed}", congress(seed=seed).problem, seconds)
    _congress("90 sessions, needs drawn apart from themes", congress(seed=1, tracks=False).problem, seconds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{'peak memory of the solver':44}{peak:7} MB")


def _timed(call: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of one call: the median."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return statistics.median(spent) * 1000


def _conflicts() -> None:
    large = congress(sessions=1000, rooms=20, days=10, people=1500, seed=1).problem
    plan, _ = Greedy(Places(large)).first(1, passes=1)
    index = Clashes(large, plan)
    moves = [Placing(each.session, each.start + timedelta(hours=1), each.room) for each in plan if each.start]
    turn = iter(moves * 10)
    full = _timed(lambda: Clashes(large, plan).full(), 5)
    move = _timed(lambda: index.after(next(turn)), 500)
    print(f"{'conflicts of 1,000 sessions in full':44}{full:10.1f} ms CPU")
    print(f"{'what one move among them brings':44}{move:10.3f} ms CPU")


@dataclass(frozen=True)
class Answer:
    """What the solver said, and the seconds it took with the start of its process."""

    outcome: Outcome
    heard: list[Progress]
    first: float
    """Seconds of the clock until it said something of a plan."""
    clock: float
    cpu: float


def _asked(request: Request) -> Answer:
    heard: list[tuple[float, Progress]] = []
    clock, before = time.monotonic(), _children()
    found = solved(request, lambda said: heard.append((time.monotonic() - clock, said)))
    spent = time.monotonic() - clock
    first = heard[0][0] if heard else spent
    return Answer(found, [said for _, said in heard], first, spent, _children() - before)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _told(name: str, answer: Answer) -> None:
    found = answer.outcome
    tiers = ", ".join(
        str(each.value) if each.optimal else f"{each.value} (at least {each.bound})" for each in found.tiers
    )
    proof = "proven optimal" if found.optimal else "bound"
    times = f"{found.seconds:7.2f} s search {answer.clock:7.2f} s clock {answer.cpu:7.2f} s CPU"
    print(f"{name:44}{times}  {proof}: {tiers}")


def _summit() -> None:
    _told("31 cities to 6 sessions and slots", _asked(Request(Task.SEAT, summit=summit())))


def _congress(name: str, problem: Problem, seconds: float) -> None:
    start = time.process_time()
    _, weighed = Greedy(Places(problem)).run(1)
    print(f"{name}\n{'  greedy alone':44}{time.process_time() - start:7.2f} s CPU   {weighed.unplaced} unplaced")
    answer = _asked(Request(Task.PROPOSE, problem, seconds=seconds))
    found, (first, improved, *_) = answer.outcome, answer.heard
    placed = "never" if found.placed_after is None else f"{found.placed_after:.2f} s"
    print(f"{'  every session placed after':44}{placed:>9}   first {first.tiers}, improved {improved.tiers}")
    print(f"{'  the same by the clock, process and all':44}{answer.first:7.2f} s")
    _told("  proposal", answer)
    for seed in (1, 2):
        _repair(problem, found.plan, seed)


def _repair(problem: Problem, plan: tuple[Placing, ...], seed: int) -> None:
    news = shaken(problem, plan, seed)
    answer = _asked(Request(Task.REPAIR, news, plan=plan))
    before = {each.session: each for each in plan}
    moved = [each for each in answer.outcome.plan if each != before[each.session]]
    times = sum(each.start != before[each.session].start for each in moved)
    broken = len(score(news, plan).broken), len(score(news, answer.outcome.plan).broken)
    _told(f"  repair {seed}: a room shut for a day, two away", answer)
    print(f"{'':44}{len(moved)} moved, {times} at another time; clashes {broken[0]} before, {broken[1]} after")


if __name__ == "__main__":
    main()
