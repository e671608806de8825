"""Marks are asked on lines of their own, which close when they should, and hide no database that is away."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import create_engine, exc, text, update

from app import db, marks
from app.db import write
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.databases import States

AGENDA = "/rehearsal/agenda"


@pytest.fixture
def lines(rehearsal: KeepingFlask) -> marks.Lines:
    """Those of an application that keeps an agenda: one."""
    rehearsal.test_client().get(AGENDA).close()
    assert found(rehearsal)
    lines: marks.Lines = rehearsal.extensions["lines"]
    assert len(lines.idle) == 1
    return lines


def found(app: KeepingFlask) -> bool:
    """Whether the agenda is answered from memory."""
    return app.shelf.find({"REQUEST_METHOD": "GET", "PATH_INFO": AGENDA}) is not None


def away(*_any: object) -> Any:
    raise exc.OperationalError("SELECT", {}, Exception("the database is away"))


def test_a_line_that_broke_while_nobody_asked_is_replaced_at_once(rehearsal: KeepingFlask, lines: marks.Lines) -> None:
    before = lines.idle[0]
    before.close()
    assert found(rehearsal)
    assert before not in lines.idle


def test_a_server_that_started_again_is_asked_on_new_lines(
    rehearsal: KeepingFlask, lines: marks.Lines, database: States
) -> None:
    if not lines.postgresql:
        pytest.skip("SQLite has no server")
    other = create_engine(db.address(database.url))
    ends = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid != pg_backend_pid()"
    with other.connect() as connection:
        connection.execute(text(f"{ends} AND datname = current_database()"))
    other.dispose()
    assert found(rehearsal)
    lines.engine.dispose()


def test_what_the_server_let_go_of_is_prepared_again(rehearsal: KeepingFlask, lines: marks.Lines) -> None:
    (line,) = lines.idle
    if not isinstance(line, marks._PostgreSQL):
        pytest.skip("SQLite prepares within this process")
    line.line.exec_(b"DEALLOCATE ALL")
    assert found(rehearsal)


@pytest.mark.parametrize("broken", [True, False], ids=["the line broke", "there is none yet"])
def test_while_the_database_is_away_nothing_is_said_from_memory(
    rehearsal: KeepingFlask, lines: marks.Lines, broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if broken:
        lines.idle[0].close()
    else:
        lines.close()
    monkeypatch.setattr(lines.pool, "connect", away)
    assert not found(rehearsal)
    assert lines.idle == []
    monkeypatch.undo()
    assert found(rehearsal)


def test_a_question_that_the_database_refuses_is_no_answer_and_leaves_no_line(lines: marks.Lines) -> None:
    assert lines.ask("SELECT nothing FROM nowhere", "rehearsal") is None
    assert lines.idle == []


def test_a_change_is_seen_at_the_next_question_and_no_line_holds_a_view(
    rehearsal: KeepingFlask, lines: marks.Lines
) -> None:
    with rehearsal.app_context():
        write(lambda: db.db.session.execute(update(Event).values(site=Event.site + 1)))
    assert not found(rehearsal)
    with rehearsal.app_context(), lines.engine.connect() as connection:
        if lines.postgresql:
            states = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'"
            assert connection.execute(text(states)).scalar_one() == 0
        else:
            connection.exec_driver_sql("ROLLBACK")  # SQLite folds its log only while nobody reads
            assert connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one() == (0, 0, 0)


def at_once(count: int, ask: Callable[[], object]) -> None:
    threads = [Thread(target=ask) for _each in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_there_are_as_many_lines_as_ever_asked_at_the_same_time(lines: marks.Lines) -> None:
    together, real = Barrier(3, timeout=20), lines.open
    lines.close()

    def slowly() -> marks.Line:
        together.wait()
        return real()

    lines.open = slowly  # type: ignore[method-assign]
    try:
        at_once(3, lambda: lines.ask(*asked(lines)))
    finally:
        del lines.open
    assert len(lines.idle) == 3
    for _each in range(20):
        assert lines.ask(*asked(lines)) is not None
    assert len(lines.idle) == 3
    lines.engine.dispose()
    assert lines.idle == []


def asked(lines: marks.Lines) -> tuple[str, str]:
    return ("SELECT 1 WHERE $1 != ''" if lines.postgresql else "SELECT 1 WHERE ? != ''"), "a word"


def test_a_line_that_is_asked_while_all_are_closed_is_closed_when_it_comes_back(lines: marks.Lines) -> None:
    (line,) = lines.idle
    ask, real = line.ask, line.close
    closed: list[object] = []

    def late(words: str, value: str) -> marks.Row | None:
        row = ask(words, value)
        lines.engine.dispose()  # nobody reads the lines that were idle until now
        return row

    line.ask = late  # type: ignore[method-assign,assignment]
    line.close = lambda: closed.append(real())  # type: ignore[method-assign]
    assert lines.ask(*asked(lines)) is not None
    assert (closed, lines.idle) == ([None], [])
