"""The second step of signing in, which in production all staff take."""

from __future__ import annotations

import hmac
import html
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app import clock, tokens
from app.accounts import codes, second
from app.accounts.models import Passkey, SignIn, SpareCode, User
from app.db import db, write
from app.journal import Note
from app.outbox import Message
from app.refused import Refused
from tests.accounts.keys import SoftKey
from tests.accounts.people import PASSWORD, address, sign_in, token

DESK = "/test/gnets-2023/desk"
STEPS = "/organise/account/steps"


def user(door: Flask, city: str = "tokyo") -> User:
    with door.app_context():
        return db.session.scalars(select(User).where(User.email == address(city))).one()


def with_app(door: Flask, city: str = "tokyo") -> str:
    """An app is set up for this person some time ago; the key in it."""
    with door.app_context():
        key, now = user(door, city).id, clock.now()
        sealed = codes.new_key(key)
        write(lambda: second.set_app(key, sealed, 1, now))
        return codes.shown(key, sealed, "").words.replace("-", "")


def code(key: str, steps: int = 0) -> str:
    return str(TOTP(key=key).generate(clock.now().timestamp() + 30 * steps).token)


def with_key(door: Flask, key: SoftKey, city: str = "tokyo") -> None:
    """The passkey is one of this person's."""
    client = door.test_client()
    sign_in(client, city)
    page = client.get(f"{STEPS}/passkey")
    values = {"csrf_token": token(page), "name": "My phone", "credential": key.make(question(page))}
    assert client.post(f"{STEPS}/passkey", data=values).status_code == 303


def question(page: TestResponse) -> dict[str, Any]:
    found = re.search(r'data-question="([^"]+)"', page.text)
    assert found is not None, page.text
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def go_on(client: FlaskClient, **values: str) -> TestResponse:
    """Send the page of the second step."""
    return client.post("/sign-in/second", data=values | {"csrf_token": token(client.get("/sign-in/second"))})


def test_password_alone_leads_to_the_second_step_and_opens_nothing(door: Flask) -> None:
    with_app(door)
    client = door.test_client()
    answer = sign_in(client, "tokyo")
    assert (answer.status_code, answer.location) == (303, "/sign-in/second")
    assert client.get(DESK).status_code == 303


def test_code_of_the_app_leads_to_where_one_wanted_to_go(door: Flask) -> None:
    key, client = with_app(door), door.test_client()
    sign_in(client, "tokyo", also={"next": DESK})
    assert go_on(client, code=code(key)).location == DESK
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("steps", [-3, 3])
def test_code_of_another_minute_is_refused(door: Flask, steps: int) -> None:
    key, client = with_app(door), door.test_client()
    sign_in(client, "tokyo")
    answer = go_on(client, code=code(key, steps))
    assert (answer.status_code, "This code is not right" in answer.text) == (422, True)
    assert client.get(DESK).status_code == 303


@pytest.mark.parametrize("second_of_it", [0, 29])
def test_the_half_minute_on_either_side_counts_and_no_second_more(
    door: Flask, monkeypatch: pytest.MonkeyPatch, second_of_it: int
) -> None:
    half_minute = 55_000_000
    moment = half_minute * 30 + second_of_it
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: moment))
    with door.app_context():
        sealed = codes.new_key(1)
        key = codes.shown(1, sealed, "").words
        typed = {each: str(TOTP(key=key).generate(moment + 30 * each).token) for each in range(-3, 4)}
        found = {each: codes.matched(1, sealed, code, None) for each, code in typed.items()}
    assert found == {each: half_minute + each if -1 <= each <= 1 else None for each in range(-3, 4)}


def test_a_code_is_none_that_was_used_or_is_typed_wrong_or_whose_key_cannot_be_opened(door: Flask) -> None:
    with door.app_context():
        sealed = codes.new_key(1)
        token = TOTP(key=codes.shown(1, sealed, "").words).generate(clock.now().timestamp())
        right = str(token.token)
        tried = [
            codes.matched(1, sealed, f" {right[:3]} {right[3:]} ", None),
            codes.matched(1, sealed, right, token.counter - 1),
            codes.matched(1, sealed, right, token.counter),
            codes.matched(1, sealed, "12345", None),
            codes.matched(1, sealed, "", None),
            codes.matched(1, "{}", right, None),
            codes.matched(1, "gcm:", right, None),
        ]
    assert tried == [token.counter, token.counter, *[None] * 5]


def test_key_of_an_app_that_was_changed_or_is_anothers_opens_nothing(door: Flask) -> None:
    with door.app_context():
        sealed = codes.new_key(1)
        right = code(codes.shown(1, sealed, "").words)
        octets = bytearray(urlsafe_b64decode(sealed.removeprefix(codes.SEALED)))
        octets[20] ^= 1
        changed = codes.SEALED + urlsafe_b64encode(octets).decode()
        found = [codes.matched(*each, right, None) is not None for each in ((1, sealed), (2, sealed), (1, changed))]
    assert found == [True, False, False]


def test_key_of_an_app_from_before_keys_were_sealed_makes_codes_as_ever(door: Flask) -> None:
    with door.app_context():
        person, now = user(door).id, clock.now()
        old = codes._maker().new().to_json(encrypt=True)
        key = codes.shown(person, old, "").words
        write(lambda: second.set_app(person, old, 1, now))
    client = door.test_client()
    sign_in(client, "tokyo")
    assert go_on(client, code=code(key)).location == "/organise/"


OLD = {"enckey": {"c": 14, "k": "YLOLVBWNAVMSII7GH6IS7DJQ4SVHR4K4", "s": "M4GKDFHSL2V5LWQ3EMCA", "t": "1", "v": 1}}
HELD = (
    json.dumps(OLD | {"type": "totp", "v": 1}),
    "gcm:AAECAwQFBgcICQoLzgfGpvbgzn-cpNBJ9-DqFOtfN5V3fumDjf4e3fJfRjwgvvgF",
)
"""One key as tables have held it, sealed in each way there was."""


@pytest.mark.parametrize("sealed", HELD)
def test_a_key_that_the_table_has_held_for_long_is_opened_and_by_no_other_key_of_the_product(
    door: Flask, monkeypatch: pytest.MonkeyPatch, sealed: str
) -> None:
    """So an upgrade, which may not seal anew, locks nobody out."""
    right = str(TOTP(key="XL3R-4Q2I-RHY5-5677-P5XY-34P6-H6D7-AXXL").generate(clock.now().timestamp()).token)
    found = []
    with door.app_context():
        for secret in ("a key of long ago", "a key of today"):
            monkeypatch.setitem(door.config, "SECRET_KEY", secret)
            found.append(codes.matched(1, sealed, right, None) is not None)
    assert found == [True, False]


def test_the_picture_and_the_address_name_the_account_and_the_site(door: Flask) -> None:
    with door.app_context():
        sealed = codes.new_key(1)
        shown = codes.shown(1, sealed, "tokyo:2@example.org")
    words = shown.words.replace("-", "")
    label = "Plenary:tokyo%202@example.org%20%28localhost%29"
    assert shown.address == f"otpauth://totp/{label}?secret={words}&issuer=Plenary"
    assert (len(words), re.fullmatch(r"([A-Z2-7]{4}-)+[A-Z2-7]{4}", shown.words) is not None) == (32, True)
    assert shown.picture == segno.make(shown.address, error="m").svg_data_uri(
        scale=5, border=4, dark="#000", light="#fff"
    )
    assert words not in sealed


def test_codes_on_paper_are_ten_and_each_is_its_own(door: Flask) -> None:
    made = codes.new_spares()
    letters = f"[{tokens.ALPHABET}]" + "{5}"
    assert (len(made), len(set(made))) == (10, 10)
    assert [each for each in made if not re.fullmatch(f"{letters}-{letters}", each)] == []


def test_what_the_table_holds_of_a_code_on_paper_hangs_on_the_products_key(door: Flask) -> None:
    """And on nothing of how it was typed."""
    with door.app_context():
        kept = codes.spare_hash("ABCDE-FGHJK")
        assert codes.spare_hash(" abcde fghjk") == kept != codes.spare_hash("ABCDE-FGHJM")
    own = hmac.digest(str(door.config["SECRET_KEY"]).encode(), b"spare codes", "sha256").hex()
    assert kept == hmac.digest(own.encode(), b"ABCDE-FGHJK", "sha256").hex()


def test_code_opens_once_and_no_earlier_one_after_it(door: Flask) -> None:
    key = with_app(door)
    seen = code(key)
    first, thief = door.test_client(), door.test_client()
    sign_in(first, "tokyo")
    assert go_on(first, code=seen).status_code == 303
    for typed in (seen, code(key, -1)):
        sign_in(thief, "tokyo")
        assert go_on(thief, code=typed).status_code == 422


def test_of_eight_who_send_one_code_at_once_one_is_let_in(door: Flask) -> None:
    key = with_app(door)
    seen, crowd = code(key), [door.test_client() for _each in range(8)]
    for client in crowd:
        sign_in(client, "tokyo")
    with ThreadPoolExecutor(8) as at_once:
        answers = list(at_once.map(lambda client: go_on(client, code=seen).status_code, crowd))
    assert sorted(answers) == [303] + [422] * 7


def test_eleventh_code_in_a_quarter_of_an_hour_is_not_looked_at(door: Flask) -> None:
    key, client = with_app(door), door.test_client()
    sign_in(client, "tokyo")
    for _each in range(10):
        go_on(client, code="000000" if code(key) != "000000" else "111111")
    answer = go_on(client, code=code(key))
    assert (answer.status_code, "too many tries" in answer.text) == (422, True)


def test_second_step_waits_ten_minutes(door: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    key, client = with_app(door), door.test_client()
    sign_in(client, "tokyo")
    later = clock.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.post("/sign-in/second", data={"code": code(key)})
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_whoever_typed_no_password_finds_no_second_step(door: Flask) -> None:
    answer = door.test_client().get("/sign-in/second")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_new_password_ends_a_sign_in_that_is_half_done(door: Flask) -> None:
    key, client = with_app(door), door.test_client()
    sign_in(client, "tokyo")
    with door.app_context():
        write(lambda: db.session.execute(update(User).values(fs_uniquifier=User.email)))
    assert client.post("/sign-in/second", data={"code": code(key)}).location == "/sign-in"


def test_code_on_paper_opens_once_and_its_owner_is_told(door: Flask) -> None:
    with_app(door)
    made, key, now = ["ABCDE-FGHJK"], user(door).id, clock.now()
    with door.app_context():
        write(lambda: second.renew_spares(key, made, now))
    client, again = door.test_client(), door.test_client()
    sign_in(client, "tokyo")
    assert go_on(client, code="abcde fghjk").status_code == 303
    sign_in(again, "tokyo")
    assert go_on(again, code="ABCDE-FGHJK").status_code == 422
    with door.app_context():
        told = db.session.scalars(select(Message.facts).where(Message.kind == "second step").order_by(Message.id)).all()
    assert [each["what"] for each in told] == ["app set", "spares made", "spare used"]


def test_table_holds_neither_the_key_of_an_app_nor_a_code_on_paper(door: Flask) -> None:
    key = with_app(door)
    person, now = user(door), clock.now()
    with door.app_context():
        write(lambda: second.renew_spares(person.id, ["ABCDE-FGHJK"], now))
        (kept,) = db.session.scalars(select(SpareCode.code_hash))
    assert (key in str(person.app_key), "ABCDE" in kept, len(kept)) == (False, False, 64)


def test_app_is_set_up_by_scanning_and_a_first_code(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    page = client.get(f"{STEPS}/app")
    words = re.search(r"<code[^>]*>([A-Z2-7-]+)</code>", page.text)
    assert words is not None
    assert 'src="data:image/svg+xml' in page.text
    answer = client.post(f"{STEPS}/app", data={"code": code(words[1]), "csrf_token": token(page)})
    assert (answer.status_code, answer.location) == (303, f"{STEPS}/codes")
    assert sign_in(door.test_client(), "tokyo").location == "/sign-in/second"


def test_wrong_first_code_sets_nothing_up_and_keeps_the_picture(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    page = client.get(f"{STEPS}/app")
    again = client.post(f"{STEPS}/app", data={"code": "000 00", "csrf_token": token(page)})
    assert (again.status_code, re.findall(r"<code.*", again.text)) == (422, re.findall(r"<code.*", page.text))
    assert user(door).app_key is None


def test_codes_on_paper_are_shown_once(door: Flask) -> None:
    with_app(door)
    client = door.test_client()
    with door.app_context():
        write(lambda: db.session.execute(update(User).values(app_key=None)))
    sign_in(client, "tokyo")
    page = client.get(f"{STEPS}/codes")
    shown = client.post(f"{STEPS}/codes", data={"csrf_token": token(page)})
    made = re.findall(r"<code>(\w{5}-\w{5})</code>", shown.text)
    assert (len(made), shown.headers["Cache-Control"]) == (codes.SPARES, "private, no-store")
    assert [each for each in made if each in client.get(f"{STEPS}/codes").text] == []


def test_passkey_takes_the_second_step(gate: Flask) -> None:
    key = SoftKey()
    with_key(gate, key)
    client = gate.test_client()
    sign_in(client, "tokyo")
    page = client.get("/sign-in/second")
    asked = question(page)
    assert "authenticatorAttachment" not in json.dumps(asked)
    values = {"credential": key.use(asked), "csrf_token": token(page)}
    assert client.post("/sign-in/second", data=values).status_code == 303
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("fault", ["another site", "another key", "copied key", "old question", "no answer"])
def test_wrong_answer_of_a_passkey_signs_nobody_in(gate: Flask, fault: str) -> None:
    key = SoftKey(uses=5)
    with_key(gate, key)
    client = gate.test_client()
    sign_in(client, "tokyo")
    asked = question(client.get("/sign-in/second"))
    page = client.get("/sign-in/second")
    answers = {
        "another site": lambda: SoftKey("https://1ocalhost", secret=key.secret, identity=key.identity, uses=9),
        "another key": lambda: SoftKey(identity=key.identity, uses=9),
        "copied key": lambda: SoftKey(secret=key.secret, identity=key.identity, uses=2),
        "old question": lambda: key,
    }
    asks = asked if fault == "old question" else question(page)
    sent = answers[fault]().use(asks) if fault in answers else "{}"
    answer = client.post("/sign-in/second", data={"credential": sent, "csrf_token": token(page)})
    assert (answer.status_code, client.get(DESK).status_code) == (422, 303)


def test_answer_of_a_passkey_counts_once(gate: Flask) -> None:
    """Also with keys that do not count, and in a browser whose cookie was copied before."""
    key = SoftKey()
    with_key(gate, key)
    first, copy = gate.test_client(), gate.test_client()
    sign_in(first, "tokyo")
    page = first.get("/sign-in/second")
    cookie = first.get_cookie("__Host-plenary")
    assert cookie is not None
    copy.set_cookie("__Host-plenary", cookie.value, secure=True)
    key.uses = -1  # it says 0 again and again
    values = {"credential": key.use(question(page)), "csrf_token": token(page)}
    answers = [each.post("/sign-in/second", data=values).status_code for each in (first, copy)]
    assert answers == [303, 422]


def test_staff_without_a_second_step_are_led_to_set_one_up_before_any_page_of_the_desk(gate: Flask) -> None:
    client = gate.test_client()
    sign_in(client, "tokyo")
    for page in (DESK, "/test/home", "/organise/", "/organise/account"):
        answer = client.get(page)
        assert (answer.status_code, answer.location) == (303, STEPS)
    assert (client.get(STEPS).status_code, "set up a second step" in client.get(STEPS).text) == (200, True)


def test_desk_opens_with_a_second_step(gate: Flask) -> None:
    key, client = with_app(gate), gate.test_client()
    sign_in(client, "tokyo")
    go_on(client, code=code(key))
    assert client.get(DESK).status_code == 200


def test_where_addresses_are_no_names_the_second_step_is_offered_and_asked_of_nobody(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert (client.get(DESK).status_code, "It takes two minutes" in client.get(STEPS).text) == (200, True)


def test_reset_takes_everything_off_signs_out_and_tells(door: Flask) -> None:
    with_app(door)
    client = door.test_client()
    with door.app_context():
        write(lambda: second.reset_address(" Tokyo@example.org", who="the server", now=clock.now()))
    assert sign_in(client, "tokyo").location == "/organise/"
    with door.app_context():
        letters = db.session.scalars(select(Message.facts).where(Message.kind == "second step")).all()
        notes = db.session.scalars(select(Note.who).where(Note.what == "second step").order_by(Note.id)).all()
    assert ([each["what"] for each in letters], notes) == (["app set", "reset"], ["KOIKE Yuriko", "the server"])


def test_organiser_resets_only_who_works_nowhere_else(door: Flask) -> None:
    tokyo, rome, york = (user(door, city).id for city in ("tokyo", "rome", "new.york"))
    now = clock.now()

    def reset(actor: int, target: int) -> str:
        try:
            write(lambda: second.reset_by(actor, target, 1, who="somebody", now=now))
        except Refused as no:
            return no.message.split(".")[0]
        return "done"

    with door.app_context():
        found = [reset(york, tokyo), reset(tokyo, york), reset(rome, tokyo), reset(tokyo, tokyo)]
    elsewhere = "This person works for other events too"
    assert found == ["done", elsewhere, elsewhere, "Your own second step you change on the page of your account"]


def test_what_was_set_up_is_taken_off_again(gate: Flask) -> None:
    key, soft = with_app(gate), SoftKey()
    client = gate.test_client()
    sign_in(client, "tokyo")
    go_on(client, code=code(key))
    page = client.get(f"{STEPS}/passkey")
    values = {"csrf_token": token(page), "name": "My phone", "credential": soft.make(question(page))}
    client.post(f"{STEPS}/passkey", data=values)
    with gate.app_context():
        number = db.session.scalars(select(Passkey.id)).one()
    for path in ("app/remove", f"passkey/{number}/remove"):
        client.post(f"{STEPS}/{path}", data={"csrf_token": token(client.get(STEPS))})
    with gate.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0
    assert (user(gate).app_key, client.get(DESK).location) == (None, STEPS)


def test_nobody_takes_off_what_is_anothers(gate: Flask) -> None:
    with_key(gate, SoftKey())
    client = gate.test_client()
    sign_in(client, "rome")
    with gate.app_context():
        number = db.session.scalars(select(Passkey.id)).one()
        row = db.session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    for path in (f"{STEPS}/passkey/{number}/remove", f"/organise/account/places/{row}/close"):
        client.post(path, data={"csrf_token": token(client.get(STEPS))})
    with gate.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1
        assert db.session.scalars(select(SignIn.ended_at).where(SignIn.id == row)).one() is None


def test_somebody_signs_one_browser_out_or_all(door: Flask) -> None:
    here, there, third = (door.test_client() for _each in range(3))
    for each in (there, third, here):
        sign_in(each, "tokyo", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/142.0"})
    page = here.get(STEPS)
    assert (page.text.count("Firefox, Linux</strong>"), page.text.count("this one")) == (3, 1)
    paths = sorted(re.findall(r'action="(/organise/account/places/\d+/close)"', page.text))
    here.post(paths[0], data={"csrf_token": token(page)})
    assert [each.get(DESK).status_code for each in (here, there, third)] == [200, 303, 200]
    here.post("/organise/account/places/close", data={"csrf_token": token(page)})
    assert [each.get(DESK).status_code for each in (here, there, third)] == [303, 303, 303]


def warned(door: Flask) -> list[dict[str, Any]]:
    with door.app_context():
        return list(db.session.scalars(select(Message.facts).where(Message.kind == "new sign-in").order_by(Message.id)))


def test_owner_is_told_of_a_new_browser_once_and_in_words_of_ours(gate: Flask) -> None:
    key, client = with_app(gate), gate.test_client()
    lure = "Chrome/1 Windows <a href=https://evil.example>press here</a>"
    sign_in(client, "tokyo", headers={"User-Agent": lure})
    assert warned(gate) == []
    values = {"code": code(key), "csrf_token": token(client.get("/sign-in/second"))}
    client.post("/sign-in/second", data=values, headers={"User-Agent": lure})
    assert [each["agent"] for each in warned(gate)] == ["Chrome, Windows"]
    client.post("/sign-out", data={"csrf_token": token(client.get("/sign-out"))})
    with gate.app_context():
        write(lambda: db.session.execute(update(User).values(app_counter=1)))
    sign_in(client, "tokyo")
    go_on(client, code=code(key))
    assert (client.get(DESK).status_code, len(warned(gate))) == (200, 1)


def passed(app: Flask, minutes: int) -> None:
    """All passwords were typed so much longer ago: it is the database whose clock counts."""

    def act() -> None:
        for each in db.session.execute(select(SignIn)).scalars():
            each.proven_at = each.started_at = each.started_at - timedelta(minutes=minutes)

    with app.app_context():
        write(act)


def test_file_is_handed_out_for_a_quarter_of_an_hour_after_the_password(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert client.get("/test/gnets-2023/people.csv").status_code == 200
    passed(door, 16)
    answer = client.get("/test/gnets-2023/people.csv")
    assert answer.location == "/sign-in/again?next=/test/gnets-2023/people.csv"
    page = client.get(answer.location)
    wrong = client.post(answer.location, data={"password": "guess", "csrf_token": token(page)})
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    right = client.post(answer.location, data={"password": PASSWORD, "csrf_token": token(page)})
    assert right.location == "/test/gnets-2023/people.csv"
    assert client.get("/test/gnets-2023/people.csv").status_code == 200


def test_form_waits_for_the_password_and_loses_nothing(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    passed(door, 16)
    held = token(client.get(STEPS))
    path, words = "/test/gnets-2023/announce", [("word", 'a "b" <i>'), ("word", "2"), ("word-x", "")]
    page = client.post(path, data=MultiDict([*words, ("csrf_token", held)]))
    assert (page.status_code, "goes on its way" in page.text) == (403, True)
    kept = [
        (n, html.unescape(v)) for n, v in re.findall(r'type="hidden" name="(word[^"]*)" value="([^"]*)"', page.text)
    ]
    assert kept == words
    more = [*kept, ("csrf_token", token(page))]
    wrong = client.post(path, data=MultiDict([*more, ("proof_password", "guess")]))
    assert (wrong.status_code, 'value="a &#34;b&#34; &lt;i&gt;"' in wrong.text) == (422, True)
    done = client.post(path, data=MultiDict([*more, ("proof_password", PASSWORD)]))
    assert (done.status_code, done.text) == (200, 'word=a "b" <i>&word=2&word-x=')


def test_form_from_elsewhere_is_not_offered_to_go_on_its_way(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    passed(door, 16)
    page = client.post("/test/gnets-2023/announce", data={"word": "evil"})
    assert (page.status_code, "evil" in page.text) == (400, False)


def test_password_asked_again_is_slowed_like_any_other(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    page = client.get("/sign-in/again")
    for _each in range(10):
        client.post("/sign-in/again", data={"password": "guess", "csrf_token": token(page)})
    answer = client.post("/sign-in/again", data={"password": PASSWORD, "csrf_token": token(page)})
    assert (answer.status_code, "too many tries" in answer.text) == (422, True)


FRESH = {
    "allotting.export",
    "announcements.look",
    "board.participants_export",
    "desk.publish",
    "erasing.erase",
    "erasing.erase_focal",
    "invitations.send",
    "lists.export",
    "releases.plan",
    "releases.restore",
    "reminders.edit",
    "reminders.new",
    "staff.lost",
    "staff.person",
    "staff.table",
    "steps.app",
    "steps.passkey",
    "steps.remove_app",
    "steps.remove_passkey",
    "steps.spares",
    "together.approve",
    "together.ask",
    "together.delegations",
    "together.edit",
    "travel_desk.export",
    "visa_desk.visa_export",
}
"""What sends to many, hands out files with people in them, gives roles, erases people, or changes how one signs in."""


def test_what_touches_many_asks_for_the_password_again(app: Flask) -> None:
    assert {name for name, view in app.view_functions.items() if getattr(view, "fresh", False)} == FRESH
