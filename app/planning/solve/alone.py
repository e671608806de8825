"""What the sessions of each theme cost at least: each theme is solved as if it had the house to itself.

No plan can be better than the sum, and where themes hardly quarrel few are as good as it; so these small answers, of a
few hundredths of a second each, are most of the proof for the whole. (The idea is that of Lagrangian and Dantzig-Wolfe
bounds, with all prices at nought.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from app.planning.proposals import Proven
from app.planning.solve.congress import Congress
from app.planning.solve.model import weighted
from app.planning.solve.search import run, whole
from app.planning.solve.stop import Stop

PATIENCE = 2.0
"""Seconds for one theme and tier; what is known by then counts."""
SHARE = 0.25
"""Of the time that is left all of them together may use so much."""


class Alone:
    """Each theme with several free sessions as a model of its own."""

    def __init__(self, model: Congress, stop: Stop, seed: int) -> None:
        self.model, self.stop, self.seed = model, stop, seed
        themes: dict[str, list[str]] = defaultdict(list)
        for each in model.x:
            themes[model.part(each)].append(each)
        self.small = {theme: Congress(model.table, ids) for theme, ids in themes.items() if theme and len(ids) > 1}
        self.found: dict[int, Mapping[str, int]] = {}
        self._kept = 0

    def least(self, reached: Sequence[Proven]) -> Mapping[str, int]:
        """For the tier after those reached, the least cost of each theme in plans that do as well in these."""
        for tier in range(self._kept, len(reached)):
            self._keep(tier, reached[tier].value)
        self._kept = len(reached)
        tier, until = len(reached), self.stop.seconds + self.stop.left * SHARE
        found: dict[str, int] = {}
        for theme, small in self.small.items():
            terms = small.costs[tier].parts.get(theme)
            if not terms or self.stop.seconds > until:
                continue
            small.cp.minimize(weighted(terms))
            solver, status = run(small.cp, self.stop, PATIENCE, self.seed, 1)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
                found[theme] = whole(solver.best_objective_bound)
        self.found[tier] = found
        return found

    def _keep(self, tier: int, value: int) -> None:
        """From now on themes cost in this tier no more than the whole can bear."""
        least = self.found.get(tier, {})
        slack = value - self.model.costs[tier].constant - sum(least.values())
        for theme, small in self.small.items():
            terms = small.costs[tier].parts.get(theme)
            if terms:
                small.cp.add(weighted(terms) <= least.get(theme, 0) + slack)
