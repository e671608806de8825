"""Delegates, their places, and what they tell the organisers in confidence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import tokens
from app.db import Model, choice
from app.delegations.models import Delegation
from app.events.models import Event, Mode, new_uid


class State(StrEnum):
    """Where a registration stands."""

    NOMINATED = "nominated"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    RETURNED = "returned"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    APPROVED = "approved"
    REFUSED = "refused"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    EXPIRED = "expired"


class Places(Model):
    """How many may take part in one mode, and how many of those places are taken.

    A place is taken by one conditional UPDATE (`registration.service.take`), and the table itself refuses to oversell.
    """

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("event_id", "mode"),
        CheckConstraint("taken >= 0 AND granted >= 0", name="counts"),
        CheckConstraint("seats IS NULL OR taken <= seats + granted", name="never_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    mode: Mapped[Mode] = mapped_column(choice(Mode, "mode"))
    seats: Mapped[int | None]
    """None: no limit."""
    taken: Mapped[int] = mapped_column(default=0)
    granted: Mapped[int] = mapped_column(default=0)
    """How many beyond `seats` the organisers allowed, by name and reason in the journal."""


def page_secret(uid: str, generation: int) -> str:
    """What opens the page of the delegate with this uid, while the generation is the present one."""
    return tokens.secret("person", uid, generation)


def feed_secret(uid: str, generation: int) -> str:
    """What opens the calendar of the delegate with this uid, while the generation is the present one."""
    return tokens.secret("calendar", uid, generation)


class Delegate(Model):
    """One person of a delegation who registered for an event. Email is not a key: offices share one address."""

    __tablename__ = "delegates"
    __table_args__ = (
        UniqueConstraint("event_id", "reference"),
        CheckConstraint("link_generation >= 0 AND feed_generation >= 0", name="generations"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), index=True)
    reference: Mapped[str] = mapped_column(String(12))
    """What a person reads out on the telephone: "7K4M9Q"."""
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made with the form; the same form sent twice is the same registration."""
    state: Mapped[State] = mapped_column(choice(State, "state"))
    mode: Mapped[Mode] = mapped_column(choice(Mode, "mode"))
    registered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(12), default="en")

    honorific: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    """As the person writes it; never turned, never split."""
    family_name: Mapped[str] = mapped_column(String(120), default="")
    given_name: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    mobile: Mapped[str] = mapped_column(String(40), default="")
    zone: Mapped[str] = mapped_column(String(60), default="")
    """Where an online participant will be; empty: where the city is."""
    platform_name: Mapped[str] = mapped_column(String(120), default="")
    video_language: Mapped[str] = mapped_column(String(60), default="")
    listed: Mapped[bool] = mapped_column(default=False)
    """The person agreed to stand in the public list of participants."""

    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    feed_generation: Mapped[int] = mapped_column(default=0)
    feed_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mode_changes: Mapped[int] = mapped_column(default=0)
    """Added to the SEQUENCE of every entry in the person's own feed, whose places follow the mode."""
    mode_changed_at: Mapped[datetime]
    participation: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The calendar entry of the participation as a whole, as last told (ical.Entry)."""
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    delegation: Mapped[Delegation] = relationship(lazy="raise_on_sql")
    needs: Mapped[Needs | None] = relationship(
        back_populates="delegate", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)

    @property
    def link(self) -> str:
        """The secret in the address of the person's own page."""
        return page_secret(self.uid, self.link_generation)

    @property
    def feed(self) -> str:
        """The secret in the address of the person's own calendar; it opens nothing else."""
        return feed_secret(self.uid, self.feed_generation)

    @property
    def called(self) -> str:
        return f"{self.honorific} {self.name}".strip()

    def seal(self) -> None:
        """Store the hashes of the present secrets; to be called when made and whenever a generation rises."""
        self.link_hash = tokens.digest(self.link)
        self.feed_hash = tokens.digest(self.feed)


class Needs(Model):
    """What a delegate at the venue needs to eat and to get about: told in confidence, purged by one DELETE."""

    __tablename__ = "needs"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    dietary: Mapped[str] = mapped_column(String(300), default="")
    access: Mapped[str] = mapped_column(String(500), default="")

    delegate: Mapped[Delegate] = relationship(back_populates="needs", lazy="raise_on_sql")
