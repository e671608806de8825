"""The office ranks visits for its people, who go together or alone; never for another city's."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.delegations import focal
from app.delegations.focal import Contact
from app.publishing import service as publishing
from app.visits import freezing
from app.web.kept import KeepingFlask
from tests.queries import counted
from tests.registration.cast import NOW, Cast, assemble, hidden, read
from tests.registration.people import delegation_id
from tests.visits.cast import ORGANISER, act, guests, roomy
from tests.visits.wishers import event, wish, wished, wishes


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


def office(cast: Cast, city: str = "Rome") -> str:
    key, contact = delegation_id(cast, city), Contact("Gaia Romani", f"gaia@{city.lower()}.example.org")
    made = act(cast, lambda: focal.appoint(key, contact, who=ORGANISER, now=NOW))
    return read(cast.app, lambda: f"/f/{made.link}/visit-wishes")


def publish(cast: Cast) -> None:
    act(cast, lambda: publishing.publish(cast.event_id, who="test", now=NOW))


TOLD = {"mobile": "+39061234567", "understood": "y"}


def test_the_office_wishes_for_two_who_go_together(cast: Cast, client: FlaskClient) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    publish(cast)
    mayor, guard, third = guests(cast, 3)
    (milan,) = guests(cast, 1, "Milan")
    page = office(cast)
    chosen = {"people": [each.reference for each in (mayor, guard, milan)], "step_free": guard.reference}
    sent = client.post(
        f"{page}/new", data=hidden(client.get(f"{page}/new")) | TOLD | chosen | {"first": zoo.id, "second": bay.id}
    )
    assert sent.status_code == 303
    assert [wishes(cast, each) for each in (mayor, guard, third, milan)] == [["Zoo", "Bay"], ["Zoo", "Bay"], [], []]
    parties = read(cast.app, lambda: freezing.freeze(event(cast), 1, NOW).question.parties)
    assert [(each.people, each.step_free) for each in parties] == [(2, 1)]


def test_the_office_changes_and_takes_back_what_its_people_wish_for(cast: Cast, client: FlaskClient) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    publish(cast)
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor, guard], bay)
    page = office(cast)
    form = f"{page}/{mayor.reference}"
    told = hidden(client.get(form)) | TOLD | {"people": mayor.reference, "first": zoo.id}
    assert (client.post(form, data=told).status_code, wishes(cast, mayor), wishes(cast, guard)) == (
        303,
        ["Zoo"],
        ["Bay"],
    )
    client.post(f"{page}/{guard.reference}/take-back", data={"csrf_token": told["csrf_token"]})
    assert (wishes(cast, mayor), wishes(cast, guard)) == (["Zoo"], [])


def test_whoever_of_a_party_stays_can_be_the_last_named(cast: Cast, client: FlaskClient) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    publish(cast)
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor], bay)
    wish(cast, [mayor, guard], bay, seen=1)
    form = f"{office(cast)}/{mayor.reference}"
    told = hidden(client.get(form)) | TOLD | {"people": guard.reference, "first": zoo.id}
    assert (client.post(form, data=told).status_code, wishes(cast, mayor), wishes(cast, guard)) == (
        303,
        ["Bay"],
        ["Zoo"],
    )


def test_another_city_s_wishes_are_not_there(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    (milan,) = guests(cast, 1, "Milan")
    wish(cast, [milan], bay)
    page = office(cast)
    assert client.get(f"{page}/{milan.reference}").status_code == 404
    assert "Milan 0" not in client.get(page).text


def test_a_need_that_was_told_stays_and_is_not_shown(cast: Cast, client: FlaskClient) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    publish(cast)
    (mayor,) = guests(cast, 1)
    wish(cast, [mayor], bay, step_free=True)
    form = f"{office(cast)}/{mayor.reference}"
    page = client.get(form)
    told = hidden(page) | TOLD | {"people": mayor.reference, "first": zoo.id}
    assert client.post(form, data=told).status_code == 303
    parties = read(cast.app, lambda: freezing.freeze(event(cast), 1, NOW).question.parties)
    assert ([each.step_free for each in parties], wishes(cast, mayor)) == ([1], ["Zoo"])
    assert re.search(r'<input[^>]*checked[^>]*name="step_free"|name="step_free"[^>]*checked', page.text) is None


def test_nobody_chosen_is_refused_beside_the_question(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    guests(cast, 1)
    page = office(cast)
    sent = client.post(f"{page}/new", data=hidden(client.get(f"{page}/new")) | TOLD | {"first": bay.id})
    assert (sent.status_code, "Choose at least one person." in sent.text) == (422, True)


def test_people_of_another_city_are_nobody_here(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    guests(cast, 1)
    (milan,) = guests(cast, 1, "Milan")
    page = office(cast)
    told = hidden(client.get(f"{page}/new")) | TOLD | {"first": bay.id, "people": milan.reference}
    assert (client.post(f"{page}/new", data=told).status_code, wishes(cast, milan)) == (422, [])


def test_the_page_costs_the_same_for_one_party_and_for_three(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    people = guests(cast, 3)
    wish(cast, people[:1], bay)
    page = office(cast)
    client.get(page)
    with counted(cast.app) as one:
        client.get(page)
    for each in people[1:]:
        wish(cast, [each], bay)
    with counted(cast.app) as three:
        client.get(page)
    assert len(three) == len(one)
