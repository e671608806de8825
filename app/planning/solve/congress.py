"""A congress as a model: its sessions, and what it costs how they lie to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import combinations

from app.planning.facts import Where
from app.planning.model import Session
from app.planning.places import Places
from app.planning.rules import Rule, Tier
from app.planning.score import REST
from app.planning.solve.model import Linear, Var
from app.planning.solve.sessions import Chosen, Sessions

Fact = Callable[[Chosen], bool]


def _uses(room: str, free: list[str], stand: list[Where], chosen: Chosen) -> bool:
    there = [*stand, *(chosen[each].where for each in free if each in chosen)]
    return any(each.room == room for each in there)


def _ends_before(moment: int, at: Where) -> bool:
    return 0 <= moment - at.ends < REST


def _begins_after(moment: int, at: Where) -> bool:
    return 0 <= at.begins - moment < REST


def _in_room(room: str, at: Where) -> bool:
    return at.room == room


def _on_day(day: object, rooms: Collection[str], at: Where) -> bool:
    return at.day == day and at.room in rooms


def meet(one: Where, two: Where) -> bool:
    return one.begins < two.ends and two.begins < one.ends


class Congress(Sessions):
    """The model of one table of places. Costs equal those of the evaluator, tier by tier.

    With `only` given it knows nothing of the other free sessions, and its costs say what these cost at least.
    """

    def __init__(self, places: Places, only: Collection[str] | None = None) -> None:
        super().__init__(places, places.places if only is None else only)
        near = [each for each in self.facts.sessions if each in self.x or each in places.stand]
        for one, two in combinations(near, 2):
            self._beside(self.facts.sessions[one], self.facts.sessions[two])
        for theme, ids in self.scales.themes.items():
            self._theme(theme, ids)
        if only is None:
            for city, ids in self.scales.delegations.items():
                self._delegation(city, ids)
            self._idle()
        self._settle()

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
            self.once([*self.covers(one), *self.covers(two)])
            return
        both = self.bool(lambda chosen: one in chosen and two in chosen and meet(chosen[one].where, chosen[two].where))
        for moment in sorted({*self.at[one], *self.at[two]}):
            first = [var for begins, ends, var in self.covers(one) if begins <= moment < ends]
            second = [var for begins, ends, var in self.covers(two) if begins <= moment < ends]
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

    def _idle(self) -> None:
        """For each room and day, whether it is empty though the room has other days and the day other rooms."""
        points, must, rooms = self.scales.wishes.points(Rule.IDLE), self.scales.wishes.must(Rule.IDLE), self.facts.rooms
        taken = {(where.room, where.day) for where in self.table.stand.values()}
        held = {where.room for each, where in self.table.stand.items() if self.scales.counts(each)}
        there: dict[tuple[str | None, object], list[Var]] = defaultdict(list)
        for places in self.x.values():
            for place, var in places:
                there[place.where.room, place.where.day].append(var)
        days = sorted({day for open_ in self.scales.open_days.values() for day in open_}, key=str)
        busy = {day: self._used(partial(_on_day, day, rooms.keys())) for day in days if points}
        for room in rooms if points else ():
            used = self._used(partial(_in_room, room))
            for day in days:
                if day not in self.scales.open_days[room] or (room, day) in taken:
                    continue
                idle = self.bool(partial(self._is_idle, room, day))
                self.cp.add(idle + sum(there[room, day]) >= used + busy[day] - 1)
                self.costs[Tier.COMFORT].add(idle, points)
                if must and room not in held:
                    self.cp.add(idle == 0)

    def _used(self, so: Callable[[Where], bool]) -> Var:
        """Whether a session for which rooms are there is so placed."""
        counts, stand = self.scales.counts, self.table.stand
        always = any(counts(each) and so(where) for each, where in stand.items())
        used = self.bool(lambda chosen: always or any(counts(each) and so(at.where) for each, at in chosen.items()))
        if always:
            self.cp.add(used == 1)
        for each in filter(counts, self.x):
            self.cp.add(sum(var for place, var in self.x[each] if so(place.where)) <= used)
        return used

    def _is_idle(self, room: str, day: object, chosen: Chosen) -> bool:
        there = {**self.table.stand, **{each: place.where for each, place in chosen.items()}}
        return day in self.scales.idle_days(there).get(room, ())

    def _settle(self) -> None:
        """Count in what stands fixed, so that costs are the evaluator's own."""
        nothing = self.values({})
        weighed = self.scales.weigh(self.table.plan({})).tiers
        for cost, tier in zip(self.costs, Tier, strict=True):
            cost.constant = weighed[tier] - cost.value(nothing)
