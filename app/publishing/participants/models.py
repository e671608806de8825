"""The revisions of the participants' list, as they were issued."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, choice


class Audience(StrEnum):
    """For whom a list is: each holds only those who agreed to be shown to it."""

    PUBLIC = "public"
    DELEGATES = "delegates"


class ParticipantList(Model):
    """One revision of the list for one audience, with its rows as they were then. Never changed once issued.

    Provisional ones are numbered P1, P2 ..., final ones 1, 2 ...
    """

    __tablename__ = "participant_lists"
    __table_args__ = (
        UniqueConstraint("event_id", "audience", "provisional", "number", name="uq_participant_lists_number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    audience: Mapped[Audience] = mapped_column(choice(Audience, "audience"))
    number: Mapped[int]
    provisional: Mapped[bool]
    note: Mapped[str] = mapped_column(String(300), default="")
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(200))
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Rows (`listing.Row`) in the order of the list."""

    @property
    def mark(self) -> str:
        """What it is called: "P2" or "3"."""
        return f"P{self.number}" if self.provisional else str(self.number)
