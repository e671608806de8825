"""The summit of the tests as planning sees it: cities of the real one, and small congresses drawn at random."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.imports import bundled
from app.planning.model import (
    Absence,
    Appearance,
    City,
    Grid,
    Mode,
    Person,
    Pin,
    Placing,
    Problem,
    Room,
    Session,
    Span,
    Why,
)

ZONE = "Asia/Tokyo"
DAY = date(2023, 2, 28)
LIVE, HOME = frozenset({Mode.VENUE}), frozenset({Mode.ONLINE})


def at(clock: str, day: date = DAY) -> datetime:
    """This time in Tokyo."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(ZONE)).astimezone(UTC)


def span(start: str, end: str, day: date = DAY) -> Span:
    return Span(at(start, day), at(end, day))


TOKYO = City(id="city:tokyo", name="Tokyo", zone=ZONE, modes=LIVE, host=True, region="Asia")
LONDON = City(id="city:london", name="London", zone="Europe/London", modes=HOME, region="Europe")
LANCASTER = City(id="city:lancaster", name="Lancaster", zone="America/Los_Angeles", modes=HOME, region="Americas")
ROME = City(id="city:rome", name="Rome", zone="Europe/Rome", modes=LIVE | HOME, region="Europe")
MILAN = City(id="city:milan", name="Milan", zone="Europe/Rome", modes=frozenset({Mode.VIDEO}), region="Europe")
SEOUL = City(id="city:seoul", name="Seoul", zone="Asia/Seoul", modes=LIVE, region="Asia")
QUEENSLAND = City(id="city:queensland", name="Queensland", zone="Australia/Brisbane", modes=LIVE, region="Oceania")
CITIES = (TOKYO, LONDON, LANCASTER, ROME, MILAN, SEOUL, QUEENSLAND)
KOIKE = Person(id="person:koike", name="KOIKE Yuriko", zone=ZONE, city="city:tokyo", modes=LIVE)
ISHII = Person(id="person:ishii", name="ISHII Naoko", zone=ZONE, modes=LIVE)
KORESAWA = Person(id="person:koresawa", name="KORESAWA Atsushi", zone=ZONE, modes=LIVE)
PEOPLE = (KOIKE, ISHII, KORESAWA)
HALL = Room("hall", "Hall A", 100, frozenset({"streaming", "screen"}), changeover=10)
STUDIO = Room("studio", "Studio", 20, frozenset(), building="annex")
GRID = Grid(ZONE, (span("09:00", "19:00"),), (span("12:00", "13:00"),))


def appears(*who: str, mode: Mode | None = Mode.VENUE, part: str = "speaker") -> tuple[Appearance, ...]:
    return tuple(Appearance(each, part, mode, order) for order, each in enumerate(who))


def session(name: str, *appearances: Appearance, **facts: Any) -> Session:
    return Session(id=name, title=name.capitalize(), appearances=appearances, **facts)


def problem(*sessions: Session, **facts: Any) -> Problem:
    given: dict[str, Any] = {"grid": GRID, "rooms": (HALL, STUDIO), "cities": CITIES, "people": PEOPLE} | facts
    return Problem(sessions=sessions, **given)


def put(name: str, clock: str | None = None, room: str | None = "hall") -> Placing:
    return Placing(name, None if clock is None else at(clock), room if clock else None)


def file() -> dict[str, Any]:
    """The event file of the summit that comes with the product."""
    found: dict[str, Any] = json.loads(bundled("gnets-2023").read_text("utf-8"))
    return found


ZONES = (ZONE, "Europe/London", "America/Los_Angeles", "Asia/Kolkata")
STARTS = tuple(at(clock) for clock in ("09:00", "10:00", "11:00", "13:00", "14:00", "16:00", "17:00"))
SMALL = Grid(ZONE, (span("09:00", "18:00"),), (span("12:00", "13:00"),), STARTS)


@st.composite
def attendees(draw: st.DrawFn, n: int, kind: type[City] | type[Person]) -> Any:
    absences = draw(
        st.lists(
            st.builds(Absence, st.sampled_from([span("09:00", "11:00"), span("13:30", "14:30")]), st.sampled_from(Why)),
            max_size=1,
        )
    )
    prefix = "city" if kind is City else "person"
    return kind(
        id=f"{prefix}:{n}",
        name=f"{prefix.capitalize()} {n}",
        zone=draw(st.sampled_from(ZONES)),
        modes=draw(st.sampled_from([LIVE, HOME, LIVE | HOME])),
        absences=tuple(absences),
        arrives=draw(st.sampled_from([None, None, at("09:30")])),
        departs=draw(st.sampled_from([None, None, at("16:30")])),
        head=draw(st.booleans()),
    )


@st.composite
def sessions(draw: st.DrawFn, n: int, count: int, who: list[str], people: list[str]) -> Session:
    others = st.sampled_from([f"s{m}" for m in range(n)]) if n else st.nothing()
    links = st.lists(others, max_size=1).map(tuple)
    chosen = draw(st.lists(st.sampled_from(who), max_size=3, unique=True))
    speaker = st.sampled_from(["", "", *people])
    return Session(
        id=f"s{n}",
        title=f"Session {n}",
        kind=draw(st.sampled_from(["session", "session", "session", "social"])),
        theme=draw(st.sampled_from(["", "a", "b"])),
        length=draw(st.sampled_from([60, 60, 50, 120])),
        needs=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"screen"})])),
        expected=draw(st.sampled_from([0, 15, 60])),
        parent=draw(others) if n and draw(st.integers(0, 7)) == 0 else "",
        roles=draw(st.sampled_from([frozenset(), frozenset({"moderator"})])),
        appearances=tuple(
            Appearance(
                each,
                draw(st.sampled_from(["speaker", "moderator"])),
                draw(st.sampled_from([Mode.VENUE, Mode.VENUE, Mode.ONLINE, Mode.VIDEO, None])),
                order,
                draw(st.sampled_from([None, 5, 40])),
                draw(speaker) if each.startswith("city") else "",
                draw(st.sampled_from([None, False])),
            )
            for order, each in enumerate(chosen)
        ),
        after=draw(links) if n and draw(st.integers(0, 4)) == 0 else (),
        apart=draw(links) if n and draw(st.integers(0, 4)) == 0 else (),
        same_day=draw(links) if n and draw(st.integers(0, 4)) == 0 else (),
        alone=draw(st.integers(0, 9)) == 0,
        audience=draw(st.sampled_from([frozenset(), frozenset("abcd"), frozenset("abcdefg")])),
    )


def placings(name: str) -> st.SearchStrategy[Placing]:
    starts = st.sampled_from([None, *STARTS, at("08:30"), at("11:20"), at("14:30")])
    return st.builds(Placing, st.just(name), starts, st.sampled_from([None, "hall", "studio", "small"]))


@st.composite
def problems(draw: st.DrawFn, most: int = 7) -> Problem:
    """A small congress with every kind of fact."""
    cities = tuple(draw(attendees(n, City)) for n in range(draw(st.integers(1, 3))))
    people = tuple(draw(attendees(n, Person)) for n in range(draw(st.integers(1, 3))))
    ids = [each.id for each in (*cities, *people)]
    count = draw(st.integers(1, most))
    made = tuple(draw(sessions(n, count, ids, [each.id for each in people])) for n in range(count))
    shut = draw(st.sampled_from([None, (span("09:00", "12:00"),), (span("13:00", "18:00"),)]))
    rooms = (HALL, STUDIO, Room("small", "Room 3", 30, None, shut, 0, draw(st.sampled_from(["", "annex"]))))
    return Problem(
        grid=SMALL,
        sessions=made,
        rooms=rooms,
        cities=cities,
        people=people,
        walking=draw(st.sampled_from([0, 15])),
        similar=draw(st.sampled_from([(), (("a", "b", 2),)])),
    )


@st.composite
def plans(draw: st.DrawFn, most: int = 7) -> tuple[Problem, tuple[Placing, ...]]:
    """A small congress and a plan of it, right or wrong."""
    whole = draw(problems(most))
    return whole, tuple(draw(placings(each.id)) for each in whole.sessions)


def later(placing: Placing, minutes: int) -> Placing:
    start = None if placing.start is None else placing.start + timedelta(minutes=minutes)
    return Placing(placing.session, start, placing.room)


PINS = st.sampled_from([Pin.FREE, Pin.FREE, Pin.FREE, Pin.DAY, Pin.TIME, Pin.PLACE])
