"""What people do with letters: acts that fit the state, once, in the journal, and never against a worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app.db import db, write
from app.journal import Note
from app.outbox import Message, State, deliver, handling
from app.outbox.models import Mark, Why
from app.outbox.rendering import sealed
from app.refused import Refused
from tests.outbox.cast import NOW, Bag, letter, octets, put, row, rows, states

WHO: dict[str, Any] = {"who": "KOIKE Yuriko", "now": NOW}
LATER = NOW + timedelta(minutes=10)
ACTS = {
    "hold": lambda: handling.hold(1, **WHO),
    "release": lambda: handling.release(1, **WHO),
    "abort": lambda: handling.abort(1, **WHO),
    "resend": lambda: handling.resend(1, "one form", **WHO),
    "correct": lambda: handling.correct(1, "gaia@rome.example", "one form", **WHO),
}
ON_ITS_WAY = "It is on its way to the mail server at this moment. Look again in a few minutes."
TAKEN = "The mail server has taken it, so it cannot be held back or redirected any more."
OVER = "It does not wait to be sent any more."
WAITS = "It still waits to be sent."


def stand(state: State, **more: Any) -> None:
    """One letter to Rome, in this state."""
    put(letter("Rome", event_id=7))
    values: dict[str, Any] = {"state": state, "sent_at": NOW if state == State.SENT else None} | more
    if state == State.INFLIGHT:
        values = {"worker": "one", "lease_until": LATER} | values
    write(lambda: db.session.execute(update(Message).values(**values)))


def outcome(act: Callable[[], object]) -> object:
    """What an act gives, or the sentence with which it is refused."""
    try:
        return write(act)
    except Refused as no:
        return no.message


def journal() -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(each.what, each.subject, each.who) for each in db.session.scalars(select(Note).order_by(Note.id))]


@pytest.mark.parametrize(
    ("act", "state", "comes"),
    [
        ("hold", State.QUEUED, True), ("hold", State.RETRY, True), ("hold", State.HELD, False),
        ("hold", State.INFLIGHT, ON_ITS_WAY), ("hold", State.SENT, TAKEN), ("hold", State.FAILED, OVER),
        ("hold", State.REFUSED, "A mail server has refused it."), ("hold", State.BOUNCED, OVER),
        ("release", State.HELD, True), ("release", State.QUEUED, False), ("release", State.INFLIGHT, ON_ITS_WAY),
        ("release", State.SENT, TAKEN), ("release", State.ABORTED, OVER),
        ("abort", State.QUEUED, True), ("abort", State.RETRY, True), ("abort", State.HELD, True),
        ("abort", State.REFUSED, True), ("abort", State.ABORTED, False), ("abort", State.INFLIGHT, ON_ITS_WAY),
        ("abort", State.SENT, TAKEN), ("abort", State.FAILED, OVER), ("abort", State.BOUNCED, OVER),
        ("resend", State.QUEUED, WAITS), ("resend", State.HELD, WAITS), ("resend", State.INFLIGHT, WAITS),
        ("resend", State.REFUSED, WAITS), ("correct", State.INFLIGHT, ON_ITS_WAY), ("correct", State.SENT, TAKEN),
    ],
)  # fmt: skip
def test_an_act_is_done_where_it_fits_and_else_refused_in_words(
    house: Flask, act: str, state: State, comes: object
) -> None:
    stand(state)
    before = row().state
    assert outcome(ACTS[act]) == comes
    assert (len(rows()), (row().state == before)) == (1, comes is not True)


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.BOUNCED, State.ABORTED, State.SKIPPED])
def test_what_went_or_is_over_can_be_sent_again_as_a_letter_of_its_own(house: Flask, state: State) -> None:
    stand(state)
    write(ACTS["resend"])
    write(ACTS["resend"])
    first, again = rows()
    assert (first.state, again.state, again.again_of, again.to, again.facts, again.key != first.key) == (
        state, State.QUEUED, first.id, first.to, first.facts, True,
    )  # fmt: skip
    assert journal() == [("letter sent again", "letter/1", "KOIKE Yuriko")]


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (State.QUEUED, State.ABORTED), (State.RETRY, State.ABORTED), (State.HELD, State.ABORTED),
        (State.REFUSED, State.ABORTED), (State.FAILED, State.FAILED), (State.BOUNCED, State.BOUNCED),
        (State.SKIPPED, State.SKIPPED),
    ],
)  # fmt: skip
def test_what_reached_nobody_can_be_sent_to_another_address(house: Flask, state: State, then: State) -> None:
    stand(state)
    write(ACTS["correct"])
    write(ACTS["correct"])
    first, again = rows()
    assert (first.state, first.to, again.state, again.to) == (
        then,
        "office@rome.example",
        "queued",
        "gaia@rome.example",
    )


def test_octets_for_the_old_address_never_go_to_the_new(house: Flask) -> None:
    put(letter("Rome"))
    with pytest.raises(SystemExit):
        deliver(NOW, carrier=Bag(lambda parcel: exit(1)))
    write(lambda: db.session.execute(update(Message).values(lease_until=NOW)))
    write(ACTS["correct"])
    bag = Bag()
    deliver(NOW + timedelta(hours=1), carrier=bag)
    [parcel] = bag.carried
    first, again = rows()
    assert (parcel.to, b"office@rome.example" in parcel.octets, octets()[1]) == (
        "gaia@rome.example", False, parcel.octets,
    )  # fmt: skip
    assert (first.message_id == again.message_id, first.token == again.token) == (False, False)


@pytest.mark.parametrize("act", ["hold", "abort", "correct"])
def test_a_letter_that_a_dead_worker_left_can_be_handled(house: Flask, act: str) -> None:
    stand(State.INFLIGHT, lease_until=NOW - timedelta(seconds=1))
    write(ACTS[act])
    assert (rows()[0].state, rows()[0].worker) == ({"hold": "held"}.get(act, "aborted"), "")


def test_a_letter_held_before_its_first_octet_left_stays_here(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))

    def meanwhile(parcel: object) -> None:
        lapsed = update(Message).where(Message.id == 2).values(lease_until=NOW - timedelta(seconds=1))
        write(lambda: db.session.execute(lapsed))
        write(lambda: handling.hold(2, **WHO))

    bag = Bag(meanwhile)
    deliver(NOW, carrier=bag)
    assert ([each.to for each in bag.carried], states()) == (["office@rome.example"], ["sent", "held"])


def test_a_released_letter_goes_at_once(house: Flask) -> None:
    stand(State.RETRY, due_at=NOW + timedelta(hours=2), attempts=3)
    write(ACTS["hold"])
    write(ACTS["release"])
    assert (row().state, row().due_at, row().attempts) == ("retry", NOW, 3)
    assert [each[0] for each in journal()] == ["letter held", "letter released"]


def test_a_letter_of_a_held_summit_is_not_released_by_itself(house: Flask) -> None:
    stand(State.HELD)
    assert [outcome(lambda: handling.hold_all(7, **WHO)) for _ in range(2)] == [True, False]
    assert outcome(ACTS["release"]) == "All letters of this summit are held. Release them first."
    assert [outcome(lambda: handling.release_all(7, **WHO)) for _ in range(2)] == [True, False]
    assert [each[:2] for each in journal()] == [("letters held", "event/7"), ("letters released", "event/7")]


@pytest.mark.parametrize("act", ACTS)
def test_letters_that_open_an_account_are_nobodys_to_handle(house: Flask, act: str) -> None:
    sealed.add("greeting")
    try:
        stand(State.HELD if act == "release" else State.FAILED)
        said = "This letter opens an account, or what was told in confidence. Who needs it asks for a new one."
        assert outcome(ACTS[act]) == said
    finally:
        sealed.discard("greeting")


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("OFFICE@rome.example", "This is the address it has."),
        ("Rome", "“Rome” is not an email address."),
        ("dead@milan.example", "Letters to this address come back."),
    ],
)
def test_another_address_must_be_one_that_letters_reach(house: Flask, to: str, sentence: str) -> None:
    stand(State.FAILED)
    mark("dead@milan.example")
    with pytest.raises(Refused) as no:
        write(lambda: handling.correct(1, to, "one form", **WHO))
    assert (no.value.message, no.value.field, len(rows())) == (sentence, "email", 1)


def test_nothing_is_sent_again_to_an_address_from_which_letters_come_back_until_it_works(house: Flask) -> None:
    stand(State.BOUNCED)
    mark("office@rome.example")
    said = "Letters to this address come back. Correct it, or say that it works again."
    assert outcome(ACTS["resend"]) == said
    assert [outcome(lambda: handling.works_again(1, **WHO)) for _ in range(2)] == [True, False]
    write(ACTS["resend"])
    assert states() == ["bounced", "queued"]
    assert [each[0] for each in journal()] == ["address works again", "letter sent again"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"facts": {}}, "What it said is forgotten, so it cannot be sent again."),
        ({"until": NOW}, "What it says is of no use any more: its time is over."),
    ],
)
def test_what_is_forgotten_or_of_no_use_is_not_sent_again(house: Flask, more: dict[str, Any], sentence: str) -> None:
    stand(State.FAILED, **more)
    assert (outcome(ACTS["resend"]), outcome(ACTS["correct"]), len(rows())) == (sentence, sentence, 1)


def mark(address: str) -> None:
    told = {"address": address, "why": Why.BOUNCED, "at": NOW, "code": "5.1.1", "message_id": 1}
    write(lambda: db.session.execute(insert(Mark).values(**told)))
