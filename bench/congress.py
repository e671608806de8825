"""A congress made up from a seed: sessions, rooms, slots and people with their hours, of a size as they really come.

A timetable is drawn first and people are chosen to suit it, then it is thrown away: so every session can be placed, and
nobody has to believe it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.planning.hours import Hours, verdict
from app.planning.model import Absence, Appearance, Grid, Mode, Person, Placing, Problem, Room, Session, Span

ZONE = "Asia/Tokyo"
FIRST = date(2027, 3, 1)
CLOCKS = (time(9), time(10), time(11), time(13), time(14), time(15))
ONLINE = ("Asia/Kolkata", "Asia/Kolkata", "Asia/Dubai", "Europe/Rome", "Europe/Tirane", "Africa/Nairobi", "Asia/Seoul")
ONLINE_WEST = ("America/Los_Angeles", "Pacific/Auckland")
PER_THEME = 5
SEATS = (400, 220, 160, 120, 80, 60)


@dataclass(frozen=True)
class Congress:
    """A problem and how large it is."""

    problem: Problem
    seed: int


def _moment(day: int, clock: time) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), clock, ZoneInfo(ZONE)).astimezone(UTC)


def _rooms(count: int) -> tuple[Room, ...]:
    plain, full = frozenset({"streaming", "screen"}), frozenset({"streaming", "screen", "interpretation"})
    return tuple(
        Room(f"room-{n}", f"Room {n + 1}", SEATS[n % len(SEATS)], full if n % 2 == 0 else plain) for n in range(count)
    )


Slot = tuple[int, int, int]
"""Day, place in the day, room."""


def _long(chance: random.Random, sessions: int) -> list[int]:
    return [120 if chance.random() < 0.15 else 60 for _ in range(sessions)]


def _free_slots(free: set[Slot], length: int) -> list[Slot]:
    """Where a session of this length fits: a long one takes two slots of one half of a day."""
    pairs = (each for each in sorted(free) if length == 60 or each[1] not in (2, 5))
    return [(d, s, r) for d, s, r in pairs if length == 60 or (d, s + 1, r) in free]


def _drawn(chance: random.Random, lengths: list[int], days: int, rooms: int, tracks: bool) -> list[Slot]:
    """A free place for each session, the long ones first; with tracks, theme by theme as close as they go."""
    free = {(day, slot, room) for day in range(days) for slot in range(len(CLOCKS)) for room in range(rooms)}
    found: dict[int, Slot] = {}
    themes: dict[int, Slot] = {}
    for n in sorted(range(len(lengths)), key=lambda n: (tracks and n // PER_THEME, -lengths[n])):
        fits = _free_slots(free, lengths[n])
        home = themes.get(n // PER_THEME)
        if tracks and home is not None:
            day, slot, room = min(fits, key=lambda at: (at[2] != home[2], abs(at[0] - home[0]), at))
        elif tracks:
            counts = {(d, r): sum(at[0] == d and at[2] == r for at in fits) for d, _, r in fits}
            day, slot, room = min(fits, key=lambda at: (-counts[at[0], at[2]], at))
        else:
            day, slot, room = chance.choice(fits)
        found[n] = day, slot, room
        themes.setdefault(n // PER_THEME, found[n])
        free -= {(day, slot, room)} | ({(day, slot + 1, room)} if lengths[n] > 60 else set())
    return [found[n] for n in range(len(lengths))]


def _people(chance: random.Random, count: int, days: int) -> list[Person]:
    found = []
    for n in range(count):
        online = n < count // 5
        zone = chance.choice(ONLINE + ONLINE_WEST[:1]) if online else ZONE
        away: tuple[Absence, ...] = ()
        if not online and chance.random() < 0.1:
            day = chance.randrange(days)
            away = (Absence(Span(_moment(day, time(12)), _moment(day, time(18)))),)
        mode = Mode.ONLINE if online else Mode.VENUE
        found.append(
            Person(
                id=f"person:{n}",
                name=f"Speaker {n + 1}",
                zone=zone,
                modes=frozenset({mode}),
                absences=away,
                head=n % 9 == 0,
            )
        )
    return found


def _free(person: Person, start: datetime, end: datetime, taken: list[Span]) -> bool:
    span = Span(start, end)
    if any(span.meets(each) for each in taken) or any(each.span.meets(span) for each in person.absences):
        return False
    return Mode.ONLINE not in person.modes or verdict(start, end, person.zone) is not Hours.BAD


def congress(
    sessions: int = 90, rooms: int = 6, days: int = 4, people: int = 110, seed: int = 1, *, tracks: bool = True
) -> Congress:
    """A congress that can be placed whole: six slots a day, 15 % of the sessions two slots long, 20 % of people online.

    With `tracks` what the sessions of a theme need fits one room, as where organisers think in tracks; without, each
    session's needs are drawn apart from its theme's, which is harder than congresses are.
    """
    chance = random.Random(seed)
    halls, crowd = _rooms(rooms), _people(chance, people, days)
    lengths = _long(chance, sessions)
    taken: dict[str, list[Span]] = {each.id: [] for each in crowd}
    made = []
    for n, (day, slot, room) in enumerate(_drawn(chance, lengths, days, rooms, tracks)):
        start = _moment(day, CLOCKS[slot])
        end = start + timedelta(minutes=lengths[n])
        could = [each for each in crowd if _free(each, start, end, taken[each.id])]
        chance.shuffle(could)
        could.sort(key=lambda each: len(taken[each.id]) + chance.random())
        there = could[: chance.choice((3, 3, 4))]
        for each in there:
            taken[each.id].append(Span(start, end))
        hall = halls[room]
        interpreted = hall.equipment is not None and "interpretation" in hall.equipment and chance.random() < 0.7
        made.append(
            Session(
                id=f"session-{n}",
                title=f"Session {n + 1}",
                theme=f"theme-{n // PER_THEME}",
                length=lengths[n],
                needs=frozenset({"interpretation"} if interpreted else ()),
                expected=int((hall.seats or 0) * chance.uniform(0.2, 0.9)),
                appearances=tuple(_appears(each, place) for place, each in enumerate(there)),
            )
        )
    grid = Grid(
        ZONE,
        tuple(Span(_moment(day, time(9)), _moment(day, time(16))) for day in range(days)),
        tuple(Span(_moment(day, time(12)), _moment(day, time(13))) for day in range(days)),
        tuple(_moment(day, clock) for day in range(days) for clock in CLOCKS),
    )
    problem = Problem(grid=grid, sessions=_bookmarked(chance, made), rooms=halls, people=tuple(crowd))
    return Congress(problem, seed)


def _appears(person: Person, place: int) -> Appearance:
    (mode,) = person.modes
    return Appearance(person.id, "speaker" if place else "moderator", mode, place)


def _bookmarked(chance: random.Random, sessions: list[Session]) -> tuple[Session, ...]:
    """Three readers per session, each with four sessions marked, mostly of one theme."""
    marks: dict[str, set[str]] = {each.id: set() for each in sessions}
    for reader in range(3 * len(sessions)):
        liked = chance.choice(sessions).theme
        for _ in range(4):
            wanted = [each for each in sessions if each.theme == liked] if chance.random() < 0.6 else sessions
            marks[chance.choice(wanted).id].add(f"reader {reader}")
    return tuple(replace(each, audience=frozenset(marks[each.id])) for each in sessions)


def shaken(problem: Problem, plan: tuple[Placing, ...], seed: int = 1) -> Problem:
    """The same congress after bad news: a room with some three sessions shut for a day, two people away on another."""
    chance = random.Random(seed)
    grid = problem.grid
    day, other = chance.sample(grid.windows, 2)
    used = [each.room for each in plan if each.start is not None and day.start <= each.start < day.end]
    shut = min(problem.rooms, key=lambda room: (abs(used.count(room.id) - 3), room.id))
    spans = tuple(each for each in grid.windows if each != day)
    rooms = tuple(replace(each, open=spans) if each.id == shut.id else each for each in problem.rooms)
    there = {each.session for each in plan if each.start is not None and other.start <= each.start < other.end}
    speak = sorted({one.who for each in problem.sessions if each.id in there for one in each.appearances})
    ill = set(chance.sample(speak, 2))
    people = tuple(
        replace(each, absences=(*each.absences, Absence(other))) if each.id in ill else each for each in problem.people
    )
    return replace(problem, rooms=rooms, people=people)
