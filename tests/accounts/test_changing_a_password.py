"""Whoever is signed in changes their password on their own pages, by typing the one they have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app import clock
from app.accounts import letters, service
from app.accounts.models import Device, SignIn, User, new_mark
from app.db import Busy, db, write
from app.journal import Note
from app.outbox import Message, renderers
from tests.accounts.people import OTHER, PASSWORD, address, sign_in, token

DESK, PAGE = "/test/gnets-2023/desk", "/organise/account/password"
WRONG = "This is not your password. Please try again."


def change(client: FlaskClient, present: str = PASSWORD, new: str = OTHER, again: str | None = None) -> TestResponse:
    values = {"password": present, "new_password": new, "new_password_again": new if again is None else again}
    return client.post(PAGE, data=values | {"csrf_token": token(client.get(PAGE))})


def tokyo(door: Flask) -> User:
    with door.app_context():
        return db.session.scalars(select(User).where(User.email == address("tokyo"))).one()


def test_present_password_sets_another_and_this_browser_stays_signed_in(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    answer = change(client)
    assert (answer.status_code, answer.location) == (303, "/organise/account/steps")
    assert "Your password is set. All other browsers are signed out." in client.get(answer.location).text
    assert client.get(DESK).status_code == 200
    assert [sign_in(door.test_client(), "tokyo", each).status_code for each in (PASSWORD, OTHER)] == [422, 302]


def test_all_other_browsers_are_signed_out_and_others_people_stay(door: Flask) -> None:
    here, there, york = (door.test_client() for _each in range(3))
    for client, city in ((here, "tokyo"), (there, "tokyo"), (york, "new.york")):
        sign_in(client, city)
    change(here)
    assert [each.get(DESK).status_code for each in (here, there, york)] == [200, 303, 200]


def test_copy_of_the_cookie_opens_nothing_after_the_change(door: Flask) -> None:
    owner, thief = door.test_client(), door.test_client()
    sign_in(owner, "tokyo")
    cookie = owner.get_cookie("plenary")
    assert cookie is not None
    thief.set_cookie("plenary", cookie.value)
    change(owner)
    assert (thief.get(DESK).status_code, owner.get(DESK).status_code) == (303, 200)


def test_links_from_before_the_change_are_dead(door: Flask) -> None:
    with door.app_context():
        link = letters.link(tokyo(door)).removeprefix("http://localhost")
    client = door.test_client()
    sign_in(client, "tokyo")
    change(client)
    assert door.test_client().get(link).location == "/sign-in/forgotten"


def test_wrong_present_password_is_refused_beside_its_field_and_changes_nothing(door: Flask) -> None:
    client, there = door.test_client(), door.test_client()
    sign_in(client, "tokyo")
    sign_in(there, "tokyo")
    answer = change(client, present="a guess of somebody")
    assert (answer.status_code, answer.text.count(WRONG)) == (422, 2)  # in the summary and beside the field
    assert [each in answer.text for each in ("a guess of somebody", OTHER)] == [False, False]
    assert [each.get(DESK).status_code for each in (client, there)] == [200, 200]
    assert sign_in(door.test_client(), "tokyo").location == "/organise/"


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("too short", "too short", "at least 12 characters"),
        ("x" * 129, "x" * 129, "at most 128"),
        ("passwordpassword", "passwordpassword", "tried first"),
        ("tokyotokyotokyo", "tokyotokyotokyo", "tried first"),
        (OTHER, PASSWORD, "The two are not the same."),
        ("", "", "Type a password."),
    ],
)
def test_unfit_new_password_is_refused_and_changes_nothing(door: Flask, new: str, again: str, sentence: str) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    answer = change(client, new=new, again=again)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert sign_in(door.test_client(), "tokyo").location == "/organise/"


def test_guessing_the_present_password_is_slowed_like_any_other(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    for _each in range(10):
        change(client, present="a guess of somebody")
    answer = change(client)
    assert (answer.status_code, "too many tries" in answer.text) == (422, True)
    assert client.get(DESK).status_code == 200


def test_owner_is_told_that_somebody_knew_the_password(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    change(client)
    with door.app_context():
        (letter,) = db.session.scalars(select(Message).where(Message.kind == "password set"))
        made = renderers[letter.kind](letter.facts, letter.language)
        noted = db.session.scalars(select(Note.who).where(Note.what == "password set")).all()
    assert (letter.to, made.subject, noted) == (address("tokyo"), "Your password was set", ["KOIKE Yuriko"])
    for body in (made.text, made.html):
        assert "Somebody typed your password and set another one. All other browsers are signed out." in body
        assert "http://localhost/sign-in/forgotten" in body


def test_only_this_browser_is_known_from_then_on(door: Flask) -> None:
    here, there = door.test_client(), door.test_client()
    sign_in(there, "tokyo")
    sign_in(here, "tokyo")
    change(here)
    with door.app_context():
        assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_form_without_its_token_changes_nothing(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    answer = client.post(PAGE, data={"password": PASSWORD, "new_password": OTHER, "new_password_again": OTHER})
    assert (answer.status_code, client.get(DESK).status_code) == (422, 200)
    assert sign_in(door.test_client(), "tokyo").location == "/organise/"


def test_password_that_was_set_meanwhile_is_not_replaced(door: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link is used elsewhere between the look at the present password and the change."""
    client, user = door.test_client(), tokyo(door)
    sign_in(client, "tokyo")
    third = "nine hills above the harbour"

    def slowly(password: str) -> str:
        after = {"password": hash_password(third), "fs_uniquifier": new_mark()}
        with door.app_context():
            write(lambda: service.set_password(user.id, user.fs_uniquifier, after, clock.now()))
        return hash_password(password)

    monkeypatch.setattr("app.accounts.own.hash_password", slowly)
    answer = change(client)
    assert (answer.status_code, WRONG in answer.text) == (422, True)
    assert client.get(DESK).status_code == 303
    assert sign_in(door.test_client(), "tokyo", third).location == "/organise/"


def test_letters_with_marks_are_the_same_password_however_they_are_composed(door: Flask) -> None:
    """A browser may send “é” as one character or as two; it is asked for in three places."""
    composed = "\u00e9t\u00e9 sur le fleuve Sumida"
    client = door.test_client()
    sign_in(client, "tokyo")
    assert change(client, new=composed).status_code == 303
    page = client.get("/sign-in/again")
    again = client.post("/sign-in/again", data={"password": composed, "csrf_token": token(page)})
    assert (again.status_code, change(client, present=composed).status_code) == (303, 303)


def test_sign_in_that_sleeps_changes_the_password_by_the_same_form(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    long_ago = clock.now() - timedelta(hours=door.config["SIGN_IN_IDLE_HOURS"])
    with door.app_context():
        write(lambda: db.session.execute(update(SignIn).values(used_at=long_ago - timedelta(minutes=1))))
    assert (client.get(DESK).status_code, change(client).status_code, client.get(DESK).status_code) == (303, 303, 200)


def test_who_cannot_be_signed_in_anew_just_then_is_told_that_the_password_is_set(
    door: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_user: object, **_more: object) -> None:
        raise Busy("The database is busy.")

    client = door.test_client()
    sign_in(client, "tokyo")
    monkeypatch.setattr("app.accounts.own.login_user", busy)
    answer = change(client)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "Your password is set. Sign in with it." in client.get(answer.location).text
    assert sign_in(client, "tokyo", OTHER).status_code == 302
