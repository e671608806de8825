"""The outbox: every letter is a row, from the act it tells of until it has arrived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
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
    REFUSED = "refused"
    """The server refused it for good (5xx), and it is not certain yet that it means this letter and not us."""
    FAILED = "failed"
    """It did not go and is not tried again: refused, tried for two days, or not to be worded."""
    HELD = "held"
    """Waits for a person's word; no worker touches it."""
    SKIPPED = "skipped"
    """Not sent on purpose: its time was over, or letters to the address come back."""
    BOUNCED = "bounced"
    """A server took it and another said later that it cannot be delivered."""
    ABORTED = "aborted"
    """A person said that it shall not go."""


WAITING = (State.QUEUED, State.RETRY)
"""What a worker takes when it is due."""


def _domain(context: DefaultExecutionContext) -> str:
    """The domain of the address in the row that is inserted."""
    to: str = context.get_current_parameters()["to"]  # type: ignore[no-untyped-call]
    return to.rpartition("@")[2].lower()


class Message(Model):
    """One letter to one person."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_waiting", "state", "due_at", "priority", "event_id", "domain", "lease_until"),  # what is due
        Index("ix_messages_late", "state", "until"),
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
    domain: Mapped[str] = mapped_column(String(254), default=_domain)
    """By which letters are slowed together."""
    to_name: Mapped[str] = mapped_column(String(200))
    reply_to: Mapped[str] = mapped_column(String(254))
    sender_name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the letter says, frozen when the act happened; plain JSON."""
    priority: Mapped[int] = mapped_column(default=0)
    """Greater goes first; letters to many carry a negative one, so that they delay nobody's confirmation. Above 0 is
    what somebody sits and waits for: a code, a link to sign in."""
    until: Mapped[datetime | None]
    """Not to be sent later; None: as long as letters are tried."""
    again_of: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    """The letter in whose place it goes."""

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
    token: Mapped[str | None] = mapped_column(String(32), unique=True)
    """Stands in the address to which servers report about this letter; 128 random bits, so that nobody can say of
    another's letter that it came back."""
    sent_at: Mapped[datetime | None]


class Try(Model):
    """What one try met with that did not succeed, or what was reported of a letter later."""

    __tablename__ = "message_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    at: Mapped[datetime]
    phase: Mapped[str] = mapped_column(String(20))
    """The word of SMTP that was answered so: "RCPT"; "report" for what came later; empty when the line broke."""
    code: Mapped[str] = mapped_column(String(20))
    """"550", "550 5.1.1" or "5.1.1"; empty when there was no reply."""
    said: Mapped[str] = mapped_column(Text)
    """In the server's words or ours."""


class Pause(Model):
    """Why, and until when, no letter goes: none at all, or none to one domain.

    When it is over one letter is tried; only when that one goes well is the row taken away.
    """

    __tablename__ = "outbox_pauses"

    scope: Mapped[str] = mapped_column(String(254), primary_key=True)
    """A domain; empty: every letter."""
    until: Mapped[datetime]
    faults: Mapped[int]
    """How often in a row it was paused for what a server said of letters; it makes the next pause longer."""
    said: Mapped[str] = mapped_column(Text)


class Hold(Model):
    """No letter of this event goes before it is released; those that somebody sits and waits for do."""

    __tablename__ = "outbox_holds"

    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    held_at: Mapped[datetime]
    held_by: Mapped[str] = mapped_column(String(200))


class Why(StrEnum):
    """What is known of an address."""

    BOUNCED = "bounced"
    """There is no such mailbox."""
    COMPLAINT = "complaint"
    """Its owner called a letter of ours unwanted; no announcement goes there."""


class Mark(Model):
    """Something known of an address."""

    __tablename__ = "marked_addresses"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    """As `addresses.folded` makes it."""
    why: Mapped[Why] = mapped_column(choice(Why, "why"), primary_key=True)
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    """The letter from which it is known."""


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
