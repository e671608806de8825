"""Whether a party finds room on a visit, and in which vehicle: whole, step-free places kept for those who need them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.visits.fitting import Car, Fit, Room, fit

pytestmark = pytest.mark.one_database

BUS, VAN = Car(1, 20, 0), Car(2, 4, 2)


def test_on_foot_only_the_number_counts() -> None:
    assert fit(Room(3), 3, 3) == Fit(None, Room(0))
    assert fit(Room(2), 3, 0) is None
    assert fit(Room(None), 500, 0) == Fit(None, Room(None))


def test_step_free_places_are_kept_for_those_who_need_them() -> None:
    there = Room(None, (VAN, BUS))
    chosen = [fit(there, people, needs) for people, needs in ((1, 0), (3, 1), (2, 2), (2, 3))]
    assert [each.car if each else None for each in chosen] == [1, 2, 2, None]


def test_the_fullest_vehicle_that_takes_all_is_filled_first() -> None:
    found = fit(Room(None, (Car(1, 9, 0), Car(2, 3, 0), Car(3, 2, 0))), 3, 0)
    assert found == Fit(2, Room(None, (Car(1, 9, 0), Car(2, 0, 0), Car(3, 2, 0))))


def test_a_party_is_not_shared_out_over_two_vehicles() -> None:
    assert fit(Room(None, (Car(1, 2, 0), Car(2, 2, 0))), 3, 0) is None


def test_the_visits_own_limit_holds_beside_that_of_the_vehicles() -> None:
    assert fit(Room(2, (BUS,)), 3, 0) is None
    assert (Room(2, (BUS,)).places, Room(None, (BUS, VAN)).places, Room(None).places) == (2, 24, None)


cars = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4).map(
    lambda found: tuple(Car(number, left, min(left, free)) for number, (left, free) in enumerate(found, 1))
)


@given(st.none() | st.integers(0, 9), cars, st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), max_size=8))
def test_nothing_is_ever_given_twice(left: int | None, given: tuple[Car, ...], parties: list[tuple[int, int]]) -> None:
    there, people, needs = Room(left, given), dict.fromkeys(range(5), 0), dict.fromkeys(range(5), 0)
    for size, need in parties:
        found = fit(there, size, min(size, need))
        if found is None:
            continue
        there = found.then
        people[found.car or 0] += size
        needs[found.car or 0] += min(size, need)
    assert left is None or sum(people.values()) <= left
    for car in given:
        assert people[car.id] <= car.left
        assert needs[car.id] <= car.step_free
