"""Where rooms are joined, who joined, what people online tell, checks of picture and sound, and the moderators' pages.

Sessions are named by their uid and not by their row: an act of the agenda may take a session out and bring it back.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import tokens
from app.db import Model, choice
from app.events.models import new_uid
from app.registration.models import Delegate

OPENS = 30
"""Minutes before a session in which it can be joined, where the organisers said nothing else."""


class OnlineSettings(Model):
    """How a summit is joined from afar; an event without a row stands at the defaults."""

    __tablename__ = "online_settings"
    __table_args__ = (CheckConstraint("opens >= 0 AND opens <= 240", name="opens"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    opens: Mapped[int] = mapped_column(default=OPENS)
    """Minutes before its start from which a session can be joined."""
    venue_joins: Mapped[bool] = mapped_column(default=False)
    """People at the venue may join too."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    """Whom to call who cannot get in."""


class OnlineRoom(Model):
    """What a room has online beside the link of those who look on (Room.link)."""

    __tablename__ = "online_rooms"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    speaker_link: Mapped[str] = mapped_column(String(500), default="")
    """Where speakers and moderators join, before others see them; empty: where all do."""
    channels: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """[{"language", "link"}]: where interpretation is heard."""


class Joined(Model):
    """That somebody pressed the button of a session, the first time; nothing of how long they stayed."""

    __tablename__ = "joined"
    __table_args__ = (
        UniqueConstraint("session_uid", "delegate_id"),
        UniqueConstraint("session_uid", "person_id"),
        CheckConstraint("(delegate_id IS NULL) <> (person_id IS NULL)", name="a_delegate_or_a_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    session_uid: Mapped[str] = mapped_column(String(32))
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("delegates.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    speaks: Mapped[bool] = mapped_column(default=False)
    """By the speakers' link."""
    at: Mapped[datetime]


class OnlineFacts(Model):
    """What somebody tells who takes part online (F7 of the domain); deleted when they do so no more."""

    __tablename__ = "online_facts"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(300), default="")
    """The room and the line: "meeting room 4, cable, 50 Mbit/s"."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    """Where they are called when something fails; told to those who run the session, and to nobody else."""
    channel: Mapped[str] = mapped_column(String(60), default="")
    """The language in which they want to hear the interpretation; empty: none."""
    changed_at: Mapped[datetime]


class CheckSlot(Model):
    """A span in which picture and sound of so many people are checked. A place in it is taken by one conditional
    UPDATE, and the table itself refuses to oversell."""

    __tablename__ = "check_slots"
    __table_args__ = (
        UniqueConstraint("event_id", "starts", "staff"),
        CheckConstraint("starts < ends", name="ends_after_it_starts"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="never_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    staff: Mapped[str] = mapped_column(String(120), default="")
    """Who checks."""
    link: Mapped[str] = mapped_column(String(500), default="")
    """Where it takes place; told to nobody before they press the button."""


class Result(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"


class TechCheck(Model):
    """The check of one speaker: the place they hold if any, what calendars were told of it, and what came of it."""

    __tablename__ = "tech_checks"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("check_slots.id"), index=True)
    changes: Mapped[int] = mapped_column(default=0)
    """How often it was booked, moved or cancelled: letters are told apart by it."""
    booked_at: Mapped[datetime]
    reminded: Mapped[int] = mapped_column(default=0)
    """The change for which a reminder went."""
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The calendar entry as last told (ical.Entry)."""
    result: Mapped[Result | None] = mapped_column(choice(Result, "result"))
    tested: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What was found good: "picture", "sound", "line", "name"."""
    note: Mapped[str] = mapped_column(String(500), default="")
    entered_by: Mapped[str] = mapped_column(String(200), default="")
    entered_at: Mapped[datetime | None]

    slot: Mapped[CheckSlot | None] = relationship(lazy="raise_on_sql")
    delegate: Mapped[Delegate] = relationship(lazy="raise_on_sql")


class StageLink(Model):
    """What opens the page of one session for one who moderates it.

    Replacing and withdrawing raise the generation; a withdrawn one opens nothing.
    """

    __tablename__ = "stage_links"
    __table_args__ = (
        UniqueConstraint("event_id", "session_uid", "who"),
        CheckConstraint("generation >= 0", name="generation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    session_uid: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(String(80))
    """ "person/<code>", "city/<slug>", or "desk": whoever stands in."""
    generation: Mapped[int] = mapped_column(default=0)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]

    @property
    def secret(self) -> str:
        """What stands in the address."""
        return tokens.secret("moderator", self.uid, self.generation)

    def seal(self) -> None:
        """Store the hash of the present secret; to be called when made and whenever the generation rises."""
        self.secret_hash = tokens.digest(self.secret)


class Outcome(StrEnum):
    """How somebody's turn went."""

    SPOKE = "spoke"
    ABSENT = "absent"
    VIDEO = "video"


class Mark(Model):
    """That somebody's turn in a session began, and how it went; one row each, whoever of the moderators marks it."""

    __tablename__ = "marks"
    __table_args__ = (UniqueConstraint("session_uid", "who"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    session_uid: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(String(80))
    """ "city/<slug>" or "person/<code>", as in the circle of an entry."""
    began_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "outcome"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
