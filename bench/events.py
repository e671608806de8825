"""What a summit costs while others share the machine: one alone, and one of 10 and of 100 summits.

Each other one is published with 60 sessions and 100 people. Its front page, agenda, calendar and list of cities have
been asked for in English and French before anything is measured, so all are in memory. A line gives the server's CPU
for one request at the first summit, and the memory of a worker then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app import create_app, db
from app.events.models import Event
from app.registration.models import Delegate
from bench import board, feeds
from bench.growing import joined
from bench.load import family, memory, pour, request
from bench.served import CLIENTS, DATABASES, Filled, filled, registrations, steady
from tests.trust.served import Served, served

NUMBERS = 1, 10, 100
SESSIONS, PEOPLE = 60, 100
EACH = 4
"""Registrations of each client."""
PACKED = {"Accept-Encoding": "gzip", "X-Forwarded-For": "192.0.2.1"}
Costs = dict[str, float]


def main(*chosen: str) -> None:
    for database in [each for each in DATABASES if each in chosen] or DATABASES:
        with filled(database) as given:
            found: dict[str, list[float]] = {}
            there = 1
            for number in NUMBERS:
                more(given, range(there, number))
                there = number
                for name, cost in measured(given, number).items():
                    found.setdefault(name, []).append(cost)
        told = "".join(f"{number:12,}" for number in NUMBERS)
        print(f"\nSummits on one machine, {database}, one worker\n{'':46}{told}")
        for name, costs in found.items():
            print(f"{name:46}" + "".join(f"{each:12.1f}" for each in costs), flush=True)


def more(given: Filled, numbers: range) -> None:
    """Publish further summits, with people."""
    app = create_app(given.settings)
    with app.app_context():
        for number in numbers:
            db.write(partial(_one, f"other-{number}"), patience=60)
        db.db.engine.dispose()


def _one(slug: str) -> None:
    feeds.summit(slug, SESSIONS, SESSIONS, SESSIONS)
    whose = select(Delegate).join(Event, Event.id == Delegate.event_id).where(Event.slug == slug)
    joined(db.db.session.execute(whose).scalar_one(), PEOPLE - 1)


def measured(given: Filled, number: int) -> Costs:
    with house(given) as there:
        assert there.server is not None
        pid = there.server.pid
        asked = [
            request(f"/{slug}/{page}?lang={language}", PACKED)
            for slug in (board.SLUG, *(f"other-{each}" for each in range(1, number)))
            for page in ("", "agenda", "agenda.ics", "cities")
            for language in ("en", "fr")
        ]
        seen = pour(there.port, [iter(asked)], family(pid))
        assert set(seen.statuses) == {200}, seen.statuses
        kept = steady(there.port, pid, request(f"/{board.SLUG}/agenda", PACKED), 200)
        desk = PACKED | {"Cookie": given.cookie}
        people = steady(there.port, pid, request(f"/organise/{board.SLUG}/registrations", desk), 200, 2)
        registrations(there, given, CLIENTS, 1)
        flow = registrations(there, given, CLIENTS, EACH)
        return {
            "agenda that is kept, µs": kept.each * 1e6,
            "organisers' list of people, ms": people.each * 1e3,
            "registration in three requests, ms": flow.each * 1e3,
            "memory of a worker, MB": max(memory(each) for each in there.alive()),
        }


@contextmanager
def house(given: Filled) -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder, served(given.settings, Path(folder), workers=1) as there:
        yield there
