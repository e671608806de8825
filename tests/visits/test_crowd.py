"""Two hundred people press the button for the last place at once: one has it, and everybody else has a turn."""

from __future__ import annotations

from collections import Counter

from app.db import Busy
from app.visits.models import SignUp
from tests.registration.cast import Cast
from tests.registration.people import at_once
from tests.visits.cast import bus, crowd, guests, now_of, sign_up, states, visit

CROWD = 200


def test_two_hundred_people_for_the_last_place_and_one_has_it(cast: Cast) -> None:
    """Who is told to try again, because so many write at once, presses again."""
    boat = visit(cast, seats=2)
    people = crowd(cast, CROWD + 1)
    sign_up(cast, boat, people.pop())

    def press(number: int) -> SignUp:
        try:
            return sign_up(cast, boat, people[number])[0]
        except Busy:
            return press(number)

    at_once(CROWD, press)
    assert Counter(states(cast, boat).values()) == {"allocated": 2, "waitlisted": CROWD - 1}
    assert now_of(cast, boat).taken == 2


def test_one_person_who_presses_many_times_signs_up_once(cast: Cast) -> None:
    boat = visit(cast, seats=5)
    one = guests(cast, 1)[0]
    assert len({row.id for rows in at_once(8, lambda _number: sign_up(cast, boat, one)) for row in rows}) == 1
    assert now_of(cast, boat).taken == 1


def test_parties_that_press_at_once_fill_a_bus_without_being_split(cast: Cast) -> None:
    boat = visit(cast, seats=None)
    bus(cast, boat, 5)
    people = crowd(cast, 12)
    at_once(4, lambda number: sign_up(cast, boat, *people[3 * number : 3 * number + 3]))
    assert Counter(states(cast, boat).values()) == {"allocated": 3, "waitlisted": 9}
