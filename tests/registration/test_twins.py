"""One person in two bodies: both offices and the organisers are told, and organisers decide."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import FocalPoint
from app.registration import twins
from app.registration.models import Capacity, Delegate, State
from app.registration.twins import Double, Known, are_twins
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, runs, words
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import at_once, delegation_id, do, journal, letters, nominate, state

DESK = "/organise/summit"


@pytest.fixture
def tokyo(app: KeepingFlask, cast: Cast) -> Organiser:
    return runs(app, cast.event_id)


@pytest.fixture
def pair(cast: Cast) -> list[Delegate]:
    """Luca Ferri for Rome, and for Milan as a media officer."""
    return [
        nominate(cast, "Luca Ferri", email="luca@rome.example.org"),
        nominate(cast, "Luca FERRI", "Milan", email="ferri@milan.example.org", role=Capacity.MEDIA),
    ]


def flagged(cast: Cast) -> list[tuple[int, int]]:
    return read(cast.app, lambda: twins.twins(cast.event_id))


def office(cast: Cast, city: str) -> str:
    """The page of a city's office."""
    key = delegation_id(cast, city)
    do(cast, lambda: focal.appoint(key, Contact(f"Office {city}", f"{city}@example.org"), who="Tokyo", now=NOW))
    found = select(FocalPoint).where(FocalPoint.delegation_id == key)
    return read(cast.app, lambda: f"/f/{db.session.execute(found).scalar_one().link}/")


def page(pair: list[Delegate]) -> str:
    return f"{DESK}/twins/{pair[0].reference}/{pair[1].reference}"


def test_the_same_name_in_two_roles_of_one_city_may_be_one_person() -> None:
    one = Known(1, "Luca Ferri", "luca@rome.example.org", 1, "delegate")
    media = Known(2, "Luca Ferri", "ferri@rome.example.org", 1, "media officer")
    aide = Known(3, "Carla Neri", "luca@rome.example.org", 1, "media officer")
    assert (are_twins(one, media), are_twins(one, aide)) == (True, False)


def test_each_office_reads_of_it_and_only_the_other_citys_name(
    cast: Cast, client: FlaskClient, pair: list[Delegate]
) -> None:
    for city, other, own in (("Rome", "Milan", pair[0]), ("Milan", "Rome", pair[1])):
        answer = client.get(office(cast, city))
        said = f"Possible duplicate: somebody called {own.name} is registered for {other} too."
        assert said in words(answer)
        theirs = next(each for each in pair if each is not own)
        assert [told in answer.text for told in (theirs.reference, theirs.email, theirs.uid)] == [False] * 3
    assert "Possible duplicate" not in words(client.get(office(cast, "Seoul")))


def test_two_people_are_told_apart_once_and_flagged_no_longer(
    cast: Cast, client: FlaskClient, tokyo: Organiser, pair: list[Delegate]
) -> None:
    rome = office(cast, "Rome")
    assert page(pair) in tokyo.get(f"{DESK}/approvals").text
    answer = tokyo.send(page(pair), {"decision": "two"})
    assert (answer.status_code, flagged(cast)) == (303, [])
    assert [state(cast, each) for each in pair] == [State.NOMINATED] * 2
    assert [journal(cast, each)[-1] for each in pair] == [("told apart", "KOIKE Yuriko")] * 2
    assert "Possible duplicate" not in words(client.get(rome))
    assert tokyo.get(page(pair)).location == f"{DESK}/approvals"


def test_said_by_several_at_once_it_is_said_once(cast: Cast, pair: list[Delegate]) -> None:
    ids = [each.id for each in pair]
    at_once(4, lambda number: do(cast, lambda: twins.tell_apart(*ids[:: 1 - 2 * (number % 2)], who="Tokyo", now=NOW)))
    assert [what for what, _who in journal(cast, pair[0])].count("told apart") == 1


def test_one_of_them_ends_with_a_reason(cast: Cast, tokyo: Organiser, pair: list[Delegate]) -> None:
    rome, milan = pair
    answer = tokyo.send(page(pair), {"decision": milan.reference})
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    tokyo.send(page(pair), {"decision": milan.reference, "comment": "Comes for Rome"})
    assert (state(cast, rome), state(cast, milan)) == (State.NOMINATED, State.CANCELLED)
    assert (flagged(cast), letters(cast)[-1]) == ([], "cancelled")


@pytest.mark.parametrize("decision", ["", "neither", "ZZZZZZ"])
def test_nothing_else_can_be_decided(cast: Cast, tokyo: Organiser, pair: list[Delegate], decision: str) -> None:
    other = nominate(cast, "Kim Haneul", "Seoul")
    for told in (decision, other.reference):
        answer = tokyo.send(page(pair), {"decision": told, "comment": "A reason"})
        assert (answer.status_code, "Choose one of the three." in answer.text) == (422, True)
    assert state(cast, other) == State.NOMINATED


def test_those_who_are_no_pair_are_not_decided_on(cast: Cast, tokyo: Organiser, pair: list[Delegate]) -> None:
    other = nominate(cast, "Kim Haneul", "Seoul")
    assert tokyo.get(page([pair[0], other])).location == f"{DESK}/approvals"
    assert tokyo.get(page([pair[0], pair[0]])).location == f"{DESK}/approvals"
    assert tokyo.get(f"{DESK}/twins/{pair[0].reference}/ZZZZZZ").status_code == 404
    assert tokyo.get(page(pair).replace("summit", "congress")).status_code == 404


def test_a_double_within_one_list_is_named_once(cast: Cast) -> None:
    for email in ("one@rome.example.org", "one@rome.example.org"):
        nominate(cast, "Luca Ferri", email=email)
    key = delegation_id(cast, "Rome")
    assert read(cast.app, lambda: twins.doubles(cast.event_id, key)) == [Double("Luca Ferri", "")]
