"""The question of who goes on which visit, and its answer.

A party stays together: it goes on one visit and rides in one vehicle, or does not go. Its people are of one delegation.
Nothing here knows when somebody asked, so early and late are alike; what is equal is drawn by lot.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_WISHES = 3

Signature = tuple[int, int, int]
"""People without a visit, at their third wish, at their second: compared in this order, the least is the best.

People are counted, not parties, since a seat is for a person: a party of three that stays behind is three who stay
behind. Whoever gets a better wish at nobody's cost lowers it, so the least is Pareto-efficient. It is generous: nobody
stays behind for the sake of others' first wishes. It can be played: who names one wish only risks more and may be
served before who names three.
"""


class Why(StrEnum):
    """Why a party does not go on a visit that it wished for."""

    FULL = "full"
    STEP_FREE = "step-free"
    """Its step-free places are taken, or it has too few."""
    APART = "apart"
    """There are seats, but not enough of them in one vehicle."""
    DELEGATION = "delegation"
    """Its delegation has the most that it may have there."""
    MINIMUM = "minimum"
    """The visit does not run: too few would go."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Something that takes people there. Step-free places are among its seats; others may sit on them too."""

    id: str
    seats: int
    step_free: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit: its vehicles, the fewest people for whom it runs, the most it takes, the most of one delegation."""

    id: str
    vehicles: tuple[Vehicle, ...]
    least: int = 0
    most: int | None = None
    of_delegation: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a party rides."""

    visit: str
    vehicle: str


@dataclass(frozen=True, slots=True)
class Party:
    """People who go together, best wish first. `step_free` of them need a step-free place.

    `kept` is the seat that it has been told already: it keeps it, whatever the rules say now.
    """

    id: str
    delegation: str
    wishes: tuple[str, ...]
    people: int = 1
    step_free: int = 0
    kept: Seat | None = None

    def __post_init__(self) -> None:
        if self.people < 1 or not 0 <= self.step_free <= self.people:
            raise ValueError(f"Party {self.id}: {self.people} people, {self.step_free} of them step-free.")
        if len(self.wishes) > MOST_WISHES or len(set(self.wishes)) < len(self.wishes):
            raise ValueError(f"Party {self.id}: up to {MOST_WISHES} different wishes.")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided. The seed draws the lots; it is kept with the answer, so that anybody can draw again.

    Raises ValueError for an id twice, and for a seat kept on a vehicle that is not there.
    """

    visits: tuple[Visit, ...]
    parties: tuple[Party, ...]
    seed: str = ""

    def __post_init__(self) -> None:
        _once("visit", [each.id for each in self.visits])
        _once("party", [each.id for each in self.parties])
        for each in self.visits:
            _once(f"vehicle of {each.id}", [vehicle.id for vehicle in each.vehicles])
        there = {(visit.id, vehicle.id) for visit in self.visits for vehicle in visit.vehicles}
        for party in self.parties:
            if party.kept and (party.kept.visit, party.kept.vehicle) not in there:
                raise ValueError(f"Party {party.id} has a seat that is not there.")


def _once(what: str, ids: list[str]) -> None:
    if len(set(ids)) < len(ids):
        raise ValueError(f"Each {what} has an id of its own.")


@dataclass(frozen=True, slots=True)
class Given:
    """What a party gets: a seat and which wish that is, from 1; 0 is none of its wishes.

    For each wish that is better than what it got, `why` says what stood against it. `turn` is the place that it drew
    among those who are equal otherwise, from 1.
    """

    party: str
    seat: Seat | None = None
    wish: int = 0
    why: tuple[tuple[str, Why], ...] = ()
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer, for each party in the order of ids.

    No allocation has a signature below `bound`; where they are equal it is proven to be the best. Kept seats are not
    counted in either. `idle` are the visits that do not run.
    """

    given: tuple[Given, ...]
    idle: tuple[str, ...]
    signature: Signature
    bound: Signature
    seed: str

    @property
    def proven(self) -> bool:
        return self.signature == self.bound
