"""Releases, and what calendars were told of each session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Release(Model):
    """A numbered state of the programme, as the public was told it. Never changed once made."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("event_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(300), default="")
    programme: Mapped[dict[str, Any]] = mapped_column(JSON)


class Told(Model):
    """The calendar entry of one session as last told, with its SEQUENCE; cancelled ones stay."""

    __tablename__ = "told"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    code: Mapped[str] = mapped_column(String(40))
    visibility: Mapped[str] = mapped_column(String(20))
    release: Mapped[int]
    """The release that last changed it."""
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)
