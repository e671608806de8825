"""What an organiser should look at in a draft, though it may be meant. Pure: frozen values in and out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Literal

from app import clock
from app.planning import hours


@dataclass(frozen=True)
class City:
    """A city in a session; `online` when it joins from home, or may do so while its mode is to be confirmed."""

    slug: str
    name: str
    zone: str
    online: bool


@dataclass(frozen=True)
class Item:
    """A session of the draft that is not cancelled. Start and end are instants, or both None."""

    code: str
    title: str
    parent: str = ""
    day: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    cities: tuple[City, ...] = ()


@dataclass(frozen=True)
class Caution:
    """One thing to look at in the session `code`.

    "hour": `city` joins at `starts` to `ends` of its own clocks. "clash": `city` is in the session `other` at the same
    time. "outside": the day is not one of the summit's.
    """

    kind: Literal["hour", "clash", "outside"]
    code: str
    city: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    other: str = ""


def cautions(items: Sequence[Item], first: date, last: date) -> tuple[Caution, ...]:
    """All there is to look at, for a summit that lasts from `first` to `last`."""
    outside = [
        Caution("outside", each.code) for each in items if each.day is not None and not first <= each.day <= last
    ]
    return (*outside, *_hours(items), *_clashes(items))


def _hours(items: Iterable[Item]) -> Iterable[Caution]:
    for item in items:
        if item.starts is None or item.ends is None:
            continue
        for city in item.cities:
            if city.online and hours.verdict(item.starts, item.ends, city.zone) == hours.Hours.BAD:
                starts, ends = (clock.local(each, city.zone) for each in (item.starts, item.ends))
                yield Caution("hour", item.code, city.name, starts, ends)


def _clashes(items: Iterable[Item]) -> Iterable[Caution]:
    """A city in two sessions that overlap; a block and a session within it are one thing."""
    for one, two in combinations(items, 2):
        if one.code == two.parent or two.code == one.parent or not _overlap(one, two):
            continue
        there = {city.slug for city in two.cities}
        for slug, name in {city.slug: city.name for city in one.cities}.items():
            if slug in there:
                yield Caution("clash", one.code, name, other=two.title)
                yield Caution("clash", two.code, name, other=one.title)


def _overlap(one: Item, two: Item) -> bool:
    if one.starts is None or one.ends is None or two.starts is None or two.ends is None:
        return False
    return one.starts < two.ends and two.starts < one.ends
