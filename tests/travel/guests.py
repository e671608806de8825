"""Guests of the small summit who tell of journey and visa, and the staff who look after them."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import Role, Staff
from app.db import db
from app.events.models import Event
from app.journal import Note
from app.outbox import Message, empty
from app.registration.models import Delegate
from app.travel.letters import figures
from app.travel.models import Code, Kind, Logistics, VisaData
from app.travel.service import Told, told
from tests.accounts.people import person, sign_in
from tests.registration.cast import Cast, hidden, read
from tests.registration.people import do, register

JOURNEY = {
    "arrival_day": "2090-02-26",
    "arrival_time": "15:25",
    "arrival_zone": "Asia/Tokyo",
    "arrival_flight": "az 792",
    "arrival_port": "Haneda",
    "departure_day": "2090-03-02",
    "departure_time": "11:00",
    "departure_zone": "Asia/Tokyo",
}
PASSPORT = {
    "surname": "Mueller-D’Anna",
    "given_names": "Anna Maria",
    "nationality": "IT",
    "birth_date": "1990-04-01",
    "birth_place": "Roma",
    "number": "ya1234567",
    "issuing_country": "IT",
    "issued_on": "2020-01-01",
    "expires_on": "2099-01-01",
}
TRIP = {
    "embassy": "Embassy of Japan in Italy",
    "enters_on": "2090-02-26",
    "leaves_on": "2090-03-02",
    "payer": "My city",
}


def guest(cast: Cast, name: str = "Anna Bianchi", city: str = "Rome", **changes: Any) -> Delegate:
    return register(cast, name, city, **changes)


def link(cast: Cast, delegate: Delegate, rest: str = "") -> str:
    return read(cast.app, lambda: f"/d/{delegate.link}{rest}")


def tell(client: FlaskClient, path: str, values: dict[str, str]) -> TestResponse:
    """Open the page of one part, fill in its form and press the button."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code, page.location)
    return client.post(path, data=hidden(page) | values)


def tell_all(cast: Cast, client: FlaskClient, someone: Delegate) -> None:
    """Journey and visa, all of it."""
    base = link(cast, someone)
    for path, values in (
        ("/travel/journey", JOURNEY),
        ("/travel/stay", {"hotel": "own", "hotel_name": "Park Hotel", "pick_up": "y"}),
        (
            "/travel/emergency",
            {"emergency_name": "Bruno Bianchi", "emergency_phone": "+39 06 1234 5678", "emergency_relation": "Brother"},
        ),
        ("/travel/company", {"companions": "Carla Neri\n\nDino Verdi"}),
        ("/travel/notes", {"gifts": "A bronze wolf", "officers": "yes", "weapons": "no", "faith": "A quiet room"}),
        ("/visa", {"needed": "y"}),
        ("/visa/passport", PASSPORT),
        ("/visa/trip", TRIP),
    ):
        answer = tell(client, base + path, values)
        assert answer.status_code == 303, (path, text(answer))


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def held(cast: Cast, someone: Delegate) -> Told:
    return read(cast.app, lambda: told(someone.id))


def journey(cast: Cast, someone: Delegate) -> Logistics:
    row = held(cast, someone).travel
    assert row is not None
    return row


def visa(cast: Cast, someone: Delegate) -> VisaData:
    row = held(cast, someone).visa
    assert row is not None
    return row


def notes(cast: Cast, what: str) -> list[Note]:
    found = select(Note).where(Note.what == what).order_by(Note.id)
    return read(cast.app, lambda: list(db.session.execute(found).scalars()))


def posted_code(cast: Cast) -> str:
    """The six figures of the newest code letter, as delivered."""
    with cast.app.app_context():
        empty()
        row = db.session.execute(
            select(Message.octets).where(Message.kind == "private code").order_by(Message.id.desc()).limit(1)
        ).scalar_one()
    found = re.search(rb"Code: (\d{6})", row or b"")
    assert found is not None, row
    return found[1].decode()


def drawn(cast: Cast, someone: Delegate, kind: Kind) -> str:
    """The six figures that stand for the row as stored now."""
    salt = select(Code.salt).where(Code.delegate_id == someone.id, Code.kind == kind)
    return read(cast.app, lambda: figures(someone.uid, kind.value, db.session.execute(salt).scalar_one()))


def open_with_code(cast: Cast, client: FlaskClient, someone: Delegate, kind: Kind) -> TestResponse:
    """Ask for a code, read the letter and type it."""
    path = link(cast, someone, f"/{kind}/code")
    assert tell(client, path, {"send": "yes"}).status_code == 303
    return tell(client, path, {"code": posted_code(cast), "send": ""})


def staff(cast: Cast, city: str, *roles: Role, slug: str = "summit") -> FlaskClient:
    """Somebody signed in who holds these roles at the event."""

    def act() -> None:
        user = person(city)
        db.session.add(user)
        db.session.flush()
        event_id = db.session.execute(select(Event.id).where(Event.slug == slug)).scalar_one()
        db.session.add_all(Staff(user_id=user.id, event_id=event_id, role=role) for role in roles)

    do(cast, act)
    client = cast.app.test_client()
    assert sign_in(client, city).status_code in {302, 303}
    return client
