"""Minimise goal by goal, each from the result of the one before, until time is out or all is proven."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from ortools.sat.python import cp_model

from app.planning.proposals import Proven
from app.planning.solve.model import Known, Linear, Model
from app.planning.solve.stop import Stop

P = TypeVar("P")
HALF_A_SECOND = 0.5
SHARE = 0.8
"""Of the time that is left a goal may use so much, so that the next ones are tried too."""

Told = Callable[[int, Known, int], None]
"""Called with better solutions, at most twice a second: number of the goal, solution, bound."""
Least = Callable[[Sequence[Proven]], Mapping[str, int]]
"""What parts of the next goal cost at least, given what the goals before it have reached."""


class Watch(cp_model.CpSolverSolutionCallback):
    """Tells of better solutions."""

    def __init__(self, variables: list[cp_model.IntVar], told: Callable[[Known, int], None]) -> None:
        super().__init__()
        self._variables, self._told, self._last = variables, told, 0.0

    def on_solution_callback(self) -> None:
        if time.monotonic() - self._last >= HALF_A_SECOND:
            self._last = time.monotonic()
            known = {each.index: self.value(each) for each in self._variables}
            self._told(known, whole(self.best_objective_bound))


def whole(bound: float) -> int:
    """The least whole cost that a bound allows, with room for rounding."""
    return max(0, -int(-(bound - 1e-6) // 1))


def improve(
    model: Model[P],
    goals: Sequence[Linear],
    known: Known,
    stop: Stop,
    *,
    seed: int,
    workers: int,
    told: Told = lambda goal, known, bound: None,
    least: Least | None = None,
) -> tuple[Known, tuple[Proven, ...]]:
    """The best solution found from a known one, and how far each goal is proven. Costs below 0 do not occur."""
    reached: list[Proven] = []
    for n, goal in enumerate(goals):
        value, bound = goal.value(known), 0
        if least is not None and value > 0 and stop.left > 0:
            bound = model.floor(goal, least(reached), value)
        if value > bound and stop.left > 0:
            seconds = stop.left * (1 if n == len(goals) - 1 else SHARE)
            watch = Watch(model.variables, partial(told, n))
            known, proven = _minimised(model, goal, known, stop, seconds, seed, workers, watch)
            value, bound = goal.value(known), max(bound, proven)
        reached.append(Proven(value, min(bound, value)))
        model.cp.add(goal.expression() <= value)
    return known, tuple(reached)


def _minimised(
    model: Model[P],
    goal: Linear,
    known: Known,
    stop: Stop,
    seconds: float,
    seed: int,
    workers: int,
    watch: Watch,
) -> tuple[Known, int]:
    """A solution of the least cost found, and the bound."""
    model.hint(known)
    model.cp.minimize(goal.expression())
    solver, status = run(model.cp, stop, seconds, seed, workers, watch)
    if status == cp_model.UNKNOWN:
        return known, whole(solver.best_objective_bound)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise AssertionError(f"a solution was known, yet the model is {solver.status_name(status)}")
    better = {each.index: solver.value(each) for each in model.variables}
    return min((better, known), key=goal.value), whole(solver.best_objective_bound)


def run(
    model: cp_model.CpModel, stop: Stop, seconds: float, seed: int, workers: int, watch: Watch | None = None
) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    """One search, in a thread of its own so that a wish to stop is heard at once."""
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.max_time_in_seconds = max(0.01, min(seconds, stop.left))
    parameters.num_workers = workers
    parameters.random_seed = seed
    parameters.catch_sigint_signal = False
    done: list[cp_model.CpSolverStatus] = []
    thread = threading.Thread(target=lambda: done.append(solver.solve(model, watch)))
    thread.start()
    while thread.is_alive():
        thread.join(0.02)
        if stop.asked.is_set():
            solver.stop_search()
    return solver, done[0]
