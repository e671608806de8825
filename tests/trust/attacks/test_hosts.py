"""A7: no letter's link begins with what a visitor claims to be our name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.outbox import Message
from app.outbox.rendering import render
from tests.accounts.conftest import peopled
from tests.accounts.people import address, sign_in, token
from tests.registration.cast import assemble, hidden, typed
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

CLAIMS = (
    {"Host": "evil.example"},
    {"Host": "localhost.evil.example"},
    {"Host": "localhost:8443"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "evil.example:99"},
    {"Forwarded": "host=evil.example;proto=http", "X-Original-Host": "evil.example"},
)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: ",".join(f"{n}={v}" for n, v in claim.items()))
def test_letters_that_strangers_set_off_lead_to_us_alone(door: Flask, claim: dict[str, str], figures: Figures) -> None:
    """A forgotten password and a registration are asked for; where letters go out they lead to BASE_URL."""
    summit, client = assemble(door, "GCN"), door.test_client()
    values = {"email": address("tokyo"), "csrf_token": token(client.get("/sign-in/forgotten"))}
    answers = [client.post("/sign-in/forgotten", data=values, headers=claim)]
    page = client.get("/summit/register")
    answers.append(client.post("/summit/register", data=hidden(page) | typed(summit), headers=claim))
    assert {each.status_code for each in answers} <= {200, 302, 303, 400, 422}
    foreign, letters = _foreign(door)
    assert letters >= 2 or all(each.status_code >= 400 for each in answers)
    figures.hold("A7", "links in letters that lead elsewhere", len(foreign), exactly=0)


@pytest.fixture
def people(app: Flask, castle: Flask) -> Iterator[Flask]:
    yield from peopled(castle)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:443", "[::1]", "127.0.0.1"])
def test_in_production_another_name_is_answered_by_400(people: Flask, host: str, figures: Figures) -> None:
    client = people.test_client()
    values = {"email": address("tokyo"), "csrf_token": token(client.get("/sign-in/forgotten"))}
    answer = client.post("/sign-in/forgotten", data=values, headers={"Host": host})
    with people.app_context():
        posted = len(db.session.scalars(select(Message.id)).all())
    figures.hold("A7", "letters set off under another name", posted, exactly=0)
    assert answer.status_code == 400


def test_invitation_of_a_colleague_leads_to_us(door: Flask, figures: Figures) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    page = client.get("/organise/gnets-2023/staff")
    values = hidden(page) | {"email": "seoul@example.org", "roles": "organiser", "language": "en"}
    claim = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert client.post("/organise/gnets-2023/staff", data=values, headers=claim).status_code == 303
    foreign, letters = _foreign(door)
    assert letters == 1
    figures.hold("A7", "links in letters that lead elsewhere (staff)", len(foreign), exactly=0)


def _foreign(app: Flask) -> tuple[list[str], int]:
    """Links that do not begin with BASE_URL in all letters of the outbox, and how many letters there are."""
    with app.app_context():
        base = app.config["BASE_URL"]
        rows = db.session.scalars(select(Message)).all()
        letters = [render(each.kind, each.facts, each.language) for each in rows]
    links = [link for each in letters for link in re.findall(r"https?://[^\s\"'<>)]+", each.text + each.html)]
    return [each for each in links if not each.startswith(base)], len(rows)
