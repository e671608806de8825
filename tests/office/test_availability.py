"""When a city's people cannot take part: all of them, or one, as the office tells it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.agenda.models import Absence
from app.db import db
from app.registration.models import Delegate
from tests.delegations.cities import Cities
from tests.desk.office import held
from tests.office.test_pages import took_part, words
from tests.office.test_people import name

MORNING = {"begins_on": "2090-02-28", "begins": "09:00", "ends_on": "2090-02-28", "ends": "12:00"}


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


@pytest.fixture
def path(cities: Cities) -> str:
    return f"{took_part(cities)}availability"


def tell(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    return client.post(path, data=held(client.get(path)) | MORNING | typed)


def told(cities: Cities) -> list[tuple[int | None, int | None]]:
    """(delegation, delegate) of each."""
    found = select(Absence.delegation_id, Absence.delegate_id).order_by(Absence.id)
    return cities.read(lambda: [(row[0], row[1]) for row in db.session.execute(found)])


def about(someone: Delegate) -> str:
    return f"delegate:{someone.reference}"


def test_all_of_them_is_what_stands_first(cities: Cities, client: FlaskClient, path: str) -> None:
    name(cities, "KIM Minji")
    assert tell(client, path).status_code == 303
    assert told(cities) == [(cities.id("Rome"), None)]
    assert "All of us : 28 February 2090, 09:00 (Rome)" in words(client.get(path))


def test_one_of_them_can_be_meant(cities: Cities, client: FlaskClient, path: str) -> None:
    minji = name(cities, "KIM Minji")
    assert tell(client, path, whose=about(minji)).status_code == 303
    assert told(cities) == [(None, minji.id)]
    assert "KIM Minji : 28 February 2090, 09:00 (Rome)" in words(client.get(path))


def test_the_page_of_a_person_leads_there_with_that_person_chosen(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    minji = name(cities, "KIM Minji")
    link = re.findall(
        r'href="([^"]+availability[^"]*)"', client.get(cities.link("Rome") + f"people/{minji.reference}/").text
    )
    assert held(client.get(link[0]))["whose"] == about(minji)


def test_the_office_reads_what_its_people_told_and_takes_it_back(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    minji = name(cities, "KIM Minji")
    own = cities.read(lambda: f"/d/{minji.link}/availability")
    tell(client, own, note="My sister marries")
    shown = client.get(path)
    assert f"My sister marries Told by {minji.reference} (KIM Minji)" in words(shown)
    remove = re.findall(r'action="([^"]+/remove)"', shown.text)[0]
    client.post(remove, data={"csrf_token": held(shown)["csrf_token"]})
    assert told(cities) == []


def test_the_person_reads_what_the_office_told_of_them_alone(cities: Cities, client: FlaskClient, path: str) -> None:
    minji = name(cities, "KIM Minji")
    tell(client, path, whose=about(minji), note="An operation")
    tell(client, path, note="A strike of trains")
    own = words(client.get(cities.read(lambda: f"/d/{minji.link}/availability")))
    assert ("An operation" in own, "A strike of trains" in own) == (True, False)


def test_another_citys_office_sees_and_changes_nothing(cities: Cities, client: FlaskClient, path: str) -> None:
    minji = name(cities, "KIM Minji")
    tell(client, path, whose=about(minji), note="An operation")
    milan = f"{took_part(cities, 'Milan')}availability"
    shown = client.get(milan)
    uid = cities.read(lambda: db.session.execute(select(Absence.uid)).scalar_one())
    client.post(f"{milan}/{uid}/remove", data={"csrf_token": held(shown)["csrf_token"]})
    for whose in (about(minji), f"city:{cities.id('Rome')}"):
        answer = tell(client, milan, whose=whose)
        assert (answer.status_code, "Choose whom it is about." in words(answer)) == (422, True)
    assert ("An operation" in shown.text, "KIM Minji" in shown.text, told(cities)) == (False, False, [(None, minji.id)])


@pytest.mark.parametrize("whose", ["room:1", "delegate:", "delegate:\x00", "delegate:none", "city:x", "moon:1", ":"])
def test_nobody_else_can_be_meant(client: FlaskClient, path: str, whose: str) -> None:
    answer = tell(client, path, whose=whose)
    assert (answer.status_code, "Choose whom it is about." in words(answer)) == (422, True)
