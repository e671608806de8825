"""The answer: which visits run, who goes where, and what stood against the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush

from app.planning.allocate.exact import Exact, runs
from app.planning.allocate.fairness import fairer
from app.planning.allocate.ground import NONE, Ground, Places
from app.planning.allocate.model import Given, Outcome, Party, Question, Seat, Signature
from app.planning.allocate.packing import Bin
from app.planning.allocate.reasons import why_not
from app.planning.allocate.relaxing import Branch, Relaxed
from app.planning.allocate.rounding import rounded

BRANCHES = 20
"""Sets of visits that are tried where some would not reach their minimum."""
ATTEMPTS = 3
"""Ways to make whole parties of a flow that are tried."""
FEW = 14
"""Parties up to which every allocation is looked at, as far as its steps allow."""


def allocate(question: Question, few: int = FEW) -> Outcome:
    """The best allocation that is found: least signature, then the worst-off delegations, then by lot.

    The signature is the least there is where all go alone and no step-free place is short, or where few parties are
    asked; else it is proven wherever it meets its bound. The order in which parties are given does not matter.
    """
    ground = Ground(question)
    search = _Search(ground)
    bound = search.run()
    places = fairer(ground, search.best)
    if len(ground.parties) <= few:
        exact = Exact(ground, places)
        if exact.search():
            places, bound = exact.best, exact.worth[0]
    return _told(ground, places, bound)


class _Search:
    """Over which visits run: what does not reach its minimum is left out or made to reach it, the best bound first."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.best: Places = {}
        self.reached: Signature = ground.signature({})
        self.open: list[tuple[Signature, int, Branch, Relaxed]] = []
        self.solved = 0

    def run(self) -> Signature:
        """Find the best; the bound below which nothing is."""
        floor = self.reached
        self._push(Branch())
        while self.open and self.open[0][0] < self.reached:
            bound, _, branch, relaxed = heappop(self.open)
            short = self._short(relaxed.held) or self._whole(relaxed, bound)
            free = [visit for visit in short if visit not in branch.must]
            if not free or self.solved >= BRANCHES:
                floor = min(floor, bound)
                if short:
                    self._close(branch, short)
                continue
            self._push(replace(branch, idle=branch.idle | {free[0]}))
            self._push(replace(branch, must=branch.must | {free[0]}))
        return min(floor, self.reached)

    def _push(self, branch: Branch) -> None:
        relaxed = Relaxed(self.ground, branch)
        self.solved += 1
        if relaxed.possible:
            heappush(self.open, (relaxed.signature(), self.solved, branch, relaxed))

    def _close(self, branch: Branch, short: list[str]) -> None:
        """An allocation without the visits that would stay too small, where there is no time to look for the best."""
        while short:
            branch = Branch(branch.idle | set(short))
            relaxed = Relaxed(self.ground, branch)
            short = self._whole(relaxed, relaxed.signature())

    def _whole(self, relaxed: Relaxed, bound: Signature) -> list[str]:
        """Make whole parties of it, in several ways as long as none is the best; which visits stay too small."""
        mark = relaxed.net.mark()
        for attempt in range(ATTEMPTS):
            relaxed.net.restore(mark)
            places = rounded(relaxed, attempt) or {}
            going = {visit: self.ground.people(names) for visit, names in self.ground.by_visit(places).items()}
            short = self._short(going.__getitem__)
            self._take(settled(self.ground, {name: visit for name, visit in places.items() if visit not in short}))
            if short or self.reached <= bound:
                return short
        return []

    def _short(self, held: Callable[[str], int]) -> list[str]:
        """Visits that some go on, but fewer than their minimum; those with the fewest first."""
        found = {visit: held(visit) for visit in self.ground.visits}
        short = [visit for visit, people in found.items() if 0 < people < self.ground.least(visit)]
        return sorted(short, key=lambda visit: found[visit])

    def _take(self, places: Places) -> None:
        reached = self.ground.signature(places)
        if reached < self.reached:
            self.best, self.reached = places, reached


def settled(ground: Ground, places: Places) -> Places:
    """The same, once nobody alone can move to a better wish on a visit that runs."""
    found, going = dict(places), ground.by_visit(places)
    moved = True
    while moved:
        moved = False
        for name in ground.parties:
            now = found.get(name)
            for visit, rank in ground.wishes[name].items():
                if rank >= ground.rank(found, name):
                    break
                stays = now is None or runs(ground, now, [each for each in going[now] if each != name])
                runs_then = runs(ground, visit, [*going[visit], name])
                if stays and runs_then and ground.fits(visit, [*going[visit], name]):
                    if now is not None:
                        going[now].remove(name)
                    going[visit].append(name)
                    found[name] = visit
                    moved = True
                    break
    return found


def _told(ground: Ground, places: Places, bound: Signature) -> Outcome:
    going = ground.by_visit(places)
    seats: dict[str, Seat] = {}
    left: dict[str, list[Bin]] = {}
    turn = {name: n for n, name in enumerate(ground.parties, 1)}
    for visit, names in going.items():
        vehicles = [each.id for each in ground.visits[visit].vehicles]
        chosen = ground.seated(visit, names) or []
        seats |= {name: Seat(visit, vehicles[n]) for name, n in zip(names, chosen, strict=True)}
        left[visit] = _left(ground, visit, names, chosen)
    given = [
        replace(_given(ground, party, seats.get(party.id), going, left), turn=turn.get(party.id, 0))
        for party in sorted(ground.question.parties, key=lambda each: each.id)
    ]
    idle = tuple(visit for visit, names in going.items() if not names and not ground.kept[visit])
    return Outcome(tuple(given), idle, ground.signature(places), bound, ground.question.seed)


def _left(ground: Ground, visit: str, names: list[str], chosen: list[int]) -> list[Bin]:
    left = list(ground.bins[visit])
    for name, n in zip(names, chosen, strict=True):
        party = ground.parties[name]
        left[n] = Bin(left[n].seats - party.people, left[n].step_free - party.step_free)
    return left


def _given(
    ground: Ground, party: Party, seat: Seat | None, going: dict[str, list[str]], left: dict[str, list[Bin]]
) -> Given:
    if party.kept is not None:
        return Given(party.id, party.kept, _wish(party, party.kept))
    rank = _wish(party, seat)
    better = [visit for n, visit in enumerate(party.wishes, 1) if visit in ground.visits and n < (rank or NONE)]
    return Given(party.id, seat, rank, tuple((visit, why_not(ground, party, visit, going, left)) for visit in better))


def _wish(party: Party, seat: Seat | None) -> int:
    return party.wishes.index(seat.visit) + 1 if seat and seat.visit in party.wishes else 0
