"""A letter is posted in the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
    """What the letter says, as plain JSON, frozen now: it is rendered later."""
    language: str = "en"
    event_id: int | None = None
    reply_to: str = ""
    """The address of a person who answers."""
    sender_name: str = ""
    priority: int = 0
    """Greater goes first; below 0 for letters to many, above 0 for what somebody sits and waits for."""
    until: datetime | None = None
    """Of no use to anybody later, and then not sent; None: as long as letters are tried."""


def post(letter: Letter, now: datetime) -> None:
    """Put the letter into the outbox, once for each key. To be called inside the act's own transaction.

    Raises Refused when no letter can ever reach the address.
    """
    reachable(letter.to)
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = asdict(letter) | {"facts": dict(letter.facts), "state": State.QUEUED, "created_at": now, "due_at": now}
    db.session.execute(dialect.insert(Message).values(row).on_conflict_do_nothing(index_elements=["key"]))
