"""Which migrations there are, and how far a database is behind them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.care import rows

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
