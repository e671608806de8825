"""Every allocation looked at, where there are few: the best by signature, then by the worst-off delegations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.planning.allocate.ground import NONE, Ground, Places
from app.planning.allocate.model import Signature

STEPS = 20_000
Worth = tuple[Signature, tuple[int, ...]]


def worth(ground: Ground, places: Places) -> Worth:
    """What is compared: the signature, then the burdens of delegations from the worst-off upwards."""
    return ground.signature(places), tuple(sorted(ground.burdens(places).values(), reverse=True))


def runs(ground: Ground, visit: str, parties: Iterable[str]) -> bool:
    """Whether nobody goes or enough do."""
    people = ground.people(parties)
    return not people or people >= ground.least(visit)


class Exact:
    """A search in the order of turns, so that of equals the first to decide gets the better wish."""

    def __init__(self, ground: Ground, first: Places, steps: int = STEPS) -> None:
        self.ground, self.best, self.steps = ground, first, steps
        self.worth = worth(ground, first)
        self.order = list(ground.parties)
        self.going: dict[str, list[str]] = {each: [] for each in ground.visits}
        self.places: Places = {}
        self.paid: Counter[int] = Counter()
        self.ties = True

    def search(self) -> bool:
        """Find the best; False where it was given up, and then nothing has changed."""
        before = self.best
        self._place(0)
        if self.steps < 0:
            self.best = before
        return self.steps >= 0

    def _place(self, at: int) -> None:
        self.steps -= 1
        if self.steps < 0 or (self.paid[NONE], self.paid[3], self.paid[2]) > self.worth[0]:
            return
        if at == len(self.order):
            self._leaf()
            return
        name = self.order[at]
        people = self.ground.parties[name].people
        for visit, rank in self.ground.wishes[name].items():
            going = self.going[visit]
            going.append(name)
            if self.ground.fits(visit, going):
                self.places[name] = visit
                self.paid[rank] += people
                self._place(at + 1)
                self.paid[rank] -= people
                del self.places[name]
            going.pop()
        self.paid[NONE] += people
        self._place(at + 1)
        self.paid[NONE] -= people

    def _leaf(self) -> None:
        if all(runs(self.ground, visit, going) for visit, going in self.going.items()):
            reached = worth(self.ground, self.places)
            if reached < self.worth or (self.ties and reached == self.worth):
                self.best, self.worth, self.ties = dict(self.places), reached, False
