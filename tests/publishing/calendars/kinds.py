"""A summit with every kind of calendar, for each of which somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

from sqlalchemy import select, update

from app.agenda.models import Appearance, Part, Session, Visibility
from app.agenda.models import Kind as SessionKind
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person, Room, Theme
from app.network.models import Member
from app.publishing import service as publishing
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.registration import service as registration
from app.registration.models import Capacity, Delegate
from tests.ical.made import TITLES
from tests.registration.cast import NOW, Cast, application, read

HOSTILE = (*TITLES, 'Å"s,a\r\nBcc: x@y <b>&amp;{{7*7}}', "BEGIN:VCALENDAR; \\, \\N\u202e\u2028, Rome's")
DAY = date(2027, 7, 10)
LINK = "https://meet.example/hall?pwd=1,2;3"
SECRET = "SECRET of the organisers"


def furnish(cast: Cast, zone: str = "Asia/Tokyo") -> None:
    """Words that break files, a hall with a link, a theme, a moderator, a visit; sessions for each circle of readers,
    one of them cancelled once it was published, one without a time."""

    def act() -> None:
        event = db.session.get_one(Event, cast.event_id)
        event.zone, event.title, event.motto = zone, HOSTILE[0], HOSTILE[1]
        event.starts_on, event.ends_on = DAY, DAY.replace(day=12)
        hall = Room(event_id=event.id, name="Hall, große; \\ 1", link=LINK)
        theme = Theme(event_id=event.id, slug="water", name="Water, and; waste", tone=1)
        ishii = Person(event_id=event.id, code="ishii", name="ISHII Naoko, Prof.", positions=["Professor; Tokyo"])
        db.session.add_all([hall, theme, ishii])
        db.session.flush()
        db.session.execute(update(Session).values(day=DAY, room_id=hall.id))
        rows = db.session.execute(select(Session).where(Session.event_id == event.id)).scalars()
        first = {row.code: row for row in rows}["session-2"]
        first.theme_id = theme.id
        for number, words in enumerate(HOSTILE):
            db.session.add(_session(event, number, title=words[:150], description=words * 2, room_id=hall.id))
        more: dict[str, dict[str, Any]] = {
            "visit": {"kind": SessionKind.VISIT, "title": "A visit"},
            "heads": {"visibility": Visibility.HEADS, "title": "Heads alone"},
            "closed": {"visibility": Visibility.CLOSED, "title": SECRET, "description": SECRET},
            "open": {"starts": None, "ends": None, "title": "To be announced"},
            "off": {"title": "Cancelled one", "theme_id": theme.id},
        }
        for number, (code, facts) in enumerate(more.items(), 20):
            db.session.add(_session(event, number, code=code, room_id=hall.id, **facts))
        db.session.flush()
        for code in ("session-2", "closed-talk", "closed", "off"):
            key = db.session.execute(select(Session.id).where(Session.code == code)).scalar_one()
            db.session.add(Appearance(session_id=key, position=90, part=Part.MODERATOR, person_id=ishii.id))

    read(cast.app, lambda: write(act))
    read(cast.app, lambda: write(lambda: _publish(cast)))
    edit(cast, "off", cancelled=True)


def _session(event: Event, number: int, code: str = "", **facts: Any) -> Session:
    values: dict[str, Any] = {
        "kind": SessionKind.SESSION,
        "starts": time(8 + number % 12),
        "ends": time(9 + number % 12),
    }
    row = Session(event_id=event.id, code=code or f"hostile-{number}", position=30 + number, day=DAY)
    for name, value in (values | facts).items():
        setattr(row, name, value)
    return row


def edit(cast: Cast, code: str, **values: object) -> None:
    """Change one session of the draft and publish."""

    def act() -> None:
        row = db.session.execute(select(Session).where(Session.code == code)).scalar_one()
        for name, value in values.items():
            setattr(row, name, value)
        db.session.flush()
        _publish(cast)

    read(cast.app, lambda: write(act))


def _publish(cast: Cast) -> None:
    publishing.publish(cast.event_id, who="test", now=NOW, reason="All of it is in one hall at once.")


def _secret(made: Delegate) -> Callable[[], str]:
    return lambda: made.feed


def delegate(cast: Cast, key: str, city: str = "Rome", mode: Mode = Mode.VENUE, *, head: bool = False) -> Delegate:
    """Somebody of this city who registered; `head`: its head."""

    def act() -> Delegate:
        made = registration.register(
            db.session.get_one(Event, cast.event_id), application(cast, key, city, mode=mode), NOW
        )
        if head:
            made.role = Capacity.HEAD
        return made

    return read(cast.app, lambda: write(act))


def office(cast: Cast, city: str = "Rome") -> str:
    """The path of the calendar of a city's office."""

    def act() -> str:
        whose = select(Delegation.id).join(Member)
        key = db.session.execute(whose.where(Delegation.event_id == cast.event_id, Member.name == city)).scalar_one()
        return links.make(Owner(cast.event_id, delegation_id=key), who="test", now=NOW).secret

    return f"/c/{read(cast.app, lambda: write(act))}/city.ics"


def moderator(cast: Cast, code: str = "ishii") -> str:
    """The path of the calendar of a person of the programme."""

    def act() -> str:
        key = db.session.execute(select(Person.id).where(Person.code == code)).scalar_one()
        return links.make(Owner(cast.event_id, person_id=key), who="test", now=NOW).secret

    return f"/c/{read(cast.app, lambda: write(act))}/programme.ics"


def public(cast: Cast) -> dict[str, str]:
    """The path of a public calendar of each kind."""
    key = read(cast.app, lambda: db.session.execute(select(Room.id)).scalar_one())
    return {
        "all": "/summit/agenda.ics",
        "online": "/summit/online.ics",
        "day": f"/summit/days/{DAY}.ics",
        "theme": "/summit/themes/water.ics",
        "room": f"/summit/rooms/{key}.ics",
        "session": "/summit/sessions/session-2.ics",
        "city": "/summit/cities/rome.ics",
        "city without a session": "/summit/cities/seoul.ics",
    }


def private(cast: Cast) -> dict[str, str]:
    """The path of a private calendar of each kind."""
    people: dict[str, Callable[[], Delegate]] = {
        "delegate at the venue": lambda: delegate(cast, "a first form"),
        "delegate online": lambda: delegate(cast, "a second form", "Lancaster", Mode.ONLINE),
        "delegate by video": lambda: delegate(cast, "a third form", "Milan", Mode.VIDEO),
        "head": lambda: delegate(cast, "a fourth form", "Tokyo", head=True),
    }
    secrets = {name: read(cast.app, _secret(make())) for name, make in people.items()}
    paths = {name: f"/c/{secret}/agenda.ics" for name, secret in secrets.items()}
    return paths | {"office": office(cast), "moderator": moderator(cast)}
