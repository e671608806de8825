"""The time zone data of the tzdata package, read as the onsets of its offsets (RFC 8536).

Python's zoneinfo answers what the offset is at an instant, but not when it changes and by which
yearly rule; a VTIMEZONE needs both. The package, never the machine's own files, so that all machines agree.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER = struct.Struct(">4sc15x6l")
_OLDEST = -(10**10)  # seconds; about the year 1653, before any zone's first change
_NAME = r"(<[^>]+>|[A-Za-z]+)"
_SHIFT = r"([+-]?\d+(?::\d+){0,2})"
_DAY = r"M(\d+)\.(\d)\.(\d)(?:/([+-]?\d+(?::\d+){0,2}))?"
_FOOTER = re.compile(rf"{_NAME}{_SHIFT}(?:{_NAME}{_SHIFT}?,{_DAY},{_DAY})?")


@dataclass(frozen=True, slots=True)
class Offset:
    """A zone's distance from UTC (east is positive), its short name, and whether it is summer time."""

    shift: timedelta
    name: str
    summer: bool


@dataclass(frozen=True, slots=True)
class Onset:
    """The instant (UTC) from which another offset holds."""

    at: datetime
    before: Offset
    after: Offset


@dataclass(frozen=True, slots=True)
class Yearly:
    """A day of each year by month, week (5 is the last) and weekday (0 is Sunday), and a wall clock time."""

    month: int
    week: int
    weekday: int
    clock: timedelta

    def wall(self, year: int) -> datetime:
        """The naive wall time of that year, in the offset that ends then."""
        first = datetime.combine(date(year, self.month, 1), time())
        day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.week - 1))
        if day.month != self.month:
            day -= timedelta(days=7)
        return day + self.clock

    @property
    def within_its_day(self) -> bool:
        """False for a time such as 24:00 or -01:00, which falls on a day the rule does not name."""
        return timedelta(0) <= self.clock < timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a zone does every year from its last listed onset on (the footer, RFC 8536 3.3)."""

    standard: Offset
    summer: Offset | None = None
    begins: Yearly | None = None
    ends: Yearly | None = None

    def turns(self) -> tuple[tuple[Yearly, Offset, Offset], ...]:
        """(day of the year, offset before, offset after): two, or none where clocks are never changed."""
        if self.summer is None or self.begins is None or self.ends is None:
            return ()
        return ((self.begins, self.standard, self.summer), (self.ends, self.summer, self.standard))

    def onsets(self, first: int, last: int) -> list[Onset]:
        """The rule's onsets in these years, in order."""
        found = [
            Onset((day.wall(year) - before.shift).replace(tzinfo=UTC), before, after)
            for year in range(first, last + 1)
            for day, before, after in self.turns()
        ]
        return sorted(found, key=lambda onset: onset.at)

    def at(self, instant: datetime) -> Offset:
        """The offset that holds at the instant if the rule holds."""
        passed = [onset for onset in self.onsets(instant.year - 2, instant.year + 1) if onset.at <= instant]
        return passed[-1].after if passed else self.standard


@dataclass(frozen=True, slots=True)
class History:
    """A zone's data: the offset before all onsets, the listed onsets, and the rule after the last of them."""

    first: Offset
    listed: tuple[Onset, ...]
    rule: Rule

    def between(self, start: datetime, end: datetime) -> list[Onset]:
        """The onsets with start <= at < end that change the distance from UTC."""
        edge = self.listed[-1].at if self.listed else start - timedelta(seconds=1)
        ruled = self.rule.onsets(max(start.year, edge.year) - 1, end.year + 1)
        everything = [*self.listed, *(onset for onset in ruled if onset.at > edge)]
        return [o for o in everything if start <= o.at < end and o.before.shift != o.after.shift]

    def at(self, instant: datetime) -> Offset:
        """The offset that holds at the instant."""
        if not self.listed or instant < self.listed[0].at:
            return self.first if self.listed else self.rule.at(instant)
        if instant >= self.listed[-1].at:
            since = [onset for onset in self.between(self.listed[-1].at, instant) if onset.at <= instant]
            return since[-1].after if since else self.listed[-1].after
        return next(onset.after for onset in reversed(self.listed) if onset.at <= instant)


@lru_cache(maxsize=700)
def history(zone: str) -> History:
    """The data of a zone that tzdata lists. Raises ValueError when its footer is of an unknown form."""
    octets = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    times, kinds, footer = _second_block(octets)
    listed: list[Onset] = []
    before = kinds[0]
    for at, kind in times:
        if at >= _OLDEST:
            listed.append(Onset(_EPOCH + timedelta(seconds=at), before, kind))
        before = kind
    return History(listed[0].before if listed else before, tuple(listed), _rule(footer))


def _second_block(octets: bytes) -> tuple[list[tuple[int, Offset]], list[Offset], str]:
    """(time, offset from then on) pairs, the kinds of offset, and the footer, of the 64-bit part."""
    _, _, ut, std, leap, time_count, kind_count, char_count = _HEADER.unpack_from(octets)
    start = _HEADER.size + time_count * 5 + kind_count * 6 + char_count + leap * 8 + std + ut
    _, _, ut, std, leap, time_count, kind_count, char_count = _HEADER.unpack_from(octets, start)
    start += _HEADER.size
    times = struct.unpack_from(f">{time_count}q", octets, start)
    indexes = octets[start + time_count * 8 : start + time_count * 9]
    start += time_count * 9
    names = octets[start + kind_count * 6 : start + kind_count * 6 + char_count]
    kinds = [_kind(struct.unpack_from(">lBB", octets, start + 6 * n), names) for n in range(kind_count)]
    footer = octets[start + kind_count * 6 + char_count + leap * 12 + std + ut :].decode("ascii").strip()
    return [(at, kinds[index]) for at, index in zip(times, indexes, strict=True)], kinds, footer


def _kind(fields: tuple[int, ...], names: bytes) -> Offset:
    shift, summer, at = fields
    return Offset(timedelta(seconds=shift), names[at : names.index(b"\0", at)].decode("ascii"), bool(summer))


def _rule(footer: str) -> Rule:
    match = _FOOTER.fullmatch(footer)
    if match is None:
        raise ValueError(f"The time zone rule “{footer}” is of an unknown form.")
    name, shift, summer_name, summer_shift, *days = match.groups()
    standard = Offset(-_span(shift), name.strip("<>"), False)
    if summer_name is None:
        return Rule(standard)
    ahead = -_span(summer_shift) if summer_shift else standard.shift + timedelta(hours=1)
    begins, ends = _yearlies(days)
    return Rule(standard, Offset(ahead, summer_name.strip("<>"), True), begins, ends)


def _yearlies(fields: list[str]) -> Iterator[Yearly]:
    for month, week, weekday, clock in (fields[:4], fields[4:]):
        yield Yearly(int(month), int(week), int(weekday), _span(clock or "2"))


def _span(text: str) -> timedelta:
    """The signed hours[:minutes[:seconds]] of a POSIX TZ string."""
    hours, minutes, seconds = [*(int(part) for part in text.lstrip("+-").split(":")), 0, 0][:3]
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span
