"""Signing in and out, and what a cookie is worth."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask_security.utils import get_hmac
from sqlalchemy import func, select, update

from app import accounts, clock
from app.accounts.models import SignIn, User
from app.db import db, write
from app.journal import Note
from tests.accounts.people import OTHER, PASSWORD, address, messages, number, sign_in, sign_out, token

DESK = "/test/gnets-2023/desk"
NOT_RIGHT = "The address or the password is not right."


def test_right_password_leads_to_the_desk(door: Flask) -> None:
    answer = sign_in(door.test_client(), "tokyo")
    assert (answer.status_code, answer.location) == (302, "/organise/")


def test_signed_in_person_opens_their_desk(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert client.get(DESK).text == "gnets-2023 KOIKE Yuriko"


def test_address_may_be_typed_in_capitals(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "TOKYO")
    assert client.get(DESK).status_code == 200


def test_wrong_password_is_refused_in_words(door: Flask) -> None:
    answer = sign_in(door.test_client(), "tokyo", OTHER)
    assert (answer.status_code, NOT_RIGHT in answer.text) == (422, True)


def test_typed_address_is_kept(door: Flask) -> None:
    assert 'value="tokyo@example.org"' in sign_in(door.test_client(), "tokyo", OTHER).text


def test_typed_password_is_not_sent_back(door: Flask) -> None:
    assert OTHER not in sign_in(door.test_client(), "tokyo", OTHER).text


def test_unknown_address_gets_the_answer_of_a_wrong_password(door: Flask) -> None:
    unknown, known = sign_in(door.test_client(), "atlantis"), sign_in(door.test_client(), "tokyo", OTHER)
    assert messages(unknown) == messages(known)
    assert (unknown.status_code, dict(unknown.headers).keys()) == (known.status_code, dict(known.headers).keys())


def test_closed_account_gets_the_answer_of_a_wrong_password(door: Flask) -> None:
    with door.app_context():
        write(lambda: db.session.execute(update(User).where(User.email == address("rome")).values(active=False)))
    closed, wrong = sign_in(door.test_client(), "rome"), sign_in(door.test_client(), "tokyo", OTHER)
    assert messages(closed) == messages(wrong)


def test_account_without_a_password_opens_to_none(door: Flask) -> None:
    with door.app_context():
        write(lambda: accounts.create_organiser("seoul@example.org", clock.now()))
    assert NOT_RIGHT in sign_in(door.test_client(), "seoul", "").text
    assert NOT_RIGHT in sign_in(door.test_client(), "seoul").text


def test_empty_form_is_answered_once(door: Flask) -> None:
    client = door.test_client()
    answer = client.post("/sign-in", data={"csrf_token": token(client.get("/sign-in"))})
    assert answer.text.count(NOT_RIGHT) == 1


def test_form_without_its_token_gets_a_sentence(door: Flask) -> None:
    client = door.test_client()
    answer = client.post("/sign-in", data={"email": address("tokyo"), "password": PASSWORD})
    assert (answer.status_code, "came from elsewhere" in answer.text) == (400, True)
    assert client.get(DESK).status_code == 303


def test_token_from_before_the_sign_in_is_dead_after_it(door: Flask) -> None:
    client = door.test_client()
    planted = token(client.get("/sign-in"))
    sign_in(client, "tokyo")
    assert client.post("/sign-out", data={"csrf_token": planted}).status_code == 400


def test_sign_out_signs_out(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    answer = sign_out(client)
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get(DESK).status_code == 303


def test_browser_is_told_to_forget_its_pages_at_sign_out_and_nothing_that_it_keeps(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert "Clear-Site-Data" not in client.get(DESK).headers
    assert sign_out(client).headers["Clear-Site-Data"] == '"cache"'
    sign_in(client, "tokyo")
    page = client.get("/organise/account/steps")
    out = client.post("/organise/account/places/close", data={"csrf_token": token(page)})
    assert out.headers["Clear-Site-Data"] == '"cache"'


def test_opening_the_sign_out_address_signs_nobody_out(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert (client.get("/sign-out").status_code, client.head("/sign-out").status_code) == (200, 200)
    assert client.get(DESK).status_code == 200


def test_button_on_the_sign_out_page_signs_out(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    client.post("/sign-out", data={"csrf_token": token(client.get("/sign-out"))})
    assert client.get(DESK).status_code == 303


def test_sign_out_page_leads_a_stranger_to_sign_in(door: Flask) -> None:
    assert door.test_client().get("/sign-out").location == "/sign-in"


def test_stolen_cookie_dies_at_sign_out(door: Flask) -> None:
    owner, thief = door.test_client(), door.test_client()
    sign_in(owner, "tokyo")
    cookie = owner.get_cookie("plenary")
    assert cookie is not None
    thief.set_cookie("plenary", cookie.value)
    assert thief.get(DESK).status_code == 200
    sign_out(owner)
    assert thief.get(DESK).status_code == 303


def test_sign_out_here_leaves_the_other_browser_signed_in(door: Flask) -> None:
    office, home = door.test_client(), door.test_client()
    sign_in(office, "tokyo")
    sign_in(home, "tokyo")
    sign_out(office)
    assert home.get(DESK).status_code == 200


def test_sign_in_ends_after_two_weeks(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    long_ago = clock.now() - timedelta(days=14, minutes=1)
    with door.app_context():
        write(lambda: db.session.execute(update(SignIn).values(started_at=long_ago)))
    assert client.get(DESK).status_code == 303


def test_closing_an_account_shows_its_owner_out(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    with door.app_context():
        write(lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(active=False)))
    assert client.get(DESK).status_code == 303


def test_no_token_in_an_address_or_a_header_signs_in(door: Flask) -> None:
    with door.app_context():
        user = db.session.scalars(select(User).where(User.email == address("tokyo"))).one()
        made = user.get_auth_token()  # type: ignore[attr-defined]
    client = door.test_client()
    assert client.get(f"{DESK}?auth_token={made}").status_code == 303
    assert client.get(DESK, headers={"Authentication-Token": made}).status_code == 303


def test_sign_in_speaks_no_json(door: Flask) -> None:
    client = door.test_client()
    head = {"X-CSRFToken": token(client.get("/sign-in"))}
    answer = client.post("/sign-in", json={"email": address("tokyo"), "password": PASSWORD}, headers=head)
    assert answer.status_code == 415


def test_signed_in_person_needs_no_form(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert client.get("/sign-in").location == "/organise/"


@pytest.mark.parametrize("page", ["/sign-in", "/sign-in/forgotten", "/sign-out"])
def test_pages_of_signing_in_are_kept_by_nobody(door: Flask, page: str) -> None:
    assert door.test_client().get(page).headers["Cache-Control"] == "private, no-store"


FOREIGN = [
    "https:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "///evil.example",
    "//evil.example",
    "javascript:alert(1)",
    "https://evil.example/",
    "http:evil.example",
    " //evil.example",
    "/\t/evil.example",
    "\x19//evil.example",
    "/ /evil.example",
    "evil.example",
    "security.logout",
]


@pytest.mark.parametrize("wanted", FOREIGN)
def test_foreign_address_to_go_on_to_is_dropped_from_the_page(door: Flask, wanted: str) -> None:
    answer = door.test_client().get("/sign-in", query_string={"next": wanted})
    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("wanted", FOREIGN)
def test_nobody_is_sent_to_a_foreign_address(door: Flask, wanted: str) -> None:
    client = door.test_client()
    values = {"email": address("tokyo"), "password": PASSWORD, "csrf_token": token(client.get("/sign-in"))}
    in_address = client.post("/sign-in", query_string={"next": wanted}, data=values)
    in_form = client.post("/sign-in", data=values | {"next": wanted})
    assert [in_address.location, in_form.location] == ["/sign-in", "/sign-in"]


def test_own_address_to_go_on_to_is_kept_through_the_form(door: Flask) -> None:
    client = door.test_client()
    page = client.get("/sign-in", query_string={"next": f"{DESK}?day=2"})
    assert f'value="{DESK}?day=2"' in page.text
    assert sign_in(client, "tokyo", also={"next": f"{DESK}?day=2"}).location == f"{DESK}?day=2"


def test_eight_sign_ins_at_once_all_succeed(door: Flask) -> None:
    def arrive(_each: int) -> str | None:
        return sign_in(door.test_client(), "new.york").location

    with ThreadPoolExecutor(8) as crowd:
        assert list(crowd.map(arrive, range(8))) == ["/organise/"] * 8
    with door.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 8


@pytest.mark.parametrize(
    ("base", "name", "secure"), [("https://s.example", "__Host-plenary", True), ("http://x", "plenary", False)]
)
def test_cookie_is_bound_to_the_host_exactly_over_https(base: str, name: str, secure: bool) -> None:
    made = accounts.settings({"BASE_URL": base, "SECRET_KEY": "k" * 32})
    cookie = {key.removeprefix("SESSION_COOKIE_"): value for key, value in made.items() if "SESSION_COOKIE" in key}
    assert cookie == {"NAME": name, "SECURE": secure, "HTTPONLY": True, "SAMESITE": "Lax", "PATH": "/"}


def test_cookie_is_sent_as_the_settings_say(door: Flask) -> None:
    cookies = sign_in(door.test_client(), "tokyo").headers.getlist("Set-Cookie")
    (cookie,) = [each for each in cookies if each.startswith("plenary=")]
    assert cookie.split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_setting_that_is_given_stays() -> None:
    made = accounts.settings({"BASE_URL": "http://x", "SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_LENGTH_MIN": 15})
    assert made["SECURITY_PASSWORD_LENGTH_MIN"] == 15


def test_hash_of_an_older_kind_is_renewed_at_sign_in(door: Flask) -> None:
    with door.app_context():
        context = door.extensions["security"].pwd_context
        old = context.using(argon2__time_cost=1).hash(get_hmac(PASSWORD).decode())
        write(lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(password=old)))
    client = door.test_client()
    sign_in(client, "tokyo")
    with door.app_context():
        kept = db.session.scalars(select(User.password).where(User.email == address("tokyo"))).one()
    assert kept is not None
    assert ("t=1" in old, "t=2" in kept) == (True, True)
    assert client.get(DESK).status_code == 200


def test_whoever_runs_the_server_signs_one_person_out_or_all(door: Flask) -> None:
    here, there, york = (door.test_client() for _each in range(3))
    for client, city in ((here, "tokyo"), (there, "tokyo"), (york, "new.york")):
        sign_in(client, city)
    said = door.test_cli_runner().invoke(args=["sign-out", " Tokyo@Example.org "])
    assert (said.exit_code, "signed out of 2 browsers" in said.output) == (0, True)
    assert [each.get(DESK).status_code for each in (here, there, york)] == [303, 303, 200]
    sign_in(here, "tokyo")
    assert here.get(DESK).status_code == 200
    assert "signed out of 2 browsers" in door.test_cli_runner().invoke(args=["sign-out", "--everybody"]).output
    assert [each.get(DESK).status_code for each in (here, there, york)] == [303, 303, 303]
    with door.app_context():
        notes = db.session.execute(select(Note.subject, Note.who).where(Note.what == "signed out by others")).all()
    tokyo, new_york = (f"user/{number(door, city)}" for city in ("tokyo", "new.york"))
    assert sorted(notes) == sorted((each, "the command line") for each in (tokyo, tokyo, new_york))


@pytest.mark.parametrize("words", [[], ["--everybody", "tokyo@example.org"], ["nobody@example.org"]])
def test_nobody_is_signed_out_by_a_slip(door: Flask, words: list[str]) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    said = door.test_cli_runner().invoke(args=["sign-out", *words])
    assert (said.exit_code, client.get(DESK).status_code) == (1, 200)
