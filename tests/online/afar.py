"""The small summit with a hall that is joined from afar, and people who take part so."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.agenda.models import Appearance, Part, Session, Visibility
from app.db import db, write
from app.events.models import Event, Mode, Person, Room
from app.online import joining
from app.online.joining import Door, Ways
from app.online.models import OnlineRoom
from app.publishing import service as publishing
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.registration import service as registration
from app.registration.models import Capacity, Delegate
from tests.registration.cast import NOW, Cast, application, read

LINK, GREEN, FRENCH = (f"https://meet.example/{each}?pwd=7" for each in ("hall", "green-room", "fr"))
PROVIDER = "meet.example"
NEW = "https://other.example/hall"


def furnish(cast: Cast, *, code: str = "session-2", **facts: object) -> None:
    """All sessions in a hall with its three links, Ms. ISHII moderates Session 2; published."""

    def act() -> None:
        hall = Room(event_id=cast.event_id, name="Hall", link=LINK)
        ishii = Person(event_id=cast.event_id, code="ishii", name="ISHII Naoko")
        db.session.add_all([hall, ishii])
        db.session.flush()
        channels = [{"language": "French", "link": FRENCH}]
        db.session.add(OnlineRoom(room_id=hall.id, speaker_link=GREEN, channels=channels))
        db.session.execute(update(Session).where(Session.event_id == cast.event_id).values(room_id=hall.id))
        two = row(cast, code)
        db.session.add(Appearance(session_id=two.id, position=90, part=Part.MODERATOR, person_id=ishii.id))
        for name, value in facts.items():
            setattr(two, name, value)
        db.session.flush()
        publishing.publish(cast.event_id, who="test", now=NOW, reason="All of it is in one hall.")

    read(cast.app, lambda: write(act))


def row(cast: Cast, code: str) -> Session:
    return db.session.execute(
        select(Session).where(Session.event_id == cast.event_id, Session.code == code)
    ).scalar_one()


def edit(cast: Cast, code: str = "session-2", *, publish: bool = True, **values: object) -> None:
    """Change one session of the draft, and publish."""

    def act() -> None:
        found = row(cast, code)
        for name, value in values.items():
            setattr(found, name, value)
        db.session.flush()
        if publish:
            publishing.publish(cast.event_id, who="test", now=clock.now(), reason="All of it is in one hall.")

    read(cast.app, lambda: write(act))


def at_noon(starts: datetime) -> str:
    """A zone without summer time in which this is the middle of the day, so that what begins then ends on that day."""
    zones = ("Asia/Tokyo", "Asia/Karachi", "Africa/Lagos", "America/Sao_Paulo", "America/Phoenix", "Pacific/Honolulu")
    return next(each for each in zones if 5 <= clock.local(starts, each).hour < 19)


def begin(cast: Cast, minutes: int, code: str = "session-2", length: int = 60) -> None:
    """Let a session begin so many minutes from now, by the real clock, and publish."""
    moment = clock.now() + timedelta(minutes=minutes)
    zone = at_noon(moment)
    starts = clock.local(moment, zone).replace(second=0, microsecond=0)
    ends = starts + timedelta(minutes=length)

    def act() -> None:
        event = db.session.get_one(Event, cast.event_id)
        event.zone, event.starts_on, event.ends_on = zone, starts.date(), starts.date()

    read(cast.app, lambda: write(act))
    edit(cast, code, day=starts.date(), starts=starts.time(), ends=ends.time())


def relink(cast: Cast, ways: Ways) -> None:
    """The organisers put in other links; no release follows."""

    def act() -> None:
        db.session.execute(update(Room).where(Room.event_id == cast.event_id).values(link=ways.link))
        channels = [{"language": language, "link": link} for language, link in ways.channels]
        db.session.execute(update(OnlineRoom).values(speaker_link=ways.speaker_link, channels=channels))

    read(cast.app, lambda: write(act))


def delegate(cast: Cast, key: str = "a form", city: str = "Rome", *, head: bool = False, **changes: Any) -> Delegate:
    """Somebody of this city, online unless it is said; `head`: its head."""

    def act() -> Delegate:
        asked = application(cast, key, city, **({"mode": Mode.ONLINE} | changes))
        made = registration.register(db.session.get_one(Event, cast.event_id), asked, NOW)
        if head:
            made.role = Capacity.HEAD
        return made

    return read(cast.app, lambda: write(act))


def uid(cast: Cast, code: str = "session-2") -> str:
    return read(cast.app, lambda: row(cast, code).uid)


def door(cast: Cast, who: Delegate, now: datetime, code: str = "session-2") -> Door:
    """How a session stands for somebody at this moment."""
    secret, key = read(cast.app, lambda: who.join), uid(cast, code)
    return read(cast.app, lambda: joining.door(joining.by_secret(secret), key, now))


def path(cast: Cast, who: Delegate, code: str = "session-2") -> str:
    return f"/j/{read(cast.app, lambda: who.join)}/{uid(cast, code)}"


def moderator(cast: Cast) -> str:
    """The path at which Ms. ISHII joins Session 2."""

    def act() -> str:
        key = db.session.execute(select(Person.id).where(Person.code == "ishii")).scalar_one()
        return links.make(Owner(cast.event_id, person_id=key), who="test", now=NOW).join

    return f"/j/{read(cast.app, lambda: write(act))}/{uid(cast)}"


def token(text: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', text)
    return found[1] if found else ""


def press(client: FlaskClient, where: str, **fields: str) -> tuple[int, str]:
    """Open the page and press its button: status, and where it leads."""
    page = client.get(where)
    answer = client.post(where, data={"csrf_token": token(page.text), **fields})
    return answer.status_code, answer.headers.get("Location", "")


def only_heads(cast: Cast) -> None:
    edit(cast, visibility=Visibility.HEADS)
