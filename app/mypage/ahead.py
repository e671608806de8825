"""What is ahead of one person on the next day that holds something of theirs: what their page begins with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import clock
from app.events.models import Mode
from app.publishing.digests.sights import TO_ALL
from app.publishing.personal import appears, may_know
from app.publishing.programme import Programme, Session, Summit
from app.visits.models import Visit

ON_SITE = frozenset({"meal", "social"})
"""Kinds of items that nobody takes part in from afar."""


@dataclass(frozen=True)
class Ahead:
    """One thing that is ahead. Instants."""

    kind: str
    """ "session", "visit" or "check"."""
    title: str
    starts: datetime
    ends: datetime
    place: str = ""
    """A room, or where to meet."""
    map_link: str = ""
    code: str = ""
    """The session's, or the visit's."""

    @property
    def minutes(self) -> tuple[int, int]:
        """When it begins, since 1970, and how long it lasts."""
        return int(self.starts.timestamp() // 60), int((self.ends - self.starts).total_seconds() // 60)


@dataclass(frozen=True)
class Day:
    """What is left of a day for one person, in order."""

    day: date
    """By the clock that leads for them."""
    today: bool
    items: Sequence[Ahead]


def sessions(programme: Programme, city: str, mode: Mode, *, head: bool) -> Iterator[Ahead]:
    """Those in which the city stands, and those that everybody comes to, as far as they have a time."""
    for each in programme.sessions:
        theirs = appears(each, city) or (each.kind in TO_ALL and (mode == Mode.VENUE or each.kind not in ON_SITE))
        if theirs and may_know(programme, each, city, head=head) and not programme.children[each.code]:
            yield from _timed(each, mode)


def _timed(session: Session, mode: Mode) -> Iterator[Ahead]:
    if session.starts and session.ends and not session.cancelled:
        place = session.room if mode == Mode.VENUE else ""
        yield Ahead("session", session.title, session.starts, session.ends, place, code=session.code)


def visits(going: Iterable[tuple[Visit, str]], zone: str) -> Iterator[Ahead]:
    """Those on which the person has a place, by their titles, as far as they have a time; `zone` is the summit's."""
    for each, title in going:
        if (span := each.span(zone)) and not each.cancelled_at:
            yield Ahead("visit", title, *span, each.meeting_point, each.map_link, each.code)


def first(items: Iterable[Ahead], now: datetime, zone: str) -> Day | None:
    """The next day on which something is left, by the clock of `zone`; None: nothing is."""
    left = sorted((each for each in items if each.ends > now), key=lambda each: (each.starts, each.ends, each.title))
    if not left:
        return None
    days = [clock.local(max(each.starts, now), zone).date() for each in left]
    chosen = [each for each, day in zip(left, days, strict=True) if day == days[0]]
    return Day(days[0], days[0] == clock.local(now, zone).date(), chosen)


def map_of(summit: Summit) -> str:
    """A page that shows the venue on a map; empty while there is nothing to show."""
    if summit.geo is None:
        return ""
    north, east = summit.geo
    return f"https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=17/{north}/{east}"
