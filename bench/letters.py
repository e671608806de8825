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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.parser import BytesHeaderParser
from functools import partial
from typing import Any

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
DEATHS = 200
"""How often one of them is killed."""


def main() -> None:
    with sink() as port, _house(port) as (model, _settings):
        spent = _rendering(model) * 1e3
        print(f"\n{'rendering a confirmation, with its calendar file':57}{spent:17.2f} ms of CPU a letter")
        _rates(model, port)


@contextmanager
def _house(port: int) -> Iterator[tuple[Letter, dict[str, Any]]]:
    """An application that sends to this port, its context open: a letter of its, and its settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"INSTANCE": folder, "BASE_URL": "http://localhost", "SECRET_KEY": "bench" * 8}
        settings |= {"MAIL_SERVER": "127.0.0.1", "MAIL_USE_TLS": False, "MAIL_PORT": port}
        with create_app(settings).app_context():
            upgrade()
            cli.demo("rehearsal")
            yield confirmation(), settings


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
    """Both by the clock, which tells what disk and server cost too, and by the CPU of this process."""
    ours, yardstick = [], []
    for number in range(ROUNDS):
        wait(model, EACH, str(number), clock.now())
        ours.append(_spent(_emptied))
        kept = list(db.session.scalars(select(Message.octets).order_by(Message.id.desc()).limit(EACH)))
        yardstick.append(_spent(partial(plain, kept, port)))
    for name, rounds in (
        ("smtplib alone, the same octets on one connection", yardstick),
        ("the worker: claim, render, keep, send, note", ours),
    ):
        wall, cpu = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(f"{name:57}{EACH / wall:17.0f} letters a second, {cpu / EACH * 1e3:.2f} ms of CPU a letter")


def _spent(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu


def _emptied() -> None:
    while deliver():
        pass


def plain(kept: list[bytes | None], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "localhost.localdomain") as server:
        for number, each in enumerate(kept):
            server.sendmail("us@localhost.localdomain", [f"person-{number}@measures.example"], each or b"")


def storm() -> None:
    """Many letters, a server with moods, and workers that are killed: everybody gets one."""
    weather = Sink(moods=random.Random(1))
    with listening(weather) as port, _house(port) as (model, settings):
        wait(model, STORM, "storm", NOW)
        start, killed = time.perf_counter(), 0
        with dying(settings, WORKERS, seed=1) as kill:
            while (left := _left()) and time.perf_counter() - start < 3600:
                weather.moods = weather.moods if left > STORM / 50 else None
                if len(weather.taken) >= killed * STORM / DEATHS:
                    kill()
                    killed += 1
                time.sleep(0.1)
        _judge(weather, killed, time.perf_counter() - start)


def _judge(weather: Sink, killed: int, spent: float) -> None:
    """Print what came to whom."""
    found: dict[str, set[str]] = defaultdict(set)
    for to, raw in weather.taken:
        found[to].add(str(BytesHeaderParser().parsebytes(raw)["Message-ID"]))
    wanted = set(db.session.scalars(select(Message.to).where(Message.key.like("bench/storm/%"))))
    twice = len(weather.taken) - len(found)
    print(f"\n{STORM:,} letters, one try in three with a fault, {WORKERS} workers at a time, killed {killed} times:")
    print(
        f"  {len(wanted - found.keys())} missing, {sum(len(ids) > 1 for ids in found.values())} under two Message-IDs,",
        end="",
    )
    print(f" {twice} came twice under one; {spent:.0f} s with a clock that runs {SPEED:.0f} times as fast")


def _left() -> int:
    db.session.rollback()
    count = select(func.count()).where(Message.key.like("bench/storm/%"), Message.state != State.SENT)
    return db.session.execute(count).scalar_one()
