"""A40: programs that register, and a delegation that sits behind one address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import clock
from app import db as database
from app.db import db, write
from app.delegations.models import Quota
from app.registration import bots
from app.registration.models import Places
from tests.registration.cast import Cast, delegates, hidden, read, typed
from tests.trust.figures import Figures


@pytest.fixture
def wide(cast: Cast) -> Cast:
    """The small summit with places for everybody, so that no quota stops the program first."""
    read(cast.app, lambda: write(_open))
    return cast


def _open() -> None:
    db.session.execute(update(Places).values(seats=None))
    db.session.execute(update(Quota).values(seats=5000))


def person(cast: Cast, number: int) -> dict[str, str]:
    return typed(cast, name=f"Anna {number}", email=f"anna{number}@rome.example.org", mode="online")


def script(cast: Cast, posts: int) -> list[int]:
    """Fetches the form anew for each, and sends it as fast as it can."""
    client = cast.app.test_client()
    return [
        client.post("/summit/register", data=hidden(client.get("/summit/register")) | person(cast, number)).status_code
        for number in range(posts)
    ]


def test_a_program_from_one_address_gets_twenty_rows(wide: Cast, figures: Figures, full: bool) -> None:
    answers = script(wide, 500 if full else 40)
    assert set(answers) <= {303, 422}
    figures.hold("A40", f"rows by {len(answers)} scripted posts from one address", len(delegates(wide.app)), most=20)


def test_without_the_count_the_program_registers_on(wide: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(bots, "too_many", lambda *_any: "")
    script(wide, 25)
    assert len(delegates(wide.app)) == 25


def test_sixty_people_behind_one_address_register_within_an_hour(
    wide: Cast, monkeypatch: pytest.MonkeyPatch, figures: Figures, full: bool
) -> None:
    """Each takes a minute to fill in the form; they begin one after the other, and all from the same network."""
    refused, start = 0, clock.now()
    people = 60 if full else 30
    for number in range(people):
        client = wide.app.test_client()
        _at(monkeypatch, start + timedelta(seconds=number * 58))
        page = client.get("/summit/register")
        _at(monkeypatch, start + timedelta(seconds=number * 58 + 57))
        refused += client.post("/summit/register", data=hidden(page) | person(wide, number)).status_code != 303
    assert len(delegates(wide.app)) == people
    figures.hold("A40", f"refused of {people} people behind one address within an hour", refused, exactly=0)


def _at(monkeypatch: pytest.MonkeyPatch, moment: Any) -> None:
    """The clocks stand at this moment: ours, the database's, and the one of signatures."""
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(database, "now", lambda: moment)
    monkeypatch.setattr("time.time", moment.timestamp)


def test_trap_refuses_in_words_and_keeps_what_was_typed(wide: Cast) -> None:
    client = wide.app.test_client()
    page = client.get("/summit/register")
    values = hidden(page) | person(wide, 1)
    answer = client.post("/summit/register", data=values | {"homepage": "https://evil.example"})
    assert (answer.status_code, "a field that people do not see" in answer.text) == (422, True)
    assert ("Anna 1" in answer.text, "evil.example" in answer.text) == (True, False)
    assert client.post("/summit/register", data=hidden(answer) | person(wide, 1)).status_code == 303


def test_trap_is_out_of_reach_of_eye_ear_keyboard_and_autofill(wide: Cast) -> None:
    page = wide.app.test_client().get("/summit/register").text
    around = page[page.rindex("<div", 0, page.index('name="homepage"')) : page.index('name="homepage"') + 200]
    marks = ("hidden", "inert", 'autocomplete="off"', 'tabindex="-1"')
    assert [each for each in marks if each not in around] == []


def test_too_fast_after_twenty_is_a_sentence_and_waiting_helps(wide: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    script(wide, 20)
    client, start = wide.app.test_client(), clock.now()
    answer = client.post("/summit/register", data=hidden(client.get("/summit/register")) | person(wide, 99))
    assert (answer.status_code, "faster than anybody types" in answer.text) == (422, True)
    assert "Anna 99" in answer.text
    _at(monkeypatch, start + timedelta(seconds=9))
    assert client.post("/summit/register", data=hidden(answer) | person(wide, 99)).status_code == 303


def test_age_of_one_form_serves_no_other(wide: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that opens one form, waits, and sends it again and again under new keys is hurried all the same."""
    client, start = wide.app.test_client(), clock.now()
    page = client.get("/summit/register")
    _at(monkeypatch, start + timedelta(minutes=5))
    values = hidden(page)
    for number in range(25):
        key = {"submit_key": f"a key of its own, number {number}"}
        client.post("/summit/register", data=values | person(wide, number) | key)
    assert len(delegates(wide.app)) == bots.HURRIED


def test_whoever_has_the_link_of_an_office_is_not_slowed(wide: Cast) -> None:
    script(wide, 21)
    client, path = wide.app.test_client(), f"/summit/register/{wide.links['Milan']}"
    for number in range(100, 125):
        values = hidden(client.get(path)) | person(wide, number)
        values.pop("code")
        assert client.post(path, data=values).status_code == 303
