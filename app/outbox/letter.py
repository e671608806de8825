"""A letter is posted in the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from app.outbox.addresses import reachable
from app.outbox.models import Message, State


@dataclass(frozen=True)
class Letter:
    """What is to be told to whom; how it is worded is decided when it is rendered."""

    kind: str
    """Names the renderer."""
    key: str
    """What it is about; the same key is the same letter."""
    to: str
    to_name: str
    facts: Mapping[str, Any]
    """What the letter says, as plain JSON, frozen now: it is rendered later. "thread" is the key of the first letter
    about the same thing; the renderer finds in "to" the address that the letter goes to."""
    language: str = "en"
    event_id: int | None = None
    reply_to: str = ""
    """The address of a person who answers."""
    sender_name: str = ""
    priority: int = 0
    """Greater goes first; below 0 for letters to many, above 0 for what somebody sits and waits for."""
    until: datetime | None = None
    """Of no use to anybody later, and then not sent; None: as long as letters are tried."""
    due_at: datetime | None = None
    """Not to be tried before; None: at once."""


def post(letter: Letter, now: datetime) -> None:
    """Put the letter into the outbox, once for each key. To be called inside the act's own transaction.

    Raises Refused when no letter can ever reach the address.
    """
    post_all([letter], now)


def post_all(letters: Iterable[Letter], now: datetime) -> None:
    """The same for many at the cost of one statement. Raises Refused when one of the addresses cannot be reached."""
    rows = [_row(each, now) for each in letters]
    if rows:
        connection = db.session.connection()
        connection.execute(POSTING[connection.dialect.name], rows if len(rows) > 1 else rows[0])


TABLE = Message.__table__
POSTING = {
    dialect.dialect.name: dialect.insert(TABLE).on_conflict_do_nothing(index_elements=["key"]).inline()
    for dialect in (postgresql, sqlite)
}
"""Their numbers are not asked back."""
COLUMNS = tuple(each.name for each in fields(Letter))


def _row(letter: Letter, now: datetime) -> dict[str, Any]:
    """The row as the table holds it. What letters share is not copied: many may speak of the same thing."""
    reachable(letter.to)
    values = {name: getattr(letter, name) for name in COLUMNS}
    return values | {
        "facts": dict(letter.facts),
        "state": State.QUEUED,
        "created_at": now,
        "due_at": letter.due_at or now,
    }
