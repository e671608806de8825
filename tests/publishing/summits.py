"""A small programme of the cast for tests that need no database, and the rehearsal for those that do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from app.agenda.models import Session as Row
from app.clock import now
from app.db import db, write
from app.events.models import Event
from app.publishing import service
from app.publishing.models import Release
from app.publishing.programme import Appearance, City, Person, Programme, Session, Summit, Theme
from app.web.kept import KeepingFlask

DAY = date(2023, 2, 28)


def at(hour: int, minute: int = 0) -> datetime:
    """An instant of that day, by the clocks of Tokyo."""
    return datetime(2023, 2, 28, hour - 9, minute, tzinfo=UTC)


SESSION_2 = Session(
    code="session-2",
    uid="0" * 31 + "2",
    kind="session",
    title="Session 2",
    number=2,
    theme="resilience",
    day=DAY,
    starts=at(11, 50),
    ends=at(13, 10),
    room="Hall A",
    appearances=(
        Appearance("moderator", person="ishii"),
        Appearance("speaker", city="new-york", mode="venue"),
        Appearance("speaker", city="lancaster", mode="online"),
        Appearance("speaker", city="milan", mode="video"),
    ),
)
SESSION_5 = Session(
    code="session-5",
    uid="0" * 31 + "5",
    kind="session",
    title="Session 5",
    number=5,
    day=DAY,
    starts=at(15),
    ends=at(16),
    room="Hall A",
    appearances=(Appearance("moderator", person="ishii"), Appearance("speaker", city="rome")),
)
PROGRAMME = Programme(
    release=1,
    published_at=at(9),
    summit=Summit(
        slug="gnets-2023",
        title="1st G-NETS Leaders Summit",
        network="G-NETS",
        network_name="Global City Network for Sustainability",
        edition=1,
        motto="",
        starts_on=date(2023, 2, 27),
        ends_on=date(2023, 3, 1),
        zone="Asia/Tokyo",
        place="Tokyo",
        venue="Tokyo Metropolitan Government",
        format="",
    ),
    themes=(Theme("resilience", "Resilience", 1),),
    cities=(
        City("tokyo", "Tokyo", "metropolis", "", "Asia/Tokyo", ("venue",), host=True),
        City("new-york", "New York", "city", "", "America/New_York", ("venue", "video")),
        City("lancaster", "Lancaster", "city", "", "America/Los_Angeles", ("online",)),
        City("milan", "Milan", "city", "", "Europe/Rome", ("video",)),
        City("rome", "Rome", "city", "", "Europe/Rome", ("venue", "online")),
    ),
    people=(Person("ishii", "ISHII Naoko", "Ms."),),
    sessions=(SESSION_2, SESSION_5),
)


def changed(**values: Any) -> Programme:
    """The same with another Session 2."""
    return replace(PROGRAMME, sessions=(replace(SESSION_2, **values), SESSION_5))


def edit(code: str, **values: object) -> None:
    """Change a session of the rehearsal's draft, past all services."""

    def act() -> None:
        row = db.session.execute(
            select(Row).join(Event).where(Event.slug == "rehearsal", Row.code == code)
        ).scalar_one()
        for name, value in values.items():
            setattr(row, name, value)

    write(act)


def rehearsed() -> Event:
    return db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()


def publish(**values: Any) -> int:
    """Publish the rehearsal's draft; the number of the release."""
    event_id = rehearsed().id
    return write(lambda: service.publish(event_id, who="Tokyo", now=now(), **values)).number


def published(code: str, **values: object) -> int:
    """Change a session and publish it; the number of the release."""
    edit(code, **values)
    return publish()


def within(app: KeepingFlask, act: Callable[[], object]) -> None:
    """Do this in a context that ends before any client calls."""
    with app.app_context():
        act()


def released(number: int) -> Release:
    event_id = rehearsed().id
    return db.session.execute(
        select(Release).where(Release.event_id == event_id, Release.number == number)
    ).scalar_one()
