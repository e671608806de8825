"""Counting what a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from app.db import db

ROWLESS = {"BEGIN", "ROLLBACK", "COMMIT", "SAVEPOINT", "RELEASE", "SET", "PRAGMA"}


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
