"""Releases, those that are to come at a set hour, and what calendars were told of each session."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, choice
from app.events.models import new_uid


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
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was published though a city would join at a bad hour, or be in two places at once; empty: none would."""
    minor: Mapped[bool] = mapped_column(default=False)
    """The organisers said that nobody need be told of it: no letters went."""
    letters: Mapped[int | None]
    """How many letters went; None in releases from before there were any."""
    calls: Mapped[int | None]
    """How many people were to be called, since what changed for them began within a day; None as above."""
    restores: Mapped[int | None]
    """The number of the release whose programme it brings back."""
    sessions: Mapped[int | None]
    """How many sessions it changed, those that are not public included; None in releases from before this was kept."""
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What it changed in the public programme (differences.Differences); None in releases from before this was kept."""


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


class Stage(StrEnum):
    """How far a planned release has come."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken back"


WAITING = "stage = 'waiting'"


class Planned(Model):
    """A release that the worker makes at a set moment, of what the draft is then. One waits at a time."""

    __tablename__ = "planned_releases"
    __table_args__ = (
        Index(
            "ix_planned_releases_waiting",
            "event_id",
            unique=True,
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it may be published in spite of what is in `accepted`."""
    minor: Mapped[bool] = mapped_column(default=False)
    """Nobody is to get a letter about it."""
    accepted: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The keys of the bad hours and clashes that were there when it was planned (checks.Finding)."""
    planned_by: Mapped[str] = mapped_column(String(200))
    planned_at: Mapped[datetime]
    stage: Mapped[Stage] = mapped_column(choice(Stage, "stage"), default=Stage.WAITING)
    ended_at: Mapped[datetime | None]
    release: Mapped[int | None]
    """The number of the release that came of it."""
    refusal: Mapped[str] = mapped_column(String(600), default="")
    """Why none came of it, in a sentence."""
