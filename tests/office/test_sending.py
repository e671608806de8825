"""A city sends its delegation, and decides on or takes back what waits."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.delegations import approving as moves
from app.delegations.models import Answer
from app.events.models import Approval, Due, Mode
from app.registration import asking
from app.registration import service as registration
from app.registration.asked import Asked, Outcome
from app.registration.models import Capacity, Delegate, State
from app.registration.service import Details
from tests.delegations.cities import NOW, Cities
from tests.office.test_pages import PAST, follow, press, took_part, words
from tests.office.test_people import asks, came, name, of, refused, stored
from tests.queries import counted


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


@pytest.fixture
def path(cities: Cities) -> str:
    return took_part(cities, "Rome", Mode.VENUE, Mode.ONLINE)


def change(cities: Cities, person: Delegate, called: str) -> Asked:
    """Somebody asks on their own page to be called otherwise."""

    def act() -> Asked:
        stored = db.session.get_one(Delegate, person.id)
        told = Details(stored.mode, called, stored.position, stored.organisation, stored.email, mobile=stored.mobile)
        return asking.change(stored.id, told, stored.version, NOW)[1][0]

    return cities.do(act)


def outcome(cities: Cities, row: Asked) -> Outcome:
    return cities.read(lambda: db.session.execute(select(Asked.outcome).where(Asked.id == row.id)).scalar_one())


def test_a_page_that_cannot_send_says_what_is_missing_and_where_it_is_done(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    page = client.get(path)
    assert "It cannot be sent yet." in words(page)
    assert f'href="{path}people/name">Name a person' in page.text
    refused(press(client, f"{path}send"), "Nobody is named yet")
    assert cities.answer("Rome") == Answer.ACCEPTED


def test_what_is_ready_is_sent_by_a_button_and_the_organisers_see_it(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    name(cities, "Roberto Gualtieri", Capacity.HEAD)
    shown = words(client.get(path))
    assert "The letter of authority is missing" in shown
    assert "Forms are still to be filled in: Roberto Gualtieri. (before it is approved)" in shown
    said = follow(client, press(client, f"{path}send"))
    assert "Sent. A letter says so" in said
    assert "Your delegation is with the organisers." in said
    assert cities.answer("Rome") == Answer.SUBMITTED
    assert "It was sent already." in follow(client, press(client, f"{path}send"))
    assert cities.letters()[-1] == ("delegation changed", "Gaia Romani")


def test_a_delegation_that_came_back_shows_why(cities: Cities, client: FlaskClient, path: str) -> None:
    name(cities, "Roberto Gualtieri", Capacity.HEAD)
    press(client, f"{path}send")
    key = cities.id("Rome")
    cities.do(lambda: moves.give_back(key, "Who speaks for Rome?", who="KOIKE Yuriko", now=NOW))
    page = words(client.get(path))
    assert "The organisers returned your delegation." in page
    assert "Who speaks for Rome?" in page
    assert "Send the delegation …" in page


def test_the_office_grants_what_one_of_its_people_asks_for(cities: Cities, client: FlaskClient, path: str) -> None:
    person = came(cities)
    asks(cities, Approval.FOCAL_POINT)
    row = change(cities, person, "Marco Aurelio Rossi")
    page = words(client.get(path))
    assert "Marco Rossi asks for a change." in page
    assert "Name: Marco Aurelio Rossi (now: Marco Rossi)" in page
    refused(press(client, f"{path}changes/{row.id}/refuse"), "Say why")
    assert "Granted: it is in force now." in follow(client, press(client, f"{path}changes/{row.id}/grant"))
    assert (outcome(cities, row), stored(cities, "Marco Aurelio Rossi").state) == (Outcome.GRANTED, State.APPROVED)


def test_another_city_neither_sees_nor_decides_it(cities: Cities, client: FlaskClient, path: str) -> None:
    person = came(cities)
    asks(cities, Approval.FOCAL_POINT)
    row = change(cities, person, "Marco Aurelio Rossi")
    milan = took_part(cities, "Milan")
    assert "Marco" not in client.get(milan).text
    token = client.get(f"{milan}send").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    for act in ("grant", "refuse", "take-back"):
        answer = client.post(f"{milan}changes/{row.id}/{act}", data={"csrf_token": token, "reason": "No"})
        assert answer.status_code == 404, act
    assert outcome(cities, row) == Outcome.WAITING


def test_the_office_cannot_grant_itself_what_the_organisers_decide(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    person = came(cities)
    asks(cities, Approval.BOTH)
    row = change(cities, person, "Marco Aurelio Rossi")
    assert client.get(f"{path}changes/{row.id}/grant").status_code == 404
    assert "A change of Marco Rossi is with the organisers." in words(client.get(path))


def test_a_mode_is_asked_for_after_the_deadline_and_taken_back(cities: Cities, client: FlaskClient, path: str) -> None:
    person = came(cities)
    cities.due(Due.MODE, PAST, hard=True)
    said = follow(client, press(client, of(path, person, "mode"), mode="online"))
    assert "The organisers must agree first, and were asked." in said
    assert "Way of taking part: online (now: at the venue)" in said
    row = cities.read(lambda: db.session.execute(select(Asked)).scalar_one())
    token = client.get(f"{path}send").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    for _again in range(2):
        answer = client.post(f"{path}changes/{row.id}/take-back", data={"csrf_token": token})
        assert "Taken back: everything stays as it was." in follow(client, answer)
    assert outcome(cities, row) == Outcome.TAKEN_BACK


def test_before_it_the_office_stores_name_and_mode_at_once(cities: Cities, client: FlaskClient, path: str) -> None:
    person = came(cities)
    press(client, of(path, person, "correct"), name="Marco A. Rossi")
    press(client, of(path, person, "mode"), mode="online")
    assert stored(cities, "Marco A. Rossi").mode == Mode.ONLINE


def test_a_name_that_changed_meanwhile_is_not_overwritten_unseen(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    person = came(cities)
    page = client.get(of(path, person, "correct"))
    cities.do(lambda: registration.amend(person.id, {"name": "M. Rossi"}, who="Marco", now=NOW))
    answer = press(client, of(path, person, "correct"), version=page.text.split('name="version"')[1].split('"')[3])
    refused(answer, "This registration was changed elsewhere")


def test_a_page_with_many_changes_asks_as_often_as_with_one(cities: Cities, client: FlaskClient, path: str) -> None:
    people = [came(cities, f"Marco Rossi {number}") for number in range(3)]
    asks(cities, Approval.BOTH)
    costs = []
    for person in people:
        change(cities, person, f"{person.name} again")
        client.get(path)
        with counted(cities.app) as statements:
            client.get(path)
        costs.append(len(statements))
    assert costs[0] == costs[-1]


def test_opening_these_pages_changes_nothing(cities: Cities, client: FlaskClient, path: str) -> None:
    person = came(cities)
    asks(cities, Approval.FOCAL_POINT)
    row = change(cities, person, "Marco Aurelio Rossi")
    before = cities.letters()
    for page in ("send", f"changes/{row.id}/grant", f"changes/{row.id}/refuse", f"people/{person.reference}/correct"):
        assert client.get(path + page).status_code == 200, page
    assert (cities.letters(), outcome(cities, row), cities.answer("Rome")) == (before, Outcome.WAITING, Answer.ACCEPTED)
    assert client.get(f"{path}changes/{row.id}/take-back").status_code == 405


def test_a_number_greater_than_any_row_opens_nothing(cities: Cities, client: FlaskClient, path: str) -> None:
    for number in (2**31, 2**63, 10**30):
        assert client.get(f"{path}changes/{number}/grant").status_code == 404
