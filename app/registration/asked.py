"""A change that somebody asked for and that is not in force: what stood before stays until it is granted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, choice
from app.registration.models import Delegate


class Kind(StrEnum):
    """What is to change."""

    MODE = "mode"
    NAME = "name"
    ROLE = "role"
    HEAD = "head"


class Outcome(StrEnum):
    """What became of it."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken back"
    OVERTAKEN = "overtaken"
    """Something else happened that leaves nothing to decide."""


class Decider(StrEnum):
    """Who decides."""

    CITY = "city"
    ORGANISERS = "organisers"


WAITING = "outcome = 'waiting'"


class Asked(Model):
    """One change that was asked for: of whom, to what, by whom, when, and what became of it.

    Nobody has two of one kind that wait; the table refuses it.
    """

    __tablename__ = "asked_changes"
    __table_args__ = (
        CheckConstraint("(outcome = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_asked_changes_one_waiting",
            "delegate_id",
            "kind",
            unique=True,
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), index=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), index=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    wanted: Mapped[str] = mapped_column(String(200))
    """The name, or the value of mode or role; for a head what the present one becomes."""
    before: Mapped[str] = mapped_column(String(200))
    """The same as it stood when it was asked; for a head the name of the one there was."""
    more: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What else was told with it and holds once it is granted; forgotten when it is decided."""
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)
    """It was asked because a deadline is past."""
    decider: Mapped[Decider] = mapped_column(choice(Decider, "decider"))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"), default=Outcome.WAITING)
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")

    delegate: Mapped[Delegate] = relationship(lazy="raise_on_sql")

    @property
    def waits(self) -> bool:
        return self.outcome == Outcome.WAITING
