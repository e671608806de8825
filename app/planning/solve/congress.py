"""Sessions to start and room as a model: one yes or no for every place a session may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import combinations

from app.planning.facts import Where
from app.planning.model import LEISURE, Placing, Session
from app.planning.places import Place, Places
from app.planning.rules import Rule, Tier
from app.planning.score import REST
from app.planning.solve.model import Known, Linear, Model, Var

Chosen = dict[str, Place]
"""Where each free session is placed; one that is left out is not in it."""
Covered = tuple[int, int, Var]
"""From minute to minute, if this is so."""
Fact = Callable[[Chosen], bool]


def _stands(session: str, place: Place, chosen: Chosen) -> bool:
    return chosen.get(session) is place


def _begins_at(session: str, begins: int, chosen: Chosen) -> bool:
    return session in chosen and chosen[session].where.begins == begins


def _uses(room: str, free: list[str], stand: list[Where], chosen: Chosen) -> bool:
    there = [*stand, *(chosen[each].where for each in free if each in chosen)]
    return any(each.room == room for each in there)


def _ends_before(moment: int, at: Where) -> bool:
    return 0 <= moment - at.ends < REST


def _begins_after(moment: int, at: Where) -> bool:
    return 0 <= at.begins - moment < REST


def meet(one: Where, two: Where) -> bool:
    return one.begins < two.ends and two.begins < one.ends


class Congress(Model[Chosen]):
    """The model of one table of places. Costs equal those of the evaluator, tier by tier.

    With `only` given it knows nothing of the other free sessions, and its costs say what these cost at least.
    """

    def __init__(self, places: Places, only: Collection[str] | None = None) -> None:
        super().__init__()
        self.table, self.facts, self.scales = places, places.facts, places.scales
        self.x: dict[str, list[tuple[Place, Var]]] = {}
        self.at: dict[str, dict[int, tuple[Where, Var]]] = {}
        self.out: dict[str, Var] = {}
        for each in places.places if only is None else only:
            self._session(self.facts.sessions[each])
        self.blocks = {each for each in self.x if self.facts.children.get(each)}
        self._rooms()
        self._people()
        self._walking()
        self._plenaries()
        self._ties()
        near = [each for each in self.facts.sessions if each in self.x or each in places.stand]
        for one, two in combinations(near, 2):
            self._beside(self.facts.sessions[one], self.facts.sessions[two])
        for theme, ids in self.scales.themes.items():
            self._theme(theme, ids)
        if only is None:
            for city, ids in self.scales.delegations.items():
                self._delegation(city, ids)
            for room in self.facts.rooms:
                self._idle(room)
        self._settle()

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

    def _covers(self, session: str) -> Iterator[Covered]:
        for where, var in self.at[session].values():
            yield where.begins, where.ends, var

    def _once(self, covered: Iterable[Covered]) -> None:
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
                self._once(
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
                self._once(covered for each in group for covered in self._covers(each))

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
            self._once([*late, *here])

    def _plenaries(self) -> None:
        for mine in self.x:
            if not self.facts.sessions[mine].alone:
                continue
            for other in self.x:
                if other != mine and other not in self.facts.cards[mine].family:
                    self._once([*self._covers(mine), *self._covers(other)])

    def _ties(self) -> None:
        """Order, same day, kept apart, within the block: no two starts that break it."""
        for one, two in combinations(self.x, 2):
            if two not in self.facts.cards[one].linked:
                continue
            for here, first in self.at[one].values():
                for there, second in self.at[two].values():
                    if self.table.clash(one, _nowhere(here), two, _nowhere(there)):
                        self.cp.add_at_most_one([first, second])

    def _beside(self, one: Session, two: Session) -> None:
        """What it costs, or that it must not be, that two run at the same time."""
        remarks = list(self.scales.at_once(one, two))
        if not remarks:
            return
        never = any(self.scales.wishes.must(each.rule) for each in remarks)
        if one.id in self.x and two.id in self.x:
            self._both_free(one.id, two.id, [(each.tier, each.cost) for each in remarks], never)
        for mine, other in ((one.id, two.id), (two.id, one.id)):
            if mine in self.x and other in self.table.stand:
                for where, var in self.at[mine].values():
                    for each in remarks if meet(where, self.table.stand[other]) else ():
                        self.costs[each.tier].add(var, each.cost, self.part(mine))

    def _both_free(self, one: str, two: str, costs: list[tuple[Tier, int]], never: bool) -> None:
        if never:
            self._once([*self._covers(one), *self._covers(two)])
            return
        both = self.bool(lambda chosen: one in chosen and two in chosen and meet(chosen[one].where, chosen[two].where))
        for moment in sorted({*self.at[one], *self.at[two]}):
            first = [var for begins, ends, var in self._covers(one) if begins <= moment < ends]
            second = [var for begins, ends, var in self._covers(two) if begins <= moment < ends]
            if first and second:
                self.cp.add(sum(first) + sum(second) - 1 <= both)
        part = self.part(one) if self.part(one) == self.part(two) else ""
        for tier, cost in costs:
            self.costs[tier].add(both, cost, part)

    def _theme(self, theme: str, ids: list[str]) -> None:
        """A theme's rooms, and its rows of neighbouring bands; the first of each is free."""
        free = [each for each in ids if each in self.x]
        if not free:
            return
        stand = [self.table.stand[each] for each in ids if each in self.table.stand]
        rooms, scattered = self.scales.wishes.points(Rule.THEME_ROOMS), self.scales.wishes.points(Rule.SCATTERED)
        if rooms:
            least = len({each.room for each in stand} & self.facts.rooms.keys())
            self._limit(theme, Rule.THEME_ROOMS, rooms, list(self._theme_rooms(free, stand)), least)
        if scattered:
            least = self.scales.runs(stand)
            self._limit(theme, Rule.SCATTERED, scattered, list(self._theme_rows(free, stand)), least)

    def _limit(self, theme: str, rule: Rule, points: int, found: list[tuple[Var, Fact]], least: int) -> None:
        """Each but the first costs; where the slider is at must there is no other, unless pins have made it so."""
        cost: Linear = self.costs[Tier.QUALITY]
        counted = [var for var, _ in found]
        some = self.bool(lambda chosen: any(fact(chosen) for _, fact in found))
        for var in counted:
            cost.add(var, points, theme)
        cost.add(some, -points, theme)
        self.cp.add(sum(counted) >= some)
        if self.scales.wishes.must(rule):
            self.cp.add(sum(counted) <= max(1, least))

    def _theme_rooms(self, free: list[str], stand: list[Where]) -> Iterator[tuple[Var, Fact]]:
        for room in self.facts.rooms:
            fact = partial(_uses, room, free, stand)
            used = self.bool(fact)
            if any(each.room == room for each in stand):
                self.cp.add(used == 1)
            for each in free:
                here = [var for place, var in self.x[each] if place.where.room == room]
                if here:
                    self.cp.add(sum(here) <= used)
            yield used, fact

    def _theme_rows(self, free: list[str], stand: list[Where]) -> Iterator[tuple[Var, Fact]]:
        """For each band a variable that says a row of the theme's bands begins here."""
        fixed = {n for where in stand for n in self.scales.touched(where)}
        by_band: dict[int, list[tuple[str, Var]]] = defaultdict(list)
        for each in free:
            for where, var in self.at[each].values():
                for n in self.scales.touched(where):
                    by_band[n].append((each, var))
        before: Var | None = None
        for n in range(len(self.scales.bands)):
            held = self._held(n, free, fixed, by_band[n])
            fact = partial(self._begins, n, free, fixed)
            begins = self.bool(fact)
            self.cp.add(begins >= held - (before if before is not None else 0))
            before = held
            yield begins, fact

    def _held(self, n: int, free: list[str], fixed: set[int], covering: list[tuple[str, Var]]) -> Var:
        held = self.bool(lambda chosen: n in self._bands(chosen, free, fixed))
        if n in fixed:
            self.cp.add(held == 1)
            return held
        for each in free:
            here = [var for session, var in covering if session == each]
            if here:
                self.cp.add(sum(here) <= held)
        self.cp.add(held <= sum(var for _, var in covering))
        return held

    def _bands(self, chosen: Chosen, free: list[str], fixed: set[int]) -> set[int]:
        return fixed | {n for each in free if each in chosen for n in self.scales.touched(chosen[each].where)}

    def _begins(self, n: int, free: list[str], fixed: set[int], chosen: Chosen) -> bool:
        bands = self._bands(chosen, free, fixed)
        return n in bands and n - 1 not in bands

    def _delegation(self, city: str, ids: list[str]) -> None:
        """For each session, whether another of the delegation ends just before it and one begins just after."""
        points = self.scales.wishes.points(Rule.IN_A_ROW)
        free = [each for each in ids if each in self.x]
        stand = {each: self.table.stand[each] for each in ids if each in self.table.stand}
        if not points or not free or len(free) + len(stand) < 3:
            return
        ends: dict[int, Var] = {}
        begins: dict[int, Var] = {}
        for mine in (*free, *stand):
            fact = partial(self._between, city, mine, free, stand)
            between = self.bool(fact)
            self.costs[Tier.QUALITY].add(between, points)
            if self.scales.wishes.must(Rule.IN_A_ROW) and not fact({}):
                self.cp.add(between == 0)
            for where, var in self.at[mine].values() if mine in self.at else [(stand[mine], None)]:
                first, last = where.begins, where.ends
                if first not in ends:
                    ends[first] = self._some(free, stand, partial(_ends_before, first))
                if last not in begins:
                    begins[last] = self._some(free, stand, partial(_begins_after, last))
                self.cp.add((1 if var is None else var) + ends[first] + begins[last] - 2 <= between)

    def _between(self, city: str, mine: str, free: list[str], stand: dict[str, Where], chosen: Chosen) -> bool:
        there = {**stand, **{each: chosen[each].where for each in free if each in chosen}}
        return any(each.sessions[1] == mine for each in self.scales.rows(city, there))

    def _some(self, free: list[str], stand: dict[str, Where], near: Callable[[Where], bool]) -> Var:
        """Whether any of these sessions is so."""
        always = any(map(near, stand.values()))
        some = self.bool(lambda chosen: always or any(near(chosen[each].where) for each in free if each in chosen))
        for each in free:
            for where, var in self.at[each].values():
                if near(where):
                    self.cp.add_implication(var, some)
        if always:
            self.cp.add(some == 1)
        return some

    def _idle(self, room: str) -> None:
        """For each day on which the room is open, whether nothing is there although it is used on others."""
        points = self.scales.wishes.points(Rule.IDLE)
        here = [(each, place, var) for each in self.x for place, var in self.x[each] if place.where.room == room]
        stand = {each: where for each, where in self.table.stand.items() if where.room == room}
        if not points or not here:
            return
        always = any(self._counts(each) for each in stand)
        used = self.bool(lambda chosen: always or any(self._counts(each) for each in self._in(room, chosen)))
        if always:
            self.cp.add(used == 1)
        for mine in {each for each, _, _ in here if self._counts(each)}:
            self.cp.add(sum(var for each, _, var in here if each == mine) <= used)
        for day in sorted(self.scales.open_days[room] - {where.day for where in stand.values()}, key=str):
            idle = self.bool(partial(self._is_idle, room, day, always))
            self.cp.add(idle + sum(var for _, place, var in here if place.where.day == day) >= used)
            self.costs[Tier.COMFORT].add(idle, points)
            if self.scales.wishes.must(Rule.IDLE) and not always:
                self.cp.add(idle == 0)

    def _counts(self, session: str) -> bool:
        return self.facts.sessions[session].kind not in LEISURE

    def _in(self, room: str, chosen: Chosen) -> dict[str, Where]:
        return {each: place.where for each, place in chosen.items() if place.where.room == room}

    def _is_idle(self, room: str, day: object, always: bool, chosen: Chosen) -> bool:
        there = self._in(room, chosen)
        used = always or any(map(self._counts, there))
        return used and all(where.day != day for where in there.values())

    def _settle(self) -> None:
        """Count in what stands fixed, so that costs are the evaluator's own."""
        nothing = self.values({})
        weighed = self.scales.weigh(self.table.plan({})).tiers
        for cost, tier in zip(self.costs, Tier, strict=True):
            cost.constant = weighed[tier] - cost.value(nothing)

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
