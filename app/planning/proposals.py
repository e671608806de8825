"""What is asked of the solver, and what it answers while it searches and at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.planning.model import Placing, Problem
from app.planning.rules import VERSION, Rule, Wishes
from app.planning.summit import Seating, Summit


class Task(StrEnum):
    """What is to be found."""

    PROPOSE = "propose"
    """A place for every session."""
    REPAIR = "repair"
    """The fewest moves that make a plan possible again."""
    GIVE_UP = "give up"
    """The fewest hard rules to give up so that everything finds a place."""
    SEAT = "seat"
    """Cities to sessions and sessions to slots, one room (a summit)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question. `plan` is where sessions stand and pins hold, and where a search goes on from.

    `reference` is what was published: changes against it cost. `summit` and `seating` serve Task.SEAT alone.
    """

    task: Task
    problem: Problem | None = None
    wishes: Wishes = field(default_factory=Wishes)
    plan: tuple[Placing, ...] = ()
    reference: tuple[Placing, ...] = ()
    summit: Summit | None = None
    seating: Seating | None = None
    seconds: float = 10.0
    seed: int = 1
    workers: int = 4
    """Searches side by side, whatever the cores: on two, four different ones prove sooner than six or eight."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: at most two a second."""

    phase: str
    """"first" and "improved" before the solver begins, then the tier that it minimises."""
    seconds: float
    unplaced: int
    unmet: int
    by_rule: Mapping[Rule, int]
    tiers: tuple[int, ...]
    bound: int | None = None
    """The tier in search cannot get below this."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What one tier reached, and how low it could be at best."""

    value: int
    bound: int

    @property
    def optimal(self) -> bool:
        return self.bound >= self.value


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A hard rule to be given up, by the kind of conflict and whom or what it concerns."""

    kind: str
    sessions: tuple[str, ...]
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found. Seed and version of the weights make it possible to say later how it came about."""

    plan: tuple[Placing, ...] = ()
    seating: Seating | None = None
    tiers: tuple[Proven, ...] = ()
    by_rule: Mapping[Rule, int] = field(default_factory=dict)
    unplaced: int = 0
    unmet: int = 0
    given_up: tuple[GivenUp, ...] = ()
    placed_after: float | None = None
    """Seconds until everything had a place; None: not everything has."""
    seconds: float = 0.0
    stopped: bool = False
    """Whether somebody stopped it; the best plan found until then is kept."""
    seed: int = 1
    version: int = VERSION
    freed: int = 0
    """Sessions that a repair allowed to move."""

    @property
    def optimal(self) -> bool:
        """Whether no better plan exists, by these rules and weights."""
        return all(each.optimal for each in self.tiers)
