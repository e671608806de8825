"""The one-time link: from the command line or by letter, used once, by a press of the button."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse
from wtforms.validators import ValidationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app import accounts, clock
from app.accounts import letters
from app.accounts.forms import hard_to_guess
from app.accounts.models import Role, SignIn, Staff, User
from app.db import db, write
from app.outbox import Message, Rendered, renderers
from app.refused import Refused
from tests.accounts.people import OTHER, PASSWORD, address, messages, set_password, sign_in, token

DESK = "/test/gnets-2023/desk"
USED = "This link was used already"


def link_for(door: Flask, email: str = "seoul@example.org") -> str:
    with door.app_context():
        return write(lambda: accounts.create_organiser(email, clock.now())).removeprefix("http://localhost")


def posted(door: Flask, kind: str) -> list[Message]:
    with door.app_context():
        return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def rendered(door: Flask, message: Message) -> Rendered:
    with door.app_context():
        return renderers[message.kind](message.facts, message.language)


def ask(door: Flask, email: str, **more: Any) -> TestResponse:
    client = door.test_client()
    values = {"email": email, "csrf_token": token(client.get("/sign-in/forgotten"))}
    return client.post("/sign-in/forgotten", data=values, **more)


def test_new_organiser_sets_a_password_and_signs_in_with_it(door: Flask) -> None:
    client = door.test_client()
    answer = set_password(client, link_for(door))
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert "Your password is set." in client.get("/sign-in").text
    assert sign_in(client, "seoul", OTHER).location == "/organise/"
    assert client.get(DESK).text == "gnets-2023 seoul@example.org"


def test_link_is_on_our_own_address(door: Flask) -> None:
    with door.app_context():
        made = write(lambda: accounts.create_organiser("seoul@example.org", clock.now()))
    assert made.startswith("http://localhost/sign-in/set/")


def test_link_works_once(door: Flask) -> None:
    link = link_for(door)
    set_password(door.test_client(), link)
    client = door.test_client()
    answer = client.get(link)
    assert (answer.status_code, answer.location) == (302, "/sign-in/forgotten")
    assert USED in client.get("/sign-in/forgotten").text


def test_page_that_stood_open_cannot_set_a_second_password(door: Flask) -> None:
    link, late = link_for(door), door.test_client()
    values = {"password": PASSWORD, "password_confirm": PASSWORD, "csrf_token": token(late.get(link))}
    set_password(door.test_client(), link)
    assert late.post(link, data=values).location == "/sign-in/forgotten"
    assert sign_in(door.test_client(), "seoul", PASSWORD).status_code == 422


def test_of_four_who_use_a_link_at_once_one_succeeds(door: Flask) -> None:
    link, readers = link_for(door), [door.test_client() for _each in range(4)]
    tokens = [token(each.get(link)) for each in readers]  # all have the form open before the first presses

    def use(each: int) -> str | None:
        word = f"{OTHER} number {each}"
        values = {"password": word, "password_confirm": word, "csrf_token": tokens[each]}
        return readers[each].post(link, data=values).location

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(str(each) for each in crowd.map(use, range(4))) == ["/sign-in", *["/sign-in/forgotten"] * 3]


def test_opening_the_link_changes_nothing_and_signs_nobody_in(door: Flask) -> None:
    link, scanner = link_for(door), door.test_client()
    for _each in range(3):
        assert (scanner.get(link).status_code, scanner.head(link).status_code) == (200, 200)
    assert scanner.get(DESK).status_code == 303
    assert set_password(door.test_client(), link).location == "/sign-in"


def test_setting_a_password_signs_nobody_in(door: Flask) -> None:
    client = door.test_client()
    set_password(client, link_for(door))
    assert client.get(DESK).status_code == 303


def test_setting_a_password_signs_out_everywhere(door: Flask) -> None:
    office, home = door.test_client(), door.test_client()
    sign_in(office, "tokyo")
    sign_in(home, "tokyo")
    set_password(home, link_for(door, address("tokyo")))
    assert [office.get(DESK).status_code, home.get(DESK).status_code] == [303, 303]


def test_setting_a_password_ends_every_sign_in_of_its_owner(door: Flask) -> None:
    for city in ("tokyo", "tokyo", "new.york"):
        sign_in(door.test_client(), city)
    set_password(door.test_client(), link_for(door, address("tokyo")))
    with door.app_context():
        rows = db.session.execute(select(User.email, SignIn.ended_at).join(User, User.id == SignIn.user_id))
        assert {email: ended is not None for email, ended in rows} == {
            address("tokyo"): True,
            address("new.york"): False,
        }


def test_setting_a_password_leaves_others_signed_in(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "new.york")
    set_password(door.test_client(), link_for(door, address("tokyo")))
    assert client.get(DESK).status_code == 200


def test_old_password_is_dead(door: Flask) -> None:
    set_password(door.test_client(), link_for(door, address("tokyo")))
    assert sign_in(door.test_client(), "tokyo", PASSWORD).status_code == 422


def test_old_link_is_refused_in_words(door: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    link, client = link_for(door), door.test_client()
    monkeypatch.setitem(door.config, "SECURITY_RESET_PASSWORD_WITHIN", timedelta(seconds=-1))
    assert client.get(link).location == "/sign-in/forgotten"
    assert "This link is too old." in client.get("/sign-in/forgotten").text


def test_link_that_was_cut_off_leads_to_a_new_one(door: Flask) -> None:
    client = door.test_client()
    assert client.get(link_for(door)[:-3]).location == "/sign-in/forgotten"
    assert "Send me the link" in client.get("/sign-in/set").text


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("too short", "too short", "at least 12 characters"),
        ("x" * 129, "x" * 129, "at most 128"),
        (OTHER, PASSWORD, "The two are not the same."),
        ("", "", "Type a password."),
    ],
)
def test_unfit_password_is_refused_beside_its_field(door: Flask, password: str, again: str, sentence: str) -> None:
    link, client = link_for(door), door.test_client()
    values = {"password": password, "password_confirm": again, "csrf_token": token(client.get(link))}
    answer = client.post(link, data=values)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_owner_is_told_that_a_password_was_set(door: Flask) -> None:
    set_password(door.test_client(), link_for(door, address("tokyo")))
    [letter] = posted(door, "password set")
    made = rendered(door, letter)
    assert (letter.to, letter.to_name, made.subject) == (address("tokyo"), "KOIKE Yuriko", "Your password was set")
    assert "http://localhost/sign-in/forgotten" in made.text


def test_forgotten_password_brings_a_letter_whose_link_works(door: Flask) -> None:
    ask(door, "Tokyo@Example.org")
    [letter] = posted(door, "sign-in link")
    made = rendered(door, letter)
    link = re.search(r"http://localhost(/sign-in/set/\S+)", made.text)
    assert link is not None
    assert link[0] in made.html
    assert (letter.to, made.subject) == (address("tokyo"), "Your link to set a password")
    assert set_password(door.test_client(), link[1]).location == "/sign-in"
    assert sign_in(door.test_client(), "tokyo", OTHER).location == "/organise/"


def test_a_link_to_sign_in_is_of_use_for_a_quarter_of_an_hour(door: Flask) -> None:
    ask(door, address("tokyo"))
    [letter] = posted(door, "sign-in link")
    assert letter.until == letter.created_at + timedelta(minutes=15)


def test_letter_in_the_outbox_holds_no_secret(door: Flask) -> None:
    ask(door, address("tokyo"))
    [letter] = posted(door, "sign-in link")
    with door.app_context():
        user = db.session.scalars(select(User).where(User.email == address("tokyo"))).one()
    assert letter.facts == {"user_id": user.id}


def test_link_in_a_letter_ignores_what_a_request_says_of_its_host(door: Flask) -> None:
    ask(door, address("tokyo"), headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    [letter] = posted(door, "sign-in link")
    with door.test_request_context(base_url="https://evil.example"):
        made = renderers[letter.kind](letter.facts, letter.language)
    assert ("http://localhost/sign-in/set/" in made.text, "evil" in made.text) == (True, False)


def test_asking_twice_brings_one_letter(door: Flask) -> None:
    ask(door, address("tokyo"))
    ask(door, address("tokyo"))
    assert len(posted(door, "sign-in link")) == 1


@pytest.mark.parametrize("email", ["atlantis@example.org", address("rome")])
def test_answer_does_not_tell_who_has_an_account(door: Flask, email: str) -> None:
    """Rome's account is closed, Atlantis has none."""
    with door.app_context():
        write(lambda: _close(address("rome")))
    known, other = ask(door, address("tokyo")), ask(door, email)
    assert messages(known) == messages(other)
    assert [letter.to for letter in posted(door, "sign-in link")] == [address("tokyo")]


def _close(email: str) -> None:
    db.session.scalars(select(User).where(User.email == email)).one().active = False


def test_answer_says_what_happens_next(door: Flask) -> None:
    answer = ask(door, address("tokyo"))
    assert "a letter with a link is on its way" in answer.text


def test_organiser_made_twice_is_one(door: Flask) -> None:
    first, second = link_for(door), link_for(door, " Seoul@Example.org ")
    with door.app_context():
        held = select(Staff.event_id, Staff.role).join(User, User.id == Staff.user_id)
        rows = db.session.execute(held.where(User.email == "seoul@example.org")).all()
    assert [tuple(row) for row in rows] == [(None, Role.ORGANISER)]
    assert set_password(door.test_client(), first).location == "/sign-in"
    assert door.test_client().get(second).location == "/sign-in/forgotten"


def test_closed_account_is_opened_again_by_the_command_line(door: Flask) -> None:
    with door.app_context():
        write(lambda: _close(address("tokyo")))
    set_password(door.test_client(), link_for(door, address("tokyo")))
    assert sign_in(door.test_client(), "tokyo", OTHER).location == "/organise/"


@pytest.mark.parametrize(
    "email", ["", "seoul", "seoul@", "a@b@c.org", "seoul@example.org\nBcc: x@example.org", "서울@example.org"]
)
def test_what_no_letter_can_reach_makes_no_organiser(door: Flask, email: str) -> None:
    with door.app_context(), pytest.raises(Refused) as no:
        write(lambda: accounts.create_organiser(email, clock.now()))
    assert (no.value.field, bool(no.value.message)) == ("email", True)


def by_code(door: Flask, email: str, code: str) -> TestResponse:
    client = door.test_client()
    values = {"email": email, "code": code, "csrf_token": token(client.get("/sign-in/code"))}
    return client.post("/sign-in/code", data=values)


def test_code_of_the_letter_leads_where_its_link_leads_until_a_password_is_set(door: Flask) -> None:
    """For mailboxes in which links do not arrive whole."""
    ask(door, address("tokyo"))
    said = rendered(door, posted(door, "sign-in link")[0]).text
    found = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", said)
    assert found is not None
    answer = by_code(door, address("TOKYO"), found[0].lower().replace("-", " "))
    assert answer.location.startswith("/sign-in/set/")
    set_password(door.test_client(), answer.location)
    assert sign_in(door.test_client(), "tokyo", OTHER).location == "/organise/"
    assert by_code(door, address("tokyo"), found[0]).status_code == 422


def test_code_of_a_letter_is_good_for_three_days(door: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with door.app_context():
        user = db.session.scalars(select(User).where(User.email == address("tokyo"))).one()
        code = letters.typed_code(user, clock.now())
    now = clock.now()
    found = []
    for days in (2, 3):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        found.append(by_code(door, address("tokyo"), code).status_code)
    assert found == [303, 422]


def test_code_is_refused_alike_with_and_without_an_account_and_guessing_is_slowed(door: Flask) -> None:
    one, other = (by_code(door, address(city), "AAAAA-AAAAA") for city in ("tokyo", "atlantis"))
    assert (one.status_code, messages(one)) == (other.status_code, messages(other))
    for _each in range(9):
        by_code(door, address("tokyo"), "AAAAA-AAAAA")
    assert "too many tries" in by_code(door, address("tokyo"), "AAAAA-AAAAA").text


@pytest.mark.parametrize("password", ["123456789012", "passwordpassword", "plenaryplenary", "tokyotokyotokyo"])
def test_password_that_is_tried_first_is_refused(door: Flask, password: str) -> None:
    with door.app_context():
        link = letters.link(db.session.scalars(select(User).where(User.email == address("tokyo"))).one())
    answer = set_password(door.test_client(), link.removeprefix("http://localhost"), password)
    assert (answer.status_code, "tried first" in answer.text) == (422, True)


def test_password_that_is_known_from_a_breach_is_refused() -> None:
    """Of the 30,000 that zxcvbn has of them, those that are long enough; each fourth, for each costs 7 ms."""
    breached = [each for each in FREQUENCY_LISTS["passwords"] if len(each) >= 12]
    assert len(breached) > 200
    for each in breached[::4]:
        with pytest.raises(ValidationError):
            hard_to_guess(each, "")


def test_pages_ask_for_a_password_unseen_and_hinder_no_manager(door: Flask) -> None:
    """And for nothing beside: no hint, no question."""
    with door.app_context():
        link = letters.link(db.session.scalars(select(User).where(User.email == address("tokyo"))).one())
    client = door.test_client()
    sign_in(client, "tokyo")
    set_new = {"password": "new-password", "password_confirm": "new-password"}
    present = {"password": "current-password"}
    changed = present | {"new_password": "new-password", "new_password_again": "new-password"}
    told = {
        "/sign-in": (door.test_client(), {"email": "username"} | present),
        link.removeprefix("http://localhost"): (door.test_client(), set_new),
        "/organise/account/password": (client, changed),
        "/sign-in/again": (client, present),
    }
    for page, (reader, fields) in told.items():
        text = reader.get(page).text
        asked = [each for each in re.findall(r"<input[^>]+>", text) if 'type="hidden"' not in each]
        found = {part(each, "name"): part(each, "autocomplete") for each in asked}
        assert (page, found) == (page, fields)
        assert {part(each, "type") for each in asked if part(each, "name") != "email"} == {"password"}
        assert [each for each in asked if re.search(r"onpaste|readonly|pattern=", each)] == []


def part(tag: str, name: str) -> str:
    """What an attribute holds."""
    found = re.search(rf' {name}="([^"]*)"', tag)
    return found[1] if found else ""


def test_long_password_of_any_letters_is_taken_as_it_was_typed(door: Flask) -> None:
    password = f"  五艘の船が隅田川を行く {'x' * 80}  "
    with door.app_context():
        link = letters.link(db.session.scalars(select(User).where(User.email == address("tokyo"))).one())
    set_password(door.test_client(), link.removeprefix("http://localhost"), password)
    assert sign_in(door.test_client(), "tokyo", password.strip()).status_code == 422
    assert sign_in(door.test_client(), "tokyo", password).location == "/organise/"
