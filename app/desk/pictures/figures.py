"""What the pictures of the board show, worked out from frozen rows alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.delegations.models import TAKES_PART, Answer
from app.desk.board.needs import Row
from app.events.models import Mode
from app.network.models import Kind
from app.network.regions import REGIONS, region_of


class Group(StrEnum):
    """Answers as pictures group them; each has a colour and a shape of its own."""

    COMES = "comes"
    WAITS = "waits"
    """Invited, not answered."""
    LAPSED = "lapsed"
    NOT = "not"
    """Declined, withdrawn or cancelled."""
    NEW = "new"
    """Not invited yet."""


LINES = ("invited", "accepted", "declined")
"""The lines of the answers over time: as the figures of the board count them; declined or withdrawn."""


@dataclass(frozen=True)
class Move:
    """A change of one city's answer."""

    city: int
    at: datetime
    before: Answer
    after: Answer


@dataclass(frozen=True)
class Spot:
    """Where a city lies."""

    country: str
    latitude: float | None
    longitude: float | None


def group_of(answer: Answer) -> Group:
    if answer in TAKES_PART:
        return Group.COMES
    found = {Answer.DRAFT: Group.NEW, Answer.INVITED: Group.WAITS, Answer.LAPSED: Group.LAPSED}
    return found.get(answer, Group.NOT)


def grouped(rows: Iterable[Row]) -> dict[Group, int]:
    """How many cities are in each group; all groups are named."""
    found = dict.fromkeys(Group, 0)
    for row in rows:
        found[group_of(row.answer)] += 1
    return found


def history(
    answers: Mapping[int, Answer], moves: Sequence[Move], now: datetime
) -> dict[str, list[tuple[datetime, int]]]:
    """`LINES` -> (moment, how many from then on), from the first move (or a day ago, when there is none) until `now`.

    `answers` are those of now, by city, and `moves` in order of time. A city without moves counts from the start.
    """
    begun = min((move.at for move in moves), default=now - timedelta(days=1))
    standing = dict(answers)
    for move in reversed(moves):
        standing[move.city] = move.before
    found = {line: [(begun, _count(line, standing))] for line in LINES}
    for move in moves:
        standing[move.city] = move.after
        for line, points in found.items():
            number = _count(line, standing)
            if number != points[-1][1]:
                points.append((move.at, number))
    return found


def _count(line: str, standing: Mapping[int, Answer]) -> int:
    groups = [group_of(answer) for answer in standing.values()]
    if line == "invited":
        return sum(group is not Group.NEW for group in groups)
    return groups.count(Group.COMES if line == "accepted" else Group.NOT)


def by_mode(rows: Iterable[Row], people: Mapping[Mode, int]) -> list[tuple[Mode, int, int]]:
    """(mode, cities that take part so, their people who count in the quota). A city with two modes stands in both."""
    part = [row for row in rows if row.takes_part]
    return [(mode, sum(mode in row.modes for row in part), people.get(mode, 0)) for mode in Mode]


def by_region(rows: Iterable[Row], spots: Mapping[str, Spot]) -> list[tuple[str, dict[Group, int]]]:
    """(region by its M49 number, cities by answer), of the regions that have any; last "", of those in none."""
    sorted_out: dict[str, list[Row]] = {}
    for row in rows:
        sorted_out.setdefault(region_of(spots[row.slug].country), []).append(row)
    return [(region, grouped(sorted_out[region])) for region in (*REGIONS, "") if region in sorted_out]


@dataclass(frozen=True)
class Spoken:
    """Minutes that the draft gives to the cities of one country and kind."""

    country: str
    """Empty: of people who belong to no member."""
    kind: Kind | None
    minutes: int


@dataclass(frozen=True)
class Fill:
    """How full a visit is."""

    title: str
    taken: int
    free: int | None
    """None: it takes as many as come."""
    waiting: int
    """On the waiting list, with places offered that nobody has taken yet, and wishes not decided."""


def by_day(
    appearances: Iterable[tuple[date, Mode | None, int]], first: date, last: date
) -> list[tuple[date, dict[str, int]]]:
    """(day, mode or "unsure" -> how many cities appear so), of every day of the summit and any other with a session.

    `appearances`: (day, mode, city). A city that appears in two ways on one day stands in both.
    """
    cities: dict[date, dict[str, set[int]]] = {}
    day = first
    while day <= last:
        cities[day] = {}
        day += timedelta(days=1)
    for day, mode, city in appearances:
        cities.setdefault(day, {}).setdefault(mode.value if mode else UNSURE, set()).add(city)
    words = [*(mode.value for mode in Mode), UNSURE]
    return [(day, {word: len(found.get(word, ())) for word in words}) for day, found in sorted(cities.items())]


UNSURE = "unsure"
"""Of an appearance whose way nobody has said yet."""


def minutes_by_region(spoken: Iterable[Spoken]) -> list[tuple[str, int]]:
    """(region by its M49 number, minutes), of the regions that have any, then "" of those in none."""
    found = Counter[str]()
    for each in spoken:
        found[region_of(each.country)] += each.minutes
    return [(region, found[region]) for region in (*REGIONS, "") if found[region]]


def minutes_by_kind(spoken: Iterable[Spoken]) -> list[tuple[Kind | None, int]]:
    """(kind of member, minutes), of the kinds that have any; last None, of people who belong to no member."""
    found = Counter[Kind | None]()
    for each in spoken:
        found[each.kind] += each.minutes
    return [(kind, found[kind]) for kind in (*Kind, None) if found[kind]]
