"""The office chooses visits for its people: whole parties, offers, and giving back; never for another city's."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.delegations import focal
from app.delegations.focal import Contact
from app.publishing import service as publishing
from app.visits import signing
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, assemble, hidden, read
from tests.registration.people import delegation_id, later
from tests.visits.cast import ORGANISER, act, guests, roomy, row, sign_up, states, visit


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


def office(cast: Cast, city: str = "Rome") -> str:
    """The way into the visits of a city's office."""
    key, contact = delegation_id(cast, city), Contact("Gaia Romani", f"gaia@{city.lower()}.example.org")
    made = act(cast, lambda: focal.appoint(key, contact, who=ORGANISER, now=NOW))
    return read(cast.app, lambda: f"/f/{made.link}/visits")


def published(cast: Cast) -> None:
    act(cast, lambda: publishing.publish(cast.event_id, who="test", now=NOW))


def test_the_office_signs_a_party_up(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    published(cast)
    people, milan = guests(cast, 3), guests(cast, 1, "Milan")[0]
    page = office(cast)
    told = hidden(client.get(f"{page}/harbour")) | {"mobile": "+39061234567", "understood": "y"}
    chosen = [each.reference for each in (*people[:2], milan)]
    answer = client.post(f"{page}/harbour", data=told | {"people": chosen, "step_free": people[1].reference})
    assert (answer.status_code, states(cast, boat)) == (303, {"Rome 0": "allocated", "Rome 1": "allocated"})
    assert (row(cast, boat, people[0]).step_free, row(cast, boat, people[1]).step_free) == (False, True)
    assert "Milan 0" not in client.get(page).text


def test_the_office_takes_an_offer_for_its_people_and_not_for_others(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast, seats=1)
    published(cast)
    first = sign_up(cast, boat, *guests(cast, 1, "Tokyo"))[0]
    waiter = sign_up(cast, boat, *guests(cast, 1))[0]
    act(cast, lambda: signing.give_back(first.id, whole=True, who="Tokyo", now=later(1)))
    rome, milan = office(cast), office(cast, "Milan")
    told = hidden(client.get(f"{rome}/harbour")) | {"decision": "take", "group": waiter.uid}
    assert client.post(f"{milan}/harbour/answer", data=told).status_code == 404
    assert client.post(f"{rome}/harbour/answer", data=told).status_code == 303
    assert states(cast, boat) == {"Tokyo 0": "cancelled", "Rome 0": "allocated"}


def test_the_office_gives_the_places_of_a_party_back(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    published(cast)
    first = sign_up(cast, boat, *guests(cast, 2))[0]
    page = office(cast)
    told = hidden(client.get(f"{page}/harbour")) | {"group": first.uid}
    assert client.post(f"{page}/harbour/give-back", data=told).status_code == 303
    assert set(states(cast, boat).values()) == {"cancelled"}
