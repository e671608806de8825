"""Counting what a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from app.db import db


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent while the block runs, without the words that begin and end transactions."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.split()[0].upper() not in {"BEGIN", "ROLLBACK", "COMMIT", "SET", "PRAGMA"}:
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
