"""A city's office sees whether journeys are told, and tells them for its people without seeing them."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.registration.models import Delegate
from app.travel.models import Logistics
from tests.delegations.cities import NOW, Cities
from tests.office.test_people import came
from tests.registration.cast import hidden
from tests.travel.guests import JOURNEY, text


def journeys(cities: Cities) -> list[Logistics]:
    return cities.read(lambda: list(db.session.execute(select(Logistics)).scalars()))


def of(cities: Cities, person: Delegate) -> str:
    return f"{cities.link('Rome')}people/{person.reference}"


def test_a_journey_is_owed_and_then_told_and_never_shown(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    cities.accept("Rome", now=NOW)
    person = came(cities)
    page = of(cities, person)
    assert "Journey Owed" in text(client.get(page))
    answer = client.post(f"{page}/travel", data=hidden(client.get(f"{page}/travel")) | JOURNEY)
    assert answer.status_code == 303
    pages = client.get(page).text + client.get(f"{page}/travel").text
    assert ("Journey told" in text(client.get(page)), "AZ 792" in pages) == (True, False)
    assert [(each.arrival_flight, each.told_from) for each in journeys(cities)] == [("AZ 792", person.email)]


def test_another_city_s_office_finds_nobody(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome", "Milan")
    cities.accept("Rome", now=NOW)
    person = came(cities)
    assert client.get(f"{cities.link('Milan')}people/{person.reference}/travel").status_code == 404
