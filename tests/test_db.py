"""Writing: one transaction, tried again on passing faults, never half of it."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, NotSupportedError, OperationalError, StatementError

from app import clock
from app.db import BRIEFLY, PATIENCE, QUIET, Busy, _fortune, claim, db, glance, now, passing, present, write
from app.journal import Note, note
from app.network.models import Network
from app.web.kept import KeepingFlask

MOMENT = datetime(2023, 2, 28, 9, 15, tzinfo=timezone(timedelta(hours=9)))


def notes() -> int:
    return db.session.execute(select(func.count(Note.id))).scalar_one()


def one(subject: str = "delegate/rome") -> None:
    note("seen", subject, who="Tokyo", now=MOMENT)


def read_and_note(number: int) -> None:
    """An act that reads before it writes, which is what SQLite refuses to those who did not begin as writers."""
    assert notes() >= 0
    one(f"delegate/{number}")


def test_an_instant_comes_back_aware_and_in_utc(app: KeepingFlask) -> None:
    with app.app_context():
        write(one)
        db.session.expire_all()
        assert db.session.execute(select(Note.at)).scalar_one() == datetime(2023, 2, 28, 0, 15, tzinfo=UTC)


def test_a_time_without_a_zone_is_no_instant(app: KeepingFlask) -> None:
    def act() -> None:
        note("seen", "delegate/rome", who="Tokyo", now=datetime(2023, 2, 28))  # noqa: DTZ001 (that is the fault)
        db.session.flush()

    with app.app_context(), pytest.raises(StatementError, match="has no time zone"):
        write(act)


def test_what_fails_halfway_leaves_nothing(app: KeepingFlask) -> None:
    def act() -> None:
        one()
        db.session.flush()
        raise LookupError

    with app.app_context():
        with pytest.raises(LookupError):
            write(act)
        assert notes() == 0


def test_a_line_that_only_glanced_leaves_nothing_half_done_either(app: KeepingFlask) -> None:
    """On PostgreSQL it asked without a transaction."""

    def act() -> None:
        one()
        db.session.flush()
        raise LookupError

    with app.app_context():
        write(one)
        db.engine.dispose()  # the next line is the only one
        assert glance(select(func.count(Note.id))) == (1,)
        db.session.remove()
        with pytest.raises(LookupError):
            write(act)
        assert notes() == 1


def test_who_reads_holds_no_transaction(app: KeepingFlask) -> None:
    """A page that is being drawn holds up neither PostgreSQL's cleaning nor a change of its tables."""
    states = text("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'")
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite reads within a transaction")
        assert notes() == 0
        with db.engine.connect() as other:
            assert other.execute(states).scalar_one() == 0


def test_what_a_migration_outdates_fails_once_at_most(app: KeepingFlask) -> None:
    """PostgreSQL refuses what was prepared before a column changed, again and again on that line; a change is tried
    again on another one."""
    query = select(Network.name)

    def widen(by: int) -> None:
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as other:  # on a line of the engine's the driver would clear away what is prepared
            other.execute(f"ALTER TABLE networks ALTER COLUMN name TYPE varchar({length + by})".encode())

    def read() -> None:
        with db.engine.connect() as line:
            assert line.execute(query).all() == []

    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite prepares anew what has changed")
        length = cast(Any, Network.__table__.c.name.type).length
        change = partial(write, lambda: db.session.execute(query).all())
        for by, act in ((10, read), (20, change)):
            for _each in range(9):
                act()
            widen(by)
            with suppress(*[NotSupportedError] if act is read else []):
                act()
            act()
            db.engine.dispose()
        widen(0)


def test_what_is_flushed_outside_stands_or_falls_together(app: KeepingFlask) -> None:
    """As code that is not ours may do it."""
    with app.app_context():
        assert notes() == 0
        for number in range(2):
            one(f"delegate/{number}")
        db.session.flush()
        db.session.rollback()
        assert notes() == 0
        one()
        db.session.commit()
        db.session.rollback()
        assert notes() == 1


def test_a_passing_fault_is_tried_again_from_the_start(app: KeepingFlask) -> None:
    tries: list[int] = []

    def act() -> None:
        one()
        db.session.flush()
        tries.append(notes())
        if len(tries) < 3:
            raise OperationalError("", {}, Locked())

    with app.app_context():
        write(act)
        assert (tries, notes()) == ([1, 1, 1], 1)


class Locked(Exception):
    sqlite_errorcode = 5
    sqlstate = "55P03"


def test_a_fault_that_does_not_pass_says_busy_and_changes_nothing(app: KeepingFlask) -> None:
    def act() -> None:
        one()
        db.session.flush()
        raise OperationalError("", {}, Locked())

    with app.app_context():
        with pytest.raises(Busy):
            write(act, patience=0.1)
        assert notes() == 0


def test_a_broken_rule_is_not_tried_again(app: KeepingFlask) -> None:
    tries: list[int] = []

    def act() -> None:
        tries.append(1)
        db.session.add_all([Network(slug="g-nets", name="G-NETS", full_name="") for _ in range(2)])
        db.session.flush()

    with app.app_context(), pytest.raises(IntegrityError):
        write(act)
    assert tries == [1]


def test_a_write_within_a_write_is_refused(app: KeepingFlask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="inside"):
        write(lambda: write(one))


def test_rows_changed_outside_are_not_lost_in_silence(app: KeepingFlask) -> None:
    with app.app_context():
        one()
        with pytest.raises(RuntimeError, match="outside"):
            write(one)
        db.session.rollback()


def test_twenty_writers_at_once_all_succeed(app: KeepingFlask) -> None:
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with app.app_context():
                write(partial(read_and_note, number))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert (faults, notes()) == ([], 20)


def test_claim_tells_whether_the_row_was_there_to_take(app: KeepingFlask) -> None:
    taken = update(Network).where(Network.slug == "g-nets", Network.founded.is_(None)).values(founded=2022)
    with app.app_context():
        write(lambda: db.session.add(Network(slug="g-nets", name="G-NETS", full_name="")))
        assert [write(lambda: claim(taken)) for _ in range(2)] == [True, False]


def test_a_claim_that_would_take_two_rows_has_taken_no_one(app: KeepingFlask) -> None:
    with app.app_context():
        write(lambda: db.session.add_all(Network(slug=each, name=each, full_name="") for each in ("g-nets", "c40")))
        named = update(Network).where(Network.slug == bindparam("of")).values(founded=2022)
        assert write(lambda: [claim(named, {"of": "c40"}), claim(update(Network).values(founded=2022))]) == [
            True,
            False,
        ]


def of_sqlite(code: int) -> sqlite3.OperationalError:
    made = sqlite3.OperationalError("told by SQLite")
    made.sqlite_errorcode = code
    return made


def of_postgresql(state: str) -> psycopg.Error:
    return psycopg.errors.lookup(state)("told by PostgreSQL")


PASSING = [
    *(of_sqlite(each) for each in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED)),
    *(of_sqlite(each) for each in (sqlite3.SQLITE_LOCKED_SHAREDCACHE, sqlite3.SQLITE_FULL)),
    *(of_postgresql(each) for each in ("40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57014", "08003")),
    *(of_postgresql(each) for each in ("08006", "53100")),
    psycopg.OperationalError("the line broke"),
]
LASTING = [
    *(of_sqlite(each) for each in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CORRUPT)),
    *(of_postgresql(each) for each in ("23505", "42601", "53200")),
    psycopg.ProgrammingError("no server was asked"),
    sqlite3.OperationalError("made by nobody"),
]


@pytest.mark.parametrize(
    ("fault", "passes"), [*((each, True) for each in PASSING), *((each, False) for each in LASTING)]
)
def test_locks_lost_lines_and_a_full_disk_pass_and_nothing_else(fault: Exception, passes: bool) -> None:
    assert (passing(fault), passing(DBAPIError("SELECT 1", None, fault))) == (passes, passes)


def test_a_fault_passes_that_cost_the_connection() -> None:
    assert passing(DBAPIError("SELECT 1", None, of_sqlite(sqlite3.SQLITE_ERROR), connection_invalidated=True))


def test_the_databases_clock_agrees_with_ours_to_the_minute(app: KeepingFlask) -> None:
    with app.app_context():
        assert abs(now() - clock.now()) < timedelta(minutes=1)


def test_a_change_is_of_the_one_moment_at_which_it_began_or_began_again(app: KeepingFlask) -> None:
    tries: list[tuple[datetime, datetime, datetime]] = []

    def act() -> None:
        tries.append((now(), db.session.execute(select(present())).scalar_one(), now()))
        if len(tries) < 2:
            raise OperationalError("", {}, Locked())

    with app.app_context():
        before = now()
        write(act)
        for begun, later, again in tries:
            assert begun == again <= later < begun + timedelta(minutes=1)
        assert before <= tries[0][0] <= tries[0][1] < tries[1][0] <= now()


def test_the_moment_of_a_change_is_told_by_the_databases_server(
    app: KeepingFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has none, and goes by the clock of the machine."""
    with app.app_context():
        before, ahead = now(), timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: before + ahead)
        off = ahead if db.engine.dialect.name == "sqlite" else timedelta(0)
        for told in (write(now), now()):
            assert timedelta(0) <= told - before - off < timedelta(minutes=1)


def test_once_somebody_waited_in_vain_others_are_told_sooner_until_something_is_stored(app: KeepingFlask) -> None:
    def locked() -> None:
        raise OperationalError("", {}, Locked())

    def waits() -> float:
        begun = time.monotonic()
        with pytest.raises(Busy):
            write(locked, patience=2.0)
        return time.monotonic() - begun

    with app.app_context():
        write(one)
        assert waits() > 1.9
        assert waits() < 1.9
        write(one)
        assert waits() > 1.9
        write(one)


def test_a_note_that_nobody_waits_for_shortens_nobodys_patience(app: KeepingFlask) -> None:
    """The use of a sign-in or of a calendar is noted briefly or not at all, and nobody is told."""

    def locked() -> None:
        raise OperationalError("", {}, Locked())

    with app.app_context():
        _fortune.stored = _fortune.refused = time.monotonic() - QUIET - 10
        for each in (BRIEFLY, QUIET):
            with pytest.raises(Busy):
                write(locked, patience=each)
            assert (_fortune.patience(PATIENCE) < PATIENCE) == (each > BRIEFLY)
