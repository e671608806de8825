"""Local hours of those who join online: which are good, when all are awake, and who carries the burden.

The rule (9.7 of the domain): a session is tolerable when it starts at 07:00 or later and ends by 22:00 of the same
local day, and good within 08:00 to 20:00; the ends are exact, and what crosses midnight is bad. Offsets are those of
the date in question, so clocks set forward or back are taken as they then stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.planning.model import Limits, Span

STANDARD = Limits()


class Hours(StrEnum):
    """How an hour is for those who join from home."""

    GOOD = "good"
    TOLERABLE = "tolerable"
    BAD = "bad"


def verdict(start: datetime, end: datetime, zone: str, limits: Limits = STANDARD) -> Hours:
    """How these hours are on the clocks of `zone`."""
    there = ZoneInfo(zone)
    first, last = start.astimezone(there), end.astimezone(there)
    began, ended = first.time(), last.time()
    if first.date() != last.date() or began < limits.earliest or ended > limits.latest:
        return Hours.BAD
    if began >= limits.pleasant_from and ended <= limits.pleasant_until:
        return Hours.GOOD
    return Hours.TOLERABLE


@dataclass(frozen=True, slots=True)
class Windows:
    """When a session may start so that all who join online are up.

    `good` and `tolerable` hold the starts, both ends included (a span of no length is one moment); tolerable ones hold
    the good ones too. Where none is tolerable for all, `out` names the fewest who would have to send a video instead,
    and `without` holds the starts that suit the others.
    """

    good: tuple[Span, ...]
    tolerable: tuple[Span, ...]
    out: tuple[str, ...] = ()
    without: tuple[Span, ...] = ()


def windows(length: int, zones: Mapping[str, str], day: Span, limits: Limits = STANDARD) -> Windows:
    """The starts within `day` of a session of `length` minutes that suit all its online cities, given with zones."""
    whole = _starts_within(day, length)
    wide = {who: _starts(length, zone, day, limits.earliest, limits.latest) for who, zone in zones.items()}
    narrow = [
        _starts(length, zone, day, limits.pleasant_from, limits.pleasant_until) for zone in sorted(set(zones.values()))
    ]
    tolerable = _common(whole, wide.values())
    if tolerable or not whole:
        return Windows(_common(whole, narrow), tolerable)
    moments = sorted({span.start for spans in wide.values() for span in spans} | {day.start})
    best = max(moments, key=lambda at: sum(_holds(spans, at) for spans in wide.values()))
    out = tuple(sorted(who for who, spans in wide.items() if not _holds(spans, best)))
    return Windows((), (), out, _common(whole, [spans for who, spans in wide.items() if who not in out]))


def _starts(length: int, zone: str, day: Span, earliest: time, latest: time) -> tuple[Span, ...]:
    """The starts within `day` from which `length` minutes lie between these times of one local day."""
    there = ZoneInfo(zone)
    first = day.start.astimezone(there).date() - timedelta(days=1)
    found = []
    for each in (first + timedelta(days=n) for n in range((day.end - day.start).days + 4)):
        begins, ends = _moment(each, earliest, there), _moment(each, latest, there)
        start, last = max(begins, day.start), min(ends, day.end) - timedelta(minutes=length)
        if start <= last:
            found.append(Span(start, last))
    return tuple(found)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(ZoneInfo("UTC"))


def _starts_within(day: Span, length: int) -> tuple[Span, ...]:
    last = day.end - timedelta(minutes=length)
    return (Span(day.start, last),) if day.start <= last else ()


def _common(whole: tuple[Span, ...], each: Iterable[Sequence[Span]]) -> tuple[Span, ...]:
    """What lies in all of them; ends are included."""
    left = whole
    for spans in each:
        met = ((max(one.start, two.start), min(one.end, two.end)) for one in left for two in spans)
        left = tuple(sorted((Span(start, end) for start, end in met if start <= end), key=lambda span: span.start))
    return left


def _holds(spans: Iterable[Span], moment: datetime) -> bool:
    return any(span.start <= moment <= span.end for span in spans)


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of a heat map: when it starts for the event, and there."""

    start: datetime
    local: datetime
    hours: Hours


def heat(zones: Mapping[str, str], day: Span, step: int = 60, limits: Limits = STANDARD) -> dict[str, tuple[Cell, ...]]:
    """For each city, each `step` minutes of the day and how they are there. Cities with the longest bad time last."""
    count = -(-day.minutes // step)
    starts = [day.start + timedelta(minutes=step * n) for n in range(count)]
    ends = [min(each + timedelta(minutes=step), day.end) for each in starts]
    found = {
        who: tuple(
            Cell(start, start.astimezone(ZoneInfo(zone)), verdict(start, end, zone, limits))
            for start, end in zip(starts, ends, strict=True)
        )
        for who, zone in zones.items()
    }
    bad = {who: sum(cell.hours is Hours.BAD for cell in cells) for who, cells in found.items()}
    return dict(sorted(found.items(), key=lambda pair: (bad[pair[0]], pair[0])))


@dataclass(frozen=True, slots=True)
class Burden:
    """What the plan asks of one city that joins online, in minutes of its appearances."""

    who: str
    minutes: int
    unpleasant: int
    """Outside 08:00 to 20:00, the bad ones among them."""
    bad: int
    """Outside 07:00 to 22:00."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """The burden of each city, the heaviest first; `worst` is None where nobody loses an hour."""

    rows: tuple[Burden, ...]
    worst: str | None
    unpleasant: int
    bad: int


def fairness(spans: Mapping[str, Sequence[Span]], zones: Mapping[str, str], limits: Limits = STANDARD) -> Fairness:
    """How early and late hours are shared out; `spans` are each city's online appearances."""
    rows = [_burden(who, each, zones[who], limits) for who, each in spans.items()]
    rows.sort(key=lambda row: (-row.bad, -row.unpleasant, row.who))
    worst = rows[0].who if rows and rows[0].unpleasant else None
    return Fairness(tuple(rows), worst, sum(row.unpleasant for row in rows), sum(row.bad for row in rows))


def _burden(who: str, spans: Sequence[Span], zone: str, limits: Limits) -> Burden:
    return Burden(
        who,
        sum(span.minutes for span in spans),
        sum(outside(span, zone, limits.pleasant_from, limits.pleasant_until) for span in spans),
        sum(outside(span, zone, limits.earliest, limits.latest) for span in spans),
    )


def outside(span: Span, zone: str, earliest: time, latest: time) -> int:
    """Minutes of the span that lie before `earliest` or after `latest` on the clocks of `zone`."""
    there = ZoneInfo(zone)
    day, last = span.start.astimezone(there).date(), span.end.astimezone(there).date()
    inside = 0
    while day <= last:
        start, end = max(span.start, _moment(day, earliest, there)), min(span.end, _moment(day, latest, there))
        if start < end:
            inside += Span(start, end).minutes
        day += timedelta(days=1)
    return span.minutes - inside
