"""Whether an hour is bearable for somebody who joins from home (rule 9.7 of the domain). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from app import clock


class Hours(StrEnum):
    """What a span of time is like on somebody's own clocks."""

    GOOD = "good"
    """Within the comfortable hours."""
    TOLERABLE = "tolerable"
    """Early or late, and still possible."""
    BAD = "bad"
    """Too early, too late, or over midnight."""


@dataclass(frozen=True)
class Limits:
    """The hours within which a span must lie, ends included: possible ones, and comfortable ones within them."""

    earliest: time = time(7)
    latest: time = time(22)
    early: time = time(8)
    late: time = time(20)


USUAL = Limits()


def verdict(start: datetime, end: datetime, zone: str, limits: Limits = USUAL) -> Hours:
    """How the span between two instants is on the clocks of `zone`, by the offsets of its own date.

    07:00 and 22:00 exactly are still possible, a minute before or after is bad; so is what does not end on the local
    day on which it starts.
    """
    starts, ends = clock.local(start, zone), clock.local(end, zone)
    if starts.date() != ends.date():
        return Hours.BAD
    if limits.early <= starts.time() and ends.time() <= limits.late:
        return Hours.GOOD
    if limits.earliest <= starts.time() and ends.time() <= limits.latest:
        return Hours.TOLERABLE
    return Hours.BAD
