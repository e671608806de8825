"""The fewest moves that make a plan possible again, where few suffice: found and proven without a solver.

What has become impossible must move, one of each two that clash must, and whoever stands where somebody moved goes must
make way: every mended plan that moves nobody in vain comes about like that. All that move the least number are
searched, then all that move one more, until there is one; of those the cheapest is taken. Whoever has the fewest places
left is placed first. (Iterative deepening over ejection chains: Korf, "Depth-first iterative-deepening", Artificial
Intelligence, 1985; Glover, "Ejection chains, reference structures and alternating path methods for traveling salesman
problems", Discrete Applied Mathematics, 1996.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.planning.facts import Where
from app.planning.kinds import HARD, Conflict
from app.planning.model import Pin, Placing
from app.planning.places import Place, Places
from app.planning.rules import Rule, Tier

Cost = tuple[int, int]
"""In the tiers of changes and of quality."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The fewest moves, and a plan with them: no plan, if time ran out before one was found.

    `cheapest` tells that no other plan of so few moves costs less.
    """

    moves: int
    plan: tuple[Placing, ...] = ()
    cheapest: bool = False


def mend(table: Places, broken: Iterable[Conflict], late: Callable[[bool], bool]) -> Mended:
    """Mend the plan of this table, in which everything is fixed, until `late` says that time is out.

    `late` is told whether there is a plan already that moves the fewest.

    Rules that stand at must and concern more than two sessions are not heeded; callers see to it that there are none.
    """
    search = _Search(table, broken, late)
    count = len(search.impossible) + bool(search.pairs)
    whole = False
    try:
        while count <= len(search.movable):
            search.deepen(count)
            whole = search.best is not None
            if whole:
                break
            count += 1
    except _Late:
        pass
    best = search.best
    if best is None:
        return Mended(count)
    plan = tuple(
        Placing(each, best[each].where.start, best[each].where.room) if each in best else stood
        for each, stood in table.now.items()
    )
    return Mended(count, plan, whole)


@dataclass(frozen=True, slots=True)
class _Option:
    """A place, who stands in its way, and its own cost."""

    place: Place
    way: frozenset[str]
    cost: Cost


_Open = Mapping[str, tuple[_Option, ...]]
"""Who is to be placed, and where each may still go, the cheapest first."""


class _Late(Exception):
    """Time is out."""


class _Search:
    """One plan to be mended, by so many moves at most."""

    def __init__(self, table: Places, broken: Iterable[Conflict], late: Callable[[bool], bool]) -> None:
        self.table, self.scales, self.sessions, self.late = table, table.scales, table.facts.sessions, late
        self.movable = {each for each in table.stand if self.sessions[each].pin is not Pin.PLACE}
        clash = {frozenset(each.sessions) & self.movable for each in broken if each.kind in HARD}
        self.impossible = sorted({each for some in clash if len(some) == 1 for each in some})
        self.pairs = [some for some in clash if len(some) == 2 and some.isdisjoint(self.impossible)]
        self.pairs.sort(key=sorted)
        self.best: dict[str, Place] | None = None
        self._least: Cost = (0, 0)
        self._there: dict[str, Where] = dict(table.stand)
        """Where everybody is who is not to be placed."""
        self._out: set[str] = set()
        """Who has been moved, or is to be."""
        self._moved: dict[str, Place] = {}
        self._cost: Cost = (0, 0)
        self._options: dict[str, tuple[_Option, ...]] = {}
        self._joins = self.scales.wishes.points(Rule.SCATTERED)
        self._dear = max((self._own(each)[0] for each in self.movable), default=0)
        self._most = 0

    def deepen(self, count: int) -> None:
        """Find the cheapest plan that moves no more than so many. Raises _Late."""
        self._most = count
        for each in self.impossible:
            self._lift(each)
        self._look({each: self._open(each) for each in self.impossible})
        for each in reversed(self.impossible):
            self._put_back(each)

    def _look(self, places: _Open) -> None:
        if self.late(self.best is not None):
            raise _Late
        if not all(places.values()) or self._hopeless(places):
            return
        pair = next((each for each in self.pairs if self._out.isdisjoint(each)), None)
        if pair is not None:
            for each in sorted(pair) if self._left else ():
                self._lift(each)
                self._look({**self._narrowed(places), each: self._open(each)})
                self._put_back(each)
        elif places:
            self._place(min(places, key=lambda each: (len(places[each]), each)), places)
        else:
            self.best, self._least = dict(self._moved), self._cost

    def _place(self, mine: str, places: _Open) -> None:
        """Try each place of one session, the cheapest first, and see who must make way."""
        rest = {each: options for each, options in places.items() if each != mine}
        for option in places[mine]:
            if self._dearer(option.cost[0], rest):
                break
            way = sorted(option.way - self._out)
            if len(way) > self._left:
                continue
            for each in way:
                self._lift(each)
            before = self._cost
            where = option.place.where
            self._add(option.cost[0], option.cost[1] + self._company(mine, where))
            self._there[mine], self._moved[mine] = where, option.place
            self._look({**self._narrowed(rest, mine), **{each: self._open(each) for each in way}})
            del self._there[mine], self._moved[mine]
            self._cost = before
            for each in reversed(way):
                self._put_back(each)

    @property
    def _left(self) -> int:
        """So many more may move."""
        return self._most - len(self._out)

    def _hopeless(self, places: _Open) -> bool:
        """Whether nothing better can come of this; who moves later may take its cost with it."""
        if self.best is None or self._left:
            return self._dearer(0, places)
        changes = self._cost[0] + sum(options[0].cost[0] for options in places.values())
        quality = self._cost[1] + sum(min(each.cost[1] for each in options) for options in places.values())
        return (changes, quality - self._joins * len(places)) >= self._least

    def _dearer(self, changes: int, places: _Open) -> bool:
        """Whether with these changes more the plan costs more of them than the best, wherever the others go."""
        if self.best is None:
            return False
        changes += self._cost[0] + sum(options[0].cost[0] for options in places.values())
        return changes - self._left * self._dear > self._least[0]

    def _narrowed(self, places: _Open, by: str | None = None) -> dict[str, tuple[_Option, ...]]:
        """The places left after the last move: those that it does not spoil and that do not ask for too many more."""
        at = self._moved[by].where if by else None
        return {
            each: tuple(
                option
                for option in options
                if len(option.way - self._out) <= self._left
                and (at is None or by is None or not self.table.clash(by, at, each, option.place.where))
            )
            for each, options in places.items()
        }

    def _open(self, mine: str) -> tuple[_Option, ...]:
        """The places of somebody who has just been lifted."""
        if mine not in self._options:
            self._options[mine] = tuple(sorted(self._every(mine), key=lambda each: each.cost))
        return tuple(
            option
            for option in self._options[mine]
            if len(option.way - self._out) <= self._left
            and not any(self.table.clash(by, at.where, mine, option.place.where) for by, at in self._moved.items())
        )

    def _every(self, mine: str) -> list[_Option]:
        stood, stand, found = self.table.now[mine], self.table.stand, []
        for place in self.table.could(mine):
            where = place.where
            if (where.start, where.room) == (stood.start, stood.room):
                continue
            near = self.table.near(mine, where)
            way = frozenset(each for each in near if self.table.clash(each, stand[each], mine, where))
            if way <= self.movable:
                found.append(_Option(place, way, (place.cost[Tier.CHANGES], place.cost[Tier.QUALITY])))
        return found

    def _own(self, mine: str) -> Cost:
        """What it costs that a session stands where it stood, apart from its neighbours."""
        session, where = self.sessions[mine], self.table.stand[mine]
        remarks = (*self.scales.at_time(session, where), *self.scales.in_room(session, where.room))
        sums = dict.fromkeys(Tier, 0)
        for each in (*remarks, *self.scales.moved(session, where)):
            sums[each.tier] += each.cost
        return sums[Tier.CHANGES], sums[Tier.QUALITY]

    def _company(self, mine: str, where: Where) -> int:
        """What the quality of the plan loses when a session comes here."""
        session, there = self.sessions[mine], self._there
        beside = (each for each, at in there.items() if at.begins < where.ends and where.begins < at.ends)
        pairs = sum(remark.cost for each in beside for remark in self.scales.at_once(session, self.sessions[each]))
        after = sum(each.cost for each in self.scales.together(session, {**there, mine: where}))
        return pairs + after - sum(each.cost for each in self.scales.together(session, there))

    def _add(self, changes: int, quality: int) -> None:
        self._cost = self._cost[0] + changes, self._cost[1] + quality

    def _lift(self, mine: str) -> None:
        where = self._there.pop(mine)
        changes, quality = self._own(mine)
        self._add(-changes, -quality - self._company(mine, where))
        self._out.add(mine)

    def _put_back(self, mine: str) -> None:
        where = self.table.stand[mine]
        changes, quality = self._own(mine)
        self._add(changes, quality + self._company(mine, where))
        self._there[mine] = where
        self._out.discard(mine)
