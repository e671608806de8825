"""A flow of least cost that can be changed afterwards: shortest ways by Dijkstra with potentials.

After Edmonds and Karp (1972). What no longer fits through an arc that lost room is sent another way at the least cost,
so that the flow is one of least cost after each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush


@dataclass(frozen=True, slots=True)
class Mark:
    """How a network stood."""

    room: list[int]
    potential: list[int]


class Network:
    """Nodes from 0, arcs in pairs: arc and arc ^ 1 are there and back. `room` is what still fits through."""

    def __init__(self, high: int) -> None:
        """`high` is the potential of new nodes but the first; no cost may be below -high."""
        self.high = high
        self.head: list[int] = []
        self.room: list[int] = []
        self.cost: list[int] = []
        self.out: list[list[int]] = []
        self.potential: list[int] = []

    def node(self) -> int:
        self.out.append([])
        self.potential.append(self.high if len(self.out) > 1 else 0)
        return len(self.out) - 1

    def arc(self, tail: int, head: int, room: int, cost: int = 0) -> int:
        """A new arc, which must not be one that pays: its cost by potentials is 0 at least."""
        for start, end, fits, price in ((tail, head, room, cost), (head, tail, 0, -cost)):
            self.out[start].append(len(self.head))
            self.head.append(end)
            self.room.append(fits)
            self.cost.append(price)
        return len(self.head) - 2

    def flow(self, arc: int) -> int:
        return self.room[arc ^ 1]

    def mark(self) -> Mark:
        return Mark(self.room[:], self.potential[:])

    def restore(self, mark: Mark) -> None:
        self.room, self.potential = mark.room[:], mark.potential[:]

    def route(self, source: int, target: int, amount: int) -> bool:
        """Send so much at the least cost. False where it does not all fit; restore a mark then."""
        while amount:
            way = self._way(source, target)
            if way is None:
                return False
            pushed = min(amount, *(self.room[arc] for arc in way)) if way else amount
            for arc in way:
                self.room[arc] -= pushed
                self.room[arc ^ 1] += pushed
            amount -= pushed
        return True

    def shrink(self, arc: int, room: int) -> bool:
        """Let no more than this through, and send the rest another way. False where there is none."""
        excess = max(0, self.flow(arc) - room)
        self.room[arc ^ 1] -= excess
        self.room[arc] = room - self.flow(arc)
        return self.route(self.head[arc ^ 1], self.head[arc], excess)

    def _way(self, source: int, target: int) -> list[int] | None:
        """The arcs of a shortest way. Potentials follow, so that no arc with room costs less than nothing by them."""
        potential, room, cost, heads, out = self.potential, self.room, self.cost, self.head, self.out
        distance, by, done = {source: 0}, {}, []
        heap = [(0, source)]
        settled = set()
        while heap:
            far, node = heappop(heap)
            if node in settled:
                continue
            settled.add(node)
            if node == target:
                break
            done.append(node)
            base = far + potential[node]
            for arc in out[node]:
                if room[arc]:
                    head = heads[arc]
                    reach = base + cost[arc] - potential[head]
                    if head not in settled and reach < distance.get(head, reach + 1):
                        distance[head] = reach
                        by[head] = arc
                        heappush(heap, (reach, head))
        else:
            return None
        for node in done:
            potential[node] += distance[node] - far
        return self._back(by, source, target)

    def _back(self, by: dict[int, int], source: int, target: int) -> list[int]:
        way, node = [], target
        while node != source:
            way.append(by[node])
            node = self.head[by[node] ^ 1]
        return way
