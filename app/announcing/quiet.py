"""Quiet hours: until when a letter waits, on the clocks of whoever reads it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app import clock, ical


@dataclass(frozen=True)
class Quiet:
    """From when to when, on the clocks on the wall; over midnight when it begins later than it ends."""

    begins: time = time(21)
    ends: time = time(8)

    def holds(self, shown: time) -> bool:
        """Whether it is quiet while clocks show this time. The first minute is quiet, the last is not."""
        if self.begins <= self.ends:
            return self.begins <= shown < self.ends
        return shown >= self.begins or shown < self.ends

    def over(self, now: datetime, zone: str) -> datetime:
        """The first instant from `now` on at which it is not quiet in the zone; `now` itself, if it is not."""
        local = clock.local(now, zone).replace(tzinfo=None)
        if not self.holds(local.time()):
            return now
        day = local.date() if local.time() < self.ends else local.date() + timedelta(days=1)
        return min(each for each in shown(day, self.ends, zone) if each > now)


def lives_by(now: datetime, own: str, summit: str, days: tuple[date, date], comes: bool) -> str:
    """By which clocks somebody lives: while the summit takes place, who comes to its venue (`comes`) lives by its."""
    there = comes and days[0] <= clock.local(now, summit).date() <= days[1]
    return summit if there else own


def shown(day: date, wall: time, zone: str) -> tuple[datetime, datetime]:
    """The instants at which clocks show this time: two in the hour that autumn repeats, otherwise the same twice.

    Where spring leaves the time out, the first instant after the gap.
    """
    try:
        return ical.wall(day, wall, zone), ical.wall(day, wall, zone, fold=1)
    except ical.Gap as gap:
        after = ical.wall(gap.following.date(), gap.following.time(), zone)
        return after, after
