"""An event of a network and the things that belong to it whatever its agenda turns out to be."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, choice
from app.network.models import Member, Network

RESERVED = frozenset(
    "accessibility account admin api assets b c calendar d demo device docs embed f favicon feeds healthz help j"
    " letters login logout m manifest metrics networks organise organize people privacy readyz robots sign-in sign-out"
    " sitemap static summits u v".split()
)
"""Words that are addresses of the product itself; no event may take one as its slug."""


class Mode(StrEnum):
    """How somebody takes part."""

    VENUE = "venue"
    ONLINE = "online"
    VIDEO = "video"


class Approval(StrEnum):
    """Who must approve a registration before it stands."""

    NONE = "none"
    FOCAL_POINT = "focal point"
    BOTH = "focal point and organiser"


def new_uid() -> str:
    """A random name for a calendar entry or a person: 128 bits, never derived from what it names."""
    return secrets.token_hex(16)


class Event(Model):
    """A summit, congress or forum, held once by a network."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("release >= 0", name="release_counts_up"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    host_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str] = mapped_column(String(200))
    edition: Mapped[int | None]
    motto: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    zone: Mapped[str] = mapped_column(String(60))
    venue: Mapped[str] = mapped_column(String(200), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    format: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    """Shown on every page when set: that all of it is a rehearsal."""
    times_note: Mapped[str] = mapped_column(String(300), default="")
    """Where the clock times come from, when they are invented for a demonstration."""
    approval: Mapped[Approval] = mapped_column(choice(Approval, "approval"), default=Approval.NONE)
    registration_opens: Mapped[datetime | None]
    registration_closes: Mapped[datetime | None]
    """Registration stands open between these; both empty: it is closed."""
    code_shown: Mapped[str] = mapped_column(String(200), default="")
    """A sentence with one city's code for the register page of a rehearsal; empty for a real summit."""
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    """Who reads the answers to letters."""
    stated: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """Counts as the sources state them: {"people": 300}."""
    planning: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How the agenda is judged and proposed: {"severity": {kind: word}, "level": {rule: 0..4}, "walking": minutes ...};
    what is not named stands at its default."""
    release: Mapped[int] = mapped_column(default=0)
    """The number of the release the public sees; 0: nothing is published yet."""
    site: Mapped[int] = mapped_column(default=0)
    """Counts the changes of what organisers write around the programme: pages, news, photos, colours."""
    language: Mapped[str] = mapped_column(String(12), default="en")
    """The language in which titles and texts are written."""
    languages: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """Those in which they are said besides, each with the languages asked where it has no words, before the main one:
    {"ja": [], "ko": ["ja"]}."""

    network: Mapped[Network] = relationship(lazy="raise_on_sql")
    host: Mapped[Member | None] = relationship(lazy="raise_on_sql")
    themes: Mapped[list[Theme]] = relationship(
        lazy="raise_on_sql", order_by="Theme.position", cascade="all, delete-orphan"
    )
    rooms: Mapped[list[Room]] = relationship(
        lazy="raise_on_sql", order_by="Room.position", cascade="all, delete-orphan"
    )
    people: Mapped[list[Person]] = relationship(
        lazy="raise_on_sql", order_by="Person.position", cascade="all, delete-orphan"
    )
    outcomes: Mapped[list[Outcome]] = relationship(
        lazy="raise_on_sql", order_by="Outcome.position", cascade="all, delete-orphan"
    )

    def open_for_registration(self, now: datetime) -> bool:
        opens, closes = self.registration_opens, self.registration_closes
        return opens is not None and opens <= now and (closes is None or now < closes)


class Due(StrEnum):
    """What a deadline is for."""

    ANSWER = "answer"
    """Cities answer their invitation."""
    NOMINATION = "nomination"
    """Cities say who comes, or how many."""
    CONFIRMATION = "confirmation"
    """The people nominated have filled in their registration."""
    MODE = "mode"
    """The way of taking part may be changed without asking."""
    HEAD = "head"
    """The head of a delegation may be changed without asking."""
    NAMES = "names"
    """Names are final for badges; later ones are asked for."""


class Deadline(Model):
    """A moment by which something is due; "closes 23:59" includes 23:59:59. Shown in the zone of the event too."""

    __tablename__ = "deadlines"
    __table_args__ = (UniqueConstraint("event_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    kind: Mapped[Due] = mapped_column(choice(Due, "kind"))
    at: Mapped[datetime]
    hard: Mapped[bool] = mapped_column(default=False)
    """After a hard one nothing is taken any more, after a soft one it is taken and marked late."""


class Theme(Model):
    """A subject that groups sessions."""

    __tablename__ = "themes"
    __table_args__ = (UniqueConstraint("event_id", "slug"), CheckConstraint("tone BETWEEN 1 AND 6", name="tone"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    tone: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)


class Room(Model):
    """A hall, a breakout room, or a room online."""

    __tablename__ = "rooms"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("changeover >= 0 AND changeover <= 240", name="changeover"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(120))
    seats: Mapped[int | None]
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What it has of what sessions may need: "interpretation", "streaming", "stage"; any words."""
    changeover: Mapped[int] = mapped_column(default=0)
    """Minutes to get it ready for the next session."""
    building: Mapped[str] = mapped_column(String(120), default="")
    """Rooms of one building are near each other; between buildings people need the event's walking time."""
    link: Mapped[str] = mapped_column(String(500), default="")
    """The address at which one joins what takes place in it; told only to those whom it concerns."""
    position: Mapped[int] = mapped_column(default=0)


class Person(Model):
    """A speaker, moderator or leader whom the organisers name; the name stands as its owner writes it."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    family_name: Mapped[str] = mapped_column(String(120), default="")
    given_name: Mapped[str] = mapped_column(String(120), default="")
    honorific: Mapped[str] = mapped_column(String(40), default="")
    positions: Mapped[list[str]] = mapped_column(JSON, default=list)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    position: Mapped[int] = mapped_column(default=0)

    member: Mapped[Member | None] = relationship(lazy="raise_on_sql")


class Outcome(Model):
    """A communiqué, declaration, memorandum or designation announced at the event, told in our own words."""

    __tablename__ = "outcomes"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    announced_by: Mapped[str] = mapped_column(String(200), default="")
    parties: Mapped[list[str]] = mapped_column(JSON, default=list)
    day: Mapped[date | None]
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """[{"heading": str, "theme": slug or "", "points": [str], "paragraphs": int or null}], in order."""
    position: Mapped[int] = mapped_column(default=0)


class Translation(Model):
    """What one field of a thing of the summit says in another language; a text that is empty has no row."""

    __tablename__ = "translations"
    __table_args__ = (
        UniqueConstraint("event_id", "kind", "key", "field", "language"),
        CheckConstraint("text <> ''", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """What it is: "session", "theme" ... (events.tongues.FIELDS)."""
    key: Mapped[str] = mapped_column(String(60))
    """By which a programme tells it from others: the uid of a session, a slug, a code, the number of a room."""
    field: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    original: Mapped[str] = mapped_column(Text)
    """The text it was made from: where that reads otherwise now, the translation is out of date."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(200))
