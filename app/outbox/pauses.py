"""Pauses of delivery, in a table that all workers share: of everything, and of single domains.

A server's fault is thus not taken for the letters', and a domain that asks for patience costs the others nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db import claim, db
from app.outbox.models import Pause

ALL = ""
"""The scope of a pause of every letter."""
SHORT = timedelta(minutes=1)
LONG = timedelta(minutes=15)
GROWING = tuple(timedelta(minutes=each) for each in (1, 2, 5, 15, 30, 60))
"""How long a domain is left alone that asked for it once, twice in a row ..."""
REMEMBERED = timedelta(days=1)
"""How long after its pause it is remembered of a domain that it asked for one."""


def present() -> dict[str, Pause]:
    """Every pause, over or not, by its scope. One query."""
    return {each.scope: each for each in db.session.execute(select(Pause)).scalars()}


def doubted() -> bool:
    """Whether some worker found that the server refuses everybody, and no letter has gone since. One query."""
    return bool(db.session.execute(select(Pause.faults).where(Pause.scope == ALL)).scalar_one_or_none())


def close(scope: str, until: datetime, said: str, faults: int = 0) -> None:
    """Let nothing go until then, or until what another worker has found already. With `faults` it is doubted that it
    goes well afterwards."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    told: dict[str, Any] = {"until": until, "said": said, "faults": faults}
    row = dialect.insert(Pause).values(scope=scope, **told)
    for name in ("until", "faults"):
        here, there = getattr(row.excluded, name), getattr(Pause, name)
        told[name] = case((there > here, there), else_=here)
    db.session.execute(row.on_conflict_do_update(index_elements=["scope"], set_=told))


def refuted(at: datetime) -> None:
    """A letter went at this instant: whoever had found by then that the server refuses everybody need not wait."""
    wrong = delete(Pause).where(Pause.scope == ALL, Pause.faults > 0, Pause.until < at + LONG)
    db.session.execute(wrong.execution_options(synchronize_session=False))


def slow(domain: str, before: int, said: str, now: datetime) -> None:
    """Leave a domain alone that asked for it, `before` times in a row already."""
    close(domain, now + GROWING[min(before, len(GROWING) - 1)], said, before + 1)


def long_over(now: datetime) -> Delete:
    """A DELETE of what domains asked for that got no letter since."""
    return delete(Pause).where(Pause.scope != ALL, Pause.until < now - REMEMBERED)


def try_one(scope: str, now: datetime) -> bool:
    """Whether it is for the caller, and no other worker, to send one letter and see whether it goes well now."""
    return claim(update(Pause).where(Pause.scope == scope, Pause.until <= now).values(until=now + SHORT))


def untried(now: datetime) -> None:
    """The one letter that was tried at `now`, to see whether all goes well, was never sent: it says nothing."""
    back = update(Pause).where(Pause.scope == ALL, Pause.until == now + SHORT).values(until=now)
    db.session.execute(back.execution_options(synchronize_session=False))


def answered(faults: Mapping[str, int], now: datetime) -> None:
    """The server said something, though it took no letter: nobody waits any more because lines broke or there were
    none. `faults`: as the letter was taken with (claims.Taken)."""
    if faults.get(ALL) == 0:
        went_well(ALL, 0, now)


def went_well(scope: str, faults: int, now: datetime) -> None:
    """A letter went. Of as many faults as a domain had, one is forgiven; a pause of everything is over."""
    mine = Pause.scope == scope
    if scope == ALL or faults <= 1:
        act: Any = delete(Pause).where(mine)
    else:
        act = update(Pause).where(mine).values(until=now, faults=faults - 1)
    db.session.execute(act.execution_options(synchronize_session=False))
