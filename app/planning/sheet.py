"""The running sheet of a session: who speaks from when to when, and whether the time suffices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.planning.hours import STANDARD, Hours, verdict
from app.planning.model import Appearance, Limits, Mode

PER_CITY = 5
"""Minutes of a city that nobody set (F9 of the domain)."""
SPEAKS = frozenset({"speaker", "keynote", "panellist"})
"""Parts that take minutes of their own; a moderator speaks between."""


@dataclass(frozen=True, slots=True)
class Line:
    """One turn. `hours` says how it is at home for those who join online, and is None for all others."""

    who: str
    start: datetime
    end: datetime
    minutes: int
    mode: Mode | None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All turns in order; `spare` minutes are left at the end, and are negative where the session runs over."""

    lines: tuple[Line, ...]
    asked: int
    spare: int

    @property
    def over(self) -> int:
        return max(0, -self.spare)


def sheet(
    start: datetime,
    length: int,
    appearances: Sequence[Appearance],
    zones: Mapping[str, str],
    *,
    opening: int = 0,
    between: int = 0,
    each: int = PER_CITY,
    limits: Limits = STANDARD,
) -> Sheet:
    """Turns of a session that starts at `start`, by `order`; `zones` are those of the cities that join online.

    `opening` minutes go to the moderator first, `between` to each handing over, `each` to whom nothing was given.
    """
    lines: list[Line] = []
    now = start + timedelta(minutes=opening)
    for one in sorted((one for one in appearances if one.part in SPEAKS), key=lambda one: one.order):
        if lines:
            now += timedelta(minutes=between)
        minutes = each if one.minutes is None else one.minutes
        end = now + timedelta(minutes=minutes)
        online = one.mode is not Mode.VENUE and one.mode is not Mode.VIDEO and one.who in zones
        hours = verdict(now, end, zones[one.who], limits) if online else None
        lines.append(Line(one.who, now, end, minutes, one.mode, hours))
        now = end
    used = int((now - start).total_seconds()) // 60
    return Sheet(tuple(lines), used, length - used)


def share(length: int, appearances: Sequence[Appearance], *, opening: int = 0, between: int = 0) -> int:
    """Minutes for each who was given none, so that all fit: what is left, shared evenly; 0 when nothing is left."""
    speaking = [one for one in appearances if one.part in SPEAKS]
    open_turns = [one for one in speaking if one.minutes is None]
    given = sum(one.minutes or 0 for one in speaking) + opening + between * max(0, len(speaking) - 1)
    return max(0, length - given) // len(open_turns) if open_turns else 0
