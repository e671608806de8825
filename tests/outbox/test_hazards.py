"""What may go wrong on the way to the mail server: the state that comes of it, and nothing is lost or doubled."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.parser import BytesHeaderParser

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.outbox import Message, State, deliver
from app.outbox.transport import Smtp
from tests.outbox.cast import NOW, letter, put, row, rows, states
from tests.outbox.servers import Sink, listening, silent
from tests.outbox.workers import dying

Point = Callable[..., None]
PEOPLE = 500
DEATHS = 20
"""How often a worker is killed: whenever so much more of the letters has arrived."""
PATIENCE = 240
"""Seconds that a loaded machine may take."""


@pytest.mark.parametrize(
    ("sink", "state", "tried", "taken"),
    [
        (Sink(), "sent", 1, 1),
        (Sink(at_rcpt="450 greylisted"), "retry", 1, 0),
        (Sink(at_rcpt="451 try later"), "retry", 1, 0),
        (Sink(at_rcpt="421 going down"), "retry", 1, 0),
        (Sink(at_rcpt="550 no such user"), "refused", 1, 0),
        (Sink(at_data="552 too large"), "refused", 1, 0),
        (Sink(at_mail="421 going down"), "retry", 1, 0),
        (Sink(drops=True), "retry", 1, 1),
        (Sink(mute=True), "retry", 1, 1),
        (Sink(slow=0.1), "sent", 1, 1),
        (Sink(slow=2.0), "retry", 1, 0),
    ],
    ids="ok 450 451 421 550 552 421-mail dropped mute slow too-slow".split(),
)
def test_each_fault_has_its_state(house: Flask, mail_to: Point, sink: Sink, state: str, tried: int, taken: int) -> None:
    put(letter("Rome"))
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW, carrier=Smtp(patience=0.7))
    assert (row().state, row().attempts, len(sink.taken)) == (state, tried, taken)


def test_a_black_hole_costs_no_try(house: Flask, mail_to: Point) -> None:
    put(letter("Rome"))
    with silent() as port:
        mail_to(port)
        deliver(NOW, carrier=Smtp(patience=0.2))
    assert (row().state, row().attempts) == ("retry", 0)


def test_without_starttls_no_letter_goes_and_none_is_blamed(house: Flask, mail_to: Point) -> None:
    put(letter("Rome"))
    sink = Sink()
    with listening(sink) as port:
        mail_to(port, MAIL_USE_TLS=True)
        deliver(NOW)
    assert (states(), row().attempts, sink.taken) == (["queued"], 0, [])


@pytest.mark.parametrize("sink", [Sink(drops=True), Sink(mute=True)], ids=["dropped", "mute"])
def test_a_letter_that_was_taken_without_a_word_comes_twice_under_one_message_id(
    house: Flask, mail_to: Point, sink: Sink
) -> None:
    put(letter("Rome"))
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW, carrier=Smtp(patience=0.5))
        sink.drops = sink.mute = False
        deliver(NOW + timedelta(minutes=3))
    assert {message_from_bytes(raw)["Message-ID"] for _to, raw in sink.taken} == {row().message_id}
    assert (states(), len(sink.taken)) == (["sent"], 2)


def waiting() -> int:
    query = select(func.count()).where(Message.state != State.SENT)
    db.session.rollback()
    return db.session.execute(query).scalar_one()


def test_everybody_gets_one_letter_though_servers_fail_and_workers_are_killed(house: Flask) -> None:
    put(*(letter(f"City {number}", to=f"office@d{number % 40}-{number}.example") for number in range(PEOPLE)))
    sink = Sink(moods=random.Random(7))
    with listening(sink) as port:
        ours = ("INSTANCE", "SECRET_KEY", "BASE_URL")
        settings = {name: house.config[name] for name in ours} | {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port}
        settings |= {"MAIL_USE_TLS": False, "DATABASE_URL": _address(house)}
        begun, killed = time.monotonic(), 0
        with dying(settings) as kill:
            while (left := waiting()) and time.monotonic() - begun < PATIENCE:
                sink.moods = sink.moods if left > PEOPLE / 5 else None  # who failed five times waits for long
                if len(sink.taken) >= killed * PEOPLE / DEATHS:
                    kill()
                    killed += 1
                time.sleep(0.01)
    found = defaultdict(set)
    for to, raw in sink.taken:
        found[to].add(BytesHeaderParser().parsebytes(raw)["Message-ID"])
    assert {each.to: {each.message_id} for each in rows()} == found
    assert (set(states()), len(found)) == ({"sent"}, PEOPLE)
    assert killed > DEATHS / 2  # not all, if a slow look at the table missed some


def _address(house: Flask) -> str:
    """The database as it stands in the settings of another process."""
    with house.app_context():
        return db.engine.url.render_as_string(hide_password=False)
