"""Organisers, workers and mail servers act on the same letters at the same moment: each thing happens once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import db, write
from app.journal import Note
from app.outbox import State, bounces, deliver, handling
from app.outbox.models import Mark, Message, Try
from app.refused import Refused
from tests.outbox import reports
from tests.outbox.cast import NOW, Bag, letter, put, row, rows, states
from tests.registration.people import at_once

MANY = 8
WHO: dict[str, Any] = {"who": "Tokyo", "now": NOW}
TAKEN_BACK = {"aborted", "held"}


def press(house: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """All of these at once; what came of each, or the sentence with which it was refused."""
    together = threading.Barrier(len(acts))

    def one(number: int) -> Any:
        with house.app_context():
            together.wait(timeout=20)
            try:
                return write(acts[number], patience=30)
            except Refused as no:
                return no.message

    return at_once(len(acts), one)


def stand(state: State) -> None:
    put(letter("Rome"))
    sent = NOW if state == State.SENT else None
    write(lambda: db.session.execute(update(Message).values(state=state, sent_at=sent)))


def test_eight_organisers_who_send_a_letter_again_send_it_once(house: Flask) -> None:
    stand(State.FAILED)
    done = press(house, *(lambda key=key: handling.resend(1, f"form {key}", **WHO).id for key in range(MANY)))
    assert Counter(done) == {2: 1, "Letter 2 waits to go in its place. See to that one.": MANY - 1}
    assert states() == ["failed", "queued"]


def test_of_sending_it_to_two_addresses_one_happens(house: Flask) -> None:
    put(letter("Rome"))
    to = ["gaia@rome.example", "luca@rome.example"] * 4
    done = press(house, *(lambda each=each: handling.correct(1, each, each, **WHO).to for each in to))
    first, again = rows()
    said = "Letter 2 waits to go in its place. See to that one."
    assert (first.state, again.state, Counter(done)) == ("aborted", "queued", {again.to: 4, said: 4})


def test_of_sending_again_and_elsewhere_one_happens(house: Flask) -> None:
    stand(State.FAILED)
    acts = [
        lambda: handling.resend(1, "one form", **WHO).to,
        lambda: handling.correct(1, "gaia@rome.example", "another form", **WHO).to,
    ]
    press(house, *acts * 4)
    assert len(rows()) == 2


def test_when_what_went_in_its_place_has_gone_it_can_be_sent_once_more(house: Flask) -> None:
    stand(State.FAILED)
    write(lambda: handling.resend(1, "one form", **WHO))
    deliver(NOW, carrier=Bag())
    write(lambda: handling.resend(1, "another form", **WHO))
    assert states() == ["failed", "sent", "queued"]


def test_held_released_and_taken_back_at_once_it_is_one_of_them_and_the_journal_tells_how(house: Flask) -> None:
    put(letter("Rome"))
    acts = [
        lambda: handling.hold(1, **WHO),
        lambda: handling.release(1, **WHO),
        lambda: handling.abort(1, **WHO),
    ]
    press(house, *acts * 3)
    told = [(each.before["state"], each.after["state"]) for each in db.session.scalars(select(Note).order_by(Note.id))]  # type: ignore[index]
    assert (row().state, told[-1][1], told[0][0]) == ("aborted", "aborted", "queued")
    assert [before for before, _after in told[1:]] == [after for _before, after in told[:-1]]


def test_all_held_and_released_by_eight_at_once_it_is_written_as_often_as_it_happened(house: Flask) -> None:
    acts = [lambda: handling.hold_all(7, **WHO), lambda: handling.release_all(7, **WHO)]
    done = Counter(zip(["held", "released"] * 4, press(house, *acts * 4), strict=True))
    what = Counter(db.session.scalars(select(Note.what)))
    assert (what["letters held"], what["letters released"]) == (done["held", True], done["released", True])


@pytest.mark.parametrize("seed", range(4))
def test_no_letter_is_both_sent_and_taken_back_while_workers_send(house: Flask, seed: int) -> None:
    cities = 24
    put(*(letter(f"City {number}") for number in range(cities)))
    carried: list[str] = []
    begins = threading.Barrier(4)

    class Slow(Bag):
        def carry(self, parcel: Any) -> None:
            threading.Event().wait(0.004)
            carried.append(parcel.to)

    def works() -> None:
        with house.app_context():
            begins.wait(timeout=20)
            for _each in range(12):
                deliver(NOW + timedelta(hours=1), 5, carrier=Slow())

    def organises(number: int) -> list[object]:
        chance = random.Random(10 * seed + number)
        faults: list[object] = []
        acts = [handling.hold, handling.abort, handling.release]
        with house.app_context():
            begins.wait(timeout=20)
            for each in chance.sample(range(1, cities + 1), cities):
                try:
                    write(partial(chance.choice(acts), each, **WHO), patience=30)
                except Refused:
                    pass
                except Exception as fault:
                    faults.append(fault)
        return faults

    acts: list[Callable[[], object]] = [works, works, lambda: organises(1), lambda: organises(2)]
    done = at_once(4, lambda number: acts[number]())
    found = {each.to: each.state.value for each in rows()}
    assert (done[2:], max(Counter(carried).values(), default=0) <= 1) == ([[], []], True)
    assert {to for to, state in found.items() if state == "sent"} == set(carried)
    assert set(found.values()) <= TAKEN_BACK | {"sent", "queued"}


def test_a_report_that_comes_in_eight_times_at_once_is_one(house: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag())
    octets = reports.postfix(row())
    done = press(house, *[lambda: bounces.settle(bounces.read(octets), NOW)] * MANY)
    assert Counter(done) == {
        "Letter 1 came back: there is no such mailbox.": 1, "Letter 1: known already.": MANY - 1,
    }  # fmt: skip
    db.session.rollback()
    assert [len(db.session.scalars(select(each)).all()) for each in (Try, Mark)] == [1, 1]


def test_a_report_and_an_organiser_who_says_that_it_works_never_leave_half_of_either(house: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag())
    octets = reports.postfix(row())
    acts = [
        lambda: bounces.settle(bounces.read(octets), NOW),
        lambda: handling.works_again(1, **WHO),
        lambda: handling.resend(1, "one form", **WHO).id,
    ]
    press(house, *acts * 3)
    db.session.rollback()
    what = Counter(db.session.scalars(select(Note.what)))
    marked = len(db.session.scalars(select(Mark)).all())
    assert (what["letter came back"], what["address marked"] - what["address works again"]) == (1, marked)
    assert rows()[0].state == "bounced"
