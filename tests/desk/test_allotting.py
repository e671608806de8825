"""Organisers work out who goes on which visit, look at it, and give the places."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.visits.models import Visit
from app.web.kept import KeepingFlask
from tests.desk.office import held, rows, words
from tests.queries import counted
from tests.registration.cast import Cast, assemble
from tests.travel.guests import staff
from tests.visits.cast import bus, change, guests, roomy, sign_up, states, visit
from tests.visits.wishers import adopt, run, wish, wished

DESK = "/organise/summit/allocations"


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


def press(desk: FlaskClient, path: str, **values: str) -> str:
    """Open the page, press its button, and say where it leads."""
    sent = desk.post(path, data=held(desk.get(path)) | values)
    assert sent.status_code == 303, sent.text
    return sent.headers["Location"]


def close(cast: Cast, *visits: Visit) -> None:
    for each in visits:
        change(cast, each, closes_at=datetime(2026, 1, 2, tzinfo=UTC), opens_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_run_is_looked_at_adopted_and_shown_as_adopted(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay", seats=1), wished(cast, "zoo", seats=1)
    people = [guests(cast, 1, city)[0] for city in ("Rome", "Seoul", "Milan")]
    wish(cast, people[:1], bay)
    wish(cast, people[1:2], bay, zoo)
    wish(cast, people[2:], zoo)
    close(cast, bay, zoo)
    desk = staff(cast, "tokyo", Role.ORGANISER)
    one = press(desk, DESK, seed="7")
    page = desk.get(one)
    assert "lots drawn by 7." in words(page)
    assert "One person is told by letter that there is none." in words(page)
    assert (states(cast, bay), states(cast, zoo)) == ({}, {})
    press(desk, one)
    assert "Adopted by" in words(desk.get(one))
    assert sorted([*states(cast, bay).values(), *states(cast, zoo).values()]) == ["allocated", "allocated"]


def test_each_person_stands_beside_what_they_have_today(cast: Cast) -> None:
    boat, bay = visit(cast), wished(cast, "bay", seats=2)
    bus(cast, bay, 2, name="Van")
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor, guard], bay)
    (envoy,) = guests(cast, 1, "Seoul")
    wish(cast, [envoy], bay)
    sign_up(cast, boat, guests(cast, 1, "Milan")[0])
    number = run(cast)
    page = staff(cast, "tokyo", Role.ORGANISER).get(f"{DESK}/{number}?show=missed")
    found = rows(page)
    assert found["Hon. Seoul 0"] == "Seoul | – | no place | – | Bay: full"
    assert "Hon. Rome 0 2 together" not in found


def test_that_step_free_places_are_used_up_is_for_those_who_see_needs(cast: Cast) -> None:
    bay = wished(cast, "bay")
    bus(cast, bay, 2, step_free=1)
    for city in ("Rome", "Seoul"):
        wish(cast, guests(cast, 1, city), bay, step_free=True)
    path = f"{DESK}/{run(cast)}"
    plain = staff(cast, "tokyo", Role.ORGANISER)
    both = staff(cast, "seoul", Role.ORGANISER, Role.LOGISTICS)
    for kind in ("", ".csv"):
        told = [desk.get(path + kind).get_data(as_text=True) for desk in (plain, both)]
        assert ["step-free" in each for each in told] == [False, True]
        assert ["no vehicle has room that fits them" in each for each in told] == [True, False]


def test_the_file_says_where_everybody_goes_and_runs_no_formula(cast: Cast) -> None:
    bay = wished(cast, "bay", title="=1+1", seats=1)
    wish(cast, guests(cast, 1), bay)
    told = staff(cast, "tokyo", Role.ORGANISER).get(f"{DESK}/{run(cast)}.csv").get_data(as_text=True)
    lines = told.removeprefix("\ufeff").splitlines()
    assert lines[0] == "City,Name,Reference,People together,Today,Visit,Vehicle,Wish,Lot,Why not a better wish"
    assert (lines[1].split(",")[0], "'=1+1" in lines[1], ",=1+1" in lines[1]) == ("Rome", True, False)


def test_what_changed_meanwhile_is_said_and_cannot_be_adopted(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    wish(cast, guests(cast, 1), bay)
    number = run(cast)
    change(cast, bay, seats=2)
    page = words(staff(cast, "tokyo", Role.ORGANISER).get(f"{DESK}/{number}"))
    assert "have changed since this was worked out." in page
    assert "Give these places" not in page


def test_a_list_that_is_open_keeps_places_from_being_given(cast: Cast) -> None:
    bay = wished(cast, "bay")
    wish(cast, guests(cast, 1), bay)
    desk = staff(cast, "tokyo", Role.ORGANISER)
    one = press(desk, DESK)
    sent = desk.post(one, data=held(desk.get(one)))
    assert (sent.status_code, states(cast, bay)) == (422, {})
    assert "A list is still open, so wishes may change." in words(sent)


def test_nobody_else_sees_it_and_no_other_summit_has_it(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    wish(cast, guests(cast, 1), bay)
    number = run(cast)
    assert client.get(f"{DESK}/{number}").status_code == 303
    assert staff(cast, "tokyo", Role.LOGISTICS).get(f"{DESK}/{number}").status_code == 404
    assert staff(cast, "rome", Role.ORGANISER).get(f"{DESK}/{number + 1}").status_code == 404


def test_the_pages_cost_the_same_for_one_wish_and_for_many(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay", seats=2), wished(cast, "zoo", seats=2)
    wish(cast, guests(cast, 1), bay)
    desk = staff(cast, "tokyo", Role.ORGANISER)
    few = cost(cast, desk, run(cast))
    for city in ("Seoul", "Milan", "Tokyo"):
        wish(cast, guests(cast, 2, city), zoo, bay)
    adopt(cast, run(cast, 8))
    assert cost(cast, desk, run(cast, 9)) == few


def cost(cast: Cast, desk: FlaskClient, number: int) -> list[int]:
    """The queries of the pages of all runs and of one."""
    found = []
    for path in (DESK, f"{DESK}/{number}"):
        with counted(cast.app) as asked:
            desk.get(path)
        found.append(len(asked))
    return found
