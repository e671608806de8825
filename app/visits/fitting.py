"""Whether people find room on a visit, and in which of its vehicles: plain functions of what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.visits.models import Vehicle, Visit


@dataclass(frozen=True)
class Car:
    """What is left in one vehicle: places in all, and among them for people who need to get in without a step."""

    id: int
    left: int
    step_free: int


@dataclass(frozen=True)
class Room:
    """What is left on a visit. `left` None: no limit of its own; no cars: people go on foot."""

    left: int | None
    cars: tuple[Car, ...] = ()

    @property
    def places(self) -> int | None:
        """How many single people without needs would still find room; None: any number."""
        seats = sum(each.left for each in self.cars) if self.cars else None
        known = [each for each in (self.left, seats) if each is not None]
        return min(known) if known else None


@dataclass(frozen=True)
class Fit:
    """Where a party goes (`car` None: on foot), and what is left then."""

    car: int | None
    then: Room


def room(visit: Visit) -> Room:
    """What is left of this visit, as it was read; its vehicles are loaded."""
    left = None if visit.seats is None else visit.seats - visit.taken
    return Room(left, tuple(_car(each) for each in visit.vehicles))


def empty(visit: Visit) -> Room:
    """What the visit could take if nobody had a place."""
    cars = tuple(Car(each.id, each.seats, each.step_free) for each in visit.vehicles)
    return Room(visit.seats, cars)


def fit(there: Room, people: int, step_free: int) -> Fit | None:
    """Room for a party of so many people, `step_free` of whom need a step-free place; None when there is none.

    A party goes in one vehicle: of those that take it the one with the fewest step-free places more than it needs, so
    that these are kept for those who need them, and then the fullest.
    """
    if there.left is not None and people > there.left:
        return None
    left = None if there.left is None else there.left - people
    if not there.cars:
        return Fit(None, Room(left))
    able = [each for each in there.cars if each.left >= people and each.step_free >= step_free]
    if not able:
        return None
    best = min(able, key=lambda each: (each.step_free - step_free, each.left, each.id))
    taken = replace(best, left=best.left - people, step_free=best.step_free - step_free)
    return Fit(best.id, Room(left, tuple(taken if each == best else each for each in there.cars)))


def _car(vehicle: Vehicle) -> Car:
    """Who sits there without needing a step-free place may fill the vehicle before these are used up."""
    left = vehicle.seats - vehicle.taken
    return Car(vehicle.id, left, min(vehicle.step_free - vehicle.step_free_taken, left))
