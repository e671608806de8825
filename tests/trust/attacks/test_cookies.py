"""A36 and A12: cookies of production, and forms that stay open over night."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from tests.accounts.people import PASSWORD, address, sign_in, token
from tests.registration.cast import Cast, delegates, hidden, typed
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

PAGES = (
    "/",
    "/?lang=ja",
    "/sign-in",
    "/sign-in?lang=fr",
    "/sign-in/forgotten",
    "/organise/",
    "/organise/account/steps",
)


def faults(line: str) -> list[str]:
    """What a cookie of production lacks (RFC 6265bis 4.1.3.2)."""
    name, *marks = line.split("; ")
    wanted = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    missing = sorted(wanted - set(marks)) + ["a domain"] * any(each.startswith("Domain") for each in marks)
    return missing + ([] if name.startswith("__Host-") else ["the prefix"])


def told(client: FlaskClient, path: str) -> list[str]:
    return client.get(path).headers.getlist("Set-Cookie")


def test_every_cookie_of_production_is_bound_to_our_host(gate: Flask, figures: Figures) -> None:
    client = gate.test_client()
    lines = [line for path in PAGES for line in told(client, path)]
    lines += sign_in(client, "tokyo").headers.getlist("Set-Cookie")
    lines += [line for path in PAGES for line in told(client, path)]
    assert {line.split("=")[0] for line in lines} == {
        "__Host-plenary",
        "__Host-plenary-language",
        "__Host-plenary-device",
    }
    wrong = [(line.split("=")[0], faults(line)) for line in lines if faults(line)]
    assert wrong == []
    figures.hold("A36", "cookies of production that are not bound to our host", len(wrong), exactly=0)


def test_a_bare_cookie_would_be_found_out() -> None:
    """The control."""
    assert faults("plenary=x; Path=/; HttpOnly") == ["SameSite=Lax", "Secure", "the prefix"]


def test_chosen_language_is_kept_in_production(gate: Flask) -> None:
    client = gate.test_client()
    client.get("/sign-in?lang=fr")
    assert '<html lang="fr"' in client.get("/sign-in").text


HOURS = 26


def over_night(monkeypatch: pytest.MonkeyPatch) -> None:
    real, later = time.time, clock.now() + timedelta(hours=HOURS)
    monkeypatch.setattr(time, "time", lambda: real() + HOURS * 3600)
    monkeypatch.setattr(clock, "now", lambda: later)


def test_sign_in_form_that_stays_open_over_night_still_counts(
    door: Flask, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    client = door.test_client()
    values = {"email": address("tokyo"), "password": PASSWORD, "csrf_token": token(client.get("/sign-in"))}
    over_night(monkeypatch)
    refused = int(client.post("/sign-in", data=values).location != "/organise/")
    figures.hold("A12", f"forms open for {HOURS} hours that were refused (sign-in)", refused, exactly=0)


def test_register_that_stays_open_over_night_still_counts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    client = cast.app.test_client()
    page = client.get("/summit/register")
    over_night(monkeypatch)
    client.post("/summit/register", data=hidden(page) | typed(cast))
    lost = 1 - len(delegates(cast.app))
    figures.hold("A12", f"forms open for {HOURS} hours that were refused (register)", lost, exactly=0)


def test_referrer_goes_to_ourselves_alone_and_not_to_nobody(door: Flask) -> None:
    """With none at all, no form would pass the check of where it came from over https."""
    for path in ("/", "/sign-in", "/nothing", "/d/wrong"):
        assert door.test_client().get(path).headers["Referrer-Policy"] == "same-origin"
