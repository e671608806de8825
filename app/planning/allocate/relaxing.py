"""The allocation if parties could be parted: exact where all go alone, and a bound below everything else."""

from __future__ import annotations

from dataclasses import dataclass

from app.planning.allocate.flow import Network
from app.planning.allocate.ground import NONE, Ground, Places
from app.planning.allocate.model import Signature

END = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """Which visits do not run, and which must reach their minimum; the others may go below it for now."""

    idle: frozenset[str] = frozenset()
    must: frozenset[str] = frozenset()


class Relaxed:
    """A network of people who take seats, at the least cost.

    Each person of a party flows to a visit through what its delegation may have there. People who need a step-free
    place pass through those of the visit instead, so for them the delegation's limit counts once they are placed.
    """

    def __init__(self, ground: Ground, branch: Branch) -> None:
        self.ground, self.branch = ground, branch
        base = sum(each.people for each in ground.parties.values()) + 1
        self.base = base
        self.price = {1: 0, 2: 1, 3: base, NONE: base**2}
        self.net = Network(base**3)
        self.net.node()  # the END
        self.visits = {each: self.net.node() for each in ground.visits if each not in branch.idle}
        self.doors: dict[tuple[str, str], int] = {}
        """The arc into a visit of those who need a step-free place ("", visit) or of a delegation."""
        self.last: dict[str, list[int]] = {each: self._ends(each) for each in self.visits}
        self.arcs: dict[str, dict[str, list[int]]] = {}
        """For each party the arcs to each wish; "" is going nowhere."""
        self.possible = all(self._add(each) for each in ground.parties)
        self.possible = self.possible and all(self.held(each) >= ground.least(each) for each in branch.must)

    def _ends(self, visit: str) -> list[int]:
        room, least = self.ground.room[visit], self.ground.least(visit) if visit in self.branch.must else 0
        first = min(room, least)
        ends = [self.net.arc(self.visits[visit], END, first, -(self.base**3))] if first else []
        return [*ends, self.net.arc(self.visits[visit], END, room - first)]

    def _door(self, who: str, visit: str, room: int) -> int:
        """The node before a visit through which only so many of these get."""
        if (who, visit) not in self.doors:
            self.doors[who, visit] = self.net.arc(self.net.node(), self.visits[visit], room)
        return self.net.head[self.doors[who, visit] ^ 1]

    def _add(self, name: str) -> bool:
        party, net = self.ground.parties[name], self.net
        node = net.node()
        arcs = self.arcs[name] = {"": [net.arc(node, END, party.people, self.price[NONE])]}
        for visit, rank in self.ground.wishes[name].items():
            if visit not in self.visits:
                continue
            arcs[visit] = []
            if party.people > party.step_free:
                limit = self.ground.of_delegation(party.delegation, visit)
                head = self.visits[visit] if limit is None else self._door(party.delegation, visit, limit)
                arcs[visit].append(net.arc(node, head, party.people - party.step_free, self.price[rank]))
            if party.step_free:
                places = sum(each.step_free for each in self.ground.bins[visit])
                head = self._door("", visit, places)
                arcs[visit].append(net.arc(node, head, party.step_free, self.price[rank]))
        return net.route(node, END, party.people)

    def held(self, visit: str) -> int:
        """How many people go there."""
        return sum(self.net.flow(arc) for arc in self.last.get(visit, ()))

    def flows(self, name: str) -> dict[str, int]:
        """How many of a party go where; "" is nowhere."""
        return {place: sum(self.net.flow(arc) for arc in arcs) for place, arcs in self.arcs[name].items()}

    def cost(self) -> int:
        return sum(
            self.net.flow(arc) * self.net.cost[arc]
            for each in self.arcs.values()
            for arcs in each.values()
            for arc in arcs
        )

    def signature(self) -> Signature:
        unplaced, rest = divmod(self.cost(), self.base**2)
        return unplaced, *divmod(rest, self.base)

    def fix(self, name: str, place: str) -> bool:
        """Let all of a party go there, "" being nowhere, and the rest make the best of it. False if it cannot."""
        party, net = self.ground.parties[name], self.net
        for other, arcs in self.arcs[name].items():
            if other != place and not all(net.shrink(arc, 0) for arc in arcs):
                return False
        door = self.doors.get((party.delegation, place))
        if not party.step_free or door is None:
            return True
        room = net.room[door] + net.flow(door) - party.step_free
        return room >= 0 and net.shrink(door, room)

    def places(self) -> Places:
        """Where each party goes, once all its people go to one place."""
        found = {}
        for name in self.arcs:
            ((place, _),) = ((place, count) for place, count in self.flows(name).items() if count)
            if place:
                found[name] = place
        return found
