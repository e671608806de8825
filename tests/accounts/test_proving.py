"""Proving who one is: what is asked, when, and what is left of it in the browser."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, g, session
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.accounts import fresh, second
from app.accounts.models import Passkey, SignIn, User
from app.accounts.proving import SecondStep
from app.accounts.service import Standing
from app.db import db
from tests.accounts.keys import SoftKey
from tests.accounts.people import OTHER, PASSWORD, address, do, number, sign_in, token
from tests.accounts.test_second_step import DESK, STEPS, code, go_on, passed, question, with_app, with_key

NOON = datetime(2023, 2, 27, 12, 0, tzinfo=UTC)
QUARTER, MOMENT = timedelta(minutes=15), timedelta(microseconds=1)
LIST = "/test/gnets-2023/people.csv"
STEP = "/sign-in/second"
AGAIN = "/sign-in/again"


def half_in(door: Flask) -> FlaskClient:
    """A browser in which Tokyo's password was right, and an app is still to be asked."""
    client = door.test_client()
    sign_in(client, "tokyo")
    return client


def add_key(client: FlaskClient, key: SoftKey) -> None:
    page = client.get(f"{STEPS}/passkey")
    values = {"csrf_token": token(page), "name": "A laptop", "credential": key.make(question(page))}
    assert client.post(f"{STEPS}/passkey", data=values).status_code == 303


def proves(client: FlaskClient, password: str = PASSWORD, at: str = AGAIN) -> Any:
    return client.post(at, data={"password": password, "csrf_token": token(client.get(at))})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_password_counts_as_just_typed_for_a_quarter_of_an_hour(door: Flask, method: str) -> None:
    """After it one is asked for it, and comes back to the very same address."""
    found = []
    for ago in (QUARTER - MOMENT, QUARTER):
        with door.test_request_context(f"{LIST}?city=x", method=method):
            g.standing = Standing(User(), 1, NOON - ago, True, NOON, NOON, asleep=False)
            found.append(fresh(lambda event: event)(event="gnets-2023"))
    assert found[0] == "gnets-2023"
    assert (found[1].status_code, found[1].location) == (303, f"{AGAIN}?next={LIST}?city%3Dx")


def test_a_page_with_a_form_opens_as_ever_and_what_is_sent_waits_with_what_is_its_own(door: Flask) -> None:
    client, path = door.test_client(), "/test/gnets-2023/announce"
    sign_in(client, "tokyo")
    passed(door, 16)
    assert [client.open(path, method=each).status_code for each in ("GET", "HEAD")] == [200, 200]
    held = token(client.get(STEPS))
    page = client.post(path, data={"word": "1", "csrf_token": held, "proof_password": "guess"})
    assert re.findall(r'type="hidden" name="([^"]+)"', page.text) == ["csrf_token", "word"]
    assert re.findall(r'type="password"[^>]* name="([^"]+)"', page.text) == ["proof_password"]


def test_whoever_types_their_password_again_comes_back_to_an_address_of_ours_and_to_none_else(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    came = [proves(client, at=f"{AGAIN}{each}") for each in (f"?next={DESK}", "?next=//evil.example", "")]
    assert [(each.status_code, each.location) for each in came] == [
        (303, DESK),
        (303, "/organise/"),
        (303, "/organise/"),
    ]
    wrong = proves(client, OTHER, f"{AGAIN}?next={DESK}")
    assert f'action="{AGAIN}?next={DESK}"' in wrong.text
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', wrong.text)
    assert 'aria-invalid="true"' in field


def test_the_password_is_asked_again_of_staff_and_before_a_second_step_is_set_up_too(gate: Flask) -> None:
    stranger, client = gate.test_client(), gate.test_client()
    sign_in(client, "tokyo")
    milan = gate.test_client()
    sign_in(milan, "milan")
    assert [each.get(AGAIN).status_code for each in (stranger, client, milan)] == [303, 200, 404]
    stale = client.post(AGAIN, data={"password": PASSWORD, "csrf_token": "stale"})
    assert (stale.status_code, "press the button again" in stale.text) == (422, True)


def test_right_passwords_typed_again_are_no_guesses_and_are_noted_with_their_time(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    passed(door, 16)
    assert [proves(client).status_code for _each in range(11)] == [303] * 11
    with door.app_context():
        (proven_at,) = db.session.scalars(select(SignIn.proven_at))
    assert proven_at is not None
    assert clock.now() - proven_at < timedelta(minutes=1)


def test_what_is_refused_is_told_to_the_log(door: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with_app(door)
    client = half_in(door)
    caplog.set_level(logging.WARNING, "app.security")
    go_on(client, code="none")
    rome = door.test_client()
    sign_in(rome, "rome")
    proves(rome, OTHER)
    said = [each.facts["security"] for each in caplog.records]  # type: ignore[attr-defined]
    assert said == ["second step refused", "password refused"]


def test_after_the_password_a_browser_keeps_whose_it_was_when_and_where_they_wanted_to_go(
    door: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of what was half done before."""
    before = ("tf_user_id", "tf_select", "tf_remember_login")
    monkeypatch.setattr(clock, "now", lambda: NOON)
    found = []
    for wanted in (DESK, None):
        with door.test_request_context():
            session.update(dict.fromkeys(before, "set"))
            SecondStep(door).tf_login(User(fs_uniquifier="a mark"), {}, wanted)
            found.append(dict(session))
    half = {"mark": "a mark", "at": NOON.timestamp()}
    assert found == [{"half": half | {"next": each}} for each in (DESK, "")]


@pytest.mark.parametrize(("after", "opens"), [(600, True), (600.001, False)])
def test_the_second_step_waits_ten_minutes_to_the_moment(
    door: Flask, monkeypatch: pytest.MonkeyPatch, after: float, opens: bool
) -> None:
    with_app(door)
    client = half_in(door)
    with client.session_transaction() as kept:
        kept["half"] |= {"at": NOON.timestamp()}
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=after))
    page = client.get(STEP)
    with client.session_transaction() as kept:
        left = "half" in kept
    assert ((page.status_code, page.location), left) == ((200, None) if opens else (303, "/sign-in"), opens)


def test_the_second_step_is_asked_of_no_account_that_was_closed(door: Flask) -> None:
    with_app(door)
    client = half_in(door)
    do(door, lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(active=False)))
    assert client.get(STEP).location == "/sign-in"


def test_the_page_of_the_second_step_is_kept_by_nobody_and_forgets_what_was_typed(door: Flask) -> None:
    with_app(door)
    client = half_in(door)
    page = client.get(STEP)
    wrong = go_on(client, code="12345")
    fields = [re.findall(r'<input[^>]*name="code"[^>]*>', each.text) for each in (page, wrong)]
    assert [[re.findall(r' value="([^"]*)"', field) for field in each] for each in fields] == [[[""]], [[""]]]
    assert [each.headers["Cache-Control"] for each in (page, wrong)] == ["private, no-store"] * 2
    assert "data-question" not in page.text


def test_no_step_is_taken_by_a_form_from_elsewhere_or_by_an_address(gate: Flask) -> None:
    key, app_key = SoftKey(), with_app(gate)
    owner = half_in(gate)
    go_on(owner, code=code(app_key))
    add_key(owner, key)
    client = half_in(gate)
    answer = key.use(question(client.get(STEP)))
    assert client.get(STEP, data={"credential": answer}).status_code == 200
    for values in ({"credential": key.use(question(client.get(STEP)))}, {"code": code(app_key)}):
        sent = client.post(STEP, data=values)
        assert (sent.status_code, client.get(DESK).status_code) == (422, 303)


def test_of_two_keys_either_opens_and_no_third(gate: Flask) -> None:
    keys = [SoftKey(), SoftKey()]
    with_key(gate, keys[0])
    client = half_in(gate)
    page = client.get(STEP)
    client.post(STEP, data={"csrf_token": token(page), "credential": keys[0].use(question(page))})
    add_key(client, keys[1])
    found = []
    for key in (keys[1], SoftKey(), keys[0]):
        other = half_in(gate)
        page = other.get(STEP)
        values = {"csrf_token": token(page), "credential": key.use(question(page))}
        found.append(other.post(STEP, data=values).status_code)
    assert found == [303, 422, 303]
    with gate.app_context():
        counts = list(db.session.scalars(select(Passkey.uses).order_by(Passkey.id)))
    assert counts == [key.uses for key in keys]


def test_where_browsers_make_no_keys_none_is_asked_for_and_a_code_on_paper_opens(
    gate: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(gate, SoftKey())
    tokyo, now = number(gate, "tokyo"), clock.now()
    do(gate, lambda: second.renew_spares(tokyo, ["ABCDE-FGHJK"], now))
    client = half_in(gate)
    assert "data-question" in client.get(STEP).text
    monkeypatch.setitem(gate.config, "BASE_URL", "https://127.0.0.1")
    assert "data-question" not in client.get(STEP).text
    assert go_on(client, code="ABCDE-FGHJK").status_code == 303


def test_a_browser_is_not_remembered_longer_than_its_sign_in(door: Flask) -> None:
    key = with_app(door)
    client = half_in(door)
    answer = go_on(client, code=code(key))
    assert (answer.status_code, answer.location) == (303, "/organise/")
    names = {each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie")}
    assert names == {"plenary", "plenary-device"}
