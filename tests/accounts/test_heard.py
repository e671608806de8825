"""What guards refuse is told to the log: which guard, where, whose account by its number, and nothing of anybody."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import brake
from app.accounts.models import User
from app.care.logs import Lines
from app.db import db, now, write
from tests.accounts.people import address, sign_in


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING, "app.security")
    return caplog


def facts(said: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [each.facts for each in said.records if each.name == "app.security"]  # type: ignore[attr-defined]


def test_refused_access_is_told_with_the_number_of_the_account(door: Flask, said: pytest.LogCaptureFixture) -> None:
    client = door.test_client()
    sign_in(client, "rome")
    said.clear()
    assert client.get("/test/gnets-2023/desk").status_code == 404
    with door.app_context():
        user_id = db.session.execute(select(User.id).where(User.email == address("rome"))).scalar_one()
    told = {"security": "access refused", "method": "GET", "rule": "/test/<event>/desk", "user": user_id}
    assert facts(said) == [told]


def test_wrong_password_is_told_and_not_who_typed_it(door: Flask, said: pytest.LogCaptureFixture) -> None:
    sign_in(door.test_client(), "rome", password="not the password at all")
    assert facts(said) == [{"security": "sign-in refused", "method": "POST", "rule": "/sign-in"}]
    line = Lines().format(next(each for each in said.records if each.name == "app.security"))
    assert ("rome" in line, "password at all" in line) == (False, False)


def test_guessing_that_is_slowed_is_told_and_who_is_let_in_is_not(door: Flask, said: pytest.LogCaptureFixture) -> None:
    with door.app_context():
        for _time in range(3):
            write(lambda: brake.allowed("password", "rome@example.org", 2, timedelta(minutes=15), now()))
    assert facts(said) == [{"security": "braked", "guard": "password"}]
    said.clear()
    sign_in(door.test_client(), "rome")
    assert facts(said) == []


def test_form_without_its_token_is_told(door: Flask, said: pytest.LogCaptureFixture) -> None:
    assert door.test_client().post("/sign-out").status_code == 400
    assert [each["security"] for each in facts(said)] == ["form refused"]
