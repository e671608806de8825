"""A problem prepared for many questions: who is in which session, by which key, in which zone. Built once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.planning.model import Appearance, Attendee, City, Mode, Placing, Problem, Session

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minute(moment: datetime) -> int:
    """Minutes since 1970; seconds are dropped."""
    return int((moment - EPOCH).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Where:
    """A session in its place; `begins` and `ends` in minutes, for quick comparison."""

    start: datetime
    end: datetime
    begins: int
    ends: int
    day: object
    """What two placings of the same day share."""
    room: str | None


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody live in a session: everything the rules of time ask, found once."""

    who: Attendee
    appearance: Appearance
    at_venue: bool
    online: bool
    """Joins online, or may do so while the mode is to be confirmed (rule 9.7)."""
    zone: str


@dataclass(frozen=True, slots=True)
class Card:
    """A session with all that hangs on it."""

    session: Session
    present: tuple[Present, ...]
    keys: dict[str, tuple[str, str, bool]]
    """Who cannot be in two places: id to (part, named speaker, at the venue)."""
    family: frozenset[str]
    """Its block, or the sessions it holds: they overlap by nature."""
    linked: frozenset[str]
    """Sessions that a rule ties it to: order, same day, kept apart, family."""


class Facts:
    """The problem by ids."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.grid = problem.grid
        self.rooms = {room.id: room for room in problem.rooms}
        self.cities: dict[str, City] = {each.id: each for each in problem.cities}
        self.people: dict[str, Attendee] = {each.id: each for each in problem.people}
        self.everybody: dict[str, Attendee] = {**self.people, **self.cities}
        self.buildings = len({room.building for room in problem.rooms}) > 1 and problem.walking > 0
        self.sessions = {session.id: session for session in problem.sessions}
        self._days: dict[datetime, object] = {}
        self.cards: dict[str, Card] = {}
        self._tie(problem.sessions)
        for session in problem.sessions:
            self.cards[session.id] = self._card(session)

    def _tie(self, sessions: Iterable[Session]) -> None:
        self.children: dict[str, set[str]] = {}
        self._links: dict[str, set[str]] = {}
        for session in sessions:
            for other in (*session.after, *session.apart, *session.same_day, session.parent):
                if other in self.sessions:
                    self._links.setdefault(session.id, set()).add(other)
                    self._links.setdefault(other, set()).add(session.id)
            if session.parent in self.sessions:
                self.children.setdefault(session.parent, set()).add(session.id)

    def replace(self, session: Session) -> set[str]:
        """Take other facts of one session; the ids of the sessions whose conflicts may change besides its own."""
        before = self._links.get(session.id, set())
        self.sessions[session.id] = session
        self._tie(self.sessions.values())
        touched = (before | self._links.get(session.id, set())) - {session.id}
        for each in {session.id, *touched}:
            self.cards[each] = self._card(self.sessions[each])
        return touched

    def _card(self, session: Session) -> Card:
        present = tuple(self._present(session))
        keys: dict[str, tuple[str, str, bool]] = {}
        for one in present:
            part = one.appearance.part
            for key in filter(None, (one.appearance.who, one.appearance.speaker)):
                if key not in keys or part == "moderator":
                    keys[key] = (part, one.appearance.speaker, one.at_venue)
        family = frozenset({session.parent} & self.sessions.keys() | self.children.get(session.id, set()))
        return Card(session, present, keys, family, frozenset(self._links.get(session.id, set())))

    def _present(self, session: Session) -> Iterable[Present]:
        for each in session.appearances:
            who = self.everybody.get(each.who)
            if who is None or each.mode is Mode.VIDEO:
                continue
            speaker = self.everybody.get(each.speaker)
            online = each.mode is Mode.ONLINE or (each.mode is None and Mode.ONLINE in who.modes)
            at_venue = each.mode is Mode.VENUE or (each.mode is None and not online)
            yield Present(who, each, at_venue, online, speaker.zone if speaker and speaker.zone else who.zone)
            if speaker is not None:
                yield Present(speaker, each, at_venue, False, speaker.zone)

    def where(self, placing: Placing) -> Where | None:
        """The place in full, or None for a session without a time."""
        if placing.start is None or placing.session not in self.sessions:
            return None
        length = self.sessions[placing.session].length
        start = placing.start
        day = self._days.get(start)
        if day is None:
            day = self._days[start] = self.grid.day(start)
        begins = minute(start)
        return Where(start, start + timedelta(minutes=length), begins, begins + length, day, placing.room)
