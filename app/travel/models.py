"""What delegates at the venue tell in confidence, in tables of their own: one DELETE each forgets it.

Whoever holds the link of a person's page may fill these in, but reads what is stored only with a code that goes by
letter to `told_from`: the address the person had when the row was made, so that another address typed in later by
whoever came by the link opens nothing. Once something is told under another address, it is empty: no code opens it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, choice
from app.registration.models import Delegate


class Hotel(StrEnum):
    """Where somebody sleeps."""

    OFFICIAL = "official"
    """In a hotel that the organisers name."""
    OWN = "own"
    """In one they found themselves."""
    NONE = "none"
    """They need none."""


class Kind(StrEnum):
    """The two things told in confidence; each is opened by codes of its own."""

    TRAVEL = "travel"
    VISA = "visa"


class Logistics(Model):
    """The journey and the stay of one delegate at the venue. Everything is optional and stored part by part."""

    __tablename__ = "logistics"
    __table_args__ = (
        CheckConstraint(
            "arrives_at IS NULL OR departs_at IS NULL OR departs_at > arrives_at", name="departs_after_arriving"
        ),
    )

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    told_from: Mapped[str] = mapped_column(String(254), default="")
    """Where codes go that open this row; empty: none can be sent."""
    journey_at: Mapped[datetime | None]
    """When this part was last stored; likewise below."""
    stay_at: Mapped[datetime | None]
    emergency_at: Mapped[datetime | None]
    company_at: Mapped[datetime | None]
    notes_at: Mapped[datetime | None]

    arrives_at: Mapped[datetime | None]
    arrival_zone: Mapped[str] = mapped_column(String(60), default="")
    """The zone in which the time was told; likewise of the departure."""
    arrival_flight: Mapped[str] = mapped_column(String(12), default="")
    arrival_port: Mapped[str] = mapped_column(String(120), default="")
    """The airport or station."""
    departs_at: Mapped[datetime | None]
    departure_zone: Mapped[str] = mapped_column(String(60), default="")
    departure_flight: Mapped[str] = mapped_column(String(12), default="")
    departure_port: Mapped[str] = mapped_column(String(120), default="")
    pick_up: Mapped[bool] = mapped_column(default=False)

    hotel: Mapped[Hotel | None] = mapped_column(choice(Hotel, "hotel"))
    hotel_name: Mapped[str] = mapped_column(String(200), default="")

    emergency_name: Mapped[str] = mapped_column(String(200), default="")
    emergency_phone: Mapped[str] = mapped_column(String(20), default="")
    emergency_relation: Mapped[str] = mapped_column(String(120), default="")

    companions: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The names of people who come along and are not of the delegation."""

    gifts: Mapped[str] = mapped_column(String(500), default="")
    officers: Mapped[bool | None]
    """Whether security officers come along; all more is settled by hand and not kept."""
    weapons: Mapped[bool | None]
    faith: Mapped[str] = mapped_column(String(500), default="")
    """Dress and faith: a prayer room, days of rest."""

    delegate: Mapped[Delegate] = relationship(lazy="raise_on_sql")


class VisaData(Model):
    """What a letter for one delegate's visa needs. The row is made when the person asks for a letter."""

    __tablename__ = "visa_data"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    told_from: Mapped[str] = mapped_column(String(254), default="")
    """As in Logistics."""
    asked_at: Mapped[datetime]
    passport_at: Mapped[datetime | None]
    trip_at: Mapped[datetime | None]

    surname: Mapped[str] = mapped_column(String(120), default="")
    """In the letters of the machine-readable zone (ICAO 9303); likewise the given names."""
    given_names: Mapped[str] = mapped_column(String(120), default="")
    sex: Mapped[str] = mapped_column(String(1), default="")
    """As in the passport: F, M, X, or not told."""
    nationality: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166-1; likewise the issuing country."""
    birth_date: Mapped[date | None]
    birth_place: Mapped[str] = mapped_column(String(120), default="")
    number: Mapped[str] = mapped_column(String(15), default="")
    issuing_country: Mapped[str] = mapped_column(String(2), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]

    embassy: Mapped[str] = mapped_column(String(200), default="")
    """The embassy or consulate where the visa is applied for."""
    enters_on: Mapped[date | None]
    leaves_on: Mapped[date | None]
    payer: Mapped[str] = mapped_column(String(200), default="")
    """Who pays for journey and stay."""

    delegate: Mapped[Delegate] = relationship(lazy="raise_on_sql")

    @property
    def complete(self) -> bool:
        """Whether a letter can be made."""
        return self.passport_at is not None and self.trip_at is not None


class Code(Model):
    """A code of six figures that was sent to open what is stored. The code is derived from `salt` and the product's
    key, so the table holds nothing that opens anything."""

    __tablename__ = "codes"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
