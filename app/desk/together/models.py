"""What was done to several cities at once, line by line, so that it can be read again and undone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, choice
from app.events.models import new_uid


class Kind(StrEnum):
    """What can be done to several cities at once."""

    LETTER = "letter of authority"
    DEADLINE = "deadline"
    QUOTA = "quota"
    NOTE = "note"
    CLASS = "class"
    """The class of their people on the waiting list."""
    ASK = "ask"
    """A letter with what the city still owes."""
    APPROVE = "approve"
    """Their people who wait for the organisers."""


EDITS = (Kind.LETTER, Kind.DEADLINE, Kind.QUOTA, Kind.NOTE, Kind.CLASS)
"""Those that set a value, and can be undone."""


class BulkAct(Model):
    """One act over several cities: what was asked for, by whom, when, and who undid it."""

    __tablename__ = "bulk_acts"
    __table_args__ = (CheckConstraint("(undone_at IS NULL) = (undone_by = '')", name="undone_by_somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    """Its name in addresses and in the journal."""
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was to be set; plain JSON, by which the act is understood again when it is undone."""
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    """A digest of the form's own key: the same form sent twice is one act."""
    done_at: Mapped[datetime]
    done_by: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(200), default="")


class BulkRow(Model):
    """One city, or one person of it, in such an act: the value before and after, or why nothing was done."""

    __tablename__ = "bulk_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("bulk_acts.id"), index=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"))
    reference: Mapped[str] = mapped_column(String(12), default="")
    """Of the person, where it is one."""
    before: Mapped[Any] = mapped_column(JSON, nullable=False)
    after: Mapped[Any] = mapped_column(JSON, nullable=False)
    refused: Mapped[str] = mapped_column(String(500), default="")
    reverted: Mapped[bool | None]
    """Whether undoing brought the value before back; None until then. False: it was changed since."""
