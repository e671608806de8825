"""Cities to sessions and sessions to slots as a model: two assignments that meet in the hours (one room)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from app.planning.hours import Hours
from app.planning.model import City
from app.planning.rules import Remark, Rule, Tier
from app.planning.solve.model import Known, Model, Var
from app.planning.summit import (
    FEW,
    HEADS,
    IN_THE_ROOM,
    LEAST,
    MANY,
    MOST,
    OF_ONE_REGION,
    ONLINE,
    REGIONS,
    Meeting,
    Seating,
    SummitScales,
    away,
    hours_of,
    online,
    themes_of,
)


def _speaks(pair: tuple[str, str], plan: Seating) -> bool:
    return pair in plan.cities


def _is_at(at: tuple[str, int], plan: Seating) -> bool:
    return at in plan.slots


def _off(size: int) -> int:
    return max(0, FEW - size, size - MANY)


def _left_out(meeting: str, plan: Seating) -> bool:
    return meeting not in dict(plan.slots)


class SummitModel(Model[Seating]):
    """The model of one summit. Costs equal those of the evaluator, tier by tier.

    The empty seating is always possible: what finds no place is left out at the cost of UNPLACED.
    """

    def __init__(self, scales: SummitScales) -> None:
        super().__init__()
        self.scales, self.summit = scales, scales.summit
        self.x: dict[tuple[str, str], Var] = {}
        self.t: dict[tuple[str, int], Var] = {}
        self._seats()
        self._times()
        self._slots()
        for city in self.summit.cities:
            self._city(city)
        for meeting in self.summit.meetings:
            self._company(meeting)
        self._settle()

    def _seats(self) -> None:
        """Which city in which meeting; a pinned city only where it is pinned, the host apart."""
        pins = dict(self.summit.fixed)
        for city in self.summit.cities:
            for meeting in self.summit.meetings:
                pair = city.id, meeting.id
                self.x[pair] = self.bool(partial(_speaks, pair))
                self._cost(self.x[pair], self.scales.seat(city, meeting))
                if not city.host and pins.get(city.id, meeting.id) != meeting.id:
                    self.cp.add(self.x[pair] == 0)

    def _times(self) -> None:
        """Which meeting in which slot; none while its moderator is away."""
        for meeting in self.summit.meetings:
            for n, slot in enumerate(self.summit.slots):
                at = meeting.id, n
                self.t[at] = self.bool(partial(_is_at, at))
                self._cost(self.t[at], self.scales.slot(meeting, n))
                if away(self.summit, meeting.moderator, slot):
                    self.cp.add(self.t[at] == 0)

    def _cost(self, var: Var, remarks: Iterator[Remark]) -> None:
        for each in remarks:
            self.costs[each.tier].add(var, each.cost)
            if self.scales.wishes.must(each.rule) and each.tier is not Tier.PLACED:
                self.cp.add(var == 0)

    def _slots(self) -> None:
        """Each meeting has a slot or is left out; no slot twice; the order holds."""
        count = range(len(self.summit.slots))
        for n in count:
            self.at_most_one(self.t[each.id, n] for each in self.summit.meetings)
        known = {each.id for each in self.summit.meetings}
        for meeting in self.summit.meetings:
            out = self.bool(partial(_left_out, meeting.id))
            self.cp.add_exactly_one([out, *(self.t[meeting.id, n] for n in count)])
            self.costs[Tier.PLACED].add(out, self.scales.cost(Rule.UNPLACED, 5))
            for city in self.summit.cities:
                self.at_most_one([out, self.x[city.id, meeting.id]])
            if meeting.after in known:
                for n in count:
                    later = [self.t[meeting.after, m] for m in count if m > n]
                    self.at_most_one([self.t[meeting.id, n], *later])

    def _city(self, city: City) -> None:
        """Each city where it is awake and free, as often as it speaks, once a theme."""
        mine = [self.x[city.id, each.id] for each in self.summit.meetings]
        needed = self.scales.needed(city)
        missing = self.count(needed, lambda plan: max(0, needed - len(plan.meeting_of().get(city.id, []))))
        self.cp.add(sum(mine) + missing == needed)
        self.costs[Tier.PLACED].add(missing, self.scales.cost(Rule.UNPLACED))
        for ids in themes_of(self.summit).values():
            self.at_most_one(self.x[city.id, each] for each in ids)
        if not online(city) and not city.absences:
            return
        for n, slot in enumerate(self.summit.slots):
            hours = hours_of(self.summit, city, slot)
            if hours is Hours.GOOD and not away(self.summit, city.id, slot):
                continue
            for meeting in self.summit.meetings:
                pair, at = (city.id, meeting.id), (meeting.id, n)
                if hours is Hours.BAD or away(self.summit, city.id, slot):
                    self.at_most_one([self.x[pair], self.t[at]])
                else:
                    self._edge(city, meeting, n)

    def _edge(self, city: City, meeting: Meeting, n: int) -> None:
        pair, at = (city.id, meeting.id), (meeting.id, n)
        both = self.bool(lambda plan: pair in plan.cities and at in plan.slots)
        self.cp.add(self.x[pair] + self.t[at] - 1 <= both)
        self._cost(both, self.scales.hour(city, meeting, self.summit.slots[n]))

    def _company(self, meeting: Meeting) -> None:
        """How many, how many in the room, and the mixture; a meeting with nobody breaks no size."""
        cities = self.summit.cities
        mine = {each.id: self.x[each.id, meeting.id] for each in cities}
        total = sum(mine.values())
        held = self.bool(lambda plan: bool(self._there(meeting, plan)))
        for var in mine.values():
            self.cp.add_implication(var, held)
        self.cp.add(total <= MOST)
        self.cp.add(total >= LEAST).only_enforce_if(held)
        self.cp.add(sum(mine[each.id] for each in cities if not online(each)) >= IN_THE_ROOM).only_enforce_if(held)
        heads = sum(mine[each.id] for each in cities if each.head)
        few = self.bool(lambda plan: sum(each.head for each in self._there(meeting, plan)) < HEADS)
        self.cp.add(heads + HEADS * few >= HEADS)
        self._points(few, Rule.FEW_HEADS, held)
        many = self.count(len(cities), lambda plan: max(0, sum(map(online, self._there(meeting, plan))) - ONLINE))
        self.cp.add(sum(mine[each.id] for each in cities if online(each)) - ONLINE <= many)
        self._points(many, Rule.MANY_ONLINE, held)
        off = self.count(len(cities), lambda plan: _off(len(self._there(meeting, plan))))
        self.cp.add(total + off >= FEW)
        self.cp.add(total - off <= MANY)
        self._points(off, Rule.SIZE, held)
        self._regions(meeting, held)

    def _there(self, meeting: Meeting, plan: Seating) -> list[City]:
        return [each for each in self.summit.cities if (each.id, meeting.id) in plan.cities]

    def _of(self, meeting: Meeting, region: str, plan: Seating) -> int:
        return sum(each.region == region for each in self._there(meeting, plan))

    def _over(self, meeting: Meeting, region: str, plan: Seating) -> int:
        return max(0, self._of(meeting, region, plan) - OF_ONE_REGION)

    def _regions(self, meeting: Meeting, held: Var) -> None:
        regions: dict[str, list[Var]] = defaultdict(list)
        for each in self.summit.cities:
            if each.region:
                regions[each.region].append(self.x[each.id, meeting.id])
        seen = []
        for region, members in regions.items():
            over = self.count(len(members), partial(self._over, meeting, region))
            self.cp.add(sum(members) - OF_ONE_REGION <= over)
            self._points(over, Rule.ONE_REGION, held)
            some = self.bool(partial(self._hears, meeting, region))
            self.cp.add(sum(members) >= some)
            seen.append(some)
        few = self.bool(lambda plan: sum(self._hears(meeting, each, plan) for each in regions) < REGIONS)
        self.cp.add(sum(seen) + REGIONS * few >= REGIONS)
        self._points(few, Rule.FEW_REGIONS, held)

    def _hears(self, meeting: Meeting, region: str, plan: Seating) -> bool:
        return self._of(meeting, region, plan) > 0

    def _points(self, var: Var, rule: Rule, held: Var) -> None:
        self.costs[Tier.QUALITY].add(var, self.scales.cost(rule))
        if self.scales.wishes.must(rule):
            self.cp.add(var == 0).only_enforce_if(held)

    def _settle(self) -> None:
        nothing = Seating()
        weighed = self.scales.score(nothing).tiers
        known = self.values(nothing)
        for cost, tier in zip(self.costs, Tier, strict=True):
            cost.constant = weighed[tier] - cost.value(known)

    def seating(self, known: Known) -> Seating:
        """The seating that a solution says, in the order of slots and of cities."""
        when = sorted((n, each) for (each, n), var in self.t.items() if known[var.index])
        seats = sorted(pair for pair, var in self.x.items() if known[var.index])
        return Seating(tuple((each, n) for n, each in when), tuple(seats))
