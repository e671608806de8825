"""What organisers announce and remind of, what became of it, and who wants none of it."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import tokens
from app.db import Model, choice
from app.events.models import new_uid
from app.network.models import folded as as_name
from app.outbox import folded as as_address

Words = dict[str, dict[str, str]]
"""{language: {"subject": ..., "text": ...}}, in the order of `outbox.tongues.TONGUES`."""
Asked = dict[str, list[str]]
"""{criterion: [value]}: of each criterion one of its values must hold; a criterion that is not named asks nothing."""


class Announcement(Model):
    """News that organisers write for those whom a filter finds; once sent it is never changed."""

    __tablename__ = "announcements"
    __table_args__ = (CheckConstraint("(sent_at IS NULL) = (letters IS NULL)", name="sent_or_not"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[Words] = mapped_column(JSON)
    fallback: Mapped[str] = mapped_column(String(12))
    """The language for readers in whose own it is not written."""
    asked: Mapped[Asked] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes; what is sent is what was looked at."""
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str] = mapped_column(String(200), default="")
    letters: Mapped[int | None]
    """How many went into the outbox; None while it is a draft."""

    @property
    def subject(self) -> str:
        """As the list names it."""
        return self.words[self.fallback]["subject"]


class Anchor(StrEnum):
    """From what the moment of a reminder is counted."""

    MOMENT = "moment"
    """From nothing: a set moment on the clocks of the summit."""
    EVENT = "event"
    """The first midnight of the summit."""
    DEADLINE = "deadline"
    SESSION = "session"


class Unit(StrEnum):
    """In what it is counted."""

    DAYS = "days"
    """On the clocks of the summit, however long the days are."""
    HOURS = "hours"


class Rule(Model):
    """To whom, what, and when organisers want to be reminded of something."""

    __tablename__ = "reminder_rules"
    __table_args__ = (
        CheckConstraint("(anchor = 'moment') = (day IS NOT NULL)", name="a_moment_has_a_day"),
        CheckConstraint("anchor <> 'moment' OR clock IS NOT NULL", name="a_moment_has_a_time"),
        CheckConstraint("(anchor IN ('deadline', 'session')) = (anchor_of <> '')", name="of_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[Words] = mapped_column(JSON)
    fallback: Mapped[str] = mapped_column(String(12))
    asked: Mapped[Asked] = mapped_column(JSON)
    anchor: Mapped[Anchor] = mapped_column(choice(Anchor, "anchor"))
    anchor_of: Mapped[str] = mapped_column(String(40), default="")
    """Which deadline (events.Due) or session (its code)."""
    amount: Mapped[int] = mapped_column(default=0)
    """How many units after the anchor; below 0: before it."""
    unit: Mapped[Unit] = mapped_column(choice(Unit, "unit"), default=Unit.DAYS)
    day: Mapped[date | None]
    clock: Mapped[time | None]
    """At what time of that day, on the clocks of the summit; None: at the anchor's own."""
    stopped: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]

    @property
    def subject(self) -> str:
        """As the list names it."""
        return self.words[self.fallback]["subject"]


class Outcome(StrEnum):
    """What came of a reminder's moment."""

    SENT = "sent"
    LATE = "late"
    """The rule was made, changed or resumed when its moment was over."""
    OVER = "over"
    """Nobody could look after it before what it reminds of was over."""


class Run(Model):
    """One moment of a rule, dealt with once."""

    __tablename__ = "reminder_runs"
    __table_args__ = (UniqueConstraint("rule_id", "moment"), CheckConstraint("letters >= 0", name="letters"))

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("reminder_rules.id"), index=True)
    moment: Mapped[datetime]
    at: Mapped[datetime]
    """When it was dealt with."""
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    letters: Mapped[int] = mapped_column(default=0)


class Unsubscribed(Model):
    """Somebody wants no more announcements of one summit; they get all letters about their own matters.

    Known again by the row they had, or by address and name together: offices share one address.
    """

    __tablename__ = "unsubscribed"
    __table_args__ = (UniqueConstraint("event_id", "uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    uid: Mapped[str] = mapped_column(String(32))
    """Of the delegate or the focal point."""
    address: Mapped[str] = mapped_column(String(254))
    """As `outbox.folded` makes it."""
    name: Mapped[str] = mapped_column(String(400))
    """As `network.models.folded` makes it."""
    at: Mapped[datetime]


def wants_none(event_id: int, uid: str, address: str, name: str) -> ColumnElement[bool]:
    """Of the rows of `Unsubscribed` those of this human being."""
    same = (Unsubscribed.address == as_address(address)) & (Unsubscribed.name == as_name(name))
    return (Unsubscribed.event_id == event_id) & ((Unsubscribed.uid == uid) | same)


class QuietHours(Model):
    """When no announcement or reminder of a summit arrives, on the reader's own clocks; the same time twice: never."""

    __tablename__ = "quiet_hours"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, autoincrement=False)
    begins: Mapped[time]
    ends: Mapped[time]


def unsubscribe_secret(uid: str) -> str:
    """What lets the person with this uid take leave of announcements, and nothing else."""
    return tokens.secret("announcements", uid, 0)
