"""F24: while a new version takes over, and after a roll-back, the code of the revision before works on the tables of
the present one, beside new code. Here both do, on one database, from before the upgrade on: the last code of the
revision before comes from git.

People register, change what they told and sign up for a visit, organisers move sessions, each through one and through
the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.accounts import Role
from app.accounts.models import Staff
from app.agenda.models import Session
from app.care import revisions
from app.db import db, write
from app.events.models import Room
from app.publishing import service as publishing
from tests.accounts.people import person
from tests.desk.office import held
from tests.registration import people
from tests.registration.cast import NOW, hidden, read
from tests.trust import earlier
from tests.trust.clients import NUMBERS, Answer, Browser, Crowd, address
from tests.trust.earlier import checked_out, newest_of
from tests.trust.faults.desks import Desk
from tests.trust.faults.test_last_seat import at_once
from tests.trust.faults.test_new_version import failed
from tests.trust.faults.test_organisers import Moves, overwritten
from tests.trust.figures import Figures
from tests.trust.grounds import Ground, ground
from tests.trust.invariants import engine_of, examine
from tests.trust.served import Served, documented, served
from tests.visits.cast import DAY, visit

pytestmark = pytest.mark.trust
BEFORE, PRESENT = revisions.known()[-2:]
GUESTS, SEATS = 24, 15
"""Who press for a visit at once, and how many it takes."""


@dataclass
class Guests:
    """A visit, and the secrets of those who may join it."""

    secrets: list[str]
    place: dict[str, str]
    """Where organisers move sessions to: a day and a room."""
    answers: list[int] = field(default_factory=list)
    """What those met with who changed and signed up."""


@pytest.fixture(scope="module")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LookupError where the history is not there: a proof that cannot be made is not passed over."""
    return checked_out(newest_of(BEFORE), tmp_path_factory.mktemp("code"))


@contextmanager
def old_summit(kind: str, folder: Path) -> Iterator[tuple[Ground, Guests]]:
    """A summit with a visit, guests and an organiser, in tables of the revision before."""
    with ground(kind, folder) as made:
        cast = made.cast

        def furnish() -> int:
            organiser = person("tokyo")
            organiser.name = "KOIKE Yuriko"
            room = Room(event_id=cast.event_id, name="Fuji", seats=200)
            db.session.add_all([organiser, room])
            db.session.flush()
            db.session.add(Staff(user_id=organiser.id, event_id=cast.event_id, role=Role.ORGANISER))
            return room.id

        room = people.do(cast, furnish)
        visit(cast, "boat", seats=SEATS, title="Boat")
        people.do(cast, lambda: publishing.publish(cast.event_id, who="test", now=NOW))
        found = [people.register(cast, f"Guest {next(NUMBERS)}", "Rome") for _each in range(GUESTS)]
        guests = Guests(read(cast.app, lambda: [each.link for each in found]), {"day": str(DAY), "room": str(room)})
        with cast.app.app_context():
            downgrade(revision=BEFORE)
        made.states.release()
        yield made, guests


def change(browser: Browser, secret: str, told: str) -> int:
    """Somebody who comes to the venue opens their own page, and tells another position."""
    path = f"/d/{secret}/change"
    fields = {name: value for name, value in held(browser.get(path)).items() if value is not None}
    return browser.post(path, fields | {"mode": "venue", "agreed": "y", "position": told}).status


def join(browser: Browser, secret: str) -> Callable[[], Answer]:
    """Somebody has the page of the visit open, and presses."""
    path = f"/d/{secret}/visits/boat"
    fields = hidden(browser.get(path)) | {"mobile": "+39061234567", "understood": "y"}
    return lambda: browser.post(path, fields)


def visitors(houses: tuple[Served, Served], guests: Guests) -> None:
    """Every guest changes what they told by one server, then by the other, and presses for the visit by the first."""
    lines = []
    for secret, (first, second) in zip(guests.secrets, itertools.cycle((houses, houses[::-1])), strict=False):
        one, other = (Browser(each.port, address(next(NUMBERS)), 120.0) for each in (first, second))
        lines.append((secret, one, other))
    for secret, one, other in lines:
        guests.answers += [change(one, secret, f"Mayor {secret[:6]}"), change(other, secret, f"Envoy {secret[:6]}")]
    guests.answers += [each.status for each in at_once([join(one, secret) for secret, one, _other in lines])]


def moving(ground: Ground, houses: tuple[Served, Served], guests: Guests) -> Moves:
    """Four organisers, two at each server; two signed in at the other."""
    moves = Moves(at="/organise/summit")
    first = [Desk(each.port, address(next(NUMBERS)), 120.0).sign_in() for each in houses]
    moved = [each.beside() for each in first]
    for each, house in zip(moved, reversed(houses), strict=True):
        each.port = house.port
    of = sa.select(Session.code, Session.version).where(Session.event_id == ground.cast.event_id)
    known = dict(read(ground.cast.app, lambda: [(code, version) for code, version in db.session.execute(of)]))
    with ThreadPoolExecutor(4) as pool:
        each_of = zip([*first, *moved], itertools.count(), strict=False)
        for one in [pool.submit(moves.by, desk, 12, guests.place, known, seed) for desk, seed in each_of]:
            one.result()
    return moves


def stored(ground: Ground, query: str) -> int:
    with engine_of(ground.url).connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


def test_old_code_and_new_work_on_one_database(
    request: pytest.FixtureRequest, old_code: Path, tmp_path: Path, figures: Figures
) -> None:
    kind = request.config.getoption("--database")
    with (
        old_summit(kind, tmp_path) as (made, guests),
        served(made.settings, tmp_path / "old", root=old_code, **documented()) as old,
    ):
        early = Crowd(made.cast, old.port, at_once=8)
        with early.coming(), made.cast.app.app_context():
            early.some(8)
            upgrade()
            early.some(8)
        figures.hold("F24", f"requests to {BEFORE} that failed while {PRESENT} came", failed(early), exactly=0)
        with served(made.settings, tmp_path / "new", **documented()) as new:
            crowds = [Crowd(made.cast, each.port, at_once=8) for each in (old, new)]
            with crowds[0].coming(), crowds[1].coming():
                visitors((old, new), guests)
                moves = moving(made, (old, new), guests)
            faults = old.faults() + new.faults()
        bad = sum(each >= 400 for each in guests.answers) + sum(map(failed, crowds))
        bad += sum(number for status, number in moves.answers.items() if status not in {200, 409})
        told = [each for crowd in (early, *crowds) for each in crowd.tally.told]
        found = examine(made.url, made.cast.event_id, told)
        envoys = stored(made, "SELECT count(*) FROM delegates WHERE position LIKE 'Envoy %'")
        seated = stored(made, "SELECT count(*) FROM sign_ups WHERE state = 'allocated'")
        waiting = stored(made, "SELECT count(*) FROM sign_ups WHERE state = 'waitlisted'")
    of = f"{BEFORE} and {PRESENT} at once"
    figures.hold("F24", f"people who registered by code of {of}", len(told), least=48)
    figures.hold("F24", f"requests that failed, {of}", bad + faults, exactly=0)
    figures.hold("F24", f"changes of one's own lost, {of}", GUESTS - envoys, exactly=0)
    figures.hold("F24", f"seats of a visit given of {SEATS}, {of}", seated, exactly=SEATS)
    assert waiting == GUESTS - SEATS
    figures.hold("F24", f"moves of a place that had not been seen, {of}", overwritten(moves), exactly=0)
    assert min(moves.answers[200], moves.answers[409]) > 0
    found.hold(figures, "F24", f", {of}")


def test_control_old_code_fails_where_a_migration_calls_a_column_otherwise(
    request: pytest.FixtureRequest, old_code: Path, tmp_path: Path
) -> None:
    with old_summit(request.config.getoption("--database"), tmp_path) as (made, _guests):
        with made.cast.app.app_context():
            upgrade()
            write(lambda: db.session.execute(sa.text("ALTER TABLE messages RENAME COLUMN domain TO host")))
        made.states.release()
        with served(made.settings, tmp_path / "old", root=old_code, workers=1) as old:
            crowd = Crowd(made.cast, old.port, at_once=2, patience=5)
            crowd.register(2)
            assert (crowd.tally.told, old.faults() > 0) == ([], True)


@pytest.mark.one_database
def test_history_that_is_cut_short_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="git fetch --unshallow brings the rest"):
        newest_of("never")
    monkeypatch.setattr(earlier, "ROOT", tmp_path)
    with pytest.raises(LookupError, match="not a git repository"):
        newest_of(BEFORE)
