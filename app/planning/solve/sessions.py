"""Sessions to start and room as a model: one yes or no for every place a session may have, and what must not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import combinations

from app.planning.facts import Where
from app.planning.model import Placing, Session
from app.planning.places import Place, Places
from app.planning.rules import Tier
from app.planning.solve.model import Known, Model, Var

Chosen = dict[str, Place]
"""Where each free session is placed; one that is left out is not in it."""
Covered = tuple[int, int, Var]
"""From minute to minute, if this is so."""


def _stands(session: str, place: Place, chosen: Chosen) -> bool:
    return chosen.get(session) is place


def _begins_at(session: str, begins: int, chosen: Chosen) -> bool:
    return session in chosen and chosen[session].where.begins == begins


class Sessions(Model[Chosen]):
    """The places of these sessions, with what each costs by itself, and the hard rules of them."""

    def __init__(self, places: Places, which: Collection[str]) -> None:
        super().__init__()
        self.table, self.facts, self.scales = places, places.facts, places.scales
        self.x: dict[str, list[tuple[Place, Var]]] = {}
        self.at: dict[str, dict[int, tuple[Where, Var]]] = {}
        self.out: dict[str, Var] = {}
        for each in which:
            self._session(self.facts.sessions[each])
        self.blocks = {each for each in self.x if self.facts.children.get(each)}
        self._rooms()
        self._people()
        self._walking()
        self._plenaries()
        self._ties()

    def _session(self, session: Session) -> None:
        """One place or none; and a variable for each start, whatever the room."""
        mine = session.id
        self.x[mine] = []
        by_start: dict[int, list[tuple[Place, Var]]] = defaultdict(list)
        for place in self.table.places[mine]:
            var = self.bool(partial(_stands, mine, place))
            self.x[mine].append((place, var))
            by_start[place.where.begins].append((place, var))
            for tier in Tier:
                self.costs[tier].add(var, place.cost[tier], self.part(mine))
        self.out[mine] = self.bool(lambda chosen: mine not in chosen)
        left_out = sum(each.cost for each in self.scales.unplaced(session))
        self.costs[Tier.PLACED].add(self.out[mine], left_out, self.part(mine))
        self.cp.add_exactly_one([*(var for _, var in self.x[mine]), self.out[mine]])
        self.at[mine] = {}
        for begins, group in by_start.items():
            start = self.bool(partial(_begins_at, mine, begins))
            self.cp.add(sum(var for _, var in group) == start)
            self.at[mine][begins] = group[0][0].where, start

    def part(self, session: str) -> str:
        """The theme whose sessions lie to each other as rules ask, and so are a part of each cost."""
        facts = self.facts.sessions[session]
        return "" if facts.parent else facts.theme

    def covers(self, session: str) -> Iterator[Covered]:
        for where, var in self.at[session].values():
            yield where.begins, where.ends, var

    def once(self, covered: Iterable[Covered]) -> None:
        """At most one of them at any time: it is enough to look where one begins."""
        every = list(covered)
        for moment in sorted({begins for begins, _, _ in every}):
            self.at_most_one(var for begins, ends, var in every if begins <= moment < ends)

    def _groups(self, sessions: list[str]) -> Iterator[list[str]]:
        """Those who must not meet: all that are no block, all blocks, and each block with what is not its own."""
        leaves = [each for each in sessions if each not in self.blocks]
        yield leaves
        blocks = [each for each in sessions if each in self.blocks]
        yield blocks
        for block in blocks:
            yield [block, *(each for each in leaves if each not in self.facts.cards[block].family)]

    def _rooms(self) -> None:
        for room in self.facts.rooms.values():
            for group in self._groups(list(self.x)):
                self.once(
                    (place.where.begins, place.where.ends + room.changeover, var)
                    for each in group
                    for place, var in self.x[each]
                    if place.where.room == room.id
                )

    def _people(self) -> None:
        of_key: dict[str, list[str]] = defaultdict(list)
        for each in self.x:
            for key in sorted(self.table.keys[each]):
                of_key[key].append(each)
        self.of_key = {key: sessions for key, sessions in of_key.items() if len(sessions) > 1}
        for sessions in self.of_key.values():
            for group in self._groups(sessions):
                self.once(covered for each in group for covered in self.covers(each))

    def _walking(self) -> None:
        """Nobody is in one building while they need that time to come from another."""
        if not self.facts.buildings:
            return
        building = {room.id: room.building for room in self.facts.rooms.values()}
        pairs = [(a, b) for a in sorted(set(building.values())) for b in sorted(set(building.values())) if a != b]
        for key, sessions in self.of_key.items():
            there = [
                (each, building.get(place.where.room or "", ""), place.where, var)
                for each in sessions
                if each not in self.blocks and self.facts.cards[each].keys[key][2]
                for place, var in self.x[each]
            ]
            for left, reached in pairs:
                for mine in sorted({each for each, at, _, _ in there if at == left}):
                    self._apart(mine, left, reached, there)

    def _apart(self, mine: str, left: str, reached: str, there: list[tuple[str, str, Where, Var]]) -> None:
        """The way from one session in one building, against all others in the other."""
        way = self.table.problem.walking
        late = [(at.begins, at.ends + way, var) for each, b, at, var in there if each == mine and b == left]
        here = [(at.begins, at.ends, var) for each, b, at, var in there if each != mine and b == reached]
        if here:
            self.once([*late, *here])

    def _plenaries(self) -> None:
        for mine in self.x:
            if not self.facts.sessions[mine].alone:
                continue
            for other in self.x:
                if other != mine and other not in self.facts.cards[mine].family:
                    self.once([*self.covers(mine), *self.covers(other)])

    def _ties(self) -> None:
        """Order, same day, kept apart, within the block: no two starts that break it."""
        for one, two in combinations(self.x, 2):
            if two not in self.facts.cards[one].linked:
                continue
            for here, first in self.at[one].values():
                for there, second in self.at[two].values():
                    if self.table.clash(one, _nowhere(here), two, _nowhere(there)):
                        self.cp.add_at_most_one([first, second])

    def chosen(self, plan: Iterable[Placing]) -> Chosen:
        """A plan as places of this table; what stands where it may not is left out."""
        wanted = {each.session: (each.start, each.room) for each in plan}
        found = {}
        for each, places in self.x.items():
            for place, _ in places:
                if (place.where.start, place.where.room) == wanted.get(each):
                    found[each] = place
        return found

    def plan(self, known: Known) -> tuple[Placing, ...]:
        """The plan that a solution says."""
        return self.table.plan(
            {each: place for each, places in self.x.items() for place, var in places if known[var.index]}
        )


def _nowhere(where: Where) -> Where:
    """The same time without a room, to ask only what a time decides."""
    return Where(where.start, where.end, where.begins, where.ends, where.day, None)
