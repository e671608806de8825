"""Proposals: what the planner was asked, how far it is, and what it found, each a row that a worker takes up; and files
of sessions that somebody is looking through."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, choice
from app.events.models import new_uid
from app.planning.proposals import Task
from app.sent import SentTable


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """By an organiser or with the worker; what was found until then is kept."""
    FAILED = "failed"


OVER = frozenset({State.DONE, State.STOPPED, State.FAILED})


class Proposal(Model):
    """One question to the planner, frozen as it was asked, and its answer."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("event_id", "made_by"),
        CheckConstraint("seconds > 0 AND seconds <= 600", name="seconds"),
        CheckConstraint("tries >= 0", name="tries"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    """The mark of the form that asked, so that the same form sent twice asks once."""
    task: Mapped[Task] = mapped_column(choice(Task, "task"))
    about: Mapped[str] = mapped_column(String(40), default="")
    """The code of the session because of which somebody asks what to give up; empty: of none."""
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    seconds: Mapped[int]
    seed: Mapped[int]
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The frozen question (planning.proposals.Request by planning.wire)."""
    state: Mapped[State] = mapped_column(choice(State, "state"), default=State.WAITING, index=True)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The last that was heard (planning.proposals.Progress)."""
    placed_after: Mapped[float | None]
    """Seconds until everything had its place; None while that is not so."""
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The answer (planning.proposals.Outcome)."""
    stop_asked: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str] = mapped_column(String(32), default="")
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    """How often a worker took it up."""
    act: Mapped[int | None]
    """The number of the act by which it was adopted."""


class AgendaFile(SentTable):
    """A table of sessions that somebody sent and is looking through; it goes when it is stored."""

    __tablename__ = "agenda_files"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
