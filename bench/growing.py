"""How costs grow when a summit grows tenfold: in sessions, in people, and in subscribers to their own calendars.

Each line gives the CPU of one call, on SQLite and without a network, at three sizes, and the exponent between the last
two: 0 is "costs the same however many there are", 1 is "ten times as many cost ten times as much".
"""

from __future__ import annotations

import math
import tempfile
from functools import partial
from typing import Any

from sqlalchemy import select, update

from app import clock, create_app, db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, new_uid
from app.house import settle
from app.registration.models import Delegate, Places
from app.registration.service import Application, Details, register
from bench import board, feeds
from bench.calls import etag, per_call, request
from bench.served import from_empty

SIZES = 100, 1_000, 10_000
PEOPLE = 100, 1_000, 5_000
Costs = dict[str, list[float]]


def main() -> None:
    found: Costs = {}
    for number, size in enumerate(SIZES):
        with tempfile.TemporaryDirectory() as folder:
            settings = {"INSTANCE": folder, "BASE_URL": "http://localhost", "SECRET_KEY": "bench" * 8}
            app = create_app(settings)
            with app.app_context():
                from_empty(app)
            settle()
            for name, spent in (sessions(app, size) | people(app, PEOPLE[number]) | subscribers(app, size)).items():
                found.setdefault(name, []).append(spent)
    told = f"{'100':>12}{'1,000':>12}{'10,000':>12}{'exponent':>10}"
    print(f"\nGrowth, µs of CPU a call (people: 100, 1,000, 5,000)\n{'':46}{told}")
    for name, costs in found.items():
        last = PEOPLE[2] / PEOPLE[1] if "people" in name else SIZES[2] / SIZES[1]
        exponent = math.log(max(costs[2], 1e-9) / max(costs[1], 1e-9)) / math.log(last)
        print(f"{name:46}" + "".join(f"{each * 1e6:12.1f}" for each in costs) + f"{exponent:10.2f}")


def sessions(app: Any, count: int) -> dict[str, float]:
    with app.app_context():
        db.write(lambda: feeds.summit("great", count, count), patience=60)
    agenda, calendar = "/great/agenda", "/great/agenda.ics"
    return {
        "sessions: agenda, kept": per_call(request(app, agenda)),
        "sessions: feed, kept": per_call(request(app, calendar)),
        "sessions: feed, 304": per_call(request(app, calendar, {"If-None-Match": etag(app, calendar)})),
        "sessions: agenda, drawn once a release": per_call(partial(anew, app, agenda), rounds=1),
    }


def people(app: Any, count: int) -> dict[str, float]:
    with app.app_context():
        db.write(partial(board.crowd, count), patience=60)
        db.write(lambda: db.db.session.execute(update(Places).values(seats=None)))
    headers = {"Cookie": board.cookie(app)}
    paths = {"board of 131 cities": "board", "list, page 1": "registrations"}
    desk = f"/organise/{board.SLUG}"
    found = {f"people: {name}": per_call(request(app, f"{desk}/{path}", headers)) for name, path in paths.items()}
    return found | {"people: one more registers": _registering(app)}


def _registering(app: Any) -> float:
    with app.app_context():
        event = db.db.session.execute(select(Event).where(Event.slug == board.SLUG)).scalar_one()
        city = db.db.session.execute(select(Delegation.id).where(Delegation.event_id == event.id)).scalars().first()
        assert city is not None
        details = Details(Mode.ONLINE, "Bench Mark", "Yardstick", "City of Measures", "bench@measures.example")
        keys = iter(range(10**9))

        def act() -> None:
            application = Application(f"growth {next(keys)}", city, details)
            db.write(lambda: register(event, application, clock.now()))

        return per_call(act, rounds=1)


def subscribers(app: Any, count: int) -> dict[str, float]:
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
    return {"subscribers: 304 of a personal feed": per_call(poll)}


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
