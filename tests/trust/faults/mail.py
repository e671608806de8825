"""What F2 to F7 share: letters to many people, a mail server that fails for a while, and what came of it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app import db as database
from app.db import db, write
from app.outbox import Message, State, post_all
from app.outbox.models import Pause, Try
from app.outbox.pauses import ALL
from tests.outbox.cast import letter
from tests.outbox.servers import Sink, free_port, listening
from tests.trust.faults.worker import Workers, workers

SPEED = 60.0
"""A minute's pause is over in a second, a quarter of an hour's in 15."""
PATIENCE = 900.0
"""Seconds that a loaded machine may take for it all."""
WAITS = (State.QUEUED, State.RETRY, State.INFLIGHT, State.REFUSED)


@dataclass(frozen=True)
class Outcome:
    """What came to whom, and how the rows stand."""

    people: int
    letters: dict[str, list[bytes]]
    """By address, in the order in which they came."""
    states: Counter[State]
    attempts: int
    """The most that one letter took."""
    killed: int
    faulty: float
    """Seconds for which the server was at fault."""
    drained: float
    """Seconds from the moment the server was well again until nothing waited."""
    seconds: float

    @property
    def lost(self) -> int:
        """People to whom no letter came, and letters that are not noted as sent."""
        return max(self.people - len(self.letters), self.people - self.states[State.SENT])

    @property
    def doubled(self) -> int:
        return sum(len(each) - 1 for each in self.letters.values())

    @property
    def strange(self) -> int:
        """People whose letters differ in one octet; the Message-ID is among them."""
        return sum(len(set(raws)) > 1 for raws in self.letters.values())


def fill(app: Flask, people: int) -> None:
    """Put a letter to each of so many people at 40 domains into the outbox."""
    letters = [letter(f"City {each}", to=f"office-{each}@d{each % 40}.example") for each in range(people)]
    with app.app_context():
        write(lambda: post_all(letters, database.now()))


def settings(app: Flask, port: int, **more: Any) -> dict[str, Any]:
    """Of another process on the same database that sends to this port."""
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    ours = {name: app.config[name] for name in ("INSTANCE", "SECRET_KEY", "BASE_URL")}
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False}
    return ours | mail | {"DATABASE_URL": url} | more


def standing(app: Flask) -> Counter[State]:
    with app.app_context():
        found = db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
        return Counter(dict(found))


def paused(app: Flask) -> bool:
    """Whether a worker found that no letter can go."""
    with app.app_context():
        return db.session.get(Pause, ALL) is not None


def replies(app: Flask) -> Counter[str]:
    """What tries met with, by the code of the reply; "" where the line broke."""
    with app.app_context():
        return Counter(each[:3] for each in db.session.execute(select(Try.code)).scalars())


def most_tried(app: Flask) -> int:
    """How often the letter was tried that was tried most."""
    with app.app_context():
        return int(db.session.execute(select(func.max(Message.attempts))).scalar_one())


def storm(
    app: Flask,
    people: int,
    sink: Sink,
    *,
    faulty: float = 0,
    enough: Callable[[], bool] = lambda: True,
    mend: Callable[[Sink], None] = lambda sink: None,
    down: bool = False,
    speed: float = SPEED,
    without: str = "",
    kills: int = 0,
    **more: Any,
) -> Outcome:
    """Letters to so many people by two workers, while the server is `sink` for `faulty` seconds, and on until `enough`,
    and `mend`ed then.

    `down`: meanwhile nobody listens. `kills`: so often a worker is killed, whenever a share of the letters has come.
    """
    fill(app, people)
    port = free_port()
    begun = time.monotonic()
    with workers(settings(app, port, **more), speed=speed, without=without) as staff:
        with nullcontext() if down else listening(sink, port):
            _await(lambda: sink.lines > 0 or bool(paused(app) or standing(app)[State.FAILED]), begun)
            wrong = time.monotonic()
            time.sleep(faulty)
            _await(enough, begun)
            mend(sink)
            well = time.monotonic()
            if not down:
                _drain(app, sink, staff, people, kills, begun)
        with listening(sink, port) if down else nullcontext():
            _drain(app, sink, staff, people, kills, begun)
        drained = time.monotonic() - well
    return judged(app, people, sink.taken, staff.killed, (well - wrong, drained, time.monotonic() - begun))


def _await(met: Callable[[], bool], begun: float) -> None:
    while not met() and time.monotonic() - begun < PATIENCE:
        time.sleep(0.05)


def _drain(app: Flask, sink: Sink, staff: Workers, people: int, kills: int, begun: float) -> None:
    """Until nothing waits any more."""

    def over() -> bool:
        if staff.killed < kills and len(sink.taken) >= people * (staff.killed + 0.5) / kills:
            staff.kill()
        found = standing(app)
        return not sum(found[each] for each in WAITS)

    _await(over, begun)


def judged(
    app: Flask, people: int, taken: Sequence[tuple[str, bytes]], killed: int, seconds: tuple[float, float, float]
) -> Outcome:
    letters: dict[str, list[bytes]] = defaultdict(list)
    for to, raw in taken:
        letters[to].append(raw)
    return Outcome(people, letters, standing(app), most_tried(app), killed, *seconds)
