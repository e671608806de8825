"""Hostile values in every form and address about letters and calendars: refused or stored as words, never our fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import Role
from app.accounts.models import Staff, User
from app.db import db, write
from app.events.models import Event
from app.outbox import Letter, Message, post
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held
from tests.desk.test_hostile import Values, missing, numbers, twice, zeros

ROOMS = ("outbox", "letters", "calendars", "releases", "publish/letters")
NAMED = {"event": "rehearsal", "name": "confirmation", "language": "ar", "code": "ishii", "whom": "person"}
HOSTILE = ("\0", "9" * 400, "-1", "%", "\u202e<script>", "{name}", "'; --", "\ud7ff" * 3000, "../../etc/passwd", "٣")
SEEN = {200, 303, 404, 409, 422}
BUTTON = {"generation": "0", "text": "Hello {name}", "subject": "Hello", "seen": "0"}


def letter(app: KeepingFlask) -> int:
    """A letter of the rehearsal that waits."""

    def act() -> int:
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        facts = {"name": "Rome", "by": "Tokyo", "summit": "S", "note": "", "reply_to": "us@tokyo.example"}
        post(
            Letter("redirected", "one", "a@rome.example", "Rome", facts, event_id=event, reply_to="us@tokyo.example"),
            clock.now(),
        )
        return db.session.execute(select(Message.id)).scalar_one()

    with app.app_context():
        return write(act)


def addresses(app: KeepingFlask, number: int, method: str) -> Iterator[str]:
    """Every address of these rooms that takes this method, with every choice that it offers."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(tuple(f"/organise/<event>/{each}" for each in ROOMS)) and method in (
            rule.methods or ()
        ):
            choices = re.findall(r"<any\(([^)]*)\)", rule.rule)
            for choice in re.split(r", ?", choices[0]) if choices else [""]:
                values = NAMED | {"number": str(number), "act": choice}
                yield re.sub(r"<(?:[^:>]+:)?(\w+)>", partial(_named, values), rule.rule)


def _named(values: dict[str, str], found: re.Match[str]) -> str:
    return values[found[1]]


def form(organiser: Organiser, path: str) -> tuple[Values, set[str]]:
    page = organiser.get(path)
    if page.status_code != 200 or page.text.count('name="submit_key"') != 1:
        token = held(organiser.get(f"{REHEARSAL}/online/rooms"))["csrf_token"]
        return BUTTON | {"csrf_token": token}, set()
    return held(page), set(re.findall(r'type="number"[^>]*name="([^"]+)"', page.text))


def hostile(values: Values, _asked: set[str]) -> Iterator[Values]:
    for each in HOSTILE:
        yield {name: each if name != "csrf_token" else text for name, text in values.items()}


@pytest.mark.parametrize("spoil", [numbers, zeros, missing, twice])
def test_no_form_about_letters_and_calendars_falls_over(
    desks: KeepingFlask, tokyo: Organiser, spoil: Callable[[Values, set[str]], Values]
) -> None:
    paths = list(addresses(desks, letter(desks), "POST"))
    assert len(paths) > 14
    found = {path: tokyo.client.post(path, data=spoil(*form(tokyo, path))).status_code for path in paths}
    assert {path: code for path, code in found.items() if code not in SEEN} == {}


def test_no_field_about_letters_and_calendars_takes_what_it_should_not(desks: KeepingFlask, tokyo: Organiser) -> None:
    number, found = letter(desks), {}
    for path in addresses(desks, number, "POST"):
        for values in hostile(*form(tokyo, path)):
            found[path, values.get("subject", "")[:5]] = tokyo.client.post(path, data=values).status_code
    assert {path: code for path, code in found.items() if code not in SEEN} == {}


def test_no_question_behind_an_address_falls_over(desks: KeepingFlask, tokyo: Organiser) -> None:
    number, found = letter(desks), {}
    names = ("q", "state", "kind", "page", "as", "plain", "feed", "reference", "zone", "first", "second", "whom")
    for path in addresses(desks, number, "GET"):
        for each in HOSTILE:
            found[path, each[:9]] = tokyo.client.get(path, query_string=dict.fromkeys(names, each)).status_code
    assert {path: code for path, code in found.items() if code not in SEEN} == {}


@pytest.mark.parametrize("part", ["0", "9" * 30, "-1", "1%00", "%00", "1/../2", "1;2", "%ff", "x" * 3000])
def test_no_part_of_an_address_falls_over(desks: KeepingFlask, tokyo: Organiser, part: str) -> None:
    letter(desks)
    paths = [
        f"outbox/{part}",
        f"outbox/{part}/letter.eml",
        f"outbox/1/{part}",
        f"letters/{part}/en",
        f"letters/confirmation/{part}",
        f"letters/{part}/{part}/look",
        f"calendars/{part}",
        f"releases/{part}/calls",
        f"publish/letters/{part}",
    ]
    found = {path: tokyo.client.get(f"{REHEARSAL}/{path}").status_code for path in paths}
    assert {path: code for path, code in found.items() if code not in SEEN | {308, 400}} == {}
    posted = tokyo.client.post(f"{REHEARSAL}/calendars/people/{part}/make", data=form(tokyo, "/nowhere")[0])
    assert posted.status_code in SEEN | {308, 400, 405}


def standing(app: KeepingFlask) -> dict[str, list[Any]]:
    """All that letters and calendars could have changed by somebody's hand."""
    tables = (
        "messages",
        "own_words",
        "outbox_holds",
        "marked_addresses",
        "rooms",
        "calendar_links",
        "releases",
        "notes",
    )
    with app.app_context():
        rows = {name: db.session.execute(select(db.metadata.tables[name])).all() for name in tables}
        return {name: sorted(map(str, found)) for name, found in rows.items()}


def give_tasks(app: KeepingFlask, city: str, *roles: Role) -> None:
    """This person looks after some tasks of the rehearsal."""

    def act() -> None:
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        user = db.session.execute(select(User.id).where(User.email.startswith(city))).scalar_one()
        db.session.add_all(Staff(user_id=user, event_id=event, role=each) for each in roles)

    with app.app_context():
        write(act)


def test_nobody_but_the_organisers_of_a_summit_reaches_its_letters_and_calendars(
    desks: KeepingFlask, rome: Organiser
) -> None:
    number, nobody = letter(desks), desks.test_client()
    give_tasks(desks, "milan", Role.VISA, Role.LOGISTICS)
    people = (rome.client, Organiser(desks, "milan").client, nobody)
    tokens = [TOKEN.findall(each.get("/rehearsal/register").text)[0] for each in people]
    before, found = standing(desks), {}
    for method in ("GET", "POST"):
        for path in addresses(desks, number, method):
            sent = [BUTTON | {"csrf_token": token, "submit_key": "a form"} for token in tokens]
            answers = [each.open(path, method=method, data=data) for each, data in zip(people, sent, strict=True)]
            found[method, path] = [each.status_code for each in answers]
            assert answers[2].status_code != 303 or "/sign-in" in answers[2].location
    assert {each: codes for each, codes in found.items() if codes[:2] != [404, 404] or codes[2] not in {302, 303}} == {}
    assert standing(desks) == before


def test_a_letter_of_another_summit_is_out_of_reach_by_its_number(desks: KeepingFlask, rome: Organiser) -> None:
    number, found = letter(desks), {}
    before = standing(desks)
    token = TOKEN.findall(rome.get("/rehearsal/register").text)[0]
    for method in ("GET", "POST"):
        for path in addresses(desks, number, method):
            if f"/outbox/{number}" in path:
                data = {"csrf_token": token, "submit_key": "a form", "email": "me@evil.example"}
                mine = path.replace(REHEARSAL, ARCHIVE)
                found[method, mine] = rome.client.open(mine, method=method, data=data).status_code
    assert (set(found.values()), len(found), standing(desks)) == ({404}, 15, before)


TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


FEEDS = (
    "agenda.ics", "online.ics", "days/{}.ics", "themes/{}.ics", "rooms/{}.ics", "sessions/{}.ics", "cities/{}.ics",
)  # fmt: skip
PRIVATE = ("/c/{}/agenda.ics", "/c/{}/city.ics", "/c/{}/programme.ics")
VALIDATORS = (
    {"If-None-Match": '"' + "x" * 30_000},
    {"If-None-Match": "W/" * 5_000},
    {"If-None-Match": ", ".join(['"a"'] * 5_000)},
    {"If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT"},
    {"If-Modified-Since": "٣" * 100},
    {"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 +9999"},
    {"Accept-Encoding": "gzip;q=x, *;q=-1", "Range": "bytes=9-1", "Accept-Language": "\xff" * 99},
)


@pytest.mark.parametrize(
    "part", ["0", "9" * 400, "-1", "%00", "1/../2", "%ff", "x" * 3000, "2027-02-31", "%E2%80%AE", "'--"]
)
def test_no_hostile_address_of_a_feed_falls_over(rehearsal: KeepingFlask, part: str) -> None:
    client = rehearsal.test_client()
    paths = [f"/rehearsal/{each.format(part)}" for each in FEEDS[2:]] + [each.format(part) for each in PRIVATE]
    found = {path: client.get(path, query_string={"lang": part, "zone": part}).status_code for path in paths}
    assert {path: code for path, code in found.items() if code not in {404, 308}} == {}
    plain = [client.get(f"/rehearsal/{each}", query_string={"lang": part}) for each in FEEDS[:2]]
    assert [each.status_code for each in plain] == [200, 200]


@pytest.mark.parametrize("headers", VALIDATORS, ids=str)
def test_no_hostile_header_keeps_a_calendar_from_its_reader(rehearsal: KeepingFlask, headers: dict[str, str]) -> None:
    answer = rehearsal.test_client().get("/rehearsal/agenda.ics", headers=headers)
    assert (answer.status_code, answer.data[:15]) == (200, b"BEGIN:VCALENDAR")
