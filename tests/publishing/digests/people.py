"""People of the cast at a summit and in offices, what is done to the draft, and the letters that follow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select

from app.agenda.models import Appearance, Session
from app.agenda.models import Kind as SessionKind
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event, Mode
from app.network.models import Member
from app.outbox import Message
from app.publishing import service
from app.publishing.models import Release
from app.registration import service as registration
from app.registration.models import Delegate, State
from app.registration.service import Application
from tests.costs.crowds import PARTICIPATION
from tests.registration.cast import details

THEN = datetime(2090, 1, 20, 9, tzinfo=UTC)
"""When the second release is made: weeks before the summit of the cast."""


def event_of(slug: str = "summit") -> Event:
    return db.session.execute(select(Event).where(Event.slug == slug)).scalar_one()


def delegation_of(city: str, slug: str = "summit") -> int:
    found = select(Delegation.id).join(Member).join(Event, Event.id == Delegation.event_id)
    return db.session.execute(found.where(Event.slug == slug, Member.name == city)).scalar_one()


def join(city: str, name: str, mode: Mode = Mode.VENUE, slug: str = "summit", **more: Any) -> Delegate:
    """Somebody registers with their city's code and is approved; the letters about that are thrown away."""
    now = more.pop("now", datetime(2090, 1, 10, 9, tzinfo=UTC))
    email = f"{name.split()[0].lower()}@{city.lower().replace(' ', '-')}.example.org"
    told = details(mode, **({"name": name, "email": email, "honorific": ""} | more))
    application = Application(f"the form of {name}, {city}, {slug}", delegation_of(city, slug), told)
    made = write(lambda: registration.register(event_of(slug), application, now))
    write(lambda: db.session.execute(delete(Message)))
    return made


def office(city: str, name: str = "", slug: str = "summit", **more: Any) -> FocalPoint:
    """Somebody answers for the city."""
    email = f"office@{city.lower().replace(' ', '-')}.example.org"
    contact = Contact(**({"name": name or f"Office of {city}", "email": email} | more))
    key = delegation_of(city, slug)
    made = write(lambda: focal.appoint(key, contact, who="Tokyo", now=datetime(2090, 1, 9, tzinfo=UTC)))
    write(lambda: db.session.execute(delete(Message)))
    return made


def session(code: str = "session-2", slug: str = "summit") -> Session:
    found = select(Session).join(Event).where(Event.slug == slug, Session.code == code)
    return db.session.execute(found).scalar_one()


def edit(code: str = "session-2", slug: str = "summit", **values: object) -> None:
    """Change a session of the draft, past all services."""

    def act() -> None:
        row = session(code, slug)
        for name, value in values.items():
            setattr(row, name, value)

    write(act)


def add(code: str, kind: SessionKind, **values: Any) -> None:
    """A session more in the draft of the cast's summit."""
    two, event_id = session(), event_of().id
    told = {"title": code.capitalize(), "day": two.day, "position": 9} | values
    write(lambda: db.session.add(Session(event_id=event_id, code=code, kind=kind, **told)))


def appear(code: str, city: str, position: int, **values: Any) -> None:
    key, made_for = session(code).id, delegation_of(city)
    told = {"part": "speaker", "mode": Mode.VENUE} | values
    seat = Appearance(session_id=key, delegation_id=made_for, position=position, **told)
    write(lambda: db.session.add(seat))


def publish(slug: str = "summit", now: datetime = THEN, **values: Any) -> Release:
    key, told = event_of(slug).id, {"reason": "Rome agreed to the hour"} | values
    return write(lambda: service.publish(key, who="Tokyo", now=now, **told))


def letters() -> list[Message]:
    """All that wait, those to people and offices, in the order of their keys."""
    db.session.rollback()
    return sorted(db.session.execute(select(Message)).scalars(), key=lambda each: each.to)


def addressed() -> list[str]:
    """To whom letters go."""
    return [each.to for each in letters()]


def crowd(number: int) -> None:
    """So many people of Rome, and an office of it for each ten."""
    key, event_id = delegation_of("Rome"), event_of().id
    when = dict.fromkeys(
        ("registered_at", "changed_at", "state_at", "mode_changed_at"), datetime(2090, 1, 9, tzinfo=UTC)
    )

    def act() -> None:
        first = db.session.execute(select(func.count()).select_from(Delegate)).scalar_one()
        for each in range(first, number):
            made = Delegate(
                event_id=event_id, delegation_id=key, reference=f"R{each:05}", submit_key=f"{each}", uid=f"{each:032}",
                state=State.APPROVED, mode=Mode.VENUE, name=f"Person {each}", position="x", organisation="y",
                email=f"p{each}@example.org", participation=PARTICIPATION, link_generation=0, feed_generation=0,
                mode_changes=0, **when,
            )  # fmt: skip
            made.seal()
            db.session.add(made)

    write(act, patience=60)
