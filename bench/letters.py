"""Letters: what rendering costs, how many a worker delivers beside plain smtplib, and that none is lost in bad weather.

The yardstick is the standard library sending the same octets on one connection, without a database behind it. Both
speak to the same server on loopback, a process of its own.
"""

from __future__ import annotations

import random
import smtplib
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.parser import BytesHeaderParser
from functools import partial
from typing import Any

from flask import Flask
from flask_mail import Mail
from flask_migrate import upgrade
from sqlalchemy import func, select

from app import cli, clock, create_app
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.outbox import Letter, Message, State, deliver, mime, post, rendering
from app.registration import letters, rows
from app.registration.service import Application, Details, register
from bench.sink import sink
from tests.outbox.cast import NOW
from tests.outbox.servers import Sink, listening
from tests.outbox.workers import SPEED, dying

ROUNDS, EACH = 5, 400
"""Rounds of so many letters, the worker's and the yardstick's in turn."""
STORM = 10_000
WORKERS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        settings: dict[str, Any] = {"INSTANCE": folder, "BASE_URL": "http://localhost", "SECRET_KEY": "bench" * 8}
        settings |= {"MAIL_SERVER": "127.0.0.1", "MAIL_USE_TLS": False}
        app = create_app(settings | {"MAIL_PORT": port})
        with app.app_context():
            upgrade()
            cli.demo("rehearsal")
            model = confirmation()
            print(
                f"\nrendering a confirmation, with its calendar file{_rendering(model) * 1e3:26.2f} ms of CPU a letter"
            )
            _rates(model, port)
            storm(app, settings, model)


def confirmation() -> Letter:
    """The letter that a delegate of the rehearsal gets."""
    event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
    delegation = db.session.execute(select(Delegation.id).where(Delegation.event_id == event.id)).scalars().first()
    assert delegation is not None
    details = Details(Mode.ONLINE, "Bench Mark", "Yardstick", "City of Measures", "bench@measures.example")
    made = write(lambda: register(event, Application("letters", delegation, details), clock.now()))
    return write(lambda: letters.confirmation(rows.one(made.id)))


def octets(letter: Letter) -> bytes:
    words = rendering.render(letter.kind, letter.facts, letter.language)
    head: dict[str, Any] = {"sender_name": "", "to_name": letter.to_name, "to": letter.to, "reply_to": ""}
    head |= {"sender": "us@localhost.localdomain", "message_id": "<1@localhost.localdomain>", "dated": clock.now()}
    return mime.octets(mime.Headers(language=letter.language, **head), words)


def _rendering(letter: Letter) -> float:
    octets(letter)
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(40):
            octets(letter)
        rounds.append((time.process_time() - start) / 40)
    return statistics.median(rounds)


def wait(model: Letter, number: int, mark: str, now: datetime) -> None:
    """Put so many letters to as many people into the outbox."""

    def act() -> None:
        for each in range(number):
            to = f"person-{each}@measures-{each % 97}.example"
            post(replace(model, key=f"bench/{mark}/{each}", to=to), now)

    write(act, patience=60)


def _rates(model: Letter, port: int) -> None:
    ours, yardstick = [], []
    for number in range(ROUNDS):
        wait(model, EACH, str(number), clock.now())
        ours.append(EACH / _seconds(_emptied))
        kept = list(db.session.scalars(select(Message.octets).order_by(Message.id.desc()).limit(EACH)))
        yardstick.append(EACH / _seconds(partial(plain, kept, port)))
    mine, bare = statistics.median(ours), statistics.median(yardstick)
    print(f"{'smtplib alone, the same octets on one connection':57}{bare:17.0f} letters a second")
    print(f"{'the worker: claim, render, keep, send, note':57}{mine:17.0f} letters a second, {mine / bare:.2f} of that")


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _emptied() -> None:
    while deliver():
        pass


def plain(kept: list[bytes | None], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "localhost.localdomain") as server:
        for number, each in enumerate(kept):
            server.sendmail("us@localhost.localdomain", [f"person-{number}@measures.example"], each or b"")


def storm(app: Flask, settings: dict[str, Any], model: Letter) -> None:
    """Many letters, a server with moods, and workers that are killed: everybody gets one."""
    wait(model, STORM, "storm", NOW)
    weather = Sink(moods=random.Random(1))
    start = time.perf_counter()
    with listening(weather) as port:
        app.config["MAIL_PORT"] = port
        Mail(app)
        with dying(settings | {"MAIL_PORT": port}, WORKERS, seed=1) as killed:
            while (left := _left()) and time.perf_counter() - start < 3600:
                weather.moods = weather.moods if left > STORM / 50 else None
                time.sleep(0.5)
    spent = time.perf_counter() - start
    found: dict[str, set[str]] = defaultdict(set)
    for to, raw in weather.taken:
        found[to].add(str(BytesHeaderParser().parsebytes(raw)["Message-ID"]))
    wanted = set(db.session.scalars(select(Message.to).where(Message.key.like("bench/storm/%"))))
    twice = len(weather.taken) - len(found)
    print(f"\n{STORM:,} letters, one try in three with a fault, {WORKERS} workers of which {killed[0]} were killed:")
    print(
        f"  {len(wanted - found.keys())} missing, {sum(len(ids) > 1 for ids in found.values())} under two Message-IDs,",
        end="",
    )
    print(f" {twice} came twice under one; {spent:.0f} s with a clock that runs {SPEED:.0f} times as fast")


def _left() -> int:
    db.session.rollback()
    count = select(func.count()).where(Message.key.like("bench/storm/%"), Message.state != State.SENT)
    return db.session.execute(count).scalar_one()
