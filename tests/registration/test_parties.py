"""People of one city who wait together: kept, taken apart, by the office and by the organisers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import FocalPoint
from app.events.models import Mode
from app.registration import parties, service
from app.registration.models import Delegate, State
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, held, rows, runs, words
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import (
    OFFICE,
    delegation_id,
    do,
    journal,
    later,
    now_of,
    refusal,
    register,
    seats,
    state,
    waiter,
)


@pytest.fixture
def pair(cast: Cast) -> list[Delegate]:
    """Two of Seoul's, for whom no place is left."""
    seats(cast, 0)
    return [waiter(cast, name, "Seoul", later(hour)) for hour, name in enumerate(("OH Se-hoon", "KIM Minji"), 1)]


@pytest.fixture
def path(cast: Cast) -> str:
    """The page of Seoul's office."""
    key = delegation_id(cast, "Seoul")
    do(cast, lambda: focal.appoint(key, Contact("Kim Haneul", "kim@example.org"), who="Tokyo", now=NOW))
    found = read(cast.app, lambda: db.session.execute(select(FocalPoint)).scalar_one())
    return read(cast.app, lambda: f"/f/{found.link}")


def keep(cast: Cast, *people: Delegate, city: str = "Seoul") -> str | None:
    key, chosen = delegation_id(cast, city), [each.reference for each in people]
    return refusal(lambda: do(cast, lambda: parties.keep_together(key, chosen, who=OFFICE, now=later(3))))


def marks(cast: Cast, *people: Delegate) -> list[str]:
    return [now_of(cast, each).party for each in people]


def test_a_party_is_placed_whole_and_taken_apart_each_alone(cast: Cast, pair: list[Delegate]) -> None:
    keep(cast, *pair)
    seats(cast, 1)
    assert [state(cast, each) for each in pair] == [State.WAITLISTED] * 2
    key, (mark, _same) = delegation_id(cast, "Seoul"), marks(cast, *pair)
    for again in (2, 0):
        assert do(cast, lambda: parties.take_apart(key, mark, who=OFFICE, now=later(4))) == again
    assert [state(cast, each) for each in pair] == [State.OFFERED, State.WAITLISTED]
    assert journal(cast, pair[1])[-2:] == [("joined a party", OFFICE), ("left a party", OFFICE)]


def test_when_the_first_of_a_party_leaves_the_rest_stands_where_they_joined_themselves(cast: Cast) -> None:
    seats(cast, 0)
    cities = ("Seoul", "Rome", "Seoul")
    first, other, last = (waiter(cast, f"No. {n}", city, later(n)) for n, city in enumerate(cities, 1))
    keep(cast, first, last)
    do(cast, lambda: service.withdraw(first.id, later(4)))
    seats(cast, 1)
    assert (state(cast, other), state(cast, last)) == (State.OFFERED, State.WAITLISTED)


def test_who_joins_another_party_leaves_nobody_in_a_party_of_one(cast: Cast, pair: list[Delegate]) -> None:
    third = waiter(cast, "PARK Jisoo", "Seoul", later(3))
    keep(cast, *pair)
    keep(cast, pair[1], third)
    first, second, last = marks(cast, *pair, third)
    assert (first, second == last != "") == ("", True)


def test_the_same_party_again_changes_nothing(cast: Cast, pair: list[Delegate]) -> None:
    keep(cast, *pair)
    before = marks(cast, *pair)
    keep(cast, *pair)
    assert (marks(cast, *pair), len(journal(cast, pair[0]))) == (before, 4)


def test_who_does_not_wait_is_of_another_city_or_way_is_in_no_party(cast: Cast, pair: list[Delegate]) -> None:
    other = waiter(cast, "Carla Neri", "Milan", later(3))
    online = register(cast, "LEE Online", "Seoul", mode=Mode.ONLINE)
    seats(cast, 0, Mode.ONLINE)
    gone = waiter(cast, "CHOI Gone", "Seoul", later(4))
    waits_online = waiter(cast, "JUNG Online", "Seoul", later(5), mode=Mode.ONLINE)
    do(cast, lambda: service.withdraw(gone.id, later(6)))
    again = "Somebody of these does not wait any more. Please look at the list again."
    assert [keep(cast, pair[0], each) for each in (other, online, gone)] == [again] * 3
    assert keep(cast, pair[0], waits_online) == "Only people who take part in one way can wait together."
    assert keep(cast, pair[0]) == "Choose at least two people."
    assert set(marks(cast, *pair, other, online, gone, waits_online)) == {""}


def test_an_office_takes_no_other_citys_party_apart(cast: Cast, pair: list[Delegate]) -> None:
    keep(cast, *pair)
    before, milan = marks(cast, *pair), delegation_id(cast, "Milan")
    for mark in (before[0], ""):
        assert do(cast, lambda: parties.take_apart(milan, mark, who="Milan", now=later(4))) == 0  # noqa: B023
    assert marks(cast, *pair) == before


def test_the_office_keeps_its_people_together_and_takes_it_back(
    cast: Cast, client: FlaskClient, pair: list[Delegate], path: str
) -> None:
    assert f'href="{path}/people/together"' in client.get(f"{path}/").text
    page = client.get(f"{path}/people/together")
    assert "together or not at all" in words(page)
    values = held(page) | {"people": [each.reference for each in pair]}
    for _again in range(2):
        assert client.post(f"{path}/people/together", data=values).status_code == 303
    page = client.get(f"{path}/people/together")
    assert "Hon. OH Se-hoon, Hon. KIM Minji" in words(page)
    mark = marks(cast, pair[0])[0]
    assert client.post(f"{path}/people/together", data=held(page) | {"apart": mark}).status_code == 303
    assert marks(cast, *pair) == ["", ""]
    (_joined, who), (_left, _who) = journal(cast, pair[0])[-2:]
    assert who == "Kim Haneul (focal point of Seoul)"


def test_a_refusal_stands_beside_the_names_and_keeps_the_ticks(
    cast: Cast, client: FlaskClient, pair: list[Delegate], path: str
) -> None:
    page = client.get(f"{path}/people/together")
    answer = client.post(f"{path}/people/together", data=held(page) | {"people": [pair[0].reference]})
    assert (answer.status_code, "Choose at least two people." in answer.text) == (422, True)
    assert "checked" in answer.text
    forged = client.post(f"{path}/people/together", data=held(page) | {"people": [pair[0].reference, "<b>" * 2000]})
    assert forged.status_code == 422


def test_organisers_keep_people_of_a_city_together(
    cast: Cast, app: KeepingFlask, client: FlaskClient, pair: list[Delegate]
) -> None:
    waiter(cast, "Carla Neri", "Milan", later(3))
    tokyo = runs(app, cast.event_id)
    desk = "/organise/summit"
    table = tokyo.get(f"{desk}/approvals")
    assert [f'href="{desk}/waiting/{city}"' in table.text for city in ("seoul", "milan")] == [True, False]
    answer = tokyo.send(f"{desk}/waiting/seoul", {"people": [each.reference for each in pair]})
    assert (answer.status_code, marks(cast, *pair)[0] != "") == (303, True)
    assert "party of 2" in rows(tokyo.get(f"{desk}/approvals"))["1"]
    tokyo.send(f"{desk}/waiting/seoul", {"apart": marks(cast, pair[0])[0]})
    assert marks(cast, *pair) == ["", ""]
    assert isinstance(tokyo, Organiser)
    assert [tokyo.get(f"{desk}/waiting/{slug}").status_code for slug in ("milan", "atlantis")] == [200, 404]
    assert tokyo.get("/organise/congress/waiting/seoul").status_code == 404
