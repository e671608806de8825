"""What is going on at a moment: how far off a summit is, what is on now and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock
from app.publishing.programme import Programme, Session, Summit

AHEAD = timedelta(days=1)
"""How far off what comes next may be; what is later comes another day."""


@dataclass(frozen=True)
class Standing:
    """How a summit stands on a day by its own calendar."""

    stage: str
    """"ahead", "running" or "over"."""
    until: int = 0
    """Days until it begins, while it is ahead."""
    day: int = 0
    """Which of its days it is, from 1, while it is running."""
    days: int = 1


def standing(summit: Summit, now: datetime) -> Standing:
    today = clock.local(now, summit.zone).date()
    days = (summit.ends_on - summit.starts_on).days + 1
    if today < summit.starts_on:
        return Standing("ahead", until=(summit.starts_on - today).days, days=days)
    if today > summit.ends_on:
        return Standing("over", days=days)
    return Standing("running", day=(today - summit.starts_on).days + 1, days=days)


@dataclass(frozen=True)
class Going:
    """What is on at a moment, what begins next, and what comes within two days: all timed, none cancelled, in order."""

    on: tuple[Session, ...] = ()
    next: tuple[Session, ...] = ()
    """All that begin at the same moment, within a day."""
    ahead: tuple[Session, ...] = ()
    """These and what comes after them, so that a page left open stays right."""

    def __bool__(self) -> bool:
        return bool(self.ahead)


def going(programme: Programme, now: datetime) -> Going:
    """A block that holds sessions is not on by itself."""
    ahead = tuple(_to_come(programme, now, now + 2 * AHEAD))
    later = [each.starts for each in ahead if each.starts and now < each.starts <= now + AHEAD]
    first = min(later, default=None)
    on = tuple(each for each in ahead if each.starts and each.starts <= now)
    return Going(on, tuple(each for each in ahead if first and each.starts == first), ahead)


def _to_come(programme: Programme, now: datetime, until: datetime) -> Iterable[Session]:
    timed = (each for each in programme.sessions if each.starts and each.ends and not each.cancelled)
    leaves = [each for each in timed if not programme.children[each.code]]
    return (each for each in leaves if each.starts and each.ends and each.ends > now and each.starts < until)
