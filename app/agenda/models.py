"""The draft: sessions and who appears in them. Nobody outside sees it until a release is published."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
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


class Pin(StrEnum):
    """What the planner may not change of a session."""

    NONE = "none"
    DAY = "day"
    TIME = "time"
    PLACE = "place"
    """Day, time and room."""


class Order(StrEnum):
    """By which rule the cities of a session speak (rule 9.9 of the domain); the order itself is stored."""

    HAND = "by hand"
    HOST = "host first"
    ALPHABET = "alphabet"
    RANK = "rank"
    DRAW = "draw"
    REQUEST = "request"


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
        CheckConstraint("length > 0 AND length <= 1440", name="length"),
        CheckConstraint("audience >= 0", name="audience"),
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
    length: Mapped[int | None]
    """Minutes it needs, for who plans it; None: as long as it stands now."""
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Equipment that its room must have: "interpretation", "streaming", "stage" (Room.equipment)."""
    audience: Mapped[int | None]
    """How many people are expected; None: all who registered for the venue where a session is for everybody, and
    elsewhere those of the cities that appear there."""
    after_code: Mapped[str] = mapped_column(String(40), default="")
    """The code of the session that must have ended before this one begins; empty: none."""
    same_day_code: Mapped[str] = mapped_column(String(40), default="")
    """The code of a session on whose day this one should be; empty: of none."""
    apart: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The codes of sessions that should not run at the same time."""
    pin: Mapped[Pin] = mapped_column(choice(Pin, "pin"), default=Pin.NONE)
    order_rule: Mapped[Order] = mapped_column(choice(Order, "order_rule"), default=Order.HAND)
    order_seed: Mapped[int | None]
    """What the draw was drawn with, so that anybody can draw it again."""
    minutes_each: Mapped[int | None]
    """How long each city speaks; None: five minutes."""
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
    minutes: Mapped[int | None]
    """How long this one speaks, if not as long as the session's others."""
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("delegates.id"))
    """Who of the city speaks; None: its head."""
    confirmed: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None]
    """When the city asked to speak, for the order by request."""
    video_ready: Mapped[bool] = mapped_column(default=False)
    """Of one who appears by video: it has come."""

    session: Mapped[Session] = relationship(back_populates="appearances", lazy="raise_on_sql")
    delegation: Mapped[Delegation | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class Absence(Model):
    """A span in which a room, a person, a city's people or one of them cannot be had; as told by who entered it, in
    their own zone.

    Instants; an end before the start is refused. `only` names the mode that is possible all the same: "only online on
    Tuesday after 15:00".
    """

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("starts < ends", name="ends_after_it_starts"),
        CheckConstraint(
            "(CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN delegation_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN delegate_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"), index=True)
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("delegates.id"), index=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    """The clock by which it was told."""
    only: Mapped[Mode | None] = mapped_column(choice(Mode, "only"))
    note: Mapped[str] = mapped_column(String(300), default="")
    entered_by: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime]


class Waiver(Model):
    """A clash that organisers accept: which, why, who, when. It stands for this clash alone, by its key."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("event_id", "key"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(500))
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Act(Model):
    """One change of the draft by one organiser, with what stood before and after in each session it touched."""

    __tablename__ = "acts"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    number: Mapped[int]
    """1, 2, 3 ... at this event; undoing and doing again are acts too, so that whoever looks on can follow."""
    deed: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """[{"code", "before": facts or null, "after": facts or null}] (agenda.facts.Facts)."""
    undoes: Mapped[int | None]
    """The number of the act that this one took back or did again."""
    undone: Mapped[bool] = mapped_column(default=False)
    """Its effect is taken back at present."""
