"""What can be wrong with a plan: the kinds, how heavy each weighs by default, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """A kind of conflict."""

    ROOM_TWICE = "room twice"
    CHANGEOVER = "changeover"
    ROOM_SHUT = "room shut"
    CAPACITY = "capacity"
    EQUIPMENT = "equipment"
    MODE_EQUIPMENT = "mode and equipment"
    PERSON_TWICE = "person twice"
    MODERATOR_TWICE = "moderator twice"
    CITY_TWICE = "city twice"
    CITY_SPLIT = "city in two places"
    WALKING = "walking"
    AWAY = "away"
    ONLY_ONLINE = "only online"
    VISIT = "visit"
    NOT_ARRIVED = "not arrived"
    LEFT = "already left"
    OUTSIDE_DAY = "outside the day"
    BREAK = "in a break"
    HOURS = "local hours"
    EDGE_HOURS = "early or late"
    BESIDE_PLENARY = "beside a plenary"
    APART = "kept apart"
    ORDER = "order"
    SAME_DAY = "same day"
    OUTSIDE_BLOCK = "outside its block"
    ROLE_MISSING = "role missing"
    SPEAKER_UNNAMED = "speaker not named"
    VIDEO_MISSING = "video missing"
    MODE_OPEN = "mode to be confirmed"
    MODE_NOT_OFFERED = "mode not offered"
    OVERRUN = "too many minutes"
    UNPLACED = "unplaced"
    NO_ROOM = "no room"
    CITY_NEVER = "city never"
    CITY_OFTEN = "city too often"


class Severity(StrEnum):
    """What the organiser makes of a kind."""

    IGNORE = "ignore"
    WARN = "warn"
    BLOCK = "block"


_BLOCK = (Kind.ROOM_TWICE, Kind.PERSON_TWICE, Kind.MODERATOR_TWICE, Kind.CITY_TWICE, Kind.HOURS)
_IGNORE = (Kind.MODE_OPEN, Kind.EDGE_HOURS)
SEVERITIES: Mapping[Kind, Severity] = {
    kind: Severity.BLOCK if kind in _BLOCK else Severity.IGNORE if kind in _IGNORE else Severity.WARN for kind in Kind
}
"""As a new event has them; the organiser may set each."""

HARD = frozenset(
    {
        Kind.ROOM_TWICE,
        Kind.CHANGEOVER,
        Kind.ROOM_SHUT,
        Kind.CAPACITY,
        Kind.EQUIPMENT,
        Kind.MODE_EQUIPMENT,
        Kind.PERSON_TWICE,
        Kind.MODERATOR_TWICE,
        Kind.CITY_TWICE,
        Kind.WALKING,
        Kind.AWAY,
        Kind.ONLY_ONLINE,
        Kind.VISIT,
        Kind.NOT_ARRIVED,
        Kind.LEFT,
        Kind.OUTSIDE_DAY,
        Kind.BREAK,
        Kind.HOURS,
        Kind.BESIDE_PLENARY,
        Kind.APART,
        Kind.ORDER,
        Kind.SAME_DAY,
        Kind.OUTSIDE_BLOCK,
    }
)
"""What a proposal never breaks, save between sessions that are pinned and so stand as they were."""

Value = str | int | datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing to look at: its kind, the sessions and cities or people concerned, and the values of its sentence."""

    kind: Kind
    sessions: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    facts: tuple[tuple[str, Value], ...] = ()
    detail: str = ""
    """What tells it from another of its kind on the same sessions: the part that is missing."""

    @property
    def key(self) -> tuple[Kind, str]:
        """What a waiver names; the same as long as the same sessions and people are concerned in the same way."""
        return self.kind, " ".join(filter(None, (*self.sessions, *self.who, self.detail)))

    @property
    def values(self) -> dict[str, Value]:
        return dict(self.facts)


def found(kind: Kind, *sessions: str, who: str = "", detail: str = "", **values: Value) -> Conflict:
    """A conflict, its sessions in the order of their ids so that it has one name whichever is looked at first."""
    return Conflict(kind, tuple(sorted(sessions)), (who,) if who else (), tuple(values.items()), detail)


SENTENCES: Mapping[Kind, str] = {
    Kind.ROOM_TWICE: "“%(first)s” and “%(second)s” are in %(room)s at the same time.",
    Kind.CHANGEOVER: "%(gap)s minutes lie between “%(first)s” and “%(second)s” in %(room)s; it needs %(needed)s.",
    Kind.ROOM_SHUT: "%(room)s is not open for all of “%(session)s”.",
    Kind.CAPACITY: "%(expected)s people are expected in “%(session)s”; %(room)s has %(seats)s seats.",
    Kind.EQUIPMENT: "“%(session)s” needs %(missing)s, which %(room)s does not have.",
    Kind.MODE_EQUIPMENT: "%(name)s joins “%(session)s” by %(mode)s; %(room)s has no %(missing)s.",
    Kind.PERSON_TWICE: "%(name)s is in “%(first)s” and “%(second)s” at the same time.",
    Kind.MODERATOR_TWICE: "%(name)s, a moderator, is in “%(first)s” and “%(second)s” at the same time.",
    Kind.CITY_TWICE: "%(name)s is in “%(first)s” and “%(second)s” at the same time.",
    Kind.CITY_SPLIT: "%(name)s sends different people to “%(first)s” and “%(second)s” at the same time.",
    Kind.WALKING: "%(name)s has %(gap)s minutes from “%(first)s” to “%(second)s” in another building; the way takes"
    " %(needed)s.",
    Kind.AWAY: "%(name)s is not available during “%(session)s”.",
    Kind.ONLY_ONLINE: "%(name)s can join “%(session)s” only online.",
    Kind.VISIT: "%(name)s is on the visit “%(label)s” during “%(session)s”.",
    Kind.NOT_ARRIVED: "%(name)s is not there yet when “%(session)s” begins.",
    Kind.LEFT: "%(name)s has left before “%(session)s” is over.",
    Kind.OUTSIDE_DAY: "“%(session)s” lies outside the hours of the summit.",
    Kind.BREAK: "“%(session)s” runs into a break.",
    Kind.HOURS: "%(name)s would take part in “%(session)s” from %(starts)s to %(ends)s of its own clocks.",
    Kind.EDGE_HOURS: "%(name)s takes part in “%(session)s” early or late: from %(starts)s to %(ends)s of its own"
    " clocks.",
    Kind.BESIDE_PLENARY: "“%(first)s” and “%(second)s” run at the same time; nothing else should run beside"
    " “%(alone)s”.",
    Kind.APART: "“%(first)s” and “%(second)s” should not run at the same time.",
    Kind.ORDER: "“%(second)s” should begin after “%(first)s” has ended.",
    Kind.SAME_DAY: "“%(first)s” and “%(second)s” should be on the same day.",
    Kind.OUTSIDE_BLOCK: "“%(session)s” is not within its block “%(block)s”.",
    Kind.ROLE_MISSING: "“%(session)s” has nobody as %(part)s.",
    Kind.SPEAKER_UNNAMED: "%(name)s has not said who speaks in “%(session)s”.",
    Kind.VIDEO_MISSING: "The video of %(name)s for “%(session)s” has not come.",
    Kind.MODE_OPEN: "How %(name)s takes part in “%(session)s” is to be confirmed.",
    Kind.MODE_NOT_OFFERED: "%(name)s is in “%(session)s” by %(mode)s, but does not take part in the summit that way.",
    Kind.OVERRUN: "The speakers of “%(session)s” have %(asked)s minutes; it lasts %(length)s.",
    Kind.UNPLACED: "“%(session)s” has no time.",
    Kind.NO_ROOM: "“%(session)s” has no room.",
    Kind.CITY_NEVER: "%(name)s is in no session.",
    Kind.CITY_OFTEN: "%(name)s is in %(count)s sessions; %(most)s are usual.",
}
"""A sentence for each kind, to be translated whole; the names in it are keys of `Conflict.values`.

Arrival and departure are told in confidence, so no conflict holds their hours.
"""


def sentence(
    conflict: Conflict,
    translate: Callable[[str], str] = str,
    clock: Callable[[datetime], str] = "{:%H:%M}".format,
) -> str:
    """The conflict in words, by the caller's translation and way of writing a time; local hours as their own clocks
    show them.
    """
    shown = {name: clock(value) if isinstance(value, datetime) else value for name, value in conflict.facts}
    return translate(SENTENCES[conflict.kind]) % shown


@dataclass(frozen=True, slots=True)
class Judged:
    """A conflict, how the organisers take it, and the reason of its waiver, if it has one."""

    conflict: Conflict
    severity: Severity
    waived: str = ""

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCK and not self.waived


def judge(
    conflicts: Iterable[Conflict],
    severities: Mapping[Kind, Severity] = SEVERITIES,
    waivers: Mapping[tuple[Kind, str], str] | None = None,
) -> tuple[Judged, ...]:
    """What is to be shown, the gravest first: all that is not ignored, with the reasons of waivers by key."""
    reasons = waivers or {}
    rank = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.IGNORE: 2}
    every = [
        Judged(each, severity, reasons.get(each.key, ""))
        for each in conflicts
        if (severity := severities.get(each.kind, SEVERITIES[each.kind])) is not Severity.IGNORE
    ]
    return tuple(sorted(every, key=lambda each: (bool(each.waived), rank[each.severity], each.conflict.key)))
