"""A delegation, the modes it takes part in, and the two secrets by which its people reach the register."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import tokens
from app.db import Model, choice
from app.events.models import Event, Mode, new_uid
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

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(lazy="raise_on_sql")
    modes: Mapped[list[DelegationMode]] = relationship(
        lazy="raise_on_sql", order_by="DelegationMode.id", cascade="all, delete-orphan"
    )

    @property
    def code(self) -> str:
        """What the city hands to its people, who type it when they register: "7K4M9-QXPW2"."""
        return tokens.code("city code", self.uid, self.code_generation)

    @property
    def link(self) -> str:
        """The secret in the focal point's link, which opens the register for this city."""
        return tokens.secret("delegation", self.uid, self.link_generation)

    def seal(self) -> None:
        """Store the hashes of the present code and link; to be called when made and whenever a generation rises."""
        self.code_hash = tokens.digest(f"{self.event_id}/{self.code}")
        self.link_hash = tokens.digest(self.link)


class DelegationMode(Model):
    """One of the modes in which a delegation takes part; a city may be at the venue and online."""

    __tablename__ = "delegation_modes"
    __table_args__ = (UniqueConstraint("delegation_id", "mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"))
    mode: Mapped[Mode] = mapped_column(choice(Mode, "mode"))
