"""A small summit for registration: the cast's cities, three seats at the venue, and a congress of another network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import tokens
from app.agenda.models import Appearance, Part, Session, Visibility
from app.agenda.models import Kind as SessionKind
from app.db import db, write
from app.delegations.models import Delegation, DelegationMode
from app.events.models import Event, Mode
from app.network.models import Kind, Member, Network
from app.publishing import service as publishing
from app.registration.models import Delegate, Needs, Places, State
from app.registration.service import Application, Details

Done = TypeVar("Done")

NOW = datetime(2090, 1, 10, 9, 0, tzinfo=UTC)
ZONES = {
    "Tokyo": "Asia/Tokyo",
    "Rome": "Europe/Rome",
    "New York": "America/New_York",
    "Milan": "Europe/Rome",
    "Lancaster": "America/Los_Angeles",
    "Queensland": "Australia/Brisbane",
    "Seoul": "Asia/Seoul",
}


@dataclass(frozen=True)
class Cast:
    """The summit's slug and what its offices hand out."""

    app: Flask
    event_id: int
    codes: dict[str, str]
    links: dict[str, str]
    other_code: str
    """Seoul's code for the congress of CITYNET."""


def assemble(app: Flask, network: str = "G-NETS") -> Cast:
    """Fill a database that knows no such network and publish; nothing is held afterwards."""
    with app.app_context():
        ids = write(lambda: _fill(network))
        write(lambda: publishing.publish(ids[0], who="test", now=datetime(2089, 12, 1, tzinfo=UTC)))
        codes = _of(ids[0], lambda each: each.code)
        return Cast(
            app, ids[0], codes, _of(ids[0], lambda each: each.link), _of(ids[1], lambda each: each.code)["Seoul"]
        )


def _of(event_id: int, what: Callable[[Delegation], str]) -> dict[str, str]:
    rows = db.session.execute(select(Delegation, Member.name).join(Member).where(Delegation.event_id == event_id))
    return {name: what(delegation) for delegation, name in rows}


def _fill(network: str) -> tuple[int, int]:
    gnets = _event("summit", network, "G-NETS Leaders Summit", ZONES)
    congress = _event("congress", "CITYNET", "CITYNET Congress", {"Seoul": "Asia/Seoul"})
    _agenda(gnets)
    return gnets.id, congress.id


def _event(slug: str, network_name: str, title: str, cities: dict[str, str]) -> Event:
    network = Network(slug=network_name.lower(), name=network_name, full_name=network_name)
    db.session.add(network)
    db.session.flush()
    members = {
        name: Member(
            network_id=network.id,
            slug=name.lower().replace(" ", "-"),
            name=name,
            kind=Kind.STATE if name == "Queensland" else Kind.CITY,
            country="JP",
            zone=zone,
        )
        for name, zone in cities.items()
    }
    db.session.add_all(members.values())
    db.session.flush()
    event = Event(
        slug=slug,
        network_id=network.id,
        host_id=next(iter(members.values())).id,
        title=title,
        starts_on=date(2090, 2, 27),
        ends_on=date(2090, 3, 1),
        zone="Asia/Tokyo",
        venue="Hilton Tokyo Shinjuku",
        reply_to="secretariat@example.org",
        registration_opens=datetime(2020, 1, 1, tzinfo=UTC),
        registration_closes=datetime(2090, 2, 20, tzinfo=UTC),
    )
    db.session.add(event)
    db.session.flush()
    for mode, seats in ((Mode.VENUE, 3), (Mode.ONLINE, None), (Mode.VIDEO, None)):
        db.session.add(Places(event_id=event.id, mode=mode, seats=seats))
    for member in members.values():
        delegation = Delegation(uid=f"{slug}-{member.slug}", event_id=event.id, member_id=member.id)
        delegation.code_generation = delegation.link_generation = 0
        delegation.seal()
        delegation.modes = [DelegationMode(mode=Mode.VENUE)]
        db.session.add(delegation)
    db.session.flush()
    return event


def _agenda(event: Event) -> None:
    """Session 2 with Milan by video and Rome at the venue, a reception for delegates, a closed talk of Rome's."""
    found = select(Member.name, Delegation.id).join(Delegation).where(Delegation.event_id == event.id)
    delegations = {row.name: row.id for row in db.session.execute(found)}
    rows: list[tuple[str, Visibility, dict[str, Mode | None]]] = [
        ("Session 2", Visibility.PUBLIC, {"Lancaster": Mode.ONLINE, "Milan": Mode.VIDEO, "Rome": None}),
        ("Reception", Visibility.DELEGATES, {}),
        ("Closed talk", Visibility.INVITED, {"Rome": Mode.VENUE}),
    ]
    for place, (title, visibility, cities) in enumerate(rows):
        session = Session(
            event_id=event.id,
            code=title.lower().replace(" ", "-"),
            kind=SessionKind.SESSION,
            title=title,
            day=date(2090, 2, 28),
            starts=time(9 + place),
            ends=time(10 + place),
            position=place,
            visibility=visibility,
        )
        session.appearances = [
            Appearance(position=number, part=Part.SPEAKER, delegation_id=delegations[city], mode=mode)
            for number, (city, mode) in enumerate(cities.items(), 1)
        ]
        db.session.add(session)


def details(mode: Mode = Mode.VENUE, **changes: Any) -> Details:
    """What the deputy mayor of a city tells."""
    own = {
        Mode.VENUE: {"mobile": "+819012345678", "dietary": "No shellfish"},
        Mode.ONLINE: {"zone": "Asia/Seoul", "platform_name": "Rome 1"},
        Mode.VIDEO: {"video_language": "Italian"},
    }[mode]
    told: dict[str, Any] = {
        "name": "Anna Bianchi",
        "position": "Deputy Mayor",
        "organisation": "City of Rome",
        "email": "office@rome.example.org",
        "honorific": "Hon.",
    }
    return Details(mode=mode, **(told | own | changes))


def application(cast: Cast, key: str = "the first form of all", city: str = "Rome", **changes: Any) -> Application:
    delegation_id = db.session.execute(
        select(Delegation.id).where(Delegation.uid == f"summit-{city.lower().replace(' ', '-')}")
    ).scalar_one()
    return Application(key, delegation_id, details(**changes))


def typed(cast: Cast, city: str = "Rome", **changes: str) -> dict[str, str]:
    """The register's form as somebody of `city` fills it in for the venue."""
    filled = {
        "code": cast.codes[city],
        "mode": "venue",
        "honorific": "Hon.",
        "name": "Anna Bianchi",
        "position": "Deputy Mayor",
        "organisation": "City of Rome",
        "email": "office@rome.example.org",
        "mobile": "+81 (0)90-1234-5678",
        "dietary": "No shellfish",
        "agreed": "y",
        "privacy": "y",
    }
    return {name: value for name, value in (filled | changes).items() if value}


def send(client: FlaskClient, path: str, values: dict[str, str]) -> TestResponse:
    """Open the page, fill in its form and press the button."""
    page = client.get(path)
    return client.post(path, data=hidden(page) | values)


class Paged(Protocol):
    """Whatever holds the text of a page."""

    @property
    def text(self) -> str: ...


def hidden(page: Paged) -> dict[str, str]:
    """The hidden fields of the page's form."""
    found: dict[str, str] = {}
    for part in page.text.split("<input")[1:]:
        tag = part.split(">")[0]
        if 'type="hidden"' in tag:
            found[tag.split('name="')[1].split('"')[0]] = tag.split('value="')[1].split('"')[0]
    return found


def read(app: Flask, ask: Callable[[], Done]) -> Done:
    """What `ask` finds in the database, in a context of its own."""
    with app.app_context():
        return ask()


def by_feed(secret: str) -> int | None:
    """The delegate whose calendar this secret opens, by id."""
    return db.session.execute(
        select(Delegate.id).where(Delegate.feed_hash == tokens.digest(secret))
    ).scalar_one_or_none()


def taken(app: Flask) -> dict[str, int]:
    """How many places are taken in each mode of the summit, and how many delegates hold one."""

    def ask() -> dict[str, int]:
        rows = select(Places.mode, Places.taken).join(Event, Event.id == Places.event_id).where(Event.slug == "summit")
        return {mode.value: count for mode, count in db.session.execute(rows)}

    return read(app, ask)


def delegates(app: Flask) -> list[Delegate]:
    return read(app, lambda: list(db.session.execute(select(Delegate).order_by(Delegate.id)).scalars()))


def needs(app: Flask) -> list[tuple[str, str]]:
    told = select(Needs.dietary, Needs.access)
    return read(app, lambda: [(row.dietary, row.access) for row in db.session.execute(told)])


def standing(app: Flask) -> int:
    return sum(each.state == State.APPROVED for each in delegates(app))
