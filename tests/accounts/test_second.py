"""The second step itself: what is stored of it, what opens, what is counted, and what its owner is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts import brake, codes, second
from app.accounts.models import Passkey, Role, SignIn, SpareCode, Staff, User
from app.accounts.passkeys import Made
from app.db import db, write
from app.events.models import Event
from app.journal import Note
from app.outbox import Message
from app.refused import Refused
from tests.accounts.people import address, do, number

NOON = datetime(2023, 2, 27, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
NOT_RIGHT = ("code", "This code is not right, or it was used already")
TWICE = (None, "This key was used already a moment ago")
KEY = Made("a name among all keys", b"the public half", 7)


@pytest.fixture
def tokyo(door: Flask) -> int:
    return number(door, "tokyo")


@pytest.fixture
def rome(door: Flask) -> int:
    return number(door, "rome")


def refused(door: Flask, act: Callable[[], object]) -> tuple[str | None, str]:
    with door.app_context(), pytest.raises(Refused) as no:
        write(act)
    return no.value.field, no.value.message.split(".")[0]


def stored(door: Flask, *columns: Any) -> list[tuple[Any, ...]]:
    with door.app_context():
        return [tuple(row) for row in db.session.execute(select(*columns).order_by(columns[0]))]


def event(door: Flask, slug: str) -> int:
    return int(next(event_id for event_id, each in stored(door, Event.id, Event.slug) if each == slug))


def told(door: Flask) -> list[tuple[str, str, str, str]]:
    """Of each letter: to whom, what happened, to which key, and by whom."""
    letters = stored(door, Message.id, Message.to, Message.facts)
    return [(to, facts["what"], facts["name"], facts["by"]) for _id, to, facts in letters]


def with_all(door: Flask, user_id: int, name: str) -> None:
    """An app, a key and a code on paper, the latter two by this name."""

    def act() -> None:
        second.set_app(user_id, "sealed", 1, NOON)
        second.add_passkey(user_id, name, Made(name, b"", 0), NOON)
        second.renew_spares(user_id, [name], NOON)

    do(door, act)


def has(door: Flask, user_id: int) -> tuple[bool, list[str], int, bool]:
    with door.app_context():
        found = second.steps(user_id)
        return found.app, [each.name for each in found.passkeys], found.spares, found.any


def test_one_has_ones_own_app_and_keys_in_the_order_they_came_and_codes_not_used_yet(
    door: Flask, tokyo: int, rome: int
) -> None:
    with_all(door, rome, "Rome")
    assert has(door, tokyo) == (False, [], 0, False)
    do(door, lambda: second.renew_spares(tokyo, ["one", "two"], NOON))
    assert has(door, tokyo) == (False, [], 2, False)
    do(door, lambda: second.take_code(tokyo, None, "one", NOON))
    for name in ("My phone", "A laptop"):
        do(door, lambda: second.add_passkey(tokyo, name, Made(name, b"", 0), NOON))  # noqa: B023
    assert has(door, tokyo) == (False, ["My phone", "A laptop"], 1, True)
    do(door, lambda: second.set_app(tokyo, "sealed", 1, NOON))
    assert has(door, tokyo) == (True, ["My phone", "A laptop"], 1, True)
    for key_id, _name in stored(door, Passkey.id, Passkey.name):
        do(door, lambda: second.remove_passkey(tokyo, key_id, NOON))  # noqa: B023
    assert has(door, tokyo) == (True, [], 1, True)


def test_ten_codes_are_tried_in_a_quarter_of_an_hour_and_it_is_said_how_long_to_wait(
    door: Flask, tokyo: int, rome: int
) -> None:
    for each in range(10):
        do(door, lambda: second.guess(tokyo, NOON + timedelta(seconds=each)))  # noqa: B023
    wait = (None, "There were too many tries from here")
    over = NOON + timedelta(minutes=15)
    with door.app_context(), pytest.raises(Refused, match="again in 15 minutes"):
        write(lambda: second.guess(tokyo, NOON))
    assert refused(door, lambda: second.guess(tokyo, over - timedelta(seconds=1))) == wait
    do(door, lambda: second.guess(rome, NOON))
    do(door, lambda: second.guess(tokyo, over))


def test_a_right_code_is_no_guess(door: Flask, tokyo: int) -> None:
    do(door, lambda: second.set_app(tokyo, "sealed", 0, NOON))
    for counter in range(1, 12):
        do(door, lambda: second.guess(tokyo, NOON))
        do(door, lambda: second.take_code(tokyo, counter, "", NOON))  # noqa: B023


def test_a_code_of_the_app_opens_when_it_is_later_than_any_used(door: Flask, tokyo: int, rome: int) -> None:
    for user_id in (tokyo, rome):
        do(door, lambda: second.set_app(user_id, "sealed", 5, NOON))  # noqa: B023
    assert refused(door, lambda: second.take_code(tokyo, 5, "", NOON)) == NOT_RIGHT
    do(door, lambda: second.take_code(tokyo, 6, "", NOON))
    do(door, lambda: db.session.execute(update(User).where(User.id == tokyo).values(app_counter=None)))
    do(door, lambda: second.take_code(tokyo, 3, "", NOON))
    counters = {user_id: counter for user_id, counter in stored(door, User.id, User.app_counter) if counter}
    assert counters == {tokyo: 3, rome: 5}
    assert [what for _to, what, _name, _by in told(door)] == ["app set"] * 2


def test_a_code_on_paper_opens_once_and_only_for_its_owner(door: Flask, tokyo: int, rome: int) -> None:
    for user_id, made in ((tokyo, ["one", "two"]), (rome, ["one", "three"])):
        do(door, lambda: second.renew_spares(user_id, made, NOON))  # noqa: B023
    assert refused(door, lambda: second.take_code(tokyo, None, "three", LATER)) == NOT_RIGHT
    do(door, lambda: second.take_code(tokyo, None, "one", LATER))
    assert refused(door, lambda: second.take_code(tokyo, None, "one", LATER)) == NOT_RIGHT
    used = [row[1:] for row in stored(door, SpareCode.id, SpareCode.user_id, SpareCode.used_at)]
    assert used == [(tokyo, LATER), (tokyo, None), (rome, None), (rome, None)]
    assert told(door)[2:] == [(address("tokyo"), "spare used", "", "")]


def test_codes_on_paper_take_the_place_of_earlier_ones_of_the_same_person(door: Flask, tokyo: int, rome: int) -> None:
    for user_id, made in ((tokyo, "old"), (rome, "Rome's"), (tokyo, "new")):
        do(door, lambda: second.renew_spares(user_id, [made], NOON))  # noqa: B023
    with door.app_context():
        kept = [(rome, codes.spare_hash("Rome's")), (tokyo, codes.spare_hash("new"))]
    assert [row[1:] for row in stored(door, SpareCode.id, SpareCode.user_id, SpareCode.code_hash)] == kept


def test_a_key_is_stored_as_it_was_made_and_known_to_one_person(door: Flask, tokyo: int, rome: int) -> None:
    do(door, lambda: second.add_passkey(tokyo, "My phone", KEY, NOON))
    for user_id in (tokyo, rome):
        again = refused(door, lambda: second.add_passkey(user_id, "Another", KEY, NOON))  # noqa: B023
        assert again == (None, "This key is in use already")
    columns = (Passkey.user_id, Passkey.name, Passkey.credential, Passkey.public_key, Passkey.uses)
    row = (tokyo, "My phone", "a name among all keys", b"the public half", 7, NOON, None)
    assert stored(door, *columns, Passkey.made_at, Passkey.used_at) == [row]
    assert told(door) == [(address("tokyo"), "passkey added", "My phone", "")]


def test_the_same_answer_of_a_key_is_taken_once(door: Flask, tokyo: int) -> None:
    for made in (KEY, Made("another", b"", 7)):
        do(door, lambda: second.add_passkey(tokyo, made.credential, made, NOON))  # noqa: B023
    ((key_id, _), (other, _)) = stored(door, Passkey.id, Passkey.uses)
    do(door, lambda: second.take_passkey(key_id, 7, 9, LATER))
    assert refused(door, lambda: second.take_passkey(key_id, 7, 9, LATER)) == TWICE
    assert stored(door, Passkey.id, Passkey.uses, Passkey.used_at) == [(key_id, 9, LATER), (other, 7, None)]


def test_the_answer_to_a_question_counts_once_in_a_day(door: Flask) -> None:
    do(door, lambda: second.once("a question", NOON))
    day = timedelta(days=1)
    assert refused(door, lambda: second.once("a question", NOON + day - timedelta(seconds=1))) == TWICE
    do(door, lambda: second.once("another", NOON))
    with door.app_context():
        assert brake.free_at("challenge", "a question", day) == NOON + day
    do(door, lambda: second.once("a question", NOON + day))


def test_an_app_is_set_and_taken_off_its_owner_alone(door: Flask, tokyo: int, rome: int) -> None:
    do(door, lambda: second.set_app(rome, "Rome's", 3, NOON))
    do(door, lambda: second.set_app(tokyo, "sealed", 5, NOON))
    apps = stored(door, User.id, User.app_key, User.app_counter)
    assert [each for each in apps if each[1]] == sorted([(tokyo, "sealed", 5), (rome, "Rome's", 3)])
    for hours in (1, 2):
        do(door, lambda: second.remove_app(tokyo, NOON + timedelta(hours=hours)))  # noqa: B023
    apps = stored(door, User.id, User.app_key, User.app_counter)
    assert [each for each in apps if each[1] or each[2]] == [(rome, "Rome's", 3)]
    assert [what for _to, what, _name, _by in told(door)] == ["app set", "app set", "app removed"]


def test_a_key_is_taken_off_its_owner_alone(door: Flask, tokyo: int, rome: int) -> None:
    for user_id, name in ((tokyo, "My phone"), (tokyo, "A laptop"), (rome, "Rome's")):
        do(door, lambda: second.add_passkey(user_id, name, Made(name, b"", 0), NOON))  # noqa: B023
    first, _second, third = (key_id for key_id, _name in stored(door, Passkey.id, Passkey.name))
    for hours, key_id in enumerate((first, third, first), 1):
        do(door, lambda: second.remove_passkey(tokyo, key_id, NOON + timedelta(hours=hours)))  # noqa: B023
    assert [name for _id, name in stored(door, Passkey.id, Passkey.name)] == ["A laptop", "Rome's"]
    assert told(door)[2:] == [(address("tokyo"), "passkey removed", "My phone", "")]


def test_a_reset_takes_all_off_one_person_and_signs_them_out(door: Flask, tokyo: int, rome: int) -> None:
    for user_id, name in ((tokyo, "Tokyo's"), (rome, "Rome's")):
        with_all(door, user_id, name)
    made = [(tokyo, "1", None), (tokyo, "2", NOON), (rome, "3", None)]
    ins = [SignIn(user_id=whose, key_hash=key, started_at=NOON, ended_at=ended) for whose, key, ended in made]
    do(door, lambda: db.session.add_all(ins))
    do(door, lambda: second.reset(tokyo, who="the server", now=LATER))
    assert [has(door, each) for each in (tokyo, rome)] == [(False, [], 0, False), (True, ["Rome's"], 1, True)]
    counters = dict(stored(door, User.id, User.app_counter))
    assert (counters[tokyo], counters[rome]) == (None, 1)
    assert [row[1] for row in stored(door, SignIn.key_hash, SignIn.ended_at)] == [LATER, NOON, None]
    assert told(door)[6:] == [(address("tokyo"), "reset", "", "the server")]


def test_the_journal_says_what_was_changed_by_whom_and_where(door: Flask, tokyo: int) -> None:
    """By its owner, unless another is named: by their name, or else by their address as far as the line holds."""
    milan = number(door, "milan")
    long = f"{'a' * 240}@example.org"
    event_id = event(door, "gnets-2023")
    do(door, lambda: second.set_app(tokyo, "sealed", 1, NOON))
    do(door, lambda: db.session.execute(update(User).where(User.id == milan).values(email=long)))
    do(door, lambda: second.remove_app(tokyo, LATER))
    do(door, lambda: second.renew_spares(milan, ["one"], LATER))
    do(door, lambda: second.reset_by(tokyo, milan, event_id, who="KOIKE Yuriko", now=LATER))
    columns = (Note.what, Note.subject, Note.who, Note.at, Note.event_id, Note.after)
    assert [row[1:] for row in stored(door, Note.id, *columns)] == [
        ("second step", f"user/{tokyo}", "KOIKE Yuriko", NOON, None, {"what": "app set"}),
        ("second step", f"user/{tokyo}", "KOIKE Yuriko", LATER, None, {"what": "app removed"}),
        ("second step", f"user/{milan}", "a" * 200, LATER, None, {"what": "spares made"}),
        ("second step", f"user/{milan}", "KOIKE Yuriko", LATER, event_id, {"what": "reset"}),
    ]


def test_an_organiser_resets_whoever_works_only_where_they_organise(door: Flask, tokyo: int, rome: int) -> None:
    """Another role of theirs counts for nothing, and neither does what others organise."""
    milan, york = (number(door, each) for each in ("milan", "new.york"))
    here, there = (event(door, each) for each in ("gnets-2023", "citynet-2013"))
    work = [(tokyo, there, Role.VISA), (milan, here, Role.VISA)]
    do(door, lambda: db.session.add_all(Staff(user_id=who, event_id=where, role=role) for who, where, role in work))

    def reset(actor: int, target: int) -> bool:
        try:
            do(door, lambda: second.reset_by(actor, target, here, who="somebody", now=NOON))
        except Refused:
            return False
        return True

    assert [reset(tokyo, each) for each in (milan, rome, york, tokyo)] == [True, False, False, False]
    assert not reset(york, york)
    do(door, lambda: db.session.add(Staff(user_id=milan, event_id=there, role=Role.LOGISTICS)))
    assert [reset(each, milan) for each in (tokyo, rome, york)] == [False, False, True]


def test_a_reset_by_the_address_finds_it_however_it_is_typed(door: Flask) -> None:
    do(door, lambda: second.reset_address(" Tokyo@Example.org ", who="the server", now=NOON))
    assert told(door) == [(address("tokyo"), "reset", "", "the server")]
    with door.app_context(), pytest.raises(Refused) as no:
        write(lambda: second.reset_address(" Atlantis@example.org ", who="the server", now=NOON))
    assert no.value.message == "Nobody has an account with the address Atlantis@example.org."
