"""The counting of places itself: a party whole or not at all, of the visit and vehicle meant, and never below none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.db import db
from app.refused import Refused
from app.visits import editing, seats
from app.visits.models import Vehicle, Visit
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import do
from tests.visits.cast import ORGANISER, bus, visit


def counts(cast: Cast) -> list[tuple[int, ...]]:
    """What is counted as taken: of each visit, then of each vehicle, with its step-free places."""
    visits, vehicles = select(Visit.taken).order_by(Visit.id), select(Vehicle.taken, Vehicle.step_free_taken)
    rows = (visits, vehicles.order_by(Vehicle.id))
    return read(cast.app, lambda: [tuple(row) for each in rows for row in db.session.execute(each)])


def refused(cast: Cast, act: Callable[[], None]) -> tuple[str | None, str]:
    with pytest.raises(Refused) as no:
        do(cast, act)
    return no.value.field, no.value.message


def test_a_party_takes_its_places_of_this_visit_and_vehicle_alone(cast: Cast) -> None:
    boat, other = visit(cast, seats=3), visit(cast, "bay", seats=3)
    car = bus(cast, boat, 4, 2)
    bus(cast, other, 4, 2)
    do(cast, lambda: seats.take(boat.id, car.id, 3, 2))
    assert counts(cast) == [(3,), (0,), (3, 2), (0, 0)]


def test_of_a_party_that_does_not_fit_nobody_has_a_place(cast: Cast) -> None:
    boat = visit(cast, seats=3)
    do(cast, lambda: seats.take(boat.id, None, 2, 0))
    said = refused(cast, lambda: seats.take(boat.id, None, 2, 0))
    assert (said, counts(cast)) == (("visit", "Not enough places are left on this visit."), [(2,)])


def test_a_vehicle_that_is_full_leaves_the_visit_as_it_was(cast: Cast) -> None:
    boat = visit(cast, seats=9)
    car = bus(cast, boat, 2)
    do(cast, lambda: seats.take(boat.id, car.id, 2, 0))
    said = refused(cast, lambda: seats.take(boat.id, car.id, 1, 0))
    assert (said, counts(cast)) == (("vehicle", "Not enough places are left in this vehicle."), [(2,), (2, 0)])


def test_a_step_free_place_is_taken_by_one_though_other_seats_are_left(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 4, 1)
    do(cast, lambda: seats.board(car.id, 1, 1))
    assert refused(cast, lambda: seats.board(car.id, 1, 1))[0] == "vehicle"
    do(cast, lambda: seats.board(car.id, 2, 0))
    assert counts(cast) == [(0,), (3, 1)]


def test_without_a_limit_of_its_own_a_visit_takes_everybody(cast: Cast) -> None:
    boat = visit(cast, seats=None, minimum=None)
    do(cast, lambda: seats.take(boat.id, None, 500, 0))
    assert counts(cast) == [(500,)]


def test_a_visit_that_was_called_off_has_no_places(cast: Cast) -> None:
    boat = visit(cast)
    do(cast, lambda: editing.cancel(boat.id, "A storm", who=ORGANISER, now=NOW))
    assert refused(cast, lambda: seats.take(boat.id, None, 1, 0))[0] == "visit"


def test_who_sits_in_a_vehicle_shares_its_step_free_places_down_to_none_and_up_to_all(cast: Cast) -> None:
    boat = visit(cast)
    car, _other = bus(cast, boat, 4, 2), bus(cast, boat, 4, 2, name="Bus 2")
    do(cast, lambda: seats.board(car.id, 4, 0))
    for more, left in ((2, 2), (-1, 1), (-1, 0)):
        do(cast, lambda: seats.share(car.id, more))  # noqa: B023
        assert counts(cast) == [(0,), (4, left), (0, 0)]
    said = "No step-free place is left in your vehicle. Please write to the organisers."
    assert [refused(cast, lambda: seats.share(car.id, more)) for more in (3, -1)] == [("vehicle", said)] * 2  # noqa: B023


@pytest.mark.parametrize("step_free", [True, False])
def test_a_place_is_given_back_where_it_was_taken_and_nowhere_else(cast: Cast, step_free: bool) -> None:
    boat, other = visit(cast, seats=3), visit(cast, "bay", seats=3)
    cars = [bus(cast, each, 3, 1) for each in (boat, other)]
    for each, car in zip((boat, other), cars, strict=True):
        do(cast, lambda: seats.take(each.id, car.id, 3, 1))  # noqa: B023
    do(cast, lambda: seats.give_back(boat.id, cars[0].id, step_free))
    assert counts(cast) == [(2,), (3,), (2, 0 if step_free else 1), (3, 1)]


def test_on_foot_a_place_is_given_back_in_the_visit_alone(cast: Cast) -> None:
    boat = visit(cast)
    bus(cast, boat, 3)
    do(cast, lambda: seats.take(boat.id, None, 1, 0))
    do(cast, lambda: seats.give_back(boat.id, None, False))
    assert counts(cast) == [(0,), (0, 0)]


def test_the_last_place_taken_is_given_back_once(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 3)
    do(cast, lambda: seats.take(boat.id, car.id, 1, 0))
    do(cast, lambda: seats.give_back(boat.id, car.id, False))
    with pytest.raises(RuntimeError, match=r"^a place on a visit is given back that was never taken"):
        do(cast, lambda: seats.give_back(boat.id, car.id, False))
    with pytest.raises(RuntimeError, match=r"^a place in a vehicle is given back that was never taken"):
        do(cast, lambda: seats.alight(car.id, False))
    assert counts(cast) == [(0,), (0, 0)]
