"""Delegates, their places, and what they tell the organisers in confidence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import tokens
from app.db import Model, choice
from app.delegations.models import Category, Delegation
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


COUNTED = frozenset({State.NOMINATED, State.SUBMITTED, State.ENDORSED, State.APPROVED, State.OFFERED, State.RETURNED})
"""States in which a person counts against the delegation's quota (rule 9.1)."""
SEATED = frozenset({State.APPROVED, State.OFFERED})
"""States in which a person holds a place of the event (rule 9.5)."""
ENDED = frozenset({State.REFUSED, State.REJECTED, State.WITHDRAWN, State.CANCELLED, State.REPLACED, State.EXPIRED})
"""States that are never left; an organiser who reopens makes a new row."""


class Capacity(StrEnum):
    """The role of a person in the delegation, apart from the person's rank at home."""

    HEAD = "head"
    DEPUTY = "deputy head"
    DELEGATE = "delegate"
    ADVISER = "adviser"
    INTERPRETER = "interpreter"
    PROTOCOL = "protocol"
    SECURITY = "security"
    MEDIA = "media officer"
    COMPANION = "accompanying"


class Rank(StrEnum):
    """The rank of a person at home, by which protocol orders; apart from the role in the delegation."""

    LEADER = "leader"
    DEPUTY_LEADER = "deputy leader"
    MINISTER = "minister-level"
    SENIOR = "senior official"
    OFFICIAL = "official"
    EXPERT = "expert"
    OTHER = "other"


class Places(Model):
    """How many may take part in one mode, and how many of those places are taken.

    A place is taken by one conditional UPDATE (`registration.service.take`), and the table itself refuses to oversell.
    """

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("event_id", "mode"),
        CheckConstraint("taken >= 0 AND lowered >= 0 AND granted >= lowered", name="counts"),
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
    lowered: Mapped[int] = mapped_column(default=0)
    """How many of `granted` are there only because the seats were lowered below use; they go as they come free."""


def page_secret(uid: str, generation: int) -> str:
    """What opens the page of the delegate with this uid, while the generation is the present one."""
    return tokens.secret("person", uid, generation)


def feed_secret(uid: str, generation: int) -> str:
    """What opens the calendar of the delegate with this uid, while the generation is the present one."""
    return tokens.secret("calendar", uid, generation)


def join_secret(uid: str, generation: int) -> str:
    """What joins the sessions of whoever has this uid, while the generation is the present one."""
    return tokens.secret("join", uid, generation)


def join_blank() -> str:
    """What stands in kept calendars in place of a join secret. Only the product's key makes it, so nobody else's words
    hold it and come to hold a reader's secret."""
    return f"~{tokens.secret('place of a join secret', '', 0)[1:]}"


ACTIVE_HEAD = (
    "role = 'head' AND state IN ('nominated', 'submitted', 'endorsed', 'returned', 'waitlisted', 'offered', 'approved')"
)

WAITING = "state = 'waitlisted'"


class Delegate(Model):
    """One person of a delegation who registered for an event. Email is not a key: offices share one address."""

    __tablename__ = "delegates"
    __table_args__ = (
        UniqueConstraint("event_id", "reference"),
        CheckConstraint("link_generation >= 0 AND feed_generation >= 0", name="generations"),
        Index(
            "uq_delegates_one_active_head",
            "delegation_id",
            unique=True,
            sqlite_where=text(ACTIVE_HEAD),
            postgresql_where=text(ACTIVE_HEAD),
        ),
        Index(
            "ix_delegates_waiting",
            "event_id",
            "mode",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
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
    language_changed_at: Mapped[datetime | None]
    """When the person's calendar began to speak another language than it did; None: it has always spoken this one."""

    role: Mapped[Capacity] = mapped_column(choice(Capacity, "role"), default=Capacity.DELEGATE)
    rank: Mapped[Rank | None] = mapped_column(choice(Rank, "rank"))
    deputy_place: Mapped[int | None]
    """1..n among the deputies of the delegation: who steps in first."""
    category: Mapped[Category | None] = mapped_column(choice(Category, "category"))
    """The quota this person counts in at present; None while not counted."""
    state_at: Mapped[datetime]
    """Since when the state is what it is."""
    comment: Mapped[str] = mapped_column(String(1000), default="")
    """What the organiser or focal point said when returning, refusing or rejecting."""
    late: Mapped[bool] = mapped_column(default=False)
    """Came after a soft deadline."""
    endorsed: Mapped[bool] = mapped_column(default=False)
    """The city stands for this person: its focal point nominated or endorsed them."""
    relation: Mapped[str] = mapped_column(String(200), default="")
    """What ties somebody to the city who is not of its staff."""
    list_class: Mapped[int] = mapped_column(default=0)
    """The class on the waiting list, lower first; set by the organiser."""
    joined_list_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    unanswered: Mapped[int] = mapped_column(default=0)
    """How many offers of a place this person let pass."""
    party: Mapped[str] = mapped_column(String(32), default="")
    """People with the same mark are placed together or not at all; empty: alone."""
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("delegates.id"))

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
    shared: Mapped[bool] = mapped_column(default=False)
    """The person agreed to stand in the list that the other participants read."""

    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    feed_generation: Mapped[int] = mapped_column(default=0)
    feed_hash: Mapped[str] = mapped_column(String(64), unique=True)
    join_generation: Mapped[int] = mapped_column(default=0)
    """Rises with that of the calendar too, in which the secret stands."""
    join_hash: Mapped[str] = mapped_column(String(64), unique=True, index=True)
    mode_changes: Mapped[int] = mapped_column(default=0)
    """Added to the SEQUENCE of every entry in the person's own feed, whose places follow the mode."""
    mode_changed_at: Mapped[datetime]
    participation: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The calendar entry of the participation as a whole, as last told (ical.Entry)."""
    erased_at: Mapped[datetime | None]
    """When all that was known of the person was erased at their request; the row stays to be counted, and its reference
    stands in the place of their name."""
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    delegation: Mapped[Delegation] = relationship(lazy="raise_on_sql")
    needs: Mapped[Needs | None] = relationship(
        back_populates="delegate", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it from the class)

    @property
    def signed(self) -> str:
        """As the journal names the person for what they do themselves; a name alone may be anybody's.

        Of a name as long as names may be, as much as the journal holds.
        """
        return f"{self.reference} ({self.name[:180]})"

    @property
    def link(self) -> str:
        """The secret in the address of the person's own page."""
        return page_secret(self.uid, self.link_generation)

    @property
    def feed(self) -> str:
        """The secret in the address of the person's own calendar; it opens nothing else."""
        return feed_secret(self.uid, self.feed_generation)

    @property
    def join(self) -> str:
        """The secret in the addresses at which the person joins sessions from afar; it opens nothing else."""
        return join_secret(self.uid, self.join_generation or 0)

    @property
    def owes_form(self) -> bool:
        """Whether the person's own details are still to be filled in; no form is complete without an organisation."""
        return not self.organisation

    @property
    def called(self) -> str:
        return f"{self.honorific} {self.name}".strip()

    def seal(self) -> None:
        """Store the hashes of the present secrets; to be called when made and whenever a generation rises."""
        self.link_hash = tokens.digest(self.link)
        self.feed_hash = tokens.digest(self.feed)
        self.join_hash = tokens.digest(self.join)


class Needs(Model):
    """What a delegate at the venue needs to eat and to get about: told in confidence, purged by one DELETE."""

    __tablename__ = "needs"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    dietary: Mapped[str] = mapped_column(String(300), default="")
    access: Mapped[str] = mapped_column(String(500), default="")
    agreed_at: Mapped[datetime | None]
    """When the person agreed that this is stored (GDPR 9.2 a); None: told before that was asked."""

    delegate: Mapped[Delegate] = relationship(back_populates="needs", lazy="raise_on_sql")


class Draft(Model):
    """A form saved half-way, to be gone on with on another device; forgotten when it is sent."""

    __tablename__ = "drafts"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    saved_at: Mapped[datetime]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)


class OfficeDraft(Model):
    """The same form, saved half-way by the city's office; the two never see each other's. It holds no needs."""

    __tablename__ = "office_drafts"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(200))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)


class TwoPeople(Model):
    """Two registrations that look like one person's, of which an organiser said that they are two people's."""

    __tablename__ = "two_people"
    __table_args__ = (UniqueConstraint("one_id", "other_id"), CheckConstraint("one_id < other_id", name="in_order"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"))
    said_by: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
