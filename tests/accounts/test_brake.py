"""The brake on guessing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import brake, letters
from app.accounts.models import Tries, User
from app.db import db, write
from tests.accounts.people import OTHER, address, set_password, sign_in, sign_out

NOON = datetime(2023, 2, 27, 12, 0, tzinfo=UTC)
SPAN = timedelta(minutes=15)


def tries(
    app: Flask, times: int, at: datetime = NOON, key: str = "lancaster", purpose: str = "city code"
) -> list[bool]:
    with app.app_context():
        return [write(lambda: brake.allowed(purpose, key, 3, SPAN, at)) for _each in range(times)]


def test_so_many_are_let_through_and_no_more(door: Flask) -> None:
    assert tries(door, 5) == [True, True, True, False, False]


def test_of_many_at_once_exactly_so_many_are_let_through(door: Flask) -> None:
    with ThreadPoolExecutor(8) as crowd:
        let = [each for batch in crowd.map(lambda _each: tries(door, 5), range(8)) for each in batch]
    assert (len(let), sum(let)) == (40, 3)


def test_span_ends_whatever_was_tried_in_it(door: Flask) -> None:
    tries(door, 4)
    assert tries(door, 1, NOON + SPAN - timedelta(seconds=1)) == [False]
    assert tries(door, 4, NOON + SPAN) == [True, True, True, False]


def test_key_has_a_count_of_its_own(door: Flask) -> None:
    tries(door, 4)
    assert tries(door, 1, key="queensland") == [True]


def test_purpose_has_a_count_of_its_own(door: Flask) -> None:
    tries(door, 4)
    assert tries(door, 1, purpose="password") == [True]


def test_wait_is_told(door: Flask) -> None:
    tries(door, 4)
    with door.app_context():
        assert brake.free_at("city code", "lancaster", SPAN) == NOON + SPAN


def test_nobody_waits_who_never_tried(door: Flask) -> None:
    """Whatever others tried, and they elsewhere."""
    tries(door, 4, key="queensland")
    tries(door, 4, purpose="password")
    with door.app_context():
        assert brake.free_at("city code", "lancaster", SPAN) is None


def test_try_given_back_may_be_used_again(door: Flask) -> None:
    tries(door, 3)
    with door.app_context():
        write(lambda: brake.give_back("city code", "lancaster"))
    assert tries(door, 2) == [True, False]


def test_nobody_is_given_back_more_than_they_tried(door: Flask) -> None:
    tries(door, 1)
    with door.app_context():
        for _each in range(2):
            write(lambda: brake.give_back("city code", "lancaster"))
    assert tries(door, 4) == [True, True, True, False]


def test_nobody_is_given_back_what_another_tried(door: Flask) -> None:
    for key, purpose in (("lancaster", "city code"), ("queensland", "city code"), ("lancaster", "password")):
        tries(door, 3, key=key, purpose=purpose)
    with door.app_context():
        write(lambda: brake.give_back("city code", "lancaster"))
    assert tries(door, 1, key="queensland") + tries(door, 1, purpose="password") == [False, False]


def test_counts_older_than_a_day_are_swept_away(door: Flask) -> None:
    tries(door, 1)
    tries(door, 1, NOON + timedelta(seconds=1), key="queensland")
    found = []
    with door.app_context():
        for more in (0, 1):
            write(lambda: brake.sweep(NOON + timedelta(days=1, seconds=more)))  # noqa: B023
            found.append(db.session.scalar(select(func.count()).select_from(Tries)))
    assert found == [2, 1]


def test_count_holds_no_address(door: Flask) -> None:
    tries(door, 1, key="lancaster@example.org 192.0.2.7")
    with door.app_context():
        kept = db.session.scalars(select(Tries.key_hash)).one()
    assert "lancaster" not in kept


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:bbbb::2", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "unknown"),
        ("a socket", "unknown"),
    ],
)
def test_what_one_guesser_can_change_at_will_counts_as_one(address: str | None, network: str) -> None:
    assert brake.network(address) == network


def guesses(door: Flask, city: str, times: int, network: str) -> None:
    for _each in range(times):
        sign_in(door.test_client(), city, OTHER, environ_base={"REMOTE_ADDR": network})


def test_eleventh_guess_is_not_looked_at_and_told_when_to_come_back(door: Flask) -> None:
    guesses(door, "tokyo", 10, "192.0.2.7")
    answer = sign_in(door.test_client(), "tokyo", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert (answer.status_code, "wait 15 minutes" in answer.text) == (422, True)


def test_owner_signs_in_from_where_they_were_before_while_somebody_guesses(door: Flask) -> None:
    """By the network, whichever browser it is; and by the browser, wherever it is."""
    browser = door.test_client()
    sign_in(browser, "tokyo", environ_base={"REMOTE_ADDR": "192.0.2.8"})
    sign_out(browser)
    for each in range(7, 11):
        guesses(door, "tokyo", 3, f"198.51.100.{each}")
    stranger = sign_in(door.test_client(), "tokyo", environ_base={"REMOTE_ADDR": "192.0.2.99"})
    assert (stranger.status_code, "ask for a link to set a password" in stranger.text) == (422, True)
    same_network = sign_in(door.test_client(), "tokyo", environ_base={"REMOTE_ADDR": "192.0.2.8"})
    same_browser = sign_in(browser, "tokyo", environ_base={"REMOTE_ADDR": "192.0.2.99"})
    assert [same_network.location, same_browser.location] == ["/organise/"] * 2


def test_link_from_a_letter_makes_a_browser_known_while_somebody_guesses(door: Flask) -> None:
    guesses(door, "tokyo", 11, "198.51.100.7")
    with door.app_context():
        link = letters.link(db.session.scalars(select(User).where(User.email == address("tokyo"))).one())
    browser = door.test_client()
    set_password(browser, link.removeprefix("http://localhost"))
    assert sign_in(browser, "tokyo", OTHER, environ_base={"REMOTE_ADDR": "192.0.2.99"}).location == "/organise/"


def test_known_browser_has_ten_guesses_too(door: Flask) -> None:
    browser = door.test_client()
    sign_in(browser, "tokyo")
    sign_out(browser)
    for _each in range(10):
        sign_in(browser, "tokyo", OTHER)
    assert sign_in(browser, "tokyo").status_code == 422


def test_changing_the_forwarded_address_does_not_help(door: Flask) -> None:
    for each in range(10):
        sign_in(door.test_client(), "tokyo", OTHER, headers={"X-Forwarded-For": f"192.0.2.{each}"})
    answer = sign_in(door.test_client(), "tokyo", headers={"X-Forwarded-For": "192.0.2.99"})
    assert answer.status_code == 422


def test_typing_the_address_otherwise_does_not_help(door: Flask) -> None:
    guesses(door, "tokyo", 5, "192.0.2.7")
    guesses(door, "TOKYO", 5, "192.0.2.7")
    answer = sign_in(door.test_client(), "Tokyo", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 422


def test_right_passwords_are_no_guesses(door: Flask) -> None:
    for _each in range(12):
        assert sign_in(door.test_client(), "new.york").location == "/organise/"


def test_network_that_tries_many_accounts_is_slowed(door: Flask) -> None:
    for each in range(5):
        guesses(door, f"city{each}", 10, "192.0.2.7")
    answer = sign_in(door.test_client(), "tokyo", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert (answer.status_code, "There were too many tries from here." in answer.text) == (422, True)
