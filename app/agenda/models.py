"""The draft: sessions and who appears in them. Nobody outside sees it until a release is published."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import ical
from app.db import Model, choice
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person, Room, Theme, new_uid


class Kind(StrEnum):
    CEREMONY = "ceremony"
    KEYNOTE = "keynote"
    VIDEOS = "videos"
    BLOCK = "block"
    SESSION = "session"
    FORUM = "forum"
    PLENARY = "plenary"
    ANNOUNCEMENT = "announcement"
    SIGNING = "signing"
    VISIT = "visit"
    MEAL = "meal"
    SOCIAL = "social"
    PRESS = "press"
    CLOSING = "closing"
    BREAK = "break"
    BILATERAL = "bilateral"
    INTERNAL = "internal"


class Visibility(StrEnum):
    """Who may know of a session."""

    PUBLIC = "public"
    DELEGATES = "delegates"
    HEADS = "heads"
    INVITED = "invited"
    CLOSED = "closed"


class Part(StrEnum):
    """What one appears as."""

    SPEAKER = "speaker"
    KEYNOTE = "keynote"
    MODERATOR = "moderator"
    PANELLIST = "panellist"
    PARTICIPANT = "participant"
    PRESIDING = "presiding"
    RAPPORTEUR = "rapporteur"
    SIGNATORY = "signatory"
    OBSERVER = "observer"


class Session(Model):
    """One item of the agenda; a block is a session that holds numbered ones.

    Times are wall times in the event's zone, because that is what organisers mean and what stays true when a zone's
    rules change. No time means "to be announced"; no day means "during the summit".
    """

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        UniqueConstraint("event_id", "number"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_times_or_none"),
        CheckConstraint("starts < ends", name="ends_after_it_starts"),
        CheckConstraint("starts IS NULL OR day IS NOT NULL", name="a_time_has_a_day"),
        CheckConstraint("parent_id <> id", name="no_block_in_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    day: Mapped[date | None]
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    fold: Mapped[bool] = mapped_column(default=False)
    """Which of the two hours is meant where clocks are set back: true is the later one."""
    position: Mapped[int] = mapped_column(default=0)
    """The order in which sessions of a day stand where no time decides."""
    visibility: Mapped[Visibility] = mapped_column(choice(Visibility, "visibility"), default=Visibility.PUBLIC)
    note: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    cancelled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")
    room: Mapped[Room | None] = relationship(lazy="raise_on_sql")
    appearances: Mapped[list[Appearance]] = relationship(
        back_populates="session",
        lazy="raise_on_sql",
        order_by="Appearance.position",
        cascade="all, delete-orphan",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)

    def span(self, zone: str) -> tuple[datetime, datetime] | None:
        """Start and end as instants, or None while the time is to be announced. Raises ical.Gap for a missing hour."""
        if self.day is None or self.starts is None or self.ends is None:
            return None
        fold = int(self.fold)
        return ical.wall(self.day, self.starts, zone, fold), ical.wall(self.day, self.ends, zone, fold)


class Appearance(Model):
    """A delegation or a person in a session: as what, in which mode, in which place of the speaking order."""

    __tablename__ = "appearances"
    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        CheckConstraint("(delegation_id IS NULL) <> (person_id IS NULL)", name="a_city_or_a_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    position: Mapped[int]
    part: Mapped[Part] = mapped_column(choice(Part, "part"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    mode: Mapped[Mode | None] = mapped_column(choice(Mode, "mode"))
    """None: to be confirmed (Rome in Session 5)."""
    shown_position: Mapped[str] = mapped_column(String(300), default="")
    topic: Mapped[str] = mapped_column(String(300), default="")

    session: Mapped[Session] = relationship(back_populates="appearances", lazy="raise_on_sql")
    delegation: Mapped[Delegation | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")
