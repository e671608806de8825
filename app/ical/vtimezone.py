"""VTIMEZONE components (RFC 5545 3.6.5) that all clients read alike: RRULE or single onsets, never RDATE."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from app.ical.tzif import History, Offset, Onset, history
from app.ical.zones import zone_of

# Wall times of the first and last day reach into the neighbouring year, by half a day and a little more.
_MARGIN = timedelta(days=2)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")


@lru_cache(maxsize=512)
def vtimezone(zone: str, first: int, last: int) -> bytes:
    """The component's octets, right for all wall times of the years first to last.

    Where the years keep the zone's standing rule, two sub-components recur by it; in other zones
    (moved by decree, or by Ramadan) each onset of the years has its own. Raises ValueError for an unknown zone.
    """
    zone_of(zone)
    past = history(zone)
    start = datetime(first, 1, 1, tzinfo=UTC) - _MARGIN
    end = datetime(last + 1, 1, 1, tzinfo=UTC) + _MARGIN
    onsets = past.between(start, end)
    if onsets and _by_the_rule(past, start, end, onsets):
        parts = _recurring(past, first)
    else:
        parts = _singly(past.at(start), first, onsets)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}", *parts, "END:VTIMEZONE"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _by_the_rule(past: History, start: datetime, end: datetime, onsets: list[Onset]) -> bool:
    """Whether the rule can be said as an RRULE, and gives just these onsets and this beginning."""
    expected = [o for o in past.rule.onsets(start.year - 1, end.year + 1) if start <= o.at < end]
    return (
        all(day.within_its_day for day, _, _ in past.rule.turns())
        and past.rule.at(start).shift == past.at(start).shift
        and [_moment(o) for o in expected] == [_moment(o) for o in onsets]
    )


def _moment(onset: Onset) -> tuple[datetime, timedelta, timedelta]:
    return onset.at, onset.before.shift, onset.after.shift


def _recurring(past: History, first: int) -> Iterable[str]:
    for day, before, after in past.rule.turns():
        week = -1 if day.week == 5 else day.week
        rule = f"RRULE:FREQ=YEARLY;BYMONTH={day.month};BYDAY={week}{_WEEKDAYS[day.weekday]}"
        yield from _part(before, after, day.wall(first - 1), rule)


def _singly(opening: Offset, first: int, onsets: list[Onset]) -> Iterable[str]:
    yield from _part(opening, opening, datetime.combine(date(min(first - 1, 1970), 1, 1), time()))
    for onset in onsets:
        yield from _part(onset.before, onset.after, onset.at.replace(tzinfo=None) + onset.before.shift)


def _part(before: Offset, after: Offset, wall: datetime, *rule: str) -> Iterable[str]:
    """One sub-component; its DTSTART is the wall time in the offset that ends (RFC 5545 3.6.5).

    DAYLIGHT is whichever clock is ahead, also where the law calls the winter's the odd one (Dublin).
    """
    ahead = after.shift > before.shift and (after.summer or before.summer)
    kind = "DAYLIGHT" if ahead else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{wall:%Y%m%dT%H%M%S}"
    yield from rule
    yield f"TZNAME:{after.name}"
    yield f"TZOFFSETFROM:{_offset(before.shift)}"
    yield f"TZOFFSETTO:{_offset(after.shift)}"
    yield f"END:{kind}"


def _offset(shift: timedelta) -> str:
    seconds = round(abs(shift).total_seconds())
    text = f"{'-' if shift < timedelta(0) else '+'}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return f"{text}{seconds % 60:02}" if seconds % 60 else text
