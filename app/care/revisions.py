"""Which migrations there are, and how far a database is behind them."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.care import rows
from app.db import db

log = logging.getLogger(__name__)
AGAIN = 1.0
"""Seconds between two looks for migrations."""

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """Every revision of this code, the oldest first."""
    found = [each.revision for each in ScriptDirectory(str(FOLDER)).walk_revisions()]
    return tuple(reversed(found))


def pending(engine: Engine) -> list[str]:
    """The revisions that the database lacks, the oldest first.

    A revision that this code does not know is one of newer code: its migrations only add, so this code can go on with
    it, and nothing is pending.
    """
    with engine.connect() as connection:
        there = rows.revision(connection)
    if there is None:
        return list(known())
    return list(known()[known().index(there) + 1 :]) if there in known() else []


class Gate:
    """Keeps requests waiting while the database lacks migrations; once it has them it is asked no more."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.open = False
        self.asked = 0.0

    def closed(self) -> bool:
        """Whether migrations are pending, as seen within the last second. A database that does not answer is none."""
        if self.open:
            return False
        if (now := time.monotonic()) < self.asked + AGAIN:
            return True
        try:
            with self.app.app_context():
                missing = pending(db.engine)
        except (SQLAlchemyError, OSError):
            return False
        self.open, self.asked = not missing, now
        if missing:
            told = ", ".join(missing)
            log.error("Migrations are pending (%s), so nothing is served: run `db upgrade` (docs/operations.md).", told)
        return not self.open
