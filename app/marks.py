"""What is asked before every kept answer: one row, by the driver alone, on lines to the database of its own.

Such a line is opened as the engine opens its own, and stays out of any pool: no transaction is begun or ended on it,
and what was prepared stays so. Taking one from a pool, which resets each that comes back, takes as long as asking does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import psycopg
from flask import Flask
from psycopg.pq import ExecStatus
from sqlalchemy import Engine, Select, event, exc

from app.db import db

Row = tuple[Any, ...]
TUPLES_OK = int(ExecStatus.TUPLES_OK)


class Line(Protocol):
    """One line to the database; one thread has it at a time."""

    def ask(self, asked: str, value: str) -> Row | None:
        """The one row, or None. Raises what the driver raises; then the line is good for nothing more."""

    def close(self) -> None: ...


class _SQLite:
    def __init__(self, driver: Any) -> None:
        self.execute, self.close = driver.execute, driver.close

    def ask(self, asked: str, value: str) -> Row | None:
        row: Row | None = self.execute(asked, (value,)).fetchone()
        return row


class _PostgreSQL:
    """By libpq, which prepares once and then takes one exchange; psycopg's own way takes twice the time."""

    def __init__(self, driver: Any) -> None:
        self.line, self.close = driver.pgconn, driver.close
        self.names: dict[str, bytes] = {}
        """What is prepared here, and under which name."""

    def ask(self, asked: str, value: str) -> Row | None:
        if (name := self.names.get(asked)) is None:
            name = self.names[asked] = b"mark%d" % len(self.names)
            self.line.prepare(name, asked.encode())
        found = self.line.exec_prepared(name, [value.encode()])
        if found.status != TUPLES_OK:
            raise psycopg.OperationalError(found.error_message.decode("utf-8", "replace"))
        return tuple(map(found.get_value, [0] * found.nfields, range(found.nfields))) if found.ntuples else None


class Lines:
    """The lines of one process that nobody uses at present: as many as were ever used at the same time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.postgresql = engine.dialect.name == "postgresql"
        self.faults = (exc.DBAPIError, exc.TimeoutError, engine.dialect.loaded_dbapi.Error)
        self.pool = engine.pool.recreate()
        """Always empty, so that it gives new lines: those in the engine's may have broken too."""
        self.idle: list[Line] = []
        event.listen(engine, "engine_disposed", lambda _engine: self.close())

    def open(self) -> Line:
        taken = self.pool.connect()
        driver = taken.driver_connection
        taken.detach()
        return _PostgreSQL(driver) if self.postgresql else _SQLite(driver)

    def close(self) -> None:
        """Close those that are idle, and each other one when it comes back."""
        old, self.idle = self.idle, []
        with suppress(IndexError):  # others may take from it too
            while True:
                old.pop().close()

    def ask(self, asked: str, value: str) -> Row | None:
        """The one row, or None: there is none, or the database cannot be asked now.

        A line that broke while it was idle, as all of them do when the server starts again, says nothing of the
        database: a new one is asked.
        """
        idle, line, kept = self.idle, None, True
        try:
            try:
                line = idle.pop()
            except IndexError:
                line, kept = self.open(), False
            found = line.ask(asked, value)
        except self.faults:
            if line is None:
                return None
            line.close()
            self.close()
            return self.ask(asked, value) if kept else None
        if idle is self.idle:
            idle.append(line)
        else:
            line.close()
        return found


def asking(app: Flask, query: Select[*tuple[Any, ...]]) -> Callable[[str], Row | None]:
    """What asks this query, which has one parameter: it gives the one row as the driver does, on PostgreSQL as octets.

    None where there is no row, or where the database cannot be asked now: then the request goes its ordinary way, and
    says in words what is wrong.
    """
    lines: Lines = app.extensions["lines"]
    compiled = query.compile(lines.engine)
    (name,) = compiled.params
    asked = str(compiled) % {name: "$1"} if lines.postgresql else str(compiled)
    return lambda value: lines.ask(asked, value)


def init_app(app: Flask) -> None:
    with app.app_context():
        app.extensions["lines"] = Lines(db.engine)
