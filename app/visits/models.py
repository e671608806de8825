"""Site visits, their vehicles, who signed up, who waits, and what people wish for.

A visit's places are counted on its own row and on those of its vehicles, and taken by conditional updates
(`visits.seats`); the tables themselves refuse to oversell.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import ical, tokens
from app.db import Model, choice
from app.events.models import Event, Mode, new_uid
from app.registration.models import Delegate


class Filling(StrEnum):
    """How the places of a visit are given."""

    FIRST_COME = "first come"
    """Whoever signs up while there is room has a place; after that there is a waiting list."""
    WISHES = "ranked wishes"
    """People rank up to three visits, and places are allocated when the list has closed."""


class Standing(StrEnum):
    """Where a sign-up stands (section 7 of the domain)."""

    REQUESTED = "requested"
    """Wished for, and not allocated yet."""
    ALLOCATED = "allocated"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    EXPIRED = "expired"
    """Let two offers pass, and is off the list."""
    DECLINED = "declined"
    CANCELLED = "cancelled"
    BOARDED = "boarded"
    NO_SHOW = "no-show"
    CANCELLED_BY_ORGANISER = "cancelled by organiser"


HOLDING = frozenset({Standing.OFFERED, Standing.ALLOCATED, Standing.BOARDED, Standing.NO_SHOW})
"""Who holds a place, until it is given back."""
GOING = frozenset({Standing.ALLOCATED, Standing.BOARDED, Standing.NO_SHOW})
"""Whose place is certain: they stand on the manifest, and have the visit in their calendar."""
OVER = frozenset({Standing.EXPIRED, Standing.DECLINED, Standing.CANCELLED, Standing.CANCELLED_BY_ORGANISER})
"""What has ended; who signs up again begins anew in the same row."""


class Visit(Model):
    """A guided visit with limited seats. Times are wall times in the event's zone."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("(leaves IS NULL) = (returns IS NULL)", name="both_times_or_none"),
        CheckConstraint("leaves < returns", name="returns_after_it_leaves"),
        CheckConstraint("leaves IS NULL OR day IS NOT NULL", name="a_time_has_a_day"),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("taken >= 0 AND (seats IS NULL OR taken <= seats)", name="never_oversold"),
        CheckConstraint("minimum >= 0 AND per_delegation >= 1", name="numbers"),
        CheckConstraint("offer_hours BETWEEN 1 AND 168", name="offer_hours"),
        CheckConstraint("before BETWEEN 0 AND 240 AND after BETWEEN 0 AND 240", name="minutes_around"),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_coordinates_or_none"),
        CheckConstraint("(cancelled_at IS NULL) = (cancel_reason = '')", name="cancelled_for_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    host: Mapped[str] = mapped_column(String(200), default="")
    meeting_point: Mapped[str] = mapped_column(String(200), default="")
    map_link: Mapped[str] = mapped_column(String(500), default="")
    """A page that shows the meeting point on a map."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    day: Mapped[date | None]
    leaves: Mapped[time | None]
    returns: Mapped[time | None]
    before: Mapped[int] = mapped_column(default=15)
    """Minutes before it leaves in which people are to be at the meeting point, and in no session."""
    after: Mapped[int] = mapped_column(default=15)
    """Minutes from its return until people can be in a session again."""
    seats: Mapped[int | None]
    """The most people who may come; None: as many as its vehicles take, or no limit."""
    taken: Mapped[int] = mapped_column(default=0)
    """How many hold a place (`HOLDING`)."""
    minimum: Mapped[int | None]
    """With fewer people the organisers may call it off."""
    per_delegation: Mapped[int | None]
    """At most so many people of one delegation hold a place; None: no limit."""
    filling: Mapped[Filling] = mapped_column(choice(Filling, "filling"), default=Filling.FIRST_COME)
    modes: Mapped[list[str]] = mapped_column(JSON, default=lambda: [Mode.VENUE.value])
    """Who may join by the way they take part."""
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Who may join by their role in the delegation (`Capacity`); empty: everybody."""
    first_roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Roles whose people stand in class 0 of the waiting list, before all others, who then stand in class 1."""
    shoes: Mapped[str] = mapped_column(String(200), default="")
    """What to wear on the feet and otherwise."""
    no_photos: Mapped[bool] = mapped_column(default=False)
    identity_papers: Mapped[bool] = mapped_column(default=False)
    """People must bring an identity document."""
    rules: Mapped[str] = mapped_column(Text, default="")
    """Whatever else the host asks for."""
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    """In which it is guided: language codes, as "en"."""
    opens_at: Mapped[datetime | None]
    """The list is open from then, None: at once; and until `closes_at`, None: until it leaves."""
    closes_at: Mapped[datetime | None]
    offer_hours: Mapped[int] = mapped_column(default=24)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(1000), default="")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each edit of an organiser, so that no two overwrite each other."""

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    vehicles: Mapped[list[Vehicle]] = relationship(
        back_populates="visit", lazy="raise_on_sql", order_by="Vehicle.position, Vehicle.id"
    )

    def span(self, zone: str) -> tuple[datetime, datetime] | None:
        """Leave and return as instants, or None while they are to be announced."""
        if self.day is None or self.leaves is None or self.returns is None:
            return None
        return ical.wall(self.day, self.leaves, zone), ical.wall(self.day, self.returns, zone)

    def busy(self, zone: str) -> tuple[datetime, datetime] | None:
        """The instants between which somebody on it can be nowhere else, the ways to and from it included."""
        span = self.span(zone)
        return (span[0] - timedelta(minutes=self.before), span[1] + timedelta(minutes=self.after)) if span else None


class Vehicle(Model):
    """A bus or van of a visit. A visit without vehicles is gone to on foot."""

    __tablename__ = "vehicles"
    __table_args__ = (
        UniqueConstraint("visit_id", "name"),
        CheckConstraint("seats >= 0 AND step_free >= 0 AND step_free <= seats", name="places"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="never_oversold"),
        CheckConstraint(
            "step_free_taken >= 0 AND step_free_taken <= step_free AND step_free_taken <= taken",
            name="step_free_never_oversold",
        ),
        CheckConstraint("link_generation >= 0", name="generation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    seats: Mapped[int]
    """How many people it takes, those on step-free places included."""
    step_free: Mapped[int] = mapped_column(default=0)
    """How many of them may be people who need to get in without a step."""
    taken: Mapped[int] = mapped_column(default=0)
    step_free_taken: Mapped[int] = mapped_column(default=0)
    leader: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    """The leader's, as they are called on the way."""
    link_generation: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the secret that opens its manifest for whoever ticks; None: there is no such link at present."""
    left_at: Mapped[datetime | None]
    """When it was said to have left; whoever had not boarded by then did not come."""
    position: Mapped[int] = mapped_column(default=0)

    visit: Mapped[Visit] = relationship(back_populates="vehicles", lazy="raise_on_sql")

    @property
    def link(self) -> str:
        """The secret in the address of the page on which boarding is ticked."""
        return tokens.secret("vehicle", self.uid, self.link_generation)


HELD = "state IN ('offered', 'allocated', 'boarded', 'no-show')"


class SignUp(Model):
    """One person's place on a visit, or their turn for one. One row for a person and a visit, whatever became of it."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("visit_id", "delegate_id"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="an_offer_ends"),
        CheckConstraint("state <> 'waitlisted' OR joined_at IS NOT NULL", name="who_waits_has_joined"),
        CheckConstraint(f"vehicle_id IS NULL OR {HELD}", name="a_seat_is_held"),
        CheckConstraint("(state = 'boarded') = (boarded_at IS NOT NULL)", name="boarded_at_a_time"),
        CheckConstraint("list_class BETWEEN 0 AND 9", name="list_class"),
        Index("ix_sign_ups_visit_id_state", "visit_id", "state"),
        Index(
            "ix_sign_ups_offers",
            "offered_until",
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), index=True)
    state: Mapped[Standing] = mapped_column(choice(Standing, "state"))
    state_at: Mapped[datetime]
    party: Mapped[str] = mapped_column(String(32), default="")
    """People of one delegation with the same mark get places together or not at all; empty: alone."""
    list_class: Mapped[int] = mapped_column(default=0)
    """The class on the waiting list, lower first."""
    joined_at: Mapped[datetime | None]
    """When the person joined the list, which is their turn within the class."""
    offered_until: Mapped[datetime | None]
    unanswered: Mapped[int] = mapped_column(default=0)
    """How many offers of a place passed without an answer."""
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicles.id"), index=True)
    step_free: Mapped[bool] = mapped_column(default=False)
    """The person needs to get about without steps, and agreed that those who run the visit know it."""
    mobile: Mapped[str] = mapped_column(String(40), default="")
    understood_at: Mapped[datetime | None]
    """When the rules were ticked as understood."""
    comment: Mapped[str] = mapped_column(String(1000), default="")
    """What the organiser said when cancelling."""
    boarded_at: Mapped[datetime | None]
    ticked_at: Mapped[datetime | None]
    """When boarding was last ticked or unticked, by the clock of whoever did; older ticks that come in later count no
    more."""
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The entry of the visit in the person's calendar, as last told (ical.Entry)."""
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each move, and tells the letters about it apart."""

    visit: Mapped[Visit] = relationship(lazy="raise_on_sql")
    delegate: Mapped[Delegate] = relationship(lazy="raise_on_sql")
    vehicle: Mapped[Vehicle | None] = relationship(lazy="raise_on_sql")


class Tick(Model):
    """One press of the person who ticks boarding. The key is made where it was pressed, so that a press that is sent
    twice, or hours later, is recorded once."""

    __tablename__ = "ticks"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_ups.id"), index=True)
    boarded: Mapped[bool]
    pressed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(200))


class WishList(Model):
    """What one person says who wishes for visits; the visits themselves are `Wish` rows."""

    __tablename__ = "wish_lists"
    __table_args__ = (CheckConstraint("list_class BETWEEN 0 AND 9", name="list_class"),)

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    party: Mapped[str] = mapped_column(String(32), default="")
    """As in SignUp; people of one party wish for the same visits."""
    list_class: Mapped[int] = mapped_column(default=0)
    step_free: Mapped[bool] = mapped_column(default=False)
    mobile: Mapped[str] = mapped_column(String(40), default="")
    understood_at: Mapped[datetime | None]
    told_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    delegate: Mapped[Delegate] = relationship(lazy="raise_on_sql")
    wishes: Mapped[list[Wish]] = relationship(
        lazy="raise_on_sql", order_by="Wish.rank", cascade="all, delete-orphan", back_populates="list"
    )


class Wish(Model):
    """A visit that somebody wishes for, 1 the dearest."""

    __tablename__ = "wishes_for_visits"
    __table_args__ = (
        UniqueConstraint("delegate_id", "visit_id"),
        CheckConstraint("rank BETWEEN 1 AND 3", name="rank"),
    )

    delegate_id: Mapped[int] = mapped_column(ForeignKey("wish_lists.delegate_id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)

    list: Mapped[WishList] = relationship(lazy="raise_on_sql", back_populates="wishes")
    visit: Mapped[Visit] = relationship(lazy="raise_on_sql")


class Allocation(Model):
    """One run that gave places to wishes: with which seed, what came of it, by whom and when."""

    __tablename__ = "allocations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    seed: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    run_by: Mapped[str] = mapped_column(String(200))
    run_at: Mapped[datetime]
