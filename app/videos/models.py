"""A video message: what is expected of whom and by when, each file that came for it, and those still coming."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import tokens
from app.db import Model, choice
from app.delegations.models import Delegation
from app.events.models import Event, Person, new_uid


class Purpose(StrEnum):
    """What a video message is for."""

    CITY = "message from city"
    SESSION = "contribution to a session"
    KEYNOTE = "keynote"
    BACKUP = "backup"
    """In case that somebody who speaks online cannot be reached then."""


class Origin(StrEnum):
    """Why a message is expected, and so when it no longer is."""

    MODE = "mode"
    """The city takes part by video."""
    APPEARANCE = "appearance"
    """Somebody appears in a session by video."""
    HAND = "hand"
    """An organiser asked for it."""


class State(StrEnum):
    """Where a video message stands (section 7 of the domain)."""

    EXPECTED = "expected"
    OVERDUE = "overdue"
    UPLOADED = "uploaded"
    """The newest version has come whole and waits to be checked."""
    CHECKING = "checking"
    FAILED = "failed"
    """The newest version breaks a rule, which its findings tell."""
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    """Accepted, and it has its place in the running order."""
    PLAYED = "played"
    NOT_PLAYED = "not_played"
    WAIVED = "waived"
    """The organisers do without it."""
    WITHDRAWN = "withdrawn"


READY = frozenset({State.ACCEPTED, State.SCHEDULED, State.PLAYED, State.NOT_PLAYED})
"""There is a file that was accepted and may be played."""
AWAITED = frozenset({State.EXPECTED, State.OVERDUE})
"""Nothing has come yet."""
ENDED = frozenset({State.WAIVED, State.WITHDRAWN})
"""Nobody waits for it."""
OPEN = frozenset(State) - ENDED - {State.PLAYED, State.NOT_PLAYED}
"""A file may be sent for it, be it in the place of another."""


class VideoTerms(Model):
    """What the organisers of one event ask of video messages. No row: as the defaults say."""

    __tablename__ = "video_terms"
    __table_args__ = (
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("megabytes > 0 AND quota_megabytes >= megabytes", name="megabytes"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    due_at: Mapped[datetime | None]
    """By when messages are due, as the last instant in time; None: 14 days before the first day."""
    hard: Mapped[bool] = mapped_column(default=False)
    """After a hard deadline nothing is taken any more."""
    seconds: Mapped[int] = mapped_column(default=180)
    """How long a message is at most."""
    megabytes: Mapped[int] = mapped_column(default=2048)
    """How large one file is at most."""
    quota_megabytes: Mapped[int] = mapped_column(default=6144)
    """How much all files of one city may take, those that are still coming with their whole size."""
    blocks_release: Mapped[bool] = mapped_column(default=False)
    """A release is not made while a video that has its place is missing, unless somebody says why."""


class VideoMessage(Model):
    """One recorded contribution that is expected of a city or of a person whom the organisers named."""

    __tablename__ = "video_messages"
    __table_args__ = (
        CheckConstraint("(delegation_id IS NULL) <> (person_id IS NULL)", name="a_city_or_a_person"),
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("link_generation >= 0", name="generations"),
        CheckConstraint("state <> 'waived' OR reason <> ''", name="waived_for_a_reason"),
        Index("ix_video_messages_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    origin: Mapped[Origin] = mapped_column(choice(Origin, "origin"))
    session_code: Mapped[str] = mapped_column(String(40), default="")
    """The code of the session of the draft in which it is played; empty: none. By code, because a session that is taken
    out and brought back keeps that."""
    session_title: Mapped[str] = mapped_column(String(200), default="")
    """What the city knows that session as; empty: it knows of none."""
    known: Mapped[bool] = mapped_column(default=True)
    """Those of whom it is expected know of it. One for a session of the draft alone is the organisers' secret until a
    release holds that."""
    state: Mapped[State] = mapped_column(choice(State, "state"), default=State.EXPECTED)
    state_at: Mapped[datetime]
    """Since when."""
    state_before: Mapped[State | None] = mapped_column(choice(State, "state_before"))
    """Where one that was withdrawn or waived stood."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was waived or withdrawn, or was not played."""
    due_at: Mapped[datetime]
    """The last instant that is in time."""
    extended: Mapped[bool] = mapped_column(default=False)
    """It was given a due moment of its own, which stays when that of the event moves."""
    asked_at: Mapped[datetime]
    running: Mapped[int | None]
    """Its place in the running order of its session; None: as the city stands in the speaking order."""

    speaker_name: Mapped[str] = mapped_column(String(200), default="")
    speaker_position: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    """The tag of the language spoken, as "ja"."""
    seconds: Mapped[int | None]
    """How long it is, as the city says."""
    burned_in: Mapped[bool] = mapped_column(default=False)
    """The captions are in the picture."""
    transcript: Mapped[str] = mapped_column(Text, default="")
    may_show: Mapped[bool] = mapped_column(default=False)
    may_stream: Mapped[bool] = mapped_column(default=False)
    may_archive: Mapped[bool] = mapped_column(default=False)
    cleared: Mapped[bool] = mapped_column(default=False)
    """Whatever belongs to others in it (music, pictures) may be used."""
    told_at: Mapped[datetime | None]
    """When these particulars were told; None: not yet."""
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_language: Mapped[str] = mapped_column(String(12), default="en")
    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    delegation: Mapped[Delegation | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    versions: Mapped[list[VideoVersion]] = relationship(
        back_populates="message", lazy="raise_on_sql", order_by="VideoVersion.number", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)

    @property
    def link(self) -> str:
        """The secret in the address of its page, for who is asked for it and for the contact they name."""
        return tokens.secret("video message", self.uid, self.link_generation)

    def seal(self) -> None:
        """Store the hash of the present link; to be called when made and whenever the generation rises."""
        self.link_hash = tokens.digest(self.link)


class VideoVersion(Model):
    """One file, or a link to one, that came for a message. The newest is what is checked and reviewed; the one that was
    accepted last is what is played, and it stays until another is accepted."""

    __tablename__ = "video_versions"
    __table_args__ = (
        UniqueConstraint("message_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("tries >= 0", name="tries"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("video_messages.id"), index=True)
    number: Mapped[int]
    """1, 2, 3 ... of this message."""
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The random name under which the octets lie (videos.store.path); None: a link, or the file was let go for a newer
    one."""
    link: Mapped[str] = mapped_column(String(500), default="")
    """Where the file lies, if it was not sent to us. We never fetch it."""
    name: Mapped[str] = mapped_column(String(200), default="")
    """What the sender called it, for reading only."""
    mimetype: Mapped[str] = mapped_column(String(60), default="")
    """By its first octets."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Empty until the worker has read it."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the file is found to be: container, codecs, width, height, frames per second, seconds, sound ..."""
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What the rules say of it, each with the figure found and the figure wanted."""
    captions_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    captions_name: Mapped[str] = mapped_column(String(200), default="")
    captions_size: Mapped[int] = mapped_column(default=0)
    comments: Mapped[str] = mapped_column(Text, default="")
    """What the reviewer says of it to the city."""
    accepted_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    """A worker examines it until then; after that, whoever comes first."""
    tries: Mapped[int] = mapped_column(default=0)

    message: Mapped[VideoMessage] = relationship(back_populates="versions", lazy="raise_on_sql")


class Coming(StrEnum):
    """Where an upload stands."""

    OPEN = "open"
    DONE = "done"
    ENDED = "ended"
    """Given up, refused or expired; its octets are gone."""


class Upload(Model):
    """A file on its way to us by tus 1.0. How much has come is the size of the part file, whatever the row says."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint('"length" > 0 AND "offset" >= 0 AND "offset" <= "length"', name="offset"),
        Index("ix_uploads_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("video_messages.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The random name under which the octets lie, from the first one on."""
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    """How much had come when last somebody wrote it down, for reading only."""
    name: Mapped[str] = mapped_column(String(200), default="")
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What the sender's program said of the file (Upload-Metadata)."""
    state: Mapped[Coming] = mapped_column(choice(Coming, "state"), default=Coming.OPEN)
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime]

    message: Mapped[VideoMessage] = relationship(lazy="raise_on_sql")

    @property
    def secret(self) -> str:
        """What stands in the address of this upload."""
        return tokens.secret("upload", self.uid, 0)

    def seal(self) -> None:
        """Store the hash of the secret; to be called when made."""
        self.secret_hash = tokens.digest(self.secret)


class Shown(StrEnum):
    """From when the public may play what may be shown to it."""

    RELEASED = "released"
    """As soon as a release holds the session."""
    BEGUN = "begun"
    """From the beginning of the session on, or of its day where no time is set."""
    PLAYED = "played"
    """Once it is marked as played."""


class Screening(Model):
    """How the videos of one event reach screens. No row: there is no control room, and the public sees them as their
    sessions begin."""

    __tablename__ = "screenings"
    __table_args__ = (CheckConstraint("link_generation >= 0", name="generations"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    shown: Mapped[Shown] = mapped_column(choice(Shown, "shown"), default=Shown.BEGUN)
    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """None: the control room has no link, and those it had open nothing."""
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str] = mapped_column(String(200), default="")

    @property
    def link(self) -> str:
        """The secret in the address of the control room."""
        return tokens.secret("control room", self.uid, self.link_generation)

    def open(self) -> None:
        """Make a new link; the former opens nothing any more."""
        self.link_generation += 1
        self.link_hash = tokens.digest(self.link)
