"""A14: whoever guesses passwords gets ten tries, from however many networks, and locks nobody out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, request

from app.accounts import brake, places, service
from app.accounts.models import User
from app.db import db, write
from tests.accounts.conftest import built, peopled
from tests.accounts.people import OTHER, address, sign_in, token
from tests.trust.figures import Figures

NOON = datetime(2023, 2, 27, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def behind_proxy(standing: Flask) -> Flask:
    """Plenary with one proxy of ours in front, which adds whom it talks to at the right."""
    return built(standing, TRUSTED_PROXY_COUNT=1)


@pytest.fixture
def proxied(app: Flask, behind_proxy: Flask) -> Iterator[Flask]:
    yield from peopled(behind_proxy)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared with one that is stored."""
    seen: list[str] = []
    real = User.verify_and_update_password

    def compare(self: User, password: str) -> bool:
        seen.append(password)
        return real(self, password)

    monkeypatch.setattr(User, "verify_and_update_password", compare)
    return seen


def guess(app: Flask, number: int, city: str = "tokyo") -> int:
    """One guess by somebody with a network of their own, who also claims to come from yet another."""
    claimed = {"X-Forwarded-For": f"192.0.2.{number % 250}, 10.{number // 250}.{number % 250}.7"}
    client = app.test_client()
    values = {"email": address(city), "password": f"{OTHER} {number}", "csrf_token": token(client.get("/sign-in"))}
    return client.post("/sign-in", data=values, headers=claimed).status_code


def test_a_thousand_guesses_from_a_thousand_networks_are_ten(
    proxied: Flask, looked_at: list[str], figures: Figures, full: bool
) -> None:
    owner, here = proxied.test_client(), {"X-Forwarded-For": "203.0.113.5"}
    sign_in(owner, "tokyo", headers=here)
    owner.post("/sign-out", data={"csrf_token": token(owner.get("/sign-out"))})
    looked_at.clear()
    assert {guess(proxied, number) for number in range(1000 if full else 40)} == {422}
    figures.hold("A14", "guesses of one account's password that were looked at", len(looked_at), most=10)
    known_network = sign_in(proxied.test_client(), "tokyo", headers=here)
    known_browser = sign_in(owner, "tokyo", headers={"X-Forwarded-For": "198.51.100.77"})
    shut_out = sum(each.location != "/organise/" for each in (known_network, known_browser))
    figures.hold("A14", "owners locked out of a browser or network that they used before", shut_out, exactly=0)
    other = sign_in(proxied.test_client(), "rome", headers={"X-Forwarded-For": "198.51.100.77"})
    assert other.location == "/organise/"


def test_without_the_count_of_an_account_each_network_guesses_anew(
    proxied: Flask, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: counted by account and network together, every guess is looked at."""
    monkeypatch.setattr(places, "place", lambda _email, _device, network, _now: f"network {network}")
    for number in range(15):
        guess(proxied, number)
    assert len(looked_at) == 15


def test_forwarded_addresses_are_counted_from_the_right(standing: Flask, figures: Figures) -> None:
    """What a visitor claims stands at the left; what our own proxies add stands at the right."""
    wrong = 0
    for proxies, told, seen in (
        (0, "192.0.2.1", "127.0.0.1"),
        (1, "192.0.2.1, 203.0.113.5", "203.0.113.5"),
        (2, "192.0.2.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "127.0.0.1"),
    ):
        app = built(standing, TRUSTED_PROXY_COUNT=proxies)
        with app.test_client() as client:
            client.get("/healthz", headers={"X-Forwarded-For": told})
            wrong += request.remote_addr != seen
    figures.hold("A14", "forwarded addresses that were believed from the wrong end", wrong, exactly=0)


def test_of_eight_hundred_tries_at_once_ten_are_let_through(door: Flask, figures: Figures, full: bool) -> None:
    each_of_eight = 100 if full else 10

    def crowd(_each: int) -> int:
        with door.app_context():
            let = [write(lambda: brake.allowed("password", "x", 10, brake.KEPT, NOON)) for _try in range(each_of_eight)]
            db.session.remove()
            return sum(let)

    with ThreadPoolExecutor(8) as at_once:
        let = sum(at_once.map(crowd, range(8)))
    figures.hold("A14", f"of {8 * each_of_eight} tries at once, let through", let, exactly=10)


def test_whoever_guesses_learns_nothing_from_waiting(proxied: Flask, looked_at: list[str]) -> None:
    """Tries that were refused do not prolong the wait, and after it there are ten again."""
    with proxied.app_context():
        later = NOON + service.SPAN
        for at, most in ((NOON, 10), (later - timedelta(seconds=1), 0), (later, 10)):
            let = [write(lambda: brake.allowed("password", "y", 10, service.SPAN, at)) for _try in range(12)]  # noqa: B023
            assert sum(let) == most
