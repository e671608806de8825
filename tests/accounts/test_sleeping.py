"""A sign-in that nobody uses for half a day opens nothing until its holder types their password."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict

from app import clock
from app.accounts import service
from app.accounts.models import SignIn, User
from app.config import DEFAULTS
from app.db import BRIEFLY, Busy, db, write
from tests.accounts.people import OTHER, PASSWORD, address, sign_in, sign_out, token
from tests.queries import counted

DESK = "/test/gnets-2023/desk"
AGAIN = "/sign-in/again"
AWAY = "You were away for long"
MINUTE = timedelta(minutes=1)
IDLE = timedelta(hours=DEFAULTS["SIGN_IN_IDLE_HOURS"])


def unused(door: Flask, since: timedelta = IDLE) -> None:
    """Every sign-in was used so long ago, and nobody typed a password since."""

    def act() -> None:
        for each in db.session.execute(select(SignIn)).scalars():
            each.started_at = each.proven_at = each.used_at = clock.now() - since

    with door.app_context():
        write(act)


def used(door: Flask) -> datetime:
    with door.app_context():
        found = db.session.scalars(select(SignIn.used_at)).one()
        assert found is not None
        return found


@pytest.fixture
def client(door: Flask) -> FlaskClient:
    made = door.test_client()
    sign_in(made, "tokyo")
    return made


@pytest.mark.parametrize(("since", "status"), [(IDLE - MINUTE, 200), (IDLE, 303)])
def test_sign_in_sleeps_after_half_a_day_without_use(
    door: Flask, client: FlaskClient, since: timedelta, status: int
) -> None:
    unused(door, since)
    assert client.get(DESK).status_code == status


def test_setting_says_after_how_many_hours(door: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    unused(door, timedelta(hours=2))
    assert client.get(DESK).status_code == 200
    unused(door, timedelta(hours=2))
    monkeypatch.setitem(door.config, "SIGN_IN_IDLE_HOURS", 1)
    assert client.get(DESK).status_code == 303


def test_page_is_come_back_to_with_the_password(door: Flask, client: FlaskClient) -> None:
    unused(door)
    answer = client.get(f"{DESK}?day=2")
    assert (answer.status_code, answer.location) == (303, f"{AGAIN}?next={DESK}?day%3D2")
    assert client.head(f"{DESK}?").location == f"{AGAIN}?next={DESK}"
    assert client.get(f"{DESK}?name=max").location == f"{AGAIN}?next={DESK}?name%3Dmax"
    page = client.get(answer.location)
    assert (page.status_code, AWAY in page.text, address("tokyo") in page.text) == (200, True, True)
    wrong = client.post(answer.location, data={"password": OTHER, "csrf_token": token(page)})
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    assert client.get(DESK).status_code == 303
    right = client.post(answer.location, data={"password": PASSWORD, "csrf_token": token(page)})
    assert (right.status_code, right.location) == (303, f"{DESK}?day=2")
    assert client.get(right.location).status_code == 200


def test_form_that_was_open_over_night_loses_nothing(door: Flask, client: FlaskClient) -> None:
    held = token(client.get("/organise/account"))
    path, words = "/test/gnets-2023/announce", [("word", 'a "b" <i>'), ("word", "2"), ("word-x", "")]
    unused(door)
    page = client.post(path, data=MultiDict([*words, ("csrf_token", held)]))
    assert (page.status_code, AWAY in page.text) == (403, True)
    kept = [
        (n, html.unescape(v)) for n, v in re.findall(r'type="hidden" name="(word[^"]*)" value="([^"]*)"', page.text)
    ]
    assert kept == words
    more = [*kept, ("csrf_token", token(page))]
    wrong = client.post(path, data=MultiDict([*more, ("proof_password", OTHER)]))
    assert (wrong.status_code, 'value="a &#34;b&#34; &lt;i&gt;"' in wrong.text) == (422, True)
    done = client.post(path, data=MultiDict([*more, ("proof_password", PASSWORD)]))
    assert (done.status_code, done.text) == (200, 'word=a "b" <i>&word=2&word-x=')
    assert client.get(DESK).status_code == 200


def test_a_real_form_goes_on_its_way_too(door: Flask, client: FlaskClient) -> None:
    """One that judges its token itself."""
    held = token(client.get("/organise/account"))
    unused(door)
    values = {"name": "Koike Yuriko", "language": "ja", "csrf_token": held}
    page = client.post("/organise/account", data=values)
    assert (page.status_code, 'value="Koike Yuriko"' in page.text) == (403, True)
    values |= {"csrf_token": token(page), "proof_password": PASSWORD}
    assert client.post("/organise/account", data=values).status_code == 303
    with door.app_context():
        assert db.session.scalars(select(User.language).where(User.email == address("tokyo"))).one() == "ja"


@pytest.mark.parametrize("path", ["/test/gnets-2023/announce", "/organise/account"])
def test_form_from_elsewhere_is_not_shown_again(door: Flask, client: FlaskClient, path: str) -> None:
    """Neither by a view whose token is asked for before it, nor by one whose form asks for it."""
    unused(door)
    page = client.post(path, data={"word": "evil", "name": "evil", "proof_password": PASSWORD})
    assert (page.status_code, "evil" in page.text) == (400, False)
    assert client.get(DESK).status_code == 303


def test_password_of_a_sleeping_sign_in_is_slowed_like_any_other(door: Flask, client: FlaskClient) -> None:
    unused(door)
    page = client.get(AGAIN)
    for _each in range(10):
        client.post(AGAIN, data={"password": OTHER, "csrf_token": token(page)})
    answer = client.post(AGAIN, data={"password": PASSWORD, "csrf_token": token(page)})
    assert (answer.status_code, "too many tries" in answer.text) == (422, True)
    assert client.get(DESK).status_code == 303


def test_password_prolongs_no_sign_in_beyond_its_end(door: Flask, client: FlaskClient) -> None:
    unused(door, service.SIGNED_IN_FOR + MINUTE)
    assert client.get(DESK).location == f"/sign-in?next={DESK}"


def test_role_is_asked_for_after_the_password_as_before(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "rome")
    unused(door)
    page = client.get(client.get(DESK).location)
    onward = client.post(f"{AGAIN}?next={DESK}", data={"password": PASSWORD, "csrf_token": token(page)}).location
    assert (onward, client.get(onward).status_code) == (DESK, 404)


def test_row_from_before_uses_were_noted_counts_from_the_last_password(door: Flask, client: FlaskClient) -> None:
    def since(hours: int) -> None:
        proven = clock.now() - timedelta(hours=hours)
        write(lambda: db.session.execute(update(SignIn).values(used_at=None, proven_at=proven)))

    found = []
    for hours in (11, 12):
        with door.app_context():
            since(hours)
        found.append(client.get(DESK, headers={"Plenary-By-Itself": "1"}).status_code)
    assert found == [200, 303]


def test_sleeping_sign_in_can_be_ended(door: Flask, client: FlaskClient) -> None:
    unused(door)
    assert client.get("/sign-out").status_code == 200
    sign_out(client)
    assert client.get(DESK).location == f"/sign-in?next={DESK}"
    with door.app_context():
        assert db.session.scalars(select(SignIn.ended_at)).one() is not None


def test_signing_in_anew_ends_the_one_that_slept(door: Flask, client: FlaskClient) -> None:
    unused(door)
    sign_in(client, "tokyo")
    with door.app_context():
        assert db.session.scalar(select(func.count()).where(SignIn.ended_at.is_(None))) == 1
    assert client.get(DESK).status_code == 200


def test_use_is_noted_after_the_answer_and_not_at_every_page(door: Flask, client: FlaskClient) -> None:
    began = used(door)
    with counted(door) as soon:
        client.get(DESK).close()
    assert used(door) == began
    unused(door, service.COARSELY)
    with counted(door) as later:
        client.get(DESK).close()
    assert used(door) >= began
    assert [each for each in soon if each.startswith("UPDATE")] == []
    assert (later[:-1], later[-1].startswith("UPDATE sign_ins")) == (soon, True)


def test_each_use_keeps_it_awake(door: Flask, client: FlaskClient) -> None:
    for _each in range(3):
        unused(door, IDLE - MINUTE)
        client.get(DESK).close()
        assert clock.now() - used(door) < MINUTE


def test_page_that_asks_by_itself_keeps_nobody_signed_in(door: Flask, client: FlaskClient) -> None:
    """A board that stands open asks what is new every few seconds."""
    unused(door, IDLE - MINUTE)
    before = used(door)
    client.get(DESK, headers={"Plenary-By-Itself": "1"}).close()
    assert used(door) == before


def test_page_opens_also_when_its_use_cannot_be_noted(
    door: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waited = []

    def busy(_act: object, patience: float) -> None:
        waited.append(patience)
        raise Busy

    unused(door, service.COARSELY)
    monkeypatch.setattr("app.accounts.access.write", busy)
    answer = client.get(DESK)
    answer.close()
    assert (answer.status_code, waited) == (200, [BRIEFLY])
    assert caplog.messages[-1] == "That a sign-in was used could not be noted."


def test_second_step_of_a_production_is_asked_for_by_no_password(gate: Flask) -> None:
    """Whoever has none yet is led to set one up after they are back, too."""
    client = gate.test_client()
    sign_in(client, "tokyo")
    unused(gate)
    page = client.get(AGAIN)
    client.post(AGAIN, data={"password": PASSWORD, "csrf_token": token(page)})
    assert client.get(DESK).location == "/organise/account/steps"


def test_page_that_wakes_is_for_who_signed_in_once(door: Flask) -> None:
    answer = door.test_client().get("/organise/account/password")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/organise/account/password")
