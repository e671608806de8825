"""The outbox: every letter is a row, from the act it tells of until it has arrived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, choice


class State(StrEnum):
    """Where a letter stands."""

    QUEUED = "queued"
    """Never tried, or given back untried."""
    INFLIGHT = "inflight"
    """A worker has it until the lease runs out; after that, whoever comes first."""
    RETRY = "retry"
    """Tried; it will be tried again when due."""
    SENT = "sent"
    """The next mail server took it. That is not yet "delivered"."""
    FAILED = "failed"
    HELD = "held"
    """Waits for a person's word; no worker touches it."""


class Message(Model):
    """One letter to one person."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_waiting", "state", "due_at"),  # what a worker claims
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_at_known"),
        CheckConstraint("octets IS NULL OR (message_id <> '' AND dated IS NOT NULL)", name="rendered_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    """Names the renderer: "confirmation"."""
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """What it is about, "confirmation/4f1c…/0": posting it twice is posting it once."""
    event_id: Mapped[int | None] = mapped_column(index=True)
    to: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(200))
    reply_to: Mapped[str] = mapped_column(String(254))
    sender_name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the letter says, frozen when the act happened; plain JSON."""
    priority: Mapped[int] = mapped_column(default=0)
    """Greater goes first; letters to many carry a negative one, so that they delay nobody's confirmation."""

    state: Mapped[State] = mapped_column(choice(State, "state"), default=State.QUEUED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Not to be tried before."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often its octets began to leave."""
    worker: Mapped[str] = mapped_column(String(32), default="")
    """The batch that holds the lease."""
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    """What the last try met with, in the server's words or ours."""

    octets: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The whole message as rendered once; every attempt sends these."""
    message_id: Mapped[str] = mapped_column(String(200), default="")
    dated: Mapped[datetime | None]
    """The Date header."""
    envelope_from: Mapped[str] = mapped_column(String(254), default="")
    sent_at: Mapped[datetime | None]


class OwnWords(Model):
    """The words with which the organisers of a summit let one letter begin, in one language, instead of the shipped."""

    __tablename__ = "own_words"
    __table_args__ = (
        UniqueConstraint("event_id", "name", "language"),
        CheckConstraint("(subject = '') = (text = '')", name="both_or_neither"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(60))
    """Of the opening: "confirmation"."""
    language: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(200))
    """Empty, as the text then is: the shipped words were put back."""
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Counts changes; whoever saves says which version they had before them."""
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
