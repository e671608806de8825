"""Boarding: a vehicle's list, presses recorded once whenever they come, who is missing, what a late end changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.visits import boarding, rows, signing, vehicles
from app.visits.boarding import Manifest
from app.visits.models import SignUp, Tick, Vehicle, Visit
from tests.registration.cast import NOW, Cast, hidden, read
from tests.registration.people import do, refusal
from tests.visits.cast import ORGANISER, act, bus, guests, row, sign_up, state, visit

LEAVES = datetime.fromisoformat("2090-02-27T09:00+09:00")
BEFORE = LEAVES - timedelta(minutes=30)


def listed(cast: Cast, made: Visit, car: Vehicle, now: datetime = BEFORE) -> Manifest:
    def ask() -> Manifest:
        there = rows.lock([made.id])[made.id]
        return boarding.manifest(there, db.session.get_one(Vehicle, car.id), now)

    return do(cast, ask)


def names(people: tuple[SignUp, ...]) -> list[str]:
    return [each.delegate.name for each in people]


def press(cast: Cast, mine: SignUp, boarded: bool, key: str, at: datetime = BEFORE, now: datetime = BEFORE) -> SignUp:
    return act(
        cast,
        lambda: boarding.tick(
            mine.visit_id, mine.vehicle_id, mine.uid, boarded, key, at, who="Mari Christine", now=now
        ),
    )


def ticks(cast: Cast) -> int:
    return read(cast.app, lambda: db.session.execute(select(func.count(Tick.key))).scalar_one())


def test_a_press_that_comes_twice_is_recorded_once(cast: Cast) -> None:
    boat = visit(cast)
    bus(cast, boat, 20)
    anna = guests(cast, 1)[0]
    mine = sign_up(cast, boat, anna)[0]
    press(cast, mine, True, "the first press")
    press(cast, mine, False, "the second press", BEFORE + timedelta(minutes=1), BEFORE + timedelta(minutes=1))
    press(cast, mine, True, "the first press", now=BEFORE + timedelta(minutes=2))
    assert (state(cast, boat, anna), ticks(cast)) == ("allocated", 2)


def test_of_presses_that_come_late_the_one_pressed_last_counts(cast: Cast) -> None:
    boat = visit(cast)
    bus(cast, boat, 20)
    anna = guests(cast, 1)[0]
    mine = sign_up(cast, boat, anna)[0]
    press(cast, mine, True, "on another phone", BEFORE + timedelta(minutes=5), BEFORE + timedelta(minutes=5))
    press(cast, mine, False, "held back for long", BEFORE, BEFORE + timedelta(minutes=9))
    assert state(cast, boat, anna) == "boarded"


def test_who_is_not_there_is_listed_ten_minutes_before_it_leaves(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 20)
    anna, luca = guests(cast, 2)
    press(cast, sign_up(cast, boat, anna)[0], True, "anna is there")
    sign_up(cast, boat, luca)
    early, due = (listed(cast, boat, car, LEAVES - timedelta(minutes=each)) for each in (11, 10))
    assert (names(early.missing), names(due.missing), due.on_board) == ([], ["Rome 1"], 1)


def test_the_list_is_right_after_a_late_cancellation(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 20)
    anna, luca = guests(cast, 2)
    mine = sign_up(cast, boat, anna)[0]
    sign_up(cast, boat, luca)
    act(cast, lambda: signing.give_back(mine.id, whole=True, who="Rome", now=BEFORE))
    found = listed(cast, boat, car, BEFORE + timedelta(minutes=1))
    assert (names(found.people), names(found.gone)) == (["Rome 1"], ["Rome 0"])
    said = refusal(lambda: press(cast, mine, True, "anna, too late", now=BEFORE + timedelta(minutes=2)))
    assert said == "Rome 0 is no longer on this list: given back."


def test_who_only_waited_stands_on_no_list(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    anna, luca = guests(cast, 2)
    sign_up(cast, boat, anna)
    mine = sign_up(cast, boat, luca)[0]
    act(cast, lambda: signing.give_back(mine.id, whole=True, who="Rome", now=BEFORE))
    found = read(cast.app, lambda: boarding.manifest(boat, None, BEFORE))
    assert (state(cast, boat, luca), names(found.people), names(found.gone)) == ("cancelled", ["Rome 0"], [])


def test_when_it_leaves_whoever_is_not_on_board_did_not_come(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 20)
    anna, luca = guests(cast, 2)
    press(cast, sign_up(cast, boat, anna)[0], True, "anna is there")
    sign_up(cast, boat, luca)
    act(cast, lambda: boarding.leave(boat.id, car.id, who=ORGANISER, now=LEAVES))
    assert [state(cast, boat, each) for each in (anna, luca)] == ["boarded", "no-show"]


def opened(cast: Cast, car: Vehicle, on: bool = True) -> str:
    made = act(cast, lambda: vehicles.link(car.id, on=on, who=ORGANISER, now=NOW))
    return read(cast.app, lambda: f"/b/{made.link}")


def test_nobody_is_said_not_to_have_come_more_than_an_hour_before_it_leaves(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 5)
    anna = guests(cast, 1)[0]
    sign_up(cast, boat, anna)
    early = LEAVES - timedelta(hours=1, minutes=1)
    said = refusal(lambda: act(cast, lambda: boarding.leave(boat.id, car.id, who=ORGANISER, now=early)))
    assert said == "It does not leave yet. That it leaves can be said from an hour before."
    assert (state(cast, boat, anna), listed(cast, boat, car, early).may_leave) == ("allocated", False)


def test_the_link_of_a_vehicle_opens_its_list_without_needs_until_it_is_taken_away(
    cast: Cast, client: FlaskClient
) -> None:
    boat = visit(cast)
    car, other = bus(cast, boat, 1, 1), bus(cast, boat, 1, name="Bus 2")
    anna, luca = guests(cast, 2)
    sign_up(cast, boat, anna, step_free=(anna,))
    sign_up(cast, boat, luca)
    page = opened(cast, car)
    shown = client.get(page).text
    assert (anna.name in shown, luca.name in shown, "without a step" in shown) == (True, False, False)
    opened(cast, car, on=False)
    assert client.get(page).status_code == 404
    assert client.get(opened(cast, other)).status_code == 200


def test_a_phone_and_a_browser_without_scripts_record_the_same(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 5)
    anna, luca = guests(cast, 2)
    uids = [sign_up(cast, boat, each)[0].uid for each in (anna, luca)]
    page = opened(cast, car)
    told = {"csrf_token": hidden(client.get(page))["csrf_token"], "boarded": "y", "pressed_at": ""}
    plain = client.post(f"{page}/tick", data=told | {"uid": uids[0], "key": "made-by-the-page"})
    quick = client.post(
        f"{page}/tick", data=told | {"uid": uids[1], "key": "made-by-the-phone"}, headers={"Accept": "application/json"}
    )
    assert (plain.status_code, quick.json) == (303, {"uid": uids[1], "boarded": True})
    assert [state(cast, boat, each) for each in (anna, luca)] == ["boarded", "boarded"]
    assert row(cast, boat, luca).boarded_at is not None
