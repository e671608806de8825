"""A table that somebody sent and looks through before it is loaded: kept for a day, and for its sender alone."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, db
from app.sheets import Sheet

WAITS = timedelta(days=1)


class SentTable(Model):
    """What every such table is; a room adds whose it is, and how it is read."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(43), unique=True)
    """Random, in its address."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    filename: Mapped[str] = mapped_column(String(200))
    header: Mapped[list[str]] = mapped_column(JSON)
    rows: Mapped[list[list[str]]] = mapped_column(JSON)
    numbers: Mapped[list[int]] = mapped_column(JSON)
    """The number of each row in the file."""
    sent_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def sheet(self) -> Sheet:
        return Sheet(tuple(self.header), tuple(tuple(each) for each in self.rows), tuple(self.numbers))


Table = TypeVar("Table", bound=SentTable)


def keep(row: Table, sheet: Sheet, filename: str, *, user_id: int, now: datetime) -> Table:
    """Keep what the sheet holds as this new row; those of its kind that have waited too long go."""
    kind = type(row)
    db.session.execute(delete(kind).where(kind.sent_at < now - WAITS))
    row.code, row.user_id, row.filename, row.sent_at = secrets.token_urlsafe(32), user_id, filename[-200:], now
    row.header, row.rows, row.numbers = list(sheet.header), [list(each) for each in sheet.rows], list(sheet.numbers)
    db.session.add(row)
    db.session.flush()
    return row


def kept(kind: type[Table], whose: ColumnElement[bool], code: str, *, user_id: int, now: datetime) -> Table:
    """The table that this user sent. Raises LookupError when it was loaded, waited too long, or is another's."""
    mine = kind.code == code, kind.user_id == user_id, kind.sent_at > now - WAITS
    found = db.session.execute(select(kind).where(whose, *mine)).scalar_one_or_none()
    if found is None:
        raise LookupError("there is no such file")
    return found
