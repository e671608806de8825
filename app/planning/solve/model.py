"""A model whose every variable knows what it would be in a given plan, so that any plan is a whole hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from ortools.sat.python import cp_model

from app.planning.rules import Tier

Var = cp_model.IntVar
Known = dict[int, int]
"""A solution: values by index of variable."""
P = TypeVar("P")
"""A plan as the model at hand sees it."""


class Linear:
    """A cost: variables with their weights, and a constant."""

    def __init__(self) -> None:
        self.terms: list[tuple[Var, int]] = []
        self.constant = 0

    def add(self, variable: Var, weight: int) -> None:
        if weight:
            self.terms.append((variable, weight))

    def expression(self) -> cp_model.LinearExpr:
        variables, weights = [each for each, _ in self.terms], [weight for _, weight in self.terms]
        return cp_model.LinearExpr.weighted_sum(variables, weights) + self.constant

    def value(self, known: Known) -> int:
        return self.constant + sum(weight * known[each.index] for each, weight in self.terms)


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

    def at_most_one(self, variables: Iterable[Var]) -> None:
        some = list(variables)
        if len(some) > 1:
            self.cp.add_at_most_one(some)
