"""By what an account knows a browser, for how long, and where somebody is signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import places
from app.accounts.models import Device, SignIn
from app.db import db
from app.tokens import digest
from tests.accounts.people import address, do, number

NOON = datetime(2023, 2, 27, 12, 0, tzinfo=UTC)
DAYS, MOMENT = timedelta(days=400), timedelta(microseconds=1)
LAPTOP, PHONE = "key of a laptop", "key of a phone"
OFFICE, HOTEL = "192.0.2.7", "198.51.100.9"


def known(door: Flask, city: str, device: str = LAPTOP, network: str = OFFICE, at: datetime = NOON) -> bool:
    """This browser is known from now on; whether it was."""
    user_id = number(door, city)
    return do(door, lambda: places.recognise(user_id, device, network, at))


def place(door: Flask, city: str, device: str = "", network: str = "203.0.113.1", at: datetime = NOON) -> str:
    with door.app_context():
        return places.place(address(city), device, network, at)


def test_a_browser_has_a_count_of_its_own_and_so_has_the_network_it_came_from_last(door: Flask) -> None:
    for network in (HOTEL, OFFICE):
        known(door, "tokyo", network=network)
    laptop, office = f"device {digest(LAPTOP)}", f"network {OFFICE}"
    asked = [(LAPTOP, HOTEL), (LAPTOP, OFFICE), (PHONE, OFFICE), ("", OFFICE), (PHONE, HOTEL), ("", HOTEL)]
    assert [place(door, "tokyo", *each) for each in asked] == [laptop, laptop, office, office, "elsewhere", "elsewhere"]


def test_what_one_account_knows_another_does_not(door: Flask) -> None:
    known(door, "tokyo")
    known(door, "rome", PHONE, HOTEL)
    assert [place(door, city, LAPTOP, OFFICE) for city in ("rome", "atlantis")] == ["elsewhere", "elsewhere"]


def test_a_browser_is_known_for_four_hundred_days_after_its_last_sign_in(door: Flask) -> None:
    known(door, "tokyo", at=NOON - timedelta(days=9))
    known(door, "tokyo")
    found = [place(door, "tokyo", LAPTOP, at=NOON + each) for each in (DAYS - MOMENT, DAYS)]
    assert found == [f"device {digest(LAPTOP)}", "elsewhere"]


def test_only_what_was_known_by_the_same_account_before_is_known_again(door: Flask) -> None:
    """And a phone that comes for the first time changes nothing of the laptop."""
    comes = [("tokyo", LAPTOP), ("tokyo", LAPTOP), ("rome", LAPTOP), ("tokyo", PHONE), ("rome", LAPTOP)]
    assert [known(door, *each) for each in comes] == [False, True, False, False, True]
    known(door, "tokyo", PHONE, HOTEL, NOON + timedelta(days=1))
    with door.app_context():
        rows = db.session.execute(select(Device.key_hash, Device.network_hash, Device.used_at).order_by(Device.id))
        kept = [tuple(row) for row in rows]
    laptop = (digest(LAPTOP), digest(OFFICE), NOON)
    assert kept == [laptop, laptop, (digest(PHONE), digest(HOTEL), NOON + timedelta(days=1))]


@pytest.mark.parametrize(("after", "left"), [(DAYS, 2), (DAYS + MOMENT, 1)])
def test_browsers_with_which_nobody_came_for_long_are_swept_away(door: Flask, after: timedelta, left: int) -> None:
    known(door, "rome", PHONE)
    known(door, "tokyo", at=NOON + after)
    with door.app_context():
        assert db.session.scalar(select(func.count()).select_from(Device)) == left


def test_whoever_forgets_their_browsers_forgets_nobody_elses(door: Flask) -> None:
    known(door, "tokyo")
    known(door, "rome", PHONE)
    user_id = number(door, "tokyo")
    do(door, lambda: places.forget(user_id))
    assert (place(door, "tokyo", LAPTOP), place(door, "rome", PHONE)) == ("elsewhere", f"device {digest(PHONE)}")


def test_somebody_sees_where_they_are_signed_in_the_newest_first(door: Flask) -> None:
    """Not where somebody else is, nor what has ended or is older than a sign-in lasts."""
    tokyo, rome = number(door, "tokyo"), number(door, "rome")
    fortnight = timedelta(days=14)
    rows = [
        (tokyo, "Firefox", fortnight - MOMENT, None),
        (tokyo, "Chrome", timedelta(0), None),
        (tokyo, "Safari", timedelta(0), None),
        (tokyo, "Edge", timedelta(0), NOON),
        (tokyo, "Opera", fortnight, None),
        (rome, "Rome's", timedelta(0), None),
    ]
    made = [
        SignIn(user_id=whose, key_hash=agent, started_at=NOON - ago, ended_at=ended, agent=agent)
        for whose, agent, ago, ended in rows
    ]
    do(door, lambda: db.session.add_all(made))
    with door.app_context():
        here = db.session.scalars(select(SignIn.id).where(SignIn.agent == "Chrome")).one()
        found = places.open_ones(tokyo, here, NOON)
    told = [(each.agent, each.since, each.here) for each in found]
    assert told == [
        ("Safari", NOON, False),
        ("Chrome", NOON, True),
        ("Firefox", NOON - fortnight + MOMENT, False),
    ]
    assert found[1].id == here


def test_somebody_signs_one_browser_out_or_all_of_theirs_and_nobody_elses(door: Flask) -> None:
    tokyo, rome = number(door, "tokyo"), number(door, "rome")
    made = [SignIn(user_id=whose, key_hash=str(at), started_at=NOON) for at, whose in enumerate((tokyo, rome, tokyo))]
    do(door, lambda: db.session.add_all(made))
    with door.app_context():
        here, foreign, other = db.session.scalars(select(SignIn.id).order_by(SignIn.key_hash)).all()
    for sign_in_id in (here, foreign):
        do(door, lambda: places.close(tokyo, sign_in_id, NOON))  # noqa: B023
    do(door, lambda: places.close_all(tokyo, NOON + MOMENT))
    with door.app_context():
        ended = {each.id: each.ended_at for each in db.session.scalars(select(SignIn))}
    assert ended == {here: NOON, foreign: None, other: NOON + MOMENT}
