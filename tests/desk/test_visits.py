"""The organisers' pages of visits: made, changed, filled, called off; manifests with needs for logistics alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Staff, User
from app.db import db
from app.visits.models import Filling, Visit
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, runs, words
from tests.queries import counted
from tests.registration.cast import Cast, assemble, hidden, read
from tests.registration.people import later
from tests.visits.cast import act, bus, guests, letters, now_of, roomy, row, sign_up, state, states, visit

AT = "/organise/summit/visits"


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


@pytest.fixture
def desk(app: KeepingFlask, cast: Cast) -> Organiser:
    return runs(app, cast.event_id)


FIRST = {"filling": "first come"}
"""Which of the radio buttons is pressed."""


def post(desk: Organiser, page: str, to: str, **values: str) -> int:
    """Press a button of a page that has several forms."""
    token = hidden(desk.get(page))["csrf_token"]
    return desk.client.post(to, data={"csrf_token": token} | values).status_code


def test_an_organiser_makes_a_visit_and_changes_it(cast: Cast, desk: Organiser) -> None:
    told = {"title": "Harbour by boat", "day": "2090-02-27", "leaves": "09:00", "returns": "11:30", "seats": "20"}
    assert desk.send(f"{AT}/new", FIRST, told).status_code == 303
    made = read(cast.app, lambda: db.session.execute(select(Visit)).scalar_one())
    assert (made.title, made.seats, made.modes, made.offer_hours) == ("Harbour by boat", 20, ["venue"], 24)
    assert desk.send(f"{AT}/{made.code}/edit", FIRST, {"seats": "25"}).status_code == 303
    assert now_of(cast, made).seats == 25
    assert "0 of 25" in words(desk.get(AT))


def test_an_edit_that_somebody_was_quicker_with_is_refused_with_what_was_typed(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast)
    page = desk.get(f"{AT}/harbour/edit")
    assert desk.send(f"{AT}/harbour/edit", FIRST, {"host": "Tokyo"}, page=page).status_code == 303
    answer = desk.send(f"{AT}/harbour/edit", FIRST, {"host": "Rome"}, page=page)
    assert (answer.status_code, 'value="Rome"' in answer.text, now_of(cast, boat).host) == (422, True, "Tokyo")


def test_fewer_places_than_people_are_refused_beside_the_field(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast)
    sign_up(cast, boat, *guests(cast, 2))
    answer = desk.send(f"{AT}/harbour/edit", FIRST, {"seats": "1"})
    assert (answer.status_code, "2 people have a place. Take people off the visit first." in answer.text) == (422, True)


def test_another_time_is_told_to_those_who_go_alone(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast, seats=1)
    one, two = guests(cast, 2)
    sign_up(cast, boat, one)
    sign_up(cast, boat, two)
    desk.send(f"{AT}/harbour/edit", FIRST, {"leaves": "08:30"})
    desk.send(f"{AT}/harbour/edit", FIRST, {"host": "Somebody else"})
    assert (letters(cast, one), letters(cast, two)) == (["visit allocated", "visit changed"], ["visit waitlisted"])


def test_a_visit_called_off_tells_everybody_and_frees_their_time(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast, seats=1)
    one, two = guests(cast, 2)
    sign_up(cast, boat, one)
    sign_up(cast, boat, two)
    assert desk.send(f"{AT}/harbour/cancel", {"reason": ""}).status_code == 422
    assert desk.send(f"{AT}/harbour/cancel", {"reason": "A storm"}).status_code == 303
    assert set(states(cast, boat).values()) == {"cancelled by organiser"}
    assert (letters(cast, one)[-1], letters(cast, two)[-1]) == ("visit cancelled", "visit cancelled")
    told = row(cast, boat, one).told
    assert told is not None
    assert (told["item"]["cancelled"], now_of(cast, boat).taken) == (True, 0)


def test_below_the_minimum_the_page_says_what_is_missing(cast: Cast, desk: Organiser) -> None:
    sign_up(cast, visit(cast), *guests(cast, 2))
    assert "3 people are missing to the minimum of 5." in words(desk.get(f"{AT}/harbour"))


def test_the_organiser_passes_others_over_and_sets_classes(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast, seats=1)
    one, two, three = guests(cast, 3)
    sign_up(cast, boat, one)
    sign_up(cast, boat, two)
    last = sign_up(cast, boat, three, now=later(1))[0]
    page = f"{AT}/harbour"
    assert post(desk, page, f"{page}/people/{last.uid}/class", list_class="0") == 303
    assert post(desk, page, f"{page}/people/{last.uid}/class", list_class="77") == 422
    assert desk.send(f"{page}/people/{row(cast, boat, one).uid}/take-off", {"reason": "Ill"}).status_code == 303
    assert (state(cast, boat, two), state(cast, boat, three)) == ("offered", "waitlisted")


def test_a_copy_has_the_facts_and_nobody_on_it(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast)
    sign_up(cast, boat, *guests(cast, 1))
    assert post(desk, f"{AT}/harbour", f"{AT}/harbour/duplicate") == 303
    found = read(cast.app, lambda: db.session.execute(select(Visit).order_by(Visit.id.desc())).scalars().first())
    assert found is not None
    assert (found.title, found.taken, found.seats) == ("Harbour by boat (2)", 0, 20)


def test_closing_the_list_ends_signing_up(cast: Cast, desk: Organiser) -> None:
    visit(cast)
    assert post(desk, f"{AT}/harbour", f"{AT}/harbour/close") == 303
    assert "Close the list" not in desk.get(f"{AT}/harbour").text


def test_who_closes_a_list_of_wishes_is_told_that_places_can_be_given(cast: Cast, desk: Organiser) -> None:
    visit(cast, filling=Filling.WISHES)
    assert post(desk, f"{AT}/harbour", f"{AT}/harbour/close") == 303
    assert "Now the places can be given to the wishes." in words(desk.get(f"{AT}/harbour"))


def test_vehicles_are_added_changed_and_people_moved(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast)
    anna = guests(cast, 1)[0]
    mine = sign_up(cast, boat, anna)[0]
    told = {"name": "Bus 1", "seats": "1", "leader": "Mari Christine", "phone": "+81312345678"}
    assert desk.send(f"{AT}/harbour/vehicles/new", told).status_code == 303
    second = bus(cast, boat, 4, name="Bus 2")
    first = row(cast, boat, anna).vehicle_id
    assert first is not None
    assert post(desk, f"{AT}/harbour", f"{AT}/harbour/people/{mine.uid}/seat", vehicle=second.uid) == 303
    assert row(cast, boat, anna).vehicle_id == second.id
    page = f"{AT}/harbour/vehicles/{second.uid}"
    assert desk.send(page, {"seats": "0"}).status_code == 422
    assert post(desk, page, f"{page}/link", on="y") == 303
    assert "/b/" in desk.get(page).text


def gives(cast: Cast, role: Role) -> None:
    """The organiser looks after one thing more."""

    def done() -> None:
        user = db.session.execute(select(User)).scalars().one()
        db.session.add(Staff(user_id=user.id, event_id=cast.event_id, role=role))

    act(cast, done)


def test_needs_are_an_icon_on_the_manifest_for_logistics_alone(cast: Cast, desk: Organiser) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 4, 1)
    anna = guests(cast, 1)[0]
    sign_up(cast, boat, anna, step_free=(anna,))
    page = f"{AT}/harbour/manifest/{car.uid}"
    before = desk.get(page).text
    gives(cast, Role.LOGISTICS)
    after = desk.get(page).text
    said = "needs to get in without a step"
    assert (anna.name in before, said in before, said in after) == (True, False, True)
    assert said not in desk.get(f"{AT}/harbour").text


def test_the_table_costs_the_same_for_one_visit_and_for_three(cast: Cast, desk: Organiser) -> None:
    visit(cast)
    with counted(cast.app) as one:
        desk.get(AT)
    for number in range(2):
        made = visit(cast, f"boat-{number}")
        bus(cast, made, 3)
        sign_up(cast, made, *guests(cast, 1, start=number))
    with counted(cast.app) as three:
        desk.get(AT)
    assert len(one) == len(three)
