"""The problem of planning a summit: its days, rooms, cities, people and sessions, as frozen values.

All moments are aware datetimes and kept in UTC, where adding minutes is sound; all lengths are minutes. Cities and
people share one space of ids; the product writes them "city:rome" and "person:ishii", as the form of the speaking
order does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Mode(StrEnum):
    """How somebody takes part. Where it is None, it is to be confirmed."""

    VENUE = "venue"
    ONLINE = "online"
    VIDEO = "video"


class Pin(StrEnum):
    """What a proposal must leave as it stands: nothing, the day, the start, or the start and the room."""

    FREE = "free"
    DAY = "day"
    TIME = "time"
    PLACE = "place"


class Why(StrEnum):
    """Why somebody is not free: away, on a site visit, or there but only online."""

    AWAY = "away"
    VISIT = "visit"
    ONLINE = "only online"


def universal(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment:%Y-%m-%d %H:%M} needs its zone.")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


LEISURE = frozenset({"meal", "break", "social", "visit"})
"""Kinds of sessions that may lie in a break or outside the day's hours."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to, and without, another."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", universal(self.start))
        object.__setattr__(self, "end", universal(self.end))

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds()) // 60

    def meets(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Limits:
    """The local hours of those who join online (rule 9.7): refused outside the wide ones, good inside the narrow."""

    earliest: time = time(7)
    latest: time = time(22)
    pleasant_from: time = time(8)
    pleasant_until: time = time(20)


@dataclass(frozen=True, slots=True)
class Absence:
    """When somebody is not free, and why. The label is shown to organisers: the name of the visit."""

    span: Span
    why: Why = Why.AWAY
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Who appears in sessions. Arrival and departure concern the venue alone."""

    id: str
    name: str
    zone: str
    modes: frozenset[Mode] = frozenset()
    absences: tuple[Absence, ...] = ()
    arrives: datetime | None = None
    departs: datetime | None = None
    head: bool = False
    """A head of city, or a city whose head comes: an early or late hour weighs double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Attendee):
    """Somebody with a name; `city` is the id of the delegation, if any."""

    city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class City(Attendee):
    """A delegation. Rank 1 is the highest, 0 unknown; wishes are themes, the dearest first."""

    rank: int = 0
    host: bool = False
    region: str = ""
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """Where sessions are. No seats, no equipment, no open hours (None): not known, and not checked."""

    id: str
    name: str
    seats: int | None = None
    equipment: frozenset[str] | None = None
    """Words as sessions need them: "interpretation", "stage", "streaming" for online guests, "screen" for videos."""
    open: tuple[Span, ...] | None = None
    changeover: int = 0
    """Minutes that must lie between two sessions here."""
    building: str = ""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A city or a person in a session. `speaker` is the id of the person who speaks for the city."""

    who: str
    part: str = "speaker"
    mode: Mode | None = Mode.VENUE
    order: int = 0
    minutes: int | None = None
    speaker: str = ""
    video_ready: bool | None = None
    """Whether the video has come; None: none is awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One item of the agenda that is not cancelled; a block holds the sessions that name it as parent."""

    id: str
    title: str
    kind: str = "session"
    theme: str = ""
    length: int = 60
    needs: frozenset[str] = frozenset()
    expected: int = 0
    """People who registered for it or are expected in the room."""
    parent: str = ""
    pin: Pin = Pin.FREE
    roles: frozenset[str] = frozenset()
    """Parts that somebody must have: "moderator", "speaker". A block's moderator serves its sessions."""
    visibility: str = "public"
    appearances: tuple[Appearance, ...] = ()
    after: tuple[str, ...] = ()
    """Sessions that must have ended before this one begins."""
    apart: tuple[str, ...] = ()
    """Sessions that must not run beside this one."""
    same_day: tuple[str, ...] = ()
    alone: bool = False
    """Nothing else runs beside it: a plenary."""
    audience: frozenset[str] = frozenset()
    """Marks of those who bookmarked it, to count who would be torn between two sessions; names nobody."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a session stands. No start: unplaced. No room: to be found."""

    session: str
    start: datetime | None = None
    room: str | None = None

    def __post_init__(self) -> None:
        if self.start is not None:
            object.__setattr__(self, "start", universal(self.start))


@dataclass(frozen=True, slots=True)
class Grid:
    """The days of the event in its zone: a window each, what is kept free, and where sessions may start.

    Without `starts` they may start at every `step` minutes of a window.
    """

    zone: str
    windows: tuple[Span, ...]
    breaks: tuple[Span, ...] = ()
    starts: tuple[datetime, ...] = ()
    step: int = 15

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", tuple(universal(each) for each in self.starts))

    def day(self, moment: datetime) -> date:
        """The day on the clocks of the event."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def every_start(self) -> tuple[datetime, ...]:
        """All moments at which a session may start, in order."""
        if self.starts:
            return tuple(sorted(self.starts))
        step = timedelta(minutes=self.step)
        found = {
            window.start + n * step for window in self.windows for n in range(-(-window.minutes // max(1, self.step)))
        }
        return tuple(sorted(found))

    def bands(self) -> tuple[Span, ...]:
        """The day cut into pieces that count as neighbours: from start to start, or hours where no starts are given.

        Pieces that lie in a break are left out, so that the one before lunch is next to the one after.
        """
        cuts = sorted(self.starts)
        found = []
        for window in self.windows:
            inside = [each for each in cuts if window.start <= each < window.end] or _hours(window)
            found += [Span(start, end) for start, end in zip(inside, [*inside[1:], window.end], strict=True)]
        return tuple(each for each in found if not any(rest.covers(each) for rest in self.breaks))


def _hours(window: Span) -> list[datetime]:
    return [window.start + timedelta(hours=n) for n in range(-(-window.minutes // 60))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that a plan is made of, apart from where sessions stand."""

    grid: Grid
    sessions: tuple[Session, ...]
    rooms: tuple[Room, ...] = ()
    cities: tuple[City, ...] = ()
    people: tuple[Person, ...] = ()
    walking: int = 0
    """Minutes from one building to another."""
    similar: tuple[tuple[str, str, int], ...] = ()
    """Pairs of themes that draw the same public, from 1 (a little) to 3 (much)."""
    limits: Limits = Limits()
    most: int = 2
    """Sessions of a city, the host apart, beyond which organisers are told."""
