"""A summit in one room, as G-NETS holds it: which cities speak in which session, and which session comes when.

Each city speaks once, the host once in each theme. What the rules cost stands in `rules`; cities that only send a video
have no seat here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.planning.hours import STANDARD, Hours, verdict
from app.planning.kinds import Conflict, Kind, found
from app.planning.model import City, Limits, Mode, Person, Span
from app.planning.rules import Remark, Rule, Wishes
from app.planning.score import NO_WISHES, Score

LEAST, MOST, IN_THE_ROOM = 4, 7, 3
"""Cities in a session, and how many of them at the venue; the host counts."""
FEW, MANY = 5, 6
REGIONS, OF_ONE_REGION, HEADS, ONLINE = 3, 3, 2, 2


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session to be filled; `after` must come before it."""

    id: str
    theme: str
    moderator: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Summit:
    """The question: meetings, as many slots in order, and the cities that speak live.

    A city's modes say how it joins; one of both ways (to be confirmed) has to be awake, but does not fill the room.
    """

    meetings: tuple[Meeting, ...]
    slots: tuple[Span, ...]
    cities: tuple[City, ...]
    people: tuple[Person, ...] = ()
    limits: Limits = STANDARD
    fixed: tuple[tuple[str, str], ...] = ()
    """(city, meeting) that an organiser pinned."""


@dataclass(frozen=True, slots=True)
class Seating:
    """The answer: (meeting, number of its slot) and (city, meeting)."""

    slots: tuple[tuple[str, int], ...] = ()
    cities: tuple[tuple[str, str], ...] = ()

    def meeting_of(self) -> dict[str, list[str]]:
        """The meetings of each city."""
        found: dict[str, list[str]] = {}
        for city, meeting in self.cities:
            found.setdefault(city, []).append(meeting)
        return found


def online(city: City) -> bool:
    """Whether it joins from home, or may."""
    return Mode.ONLINE in city.modes


def themes_of(summit: Summit) -> dict[str, list[str]]:
    """The meetings of each theme."""
    found: dict[str, list[str]] = {}
    for meeting in summit.meetings:
        found.setdefault(meeting.theme, []).append(meeting.id)
    return found


def hours_of(summit: Summit, city: City, slot: Span) -> Hours:
    """How the slot is for a city; always good for those who come."""
    return verdict(slot.start, slot.end, city.zone, summit.limits) if online(city) else Hours.GOOD


def away(summit: Summit, who: str, slot: Span) -> bool:
    """Whether a city or a moderator cannot be there in this slot."""
    known = [each for each in (*summit.cities, *summit.people) if each.id == who]
    return any(absence.span.meets(slot) for each in known for absence in each.absences)


class SummitScales:
    """Weighs seatings of one summit, against the seating that was told."""

    def __init__(self, summit: Summit, wishes: Wishes = NO_WISHES, told: Seating | None = None) -> None:
        self.summit, self.wishes, self.told = summit, wishes, told
        self.cities = {each.id: each for each in summit.cities}
        self.meetings = {each.id: each for each in summit.meetings}
        self._was = {} if told is None else told.meeting_of()
        self._when = {} if told is None else dict(told.slots)

    def cost(self, rule: Rule, times: int = 1) -> int:
        return self.wishes.points(rule) * times

    def _remark(self, rule: Rule, times: int, meeting: str, who: str = "") -> Iterator[Remark]:
        cost = self.cost(rule, times)
        if cost > 0:
            yield Remark(rule, cost, (meeting,) if meeting else (), (who,) if who else ())

    def wish(self, city: City, meeting: Meeting) -> Iterator[Remark]:
        """A second theme costs one, a later one two, one that was not asked for three."""
        if city.host or not city.wishes or meeting.theme == city.wishes[0]:
            return
        asked = meeting.theme in city.wishes
        times = min(city.wishes.index(meeting.theme), 2) if asked else 3
        yield from self._remark(Rule.WISH, times, meeting.id, city.id)

    def seat(self, city: City, meeting: Meeting) -> Iterator[Remark]:
        """What it costs that a city speaks in this meeting."""
        yield from self.wish(city, meeting)
        if city.id in self._was and meeting.id not in self._was[city.id]:
            yield from self._remark(Rule.RESEATED, 1, meeting.id, city.id)

    def hour(self, city: City, meeting: Meeting, slot: Span) -> Iterator[Remark]:
        """What the hour costs a city."""
        if hours_of(self.summit, city, slot) is Hours.TOLERABLE:
            yield from self._remark(Rule.EDGE_HOURS, 2 if city.head else 1, meeting.id, city.id)

    def slot(self, meeting: Meeting, number: int) -> Iterator[Remark]:
        """What it costs that a meeting is not when it was told."""
        if meeting.id in self._when and self._when[meeting.id] != number:
            yield from self._remark(Rule.RETIMED, 1, meeting.id)

    def company(self, meeting: Meeting, cities: Iterable[City]) -> Iterator[Remark]:
        """What the mixture of cities costs."""
        there = list(cities)
        regions = Counter(each.region for each in there if each.region)
        yield from self._remark(Rule.ONE_REGION, sum(max(0, n - OF_ONE_REGION) for n in regions.values()), meeting.id)
        yield from self._remark(Rule.FEW_REGIONS, int(len(regions) < REGIONS), meeting.id)
        yield from self._remark(Rule.FEW_HEADS, int(sum(each.head for each in there) < HEADS), meeting.id)
        yield from self._remark(Rule.MANY_ONLINE, max(0, sum(map(online, there)) - ONLINE), meeting.id)
        yield from self._remark(Rule.SIZE, max(0, FEW - len(there), len(there) - MANY), meeting.id)

    def remarks(self, seating: Seating) -> Iterator[Remark]:
        """Everything a seating does not meet."""
        when, seats = self.times(seating), seating.meeting_of()
        for each in self.summit.cities:
            missing = self.needed(each) - len(seats.get(each.id, []))
            yield from self._remark(Rule.UNPLACED, max(0, missing), "", each.id)
        for meeting in self.summit.meetings:
            there = self.there(meeting, seating)
            yield from self.company(meeting, there)
            if meeting.id not in when:
                yield from self._remark(Rule.UNPLACED, 5, meeting.id)
                continue
            yield from self.slot(meeting, when[meeting.id])
            for city in there:
                yield from self.seat(city, meeting)
                yield from self.hour(city, meeting, self.summit.slots[when[meeting.id]])

    def needed(self, city: City) -> int:
        """How often a city speaks."""
        return len(themes_of(self.summit)) if city.host else 1

    def broken(self, seating: Seating) -> Iterator[Conflict]:
        """Hard rules that a seating breaks: bad hours, somebody away, order, one slot twice, too few or many cities."""
        when = self.times(seating)
        for number, times in Counter(when.values()).items():
            if times > 1:
                yield found(Kind.ROOM_TWICE, *sorted(each for each, slot in when.items() if slot == number))
        for meeting in self.summit.meetings:
            yield from self._broken(meeting, when, self.there(meeting, seating))
        for city in self.summit.cities:
            mine = seating.meeting_of().get(city.id, [])
            themes = Counter(self.meetings[each].theme for each in mine if each in self.meetings)
            if any(n > 1 for n in themes.values()) or sum(themes.values()) > self.needed(city):
                yield found(Kind.CITY_TWICE, who=city.id)

    def there(self, meeting: Meeting, seating: Seating) -> list[City]:
        """The cities of a meeting."""
        return [self.cities[city] for city, where in seating.cities if where == meeting.id and city in self.cities]

    def times(self, seating: Seating) -> dict[str, int]:
        """The slot of each meeting; one that is no longer there counts as none."""
        return {each: n for each, n in seating.slots if n < len(self.summit.slots)}

    def _broken(self, meeting: Meeting, when: dict[str, int], there: list[City]) -> Iterator[Conflict]:
        if not LEAST <= len(there) <= MOST or sum(not online(each) for each in there) < IN_THE_ROOM:
            yield found(Kind.CAPACITY, meeting.id)
        if meeting.id not in when:
            return
        slot = self.summit.slots[when[meeting.id]]
        if meeting.after in when and when[meeting.after] > when[meeting.id]:
            yield found(Kind.ORDER, meeting.after, meeting.id)
        for who in (meeting.moderator, *(each.id for each in there)):
            if away(self.summit, who, slot):
                yield found(Kind.AWAY, meeting.id, who=who)
        for city in there:
            if hours_of(self.summit, city, slot) is Hours.BAD:
                yield found(Kind.HOURS, meeting.id, who=city.id)

    def score(self, seating: Seating) -> Score:
        """A seating in full."""
        remarks = tuple(self.remarks(seating))
        musts = tuple(each for each in remarks if self.wishes.must(each.rule))
        return Score(remarks, tuple(self.broken(seating)), musts)
