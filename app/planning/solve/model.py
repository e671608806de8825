"""A model whose every variable knows what it would be in a given plan, so that any plan is a whole hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from ortools.sat.python import cp_model

from app.planning.rules import Tier

Var = cp_model.IntVar
Known = dict[int, int]
"""A solution: values by index of variable."""
P = TypeVar("P")
"""A plan as the model at hand sees it."""


class Linear:
    """A cost: variables with their weights, and a constant.

    What the sessions of one theme cost among themselves may be kept together as a part. A part whose least cost is
    known counts through a variable of its own that begins there (`Model.floor`): sums of such floors are what proves a
    whole goal, which thousands of single weights do not.
    """

    def __init__(self) -> None:
        self.parts: dict[str, list[tuple[Var, int]]] = {}
        self.floors: dict[str, Var] = {}
        self.constant = 0

    def add(self, variable: Var, weight: int, part: str = "") -> None:
        if weight:
            self.parts.setdefault(part, []).append((variable, weight))

    def expression(self) -> cp_model.LinearExpr:
        loose = [each for part, terms in self.parts.items() if part not in self.floors for each in terms]
        return weighted([*((each, 1) for each in self.floors.values()), *loose]) + self.constant

    def value(self, known: Known) -> int:
        return self.constant + sum(self.of_part(part, known) for part in self.parts)

    def of_part(self, part: str, known: Known) -> int:
        """What a part costs in a solution."""
        return sum(weight * known[each.index] for each, weight in self.parts[part])


def weighted(terms: list[tuple[Var, int]]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum([each for each, _ in terms], [weight for _, weight in terms])


class Model(Generic[P]):
    """Constraints, one cost per tier, and the variables with what each would be in a plan."""

    def __init__(self) -> None:
        self.cp = cp_model.CpModel()
        self.costs = [Linear() for _ in Tier]
        self._facts: list[tuple[Var, Callable[[P], int]]] = []

    @property
    def variables(self) -> list[Var]:
        return [each for each, _ in self._facts]

    def bool(self, fact: Callable[[P], int]) -> Var:
        """A yes or no, with the answer that a plan gives."""
        made = self.cp.new_bool_var("")
        self._facts.append((made, fact))
        return made

    def count(self, most: int, fact: Callable[[P], int]) -> Var:
        """A number from 0, with the one that a plan gives."""
        made = self.cp.new_int_var(0, most, "")
        self._facts.append((made, fact))
        return made

    def values(self, plan: P) -> Known:
        """What every variable is in this plan."""
        return {each.index: int(fact(plan)) for each, fact in self._facts}

    def hint(self, known: Known) -> None:
        """Begin the next search here."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for each in self.variables:
            self.cp.add_hint(each, known[each.index])
        for cost in self.costs:
            for part, floor in cost.floors.items():
                self.cp.add_hint(floor, cost.of_part(part, known))

    def floor(self, cost: Linear, least: Mapping[str, int], value: int) -> int:
        """Let parts of a cost begin at what each costs at least, and say what all costs at least.

        `value` is a cost that is not to be exceeded. No part costs less than 0.
        """
        slack = value - cost.constant - sum(least.values())
        for part, few in least.items():
            cost.floors[part] = self.cp.new_int_var(few, few + slack, "")
            self.cp.add(weighted(cost.parts[part]) == cost.floors[part])
        return value - slack

    def at_most_one(self, variables: Iterable[Var]) -> None:
        some = list(variables)
        if len(some) > 1:
            self.cp.add_at_most_one(some)
