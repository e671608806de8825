"""The answer: which visits run, who goes where, and what stood against the rest."""

from __future__ import annotations

from dataclasses import replace

from app.planning.allocate.exact import Exact, runs
from app.planning.allocate.fairness import fairer
from app.planning.allocate.ground import NONE, Ground, Places
from app.planning.allocate.model import Given, Outcome, Party, Question, Seat, Signature
from app.planning.allocate.packing import Bin
from app.planning.allocate.reasons import why_not
from app.planning.allocate.relaxing import Branch, Relaxed
from app.planning.allocate.rounding import rounded

BRANCHES = 40
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
    bound = search.look(Branch())
    places = fairer(ground, search.best)
    if len(ground.parties) <= few:
        exact = Exact(ground, places)
        if exact.search():
            places, bound = exact.best, exact.worth[0]
    return _told(ground, places, bound)


class _Search:
    """Over which visits run; what does not reach its minimum is left out or made to reach it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.best: Places = {}
        self.reached: Signature = ground.signature({})
        self.left = BRANCHES

    def look(self, branch: Branch) -> Signature:
        """Look at these and all below; the bound of what is possible there."""
        self.left -= 1
        relaxed = Relaxed(self.ground, branch)
        if not relaxed.possible:
            return self.reached
        bound = relaxed.signature()
        if bound >= self.reached:
            return bound
        short = self._whole(relaxed, bound)
        if not short or self.left <= 0 or set(short) & branch.must:
            return bound
        closed = self.look(replace(branch, idle=branch.idle | {short[0]}))
        return max(bound, min(closed, self.look(replace(branch, must=branch.must | {short[0]}))))

    def _whole(self, relaxed: Relaxed, bound: Signature) -> list[str]:
        """Make whole parties of it, in several ways as long as none is the best; which visits stay too small."""
        mark, small = relaxed.net.mark(), list[str]()
        for attempt in range(ATTEMPTS):
            relaxed.net.restore(mark)
            places = rounded(relaxed, attempt) or {}
            short = self._short(places)
            small = small or short
            self._take(settled(self.ground, {name: visit for name, visit in places.items() if visit not in short}))
            if small or self.reached <= bound:
                break
        return small

    def _short(self, places: Places) -> list[str]:
        """Visits below their minimum, those that want fewest first."""
        going = self.ground.by_visit(places)
        short = [visit for visit, names in going.items() if not runs(self.ground, visit, names)]
        return sorted(short, key=lambda visit: self.ground.least(visit) - self.ground.people(going[visit]))

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
