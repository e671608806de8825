"""A summit of 300 sessions in five days, as large as agendas of city networks come, told as any other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update

from app.db import db, write
from app.events.models import Event
from app.publishing.models import Release
from app.publishing.programme import (
    Appearance,
    City,
    Person,
    Programme,
    Room,
    Session,
    Summit,
    Theme,
    to_json,
)
from app.web.kept import KeepingFlask

SESSIONS = 300
FIRST = date(2023, 2, 27)
WORDS = (
    "resilient harbours heat shelters water mobility housing youth budgets schools air quality food markets twin towns"
    " night buses green roofs flood plains open data digital twins fair work heritage tourism biodiversity energy waste"
).split()
ZONES = ("Asia/Tokyo", "Europe/Rome", "America/Los_Angeles", "Africa/Nairobi", "Asia/Kolkata")
MODES = ("venue", "venue", "venue", "online", "video", "")


def great(sessions: int = SESSIONS) -> Programme:
    """No two sessions, cities or people are called the same, so that little of it compresses away."""
    cities = tuple(
        City(f"city-{n}", f"{WORDS[n % 31].title()}ville {n}", "city", "", ZONES[n % 5], ("venue", "online"))
        for n in range(90)
    )
    people = tuple(Person(f"person-{n}", _name(n), "Ms.", (_post(n),)) for n in range(150))
    return Programme(
        release=1,
        published_at=datetime(2023, 2, 1, 9, 5, tzinfo=UTC),
        summit=Summit(
            "gnets-2023",
            "Great Assembly",
            "G-NETS",
            "Global City Network for Sustainability",
            1,
            "",
            FIRST,
            FIRST + timedelta(days=4),
            "Asia/Tokyo",
            "Tokyo",
            "Tokyo International Forum",
            "hybrid",
        ),
        themes=tuple(Theme(f"theme-{n}", f"{WORDS[n].title()} and {WORDS[n + 6]}", n + 1) for n in range(6)),
        rooms=tuple(Room(n + 1, f"Hall {n + 1}") for n in range(10)),
        cities=cities,
        people=people,
        sessions=tuple(_session(n) for n in range(sessions)),
    )


def _name(n: int) -> str:
    return f"{WORDS[(n * 7) % 31].upper()} {WORDS[(n * 11 + 3) % 31].title()} {n}"


def _post(n: int) -> str:
    return f"Deputy Mayor for {WORDS[(n * 5) % 31]} and {WORDS[(n * 3 + 1) % 31]}"


def _session(n: int) -> Session:
    """Sixty a day, ten at a time."""
    day, turn = n // 60, n % 60 // 10
    starts = datetime(2023, 2, 27, 0, 15, tzinfo=UTC) + timedelta(days=day, minutes=90 * turn)
    words = " ".join(WORDS[(n * step + step) % 31] for step in (3, 7, 12, 17))
    cities = {f"city-{(n * 7 + each * 13) % 90}": MODES[(n + each) % 6] for each in range(4)}
    return Session(
        code=f"session-{n + 1}",
        uid=f"{n:032x}",
        kind="session",
        title=f"{words.capitalize()} {n + 1}",
        theme=f"theme-{n % 6}",
        day=FIRST + timedelta(days=day),
        starts=starts,
        ends=starts + timedelta(minutes=80),
        room=f"Hall {n % 10 + 1}",
        appearances=(
            Appearance("moderator", person=f"person-{n % 150}", mode="venue"),
            *(Appearance("speaker", city=city, mode=mode) for city, mode in cities.items()),
        ),
    )


def tell(app: KeepingFlask, programme: Programme, slug: str = "gnets-2023") -> None:
    """Let this be the next release of the event, past all services; calendars know nothing of it."""

    def act() -> None:
        event = db.session.execute(select(Event).where(Event.slug == slug)).scalar_one()
        number = event.release + 1
        told = to_json(programme) | {"release": number}
        db.session.execute(update(Event).where(Event.id == event.id).values(release=number))
        db.session.add(
            Release(
                event_id=event.id,
                number=number,
                published_at=programme.published_at,
                published_by="Tokyo",
                programme=told,
            )
        )

    with app.app_context():
        write(act)
