"""A15: nobody learns from an answer, or from how long it takes, who has an account."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.accounts.models import Tries
from app.db import db, write
from tests.accounts.people import OTHER, address, token
from tests.registration.cast import assemble, hidden, typed
from tests.trust.figures import Figures


def ask(app: Flask, path: str, email: str, **more: str) -> TestResponse:
    client = app.test_client()
    values = {"email": email, "csrf_token": token(client.get(path))} | more
    return client.post(path, data=values)


def sign_in(app: Flask, email: str) -> TestResponse:
    return ask(app, "/sign-in", email, password=OTHER)


def forgotten(app: Flask, email: str) -> TestResponse:
    return ask(app, "/sign-in/forgotten", email)


def alike(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """What an answer tells, without what is new in every one and without what was typed."""
    text = re.sub(r'value="[^"]*"', "", answer.text)
    own = {"Set-Cookie", "Content-Length", "Date", "X-Request-ID"}
    headers = [(name, value) for name, value in answer.headers if name not in own]
    return answer.status_code, text, headers


@pytest.mark.parametrize("way", [sign_in, forgotten])
def test_answer_is_the_same_whether_or_not_there_is_an_account(
    door: Flask, way: Callable[[Flask, str], TestResponse], figures: Figures
) -> None:
    known, unknown = way(door, address("tokyo")), way(door, address("atlantis"))
    differences = sum(one != other for one, other in zip(alike(known), alike(unknown), strict=True))
    figures.hold("A15", f"differences of the answer ({way.__name__.replace('_', ' ')})", differences, exactly=0)


def test_too_many_guesses_are_answered_alike_too(door: Flask, figures: Figures) -> None:
    answers = []
    for email in (address("tokyo"), address("atlantis")):
        for _each in range(10):
            sign_in(door, email)
        answers.append(alike(sign_in(door, email)))
    figures.hold("A15", "differences of the answer (slowed)", int(answers[0] != answers[1]), exactly=0)
    assert "Too many passwords were tried" in answers[0][1]


def test_registering_tells_nothing_of_who_did_before(app: Flask, figures: Figures) -> None:
    """Several people may share an address; whoever registers with one is not told that others have."""
    cast = assemble(app, "GCN")
    told = []
    for email in ("first@rome.example.org", "first@rome.example.org", "other@rome.example.org"):
        client = app.test_client()
        sent = client.post("/summit/register", data=hidden(client.get("/summit/register")) | typed(cast, email=email))
        page = client.get(sent.location)
        reference = re.search(r"[0-9A-Z]{6}(?=</)", page.text)
        assert reference is not None
        assert email in page.text
        own = re.compile(f"{reference[0]}|{re.escape(email)}|/[a-z]/[A-Za-z0-9_-]{{20,}}")
        told.append([sent.status_code, page.status_code, own.sub("~", page.text)])
    figures.hold("A15", "differences of the answer (register again)", int(told[1] != told[2]), exactly=0)


@pytest.mark.parametrize("way", [sign_in, forgotten])
def test_a_password_is_hashed_for_whoever_asks(
    door: Flask, way: Callable[[Flask, str], TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is the same: one argon2 hash, for a known address and for one that nobody has."""
    context = door.extensions["security"].pwd_context
    seen: list[str] = []

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            seen.append(name)
            return real(*args, **more)

        return call

    for name in ("hash", "verify", "verify_and_update"):
        monkeypatch.setattr(context, name, watched(name, getattr(context, name)))
    counts = []
    for email in (address("tokyo"), address("atlantis")):
        seen.clear()
        way(door, email)
        counts.append(len(seen))
    assert counts[0] == counts[1] == 1


@pytest.mark.parametrize("way", [sign_in, forgotten])
def test_answers_take_as_long(
    door: Flask, way: Callable[[Flask, str], TestResponse], figures: Figures, full: bool
) -> None:
    took: dict[str, list[float]] = {address("tokyo"): [], address("atlantis"): []}
    for number in range(200 if full else 8):
        if number % 4 == 0:  # or the brake would answer
            with door.app_context():
                write(lambda: db.session.execute(update(Tries).values(used=0)))
        for email, times in took.items():
            client = door.test_client()
            path = "/sign-in" if way is sign_in else "/sign-in/forgotten"
            values = {"email": email, "password": OTHER, "csrf_token": token(client.get(path))}
            start = time.perf_counter()
            client.post(path, data=values)
            times.append(time.perf_counter() - start)
    one, other = (statistics.median(times) for times in took.values())
    what = f"median difference, known and unknown address ({way.__name__.replace('_', ' ')})"
    figures.measure("A15", what, round(abs(one - other) * 1000, 1), most=10, unit="ms")
