"""How costs grow when a summit grows tenfold: in sessions, in people, and in subscribers to their own calendars.

Each line gives the CPU of one call without a network, at three sizes, and the exponent between the last two: 0 is
"costs the same however many there are", 1 is "ten times as many cost ten times as much". On PostgreSQL what its
processes take is counted too. `make bench ARGS="growth postgresql"` measures one database.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update

from app import clock, create_app, db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, new_uid
from app.house import settle
from app.registration.models import Delegate, Places
from app.registration.service import Application, Details, register
from bench import board, feeds
from bench.calls import etag, per_call, request
from bench.load import parent, spent
from bench.served import DATABASES, from_empty
from tests.databases import open_database

SIZES = 100, 1_000, 10_000
Costs = dict[str, list[float]]
Spent = Callable[[], float]
"""Seconds of CPU so far."""


def main(*chosen: str) -> None:
    for database in [each for each in DATABASES if each in chosen] or DATABASES:
        found: Costs = {}
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder, open_database(database, Path(folder)) as states:
                settings = {"INSTANCE": folder, "BASE_URL": "http://localhost", "SECRET_KEY": "bench" * 8}
                app = create_app(settings | {"DATABASE_URL": states.url})
                states.attach(app)
                with app.app_context():
                    from_empty(app)
                    so_far = meter()
                settle()
                for part in (sessions, people, subscribers):
                    for name, cost in part(app, size, so_far).items():
                        found.setdefault(name, []).append(cost)
        told = "".join(f"{size:12,}" for size in SIZES) + f"{'exponent':>10}"
        print(f"\nGrowth on {database}, µs of CPU a call\n{'':46}{told}")
        for name, costs in found.items():
            exponent = math.log10(max(costs[2], 1e-9) / max(costs[1], 1e-9))
            print(f"{name:46}" + "".join(f"{each * 1e6:12.1f}" for each in costs) + f"{exponent:10.2f}", flush=True)


def meter() -> Spent:
    """What tells the CPU that this process has used, and on PostgreSQL all processes of that."""
    if db.db.engine.dialect.name == "sqlite":
        return time.process_time
    server = parent(db.db.session.execute(text("SELECT pg_backend_pid()")).scalar_one())
    children = Path(f"/proc/{server}/task/{server}/children")
    return lambda: time.process_time() + spent([server, *map(int, children.read_text().split())])


def sessions(app: Any, count: int, so_far: Spent) -> dict[str, float]:
    with app.app_context():
        db.write(lambda: feeds.summit("great", count, count), patience=60)
    agenda, calendar = "/great/agenda", "/great/agenda.ics"
    return {
        "sessions: agenda, kept": per_call(request(app, agenda), clock=so_far),
        "sessions: feed, kept": per_call(request(app, calendar), clock=so_far),
        "sessions: feed, 304": per_call(request(app, calendar, {"If-None-Match": etag(app, calendar)}), clock=so_far),
        "sessions: agenda, drawn once a release": per_call(partial(anew, app, agenda), 1, so_far),
    }


def people(app: Any, count: int, so_far: Spent) -> dict[str, float]:
    with app.app_context():
        db.write(partial(board.crowd, count), patience=60)
        db.write(lambda: db.db.session.execute(update(Places).values(seats=None)))
    headers = {"Cookie": board.cookie(app)}
    paths = {"board of 131 cities": "board", "list, page 1": "registrations"}
    desk = f"/organise/{board.SLUG}"
    calls = {name: request(app, f"{desk}/{path}", headers) for name, path in paths.items()}
    found = {f"people: {name}": per_call(call, 3, so_far) for name, call in calls.items()}
    return found | {"people: one more registers": _registering(app, so_far)}


def _registering(app: Any, so_far: Spent) -> float:
    with app.app_context():
        event = db.db.session.execute(select(Event).where(Event.slug == board.SLUG)).scalar_one()
        city = db.db.session.execute(select(Delegation.id).where(Delegation.event_id == event.id)).scalars().first()
        assert city is not None
        details = Details(Mode.ONLINE, "Bench Mark", "Yardstick", "City of Measures", "bench@measures.example")
        keys = iter(range(10**9))

        def act() -> None:
            application = Application(f"growth {next(keys)}", city, details)
            db.write(lambda: register(event, application, clock.now()))

        return per_call(act, 1, so_far)


def subscribers(app: Any, count: int, so_far: Spent) -> dict[str, float]:
    """So many people have their calendars asked for by a program, each once, and then again and again in turn."""
    with app.app_context():
        own = db.write(lambda: feeds.summit("polled", feeds.OWN, feeds.OWN), patience=60)
        event = db.db.session.execute(select(Event).where(Event.slug == "polled")).scalar_one()
        first = db.db.session.execute(select(Delegate).where(Delegate.event_id == event.id)).scalar_one()
        paths = [own, *db.write(lambda: joined(first, count), patience=60)]
    tags = {path: etag(app, path) for path in paths}
    calls = [request(app, path, {"If-None-Match": tag}) for path, tag in tags.items()]
    turn = iter(range(10**9))

    def poll() -> tuple[str, int]:
        return calls[next(turn) % len(calls)]()

    assert poll()[0].startswith("304")
    return {"subscribers: 304 of a personal feed": per_call(poll, clock=so_far)}


def joined(first: Delegate, count: int) -> list[str]:
    """The paths of the calendars of so many people more of the same city. To be called inside of `write`."""
    made = []
    for number in range(count):
        row = board.person_of(first.event_id, first.delegation_id, number)
        row.reference, row.participation = new_uid()[:10], first.participation
        row.role, row.state, row.joined_list_at = first.role, first.state, None
        made.append(row)
    db.db.session.add_all(made)
    return [f"/c/{each.feed}/agenda.ics" for each in made]


def anew(app: Any, path: str) -> None:
    """Ask for a page that is not kept."""
    app.shelf.clear()
    request(app, path)()
