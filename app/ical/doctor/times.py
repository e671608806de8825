"""When something is, as a calendar program understands it, and whether the zone that a file brings along is right."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.ical.doctor.reading import Component, Line
from app.ical.tzif import Yearly
from app.ical.zones import UNIVERSAL, twice, zone_of

_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})(Z?)")
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
_DAYS = {"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}
MOST_PARTS = 200
"""How many changes of clocks one zone of a file may list to be judged; those that list most have some eighty."""
_BY_DAY = re.compile(r"(-?[1-5])(SU|MO|TU|WE|TH|FR|SA)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it is written. `kind` is "date", "utc", "local" (of `zone`), "floating", or "none": unreadable.

    `wall` is what stands there, a date or a naive time; `at` the instant (UTC) it means, None where nobody can tell.
    """

    kind: str
    wall: date | datetime | None = None
    zone: str = ""
    at: datetime | None = None


NONE = Moment("none")


def read(line: Line | None, home: str) -> Moment:
    """What a line says; a date begins with the day in `home`."""
    if line is None:
        return NONE
    value, zone = line.value.strip(), line.param("TZID").strip()
    try:
        if whole := _DATE.fullmatch(value):
            day = date(*map(int, whole.groups()))
            return Moment("date", day, "", _instant(datetime(day.year, day.month, day.day), zone_of(home)))  # noqa: DTZ001
        if (parts := _TIME.fullmatch(value)) is None:
            return NONE
        *numbers, mark = parts.groups()
        wall = datetime(*map(int, numbers))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return NONE
    if mark:
        return Moment("utc", wall, "UTC", wall.replace(tzinfo=UTC))
    if not zone:
        return Moment("floating", wall)
    return Moment("local", wall, zone, _instant(wall, known(zone)))


def known(zone: str) -> ZoneInfo | None:
    """The zone of this name, if it is one that calendars may name."""
    try:
        return zone_of(zone) if zone not in UNIVERSAL else zone_of("UTC")
    except ValueError:
        return None


def _instant(wall: datetime, tz: ZoneInfo | None) -> datetime | None:
    try:
        return wall.replace(tzinfo=tz).astimezone(UTC) if tz else None
    except (OverflowError, ValueError):
        return None


def in_zone(moment: Moment, zone: str) -> date | datetime | None:
    """What a clock in `zone` shows then: a naive time, or the date itself. None where nobody can tell."""
    if moment.kind == "date":
        return moment.wall
    try:
        return moment.at.astimezone(zone_of(zone)).replace(tzinfo=None) if moment.at else None
    except (OverflowError, ValueError):
        return None


def left_out(moment: Moment) -> bool:
    """Whether spring leaves this time out: no clock ever shows it."""
    tz = known(moment.zone)
    if moment.kind != "local" or tz is None or moment.at is None:
        return False
    return in_zone(moment, moment.zone) != moment.wall


def ambiguous(moment: Moment) -> bool:
    """Whether clocks show it twice, so that programs read one of two hours."""
    tz = known(moment.zone)
    if moment.kind != "local" or tz is None or not isinstance(moment.wall, datetime):
        return False
    try:
        return twice(moment.wall.replace(tzinfo=tz))
    except (OverflowError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class _Part:
    """A sub-component of a VTIMEZONE: from when, by which rule, to which offset."""

    first: datetime
    after: timedelta
    rule: Yearly | None
    last: int

    def onsets(self, year: int) -> list[datetime]:
        """Its first onset, and those of this year and of the one before."""
        years = (each for each in (year - 1, year) if self.first.year <= each <= self.last)
        ruled = [self.rule.wall(each) for each in years] if self.rule else []
        return [self.first, *(each for each in ruled if each > self.first)]


class _Offsets:
    """What the file itself says of a zone, worked out once for each year that is asked for."""

    def __init__(self, zone: Component) -> None:
        parts = [_part(each) for each in zone.inside[:MOST_PARTS]]
        readable = [each for each in parts if each is not None]
        self.parts = readable if len(readable) == len(zone.inside) else []
        self.known: dict[int, list[tuple[datetime, int, timedelta]]] = {}

    def at(self, wall: datetime) -> timedelta | None:
        """The offset that holds at this wall time; None where this reader cannot tell."""
        if wall.year <= 2:
            return None
        if wall.year not in self.known:
            onsets = (
                (each, -place, part.after) for place, part in enumerate(self.parts) for each in part.onsets(wall.year)
            )
            self.known[wall.year] = sorted(onsets)
        found = self.known[wall.year]
        place = bisect_right(found, wall, key=lambda each: each[0])
        return found[place - 1][2] if place else None


def _part(found: Component) -> _Part | None:
    starts, offset = _TIME.fullmatch(found.text("DTSTART").strip()), _offset(found.text("TZOFFSETTO"))
    if starts is None or offset is None or found.first("RDATE"):
        return None
    try:
        first = datetime(*map(int, starts.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    if found.first("RRULE") is None:
        return _Part(first, offset, None, first.year)
    return _ruled(first, offset, found.text("RRULE"))


def _ruled(first: datetime, offset: timedelta, text: str) -> _Part | None:
    """The part whose rule is a day of each year by month, week and weekday; None for any other rule."""
    rule = dict(pair for each in text.upper().split(";") if len(pair := each.partition("=")[::2]) == 2)
    day, month = _BY_DAY.fullmatch(rule.get("BYDAY", "")), rule.get("BYMONTH", "")
    if rule.get("FREQ") != "YEARLY" or day is None or month not in {str(each) for each in range(1, 13)}:
        return None
    if rule.keys() - {"FREQ", "BYDAY", "BYMONTH", "UNTIL"} or day[1] in {"-2", "-3", "-4", "-5", "5"}:
        return None
    until = rule.get("UNTIL", "")[:4]
    week = 5 if day[1] == "-1" else int(day[1])
    clock = timedelta(hours=first.hour, minutes=first.minute, seconds=first.second)
    yearly = Yearly(int(month), week, _DAYS[day[2]], clock)
    return _Part(first, offset, yearly, int(until) if until.isascii() and until.isdecimal() else 9998)


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    sign, *numbers = found.groups()
    hours, minutes, seconds = (int(each or 0) for each in numbers)
    shift = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -shift if sign == "-" else shift


def wrong_by(zone: Component, moments: Sequence[Moment]) -> tuple[Moment, timedelta] | None:
    """The first of these times that the zone in the file puts elsewhere than the zone of its name, and by how much."""
    offsets = _Offsets(zone)
    for moment in moments if offsets.parts else ():
        tz = known(moment.zone)
        if tz is None or moment.kind != "local" or not isinstance(moment.wall, datetime) or ambiguous(moment):
            continue
        said = offsets.at(moment.wall)
        right = _utcoffset(moment.wall, tz)
        if said is not None and right is not None and said != right:
            return moment, right - said
    return None


def _utcoffset(wall: datetime, tz: ZoneInfo) -> timedelta | None:
    try:
        return wall.replace(tzinfo=tz).utcoffset()
    except (OverflowError, ValueError):
        return None
