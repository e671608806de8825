"""What is asked of the database: counted, and watched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection, event

from app.db import db

ROWLESS = {"BEGIN", "ROLLBACK", "COMMIT", "SAVEPOINT", "RELEASE", "SET", "PRAGMA"}
LOCKS = re.compile(r"FOR (NO KEY )?UPDATE|FOR (KEY )?SHARE")


def watch_locks(app: Flask) -> None:
    """Let a lock outside of `write` fail: on PostgreSQL the row is free again at once, so it guards nothing."""

    def judge(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if LOCKS.search(statement) and not connection.get_execution_options().get("write"):
            raise AssertionError(f"locked outside of write(): {statement}")

    with app.app_context():
        if db.engine.dialect.name == "postgresql":  # SQLite locks no rows
            event.listen(db.engine, "before_cursor_execute", judge)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent while the block runs, without those that ask for no row: of transactions, and of the time."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.split()[0].rstrip(";").upper() not in ROWLESS and "clock_timestamp" not in statement:
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
