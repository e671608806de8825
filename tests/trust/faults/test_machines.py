"""Three web machines and two workers that share a database and nothing else: F1, F15 and F24 across them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event
from app.publishing import service as publishing
from app.registration import service as registration
from bench.calls import etag
from bench.growing import joined
from bench.load import Poured, pour, request
from tests.registration.cast import NOW, application, read
from tests.trust.faults.deaths import dying
from tests.trust.figures import Figures
from tests.trust.grounds import ground
from tests.trust.machines import Machines, machines

AT_ONCE = 24
"""Lines on which programs ask for calendars."""


@pytest.fixture(scope="module")
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    if request.config.getoption("--database") == "sqlite":
        pytest.skip("SQLite serves one machine")
    folder = tmp_path_factory.mktemp("machines")
    mailers = 2 if request.config.getoption("--trust") else 0  # a sample needs no letters to leave
    with ground("postgresql", folder) as made, machines(made, folder, mailers=mailers) as found:
        yield found


@pytest.mark.trust
def test_machines_die_and_no_registration_is_lost_or_doubled(many: Machines, figures: Figures, full: bool) -> None:
    crowd, wanted, people = many.crowd(), *((10, 1000) if full else (2, 60))
    with dying(many.kill):
        crowd.register(people)
        while many.kills < wanted:
            crowd.register(20)
    where = " (three machines, two workers)"
    figures.hold("F1", f"web processes killed{where}", many.kills, least=wanted)
    figures.hold("F1", f"people who got no answer{where}", len(crowd.tally.gone), exactly=0)
    figures.hold("F1", f"answers that were a fault of ours{where}", crowd.tally.answers[500], exactly=0)
    many.examine(crowd).hold(figures, "F1", where)


@pytest.mark.trust
def test_machines_are_replaced_one_by_one_and_nobody_notices(many: Machines, figures: Figures, full: bool) -> None:
    many.come_back()
    crowd = many.crowd(at_once=8)
    with crowd.coming():
        for each in many.houses:
            many.replace(each)
    where = " while three machines were replaced"
    faults = sum(n for status, n in crowd.tally.answers.items() if status >= 500)
    figures.hold("F24", f"people who registered{where}", len(crowd.tally.told), least=8)
    figures.hold("F24", f"answers 5xx{where}", faults, exactly=0)
    figures.hold("F24", f"lines that broke{where}", crowd.tally.broken, exactly=0)
    many.examine(crowd).hold(figures, "F24", where)


def test_calendars_follow_the_agenda_on_every_machine(many: Machines, figures: Figures, full: bool) -> None:
    asked = subscribed(many, 10_000 if full else 300)
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(poll, many, asked, 3 if full else 2)
        crowd = many.crowd(at_once=2)
        crowd.register(60 if full else 6)
        before = polling.result()
    change(many)
    after = poll(many, asked, 1)
    where = " (three machines)"
    figures.hold(
        "F15", f"unchanged calendars that were sent again{where}", before.count - before.statuses[304], exactly=0
    )
    figures.hold(
        "F15", f"polls answered with the agenda before the change{where}", after.count - after.statuses[200], exactly=0
    )
    figures.measure("F15", f"304s while nothing changes{where}", round(before.rate), least=1000, unit="a second")
    figures.measure("F15", f"all served after a change{where}", round(after.seconds, 1), most=30, unit="s")
    figures.measure(
        "F16", f"p99 of a registration while all poll{where}", round(crowd.tally.p99(), 2), most=1, unit="s"
    )


@pytest.mark.trust
def test_what_is_kept_without_asking_would_be_told_too_long(
    many: Machines, tmp_path_factory: pytest.TempPathFactory, full: bool
) -> None:
    folder = tmp_path_factory.mktemp("forgetful")
    with machines(many.ground, folder, web=1, mailers=0, broken=("marks",)) as forgetful:
        asked = subscribed(forgetful, 20)
        poll(forgetful, asked, 1)
        change(forgetful)
        assert poll(forgetful, asked, 1).statuses == Counter({304: len(asked)})


def subscribed(many: Machines, count: int) -> list[bytes]:
    """So many people more, and what the programs ask with that have their calendars as they are now."""
    cast = many.ground.cast

    def act() -> list[str]:
        key = f"the first of {count}"
        first = registration.register(db.session.get_one(Event, cast.event_id), application(cast, key), NOW)
        return [f"/c/{first.feed}/agenda.ics", *joined(first, count - 1)]

    paths = read(cast.app, lambda: write(act, patience=60))
    return [request(path, {"If-None-Match": etag(cast.app, path)}) for path in paths]


def poll(many: Machines, asked: list[bytes], times: int) -> Poured:
    """All of them ask so often, through the proxy."""
    return pour(many.port, [iter(asked[each::AT_ONCE] * times) for each in range(AT_ONCE)], [])


def change(many: Machines) -> None:
    """An organiser gives a session another title and publishes."""

    def act() -> None:
        row = db.session.execute(select(Session).where(Session.title.startswith("Reception"))).scalar_one()
        row.title += " anew"
        db.session.flush()
        publishing.publish(row.event_id, who="test", now=datetime.now(UTC))

    read(many.ground.cast.app, lambda: write(act))
