"""Parties into vehicles: first the hardest, with a look back where the first try fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

TRIES = 3_000


class Bin(NamedTuple):
    """What is left in a vehicle."""

    seats: int
    step_free: int


class Load(NamedTuple):
    """A party as a vehicle sees it."""

    people: int
    step_free: int


def pack(bins: Sequence[Bin], loads: Sequence[Load]) -> list[int] | None:
    """The place in `bins` of each load, or None where none is found.

    Exact for what a summit has; where thousands of tries find nothing it says None though there might be a way.
    """
    if sum(each.people for each in loads) > sum(each.seats for each in bins):
        return None
    order = sorted(range(len(loads)), key=lambda n: (-loads[n].step_free, -loads[n].people))
    left = list(bins)
    found = [0] * len(loads)
    tries = iter(range(TRIES))

    def place(at: int) -> bool:
        if at == len(order):
            return True
        load = loads[order[at]]
        if load == (1, 0):
            return _fill(left, order[at:], found)
        seen = set()
        for n, each in enumerate(left):
            if each in seen or each.seats < load.people or each.step_free < load.step_free:
                continue
            seen.add(each)
            if next(tries, None) is None:
                return False
            left[n] = Bin(each.seats - load.people, each.step_free - load.step_free)
            found[order[at]] = n
            if place(at + 1):
                return True
            left[n] = each
        return False

    return found if place(0) else None


def _fill(left: list[Bin], singles: list[int], found: list[int]) -> bool:
    """People alone take what seats there are: they always fit where their number does."""
    free = [n for n, each in enumerate(left) for _ in range(each.seats)]
    for single, n in zip(singles, free, strict=False):
        found[single] = n
    return len(singles) <= len(free)
