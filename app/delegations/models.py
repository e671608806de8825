"""A delegation, the modes it takes part in, and the two secrets by which its people reach the register."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import tokens
from app.db import Model, choice
from app.events.models import Approval, Due, Event, Mode, new_uid
from app.files import File
from app.network.models import Member


class Answer(StrEnum):
    """Where a delegation stands with its invitation."""

    DRAFT = "draft"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    CLOSED = "closed"


STANDING = frozenset({Answer.ACCEPTED, Answer.SUBMITTED, Answer.RETURNED, Answer.APPROVED})
"""Answers with which a delegation takes part in a summit that lies ahead: it may register people."""
TAKES_PART = STANDING | {Answer.CLOSED}
"""The same, and those whose summit is over: the public reads of them."""


class Delegation(Model):
    """What one member sends to one event: people at the venue, people online, a video message."""

    __tablename__ = "delegations"
    __table_args__ = (
        UniqueConstraint("event_id", "member_id"),
        CheckConstraint("code_generation >= 0 AND link_generation >= 0", name="generations"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    answer: Mapped[Answer] = mapped_column(choice(Answer, "answer"), default=Answer.ACCEPTED)
    position: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    code_generation: Mapped[int] = mapped_column(default=0)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)

    invited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why the city declined or withdrew, in its own words; or why the organisers returned the delegation."""
    internal_note: Mapped[str] = mapped_column(String(1000), default="")
    """For the organisers alone."""
    letter_required: Mapped[bool] = mapped_column(default=False)
    """Whether a letter of authority is due before the delegation is approved."""
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    changes_pending: Mapped[bool] = mapped_column(default=False)
    """Something that was approved has changed and waits for the organiser."""
    modes_asked: Mapped[str] = mapped_column(String(40), default="")
    """The modes that the city asks for after the deadline, "venue online"; empty when it asks for none."""
    version: Mapped[int] = mapped_column(default=1)

    focal_points: Mapped[list[FocalPoint]] = relationship(
        back_populates="delegation", lazy="raise_on_sql", order_by="FocalPoint.id", cascade="all, delete-orphan"
    )
    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(lazy="raise_on_sql")
    letter: Mapped[File | None] = relationship(lazy="raise_on_sql")
    modes: Mapped[list[DelegationMode]] = relationship(
        lazy="raise_on_sql", order_by="DelegationMode.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)

    @property
    def code(self) -> str:
        """What the city hands to its people, who type it when they register: "7K4M9-QXPW2"."""
        return tokens.code("city code", self.uid, self.code_generation)

    @property
    def link(self) -> str:
        """The secret in the focal point's link, which opens the register for this city."""
        return tokens.secret("delegation", self.uid, self.link_generation)

    def altered(self) -> None:
        """Its people, head or modes have changed: where organisers had approved them, they look again."""
        if self.answer == Answer.APPROVED and self.event.approval != Approval.NONE:
            self.changes_pending = True

    def seal(self) -> None:
        """Store the hashes of the present code and link; to be called when made and whenever a generation rises."""
        self.code_hash = tokens.digest(f"{self.event_id}/{self.code}")
        self.link_hash = tokens.digest(self.link)


class Category(StrEnum):
    """The kinds of places a delegation has, counted apart (rule 9.1 of the domain)."""

    HEADS = "heads"
    DELEGATES = "delegates"
    SUPPORT = "support"
    ACCOMPANYING = "accompanying"
    MEDIA = "media"


class Quota(Model):
    """How many of one category a delegation may enter, and how many it has. Venue and online are counted apart.

    No row: no limit. A place is taken by one conditional UPDATE, and the table refuses to exceed. Lowering below use
    writes the difference into `granted` and `lowered`, with number, reason and name in `overflows`; each place that is
    then given back is gone, until no more are taken than the city has.
    """

    __tablename__ = "quotas"
    __table_args__ = (
        UniqueConstraint("delegation_id", "category", "mode"),
        CheckConstraint("seats >= 0 AND taken >= 0 AND lowered >= 0 AND granted >= lowered", name="counts"),
        CheckConstraint("taken <= seats + granted", name="never_exceeded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"))
    category: Mapped[Category] = mapped_column(choice(Category, "category"))
    mode: Mapped[Mode] = mapped_column(choice(Mode, "mode"))
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    granted: Mapped[int] = mapped_column(default=0)
    lowered: Mapped[int] = mapped_column(default=0)
    """How many of `granted` are there only because the quota was lowered below its use; they go as they come free."""


class Overflow(Model):
    """Places beyond a quota: how many, why, by whom, when. Never taken back in silence."""

    __tablename__ = "overflows"
    __table_args__ = (CheckConstraint("number > 0", name="number"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[int] = mapped_column(primary_key=True)
    quota_id: Mapped[int] = mapped_column(ForeignKey("quotas.id"), index=True)
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[str] = mapped_column(String(200))
    granted_at: Mapped[datetime]


class FocalPoint(Model):
    """A person who enters and answers for a delegation. There may be several; who hands over is no longer active."""

    __tablename__ = "focal_points"
    __table_args__ = (CheckConstraint("link_generation >= 0", name="generations"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)

    delegation: Mapped[Delegation] = relationship(back_populates="focal_points", lazy="raise_on_sql")

    @property
    def link(self) -> str:
        """The secret in the address of the delegation's page, as this person opens it."""
        return focal_secret(self.uid, self.link_generation)

    def seal(self) -> None:
        """Store the hash of the present link; to be called when made and whenever the generation rises."""
        self.link_hash = tokens.digest(self.link)


def focal_secret(uid: str, generation: int) -> str:
    return tokens.secret("focal point", uid, generation)


class Extension(Model):
    """A later deadline for one delegation: until when, why, by whom."""

    __tablename__ = "extensions"
    __table_args__ = (UniqueConstraint("delegation_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"))
    kind: Mapped[Due] = mapped_column(choice(Due, "kind"))
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[str] = mapped_column(String(200))


class ThemeWishes(Model):
    """What one city asks of the agenda: on which themes it would speak, the dearest first, and whether it asks to."""

    __tablename__ = "theme_wishes"
    __table_args__ = (
        CheckConstraint("first_id IS NOT NULL OR second_id IS NULL", name="second_after_first"),
        CheckConstraint("second_id IS NOT NULL OR third_id IS NULL", name="third_after_second"),
        CheckConstraint("first_id <> second_id AND first_id <> third_id AND second_id <> third_id", name="each_once"),
    )

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), primary_key=True)
    first_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    third_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    asked_at: Mapped[datetime | None]
    """Since when the city asks to speak, by which it stands in an order of asking; None: it does not ask."""
    told_by: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)
    """Told by the city after a soft deadline."""


class DelegationMode(Model):
    """One of the modes in which a delegation takes part; a city may be at the venue and online."""

    __tablename__ = "delegation_modes"
    __table_args__ = (UniqueConstraint("delegation_id", "mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"))
    mode: Mapped[Mode] = mapped_column(choice(Mode, "mode"))
