"""The register of a network: members, the other names they go by, the offices they hold."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, choice


class Kind(StrEnum):
    CITY = "city"
    METROPOLIS = "metropolis"
    CITY_STATE = "city-state"
    STATE = "state"
    COUNTY = "county"
    ASSOCIATION = "association"
    NGO = "ngo"
    OTHER = "other"


class Standing(StrEnum):
    FULL = "full"
    ASSOCIATE = "associate"
    OBSERVER = "observer"


class Network(Model):
    """An association of cities that holds events."""

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    """The short name everybody uses: "G-NETS"."""
    full_name: Mapped[str] = mapped_column(String(300))
    founded: Mapped[int | None]
    region: Mapped[str] = mapped_column(String(120), default="")
    full_members: Mapped[int | None]
    """How many full members the network states it has; the register may hold only some of them by name."""
    associate_members: Mapped[int | None]

    members: Mapped[list[Member]] = relationship(
        back_populates="network", order_by="Member.name", lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class Member(Model):
    """A city or institution that belongs to a network. A city in two networks is a member of each."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("network_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    standing: Mapped[Standing | None] = mapped_column(choice(Standing, "standing"))
    country: Mapped[str] = mapped_column(String(2))
    """ISO 3166-1 alpha-2."""
    country_printed: Mapped[bool] = mapped_column(default=True)
    """Whether the country stands beside the name; some members ask that it does not."""
    disambiguator: Mapped[str] = mapped_column(String(120), default="")
    """Which of several places of this name: "California"."""
    zone: Mapped[str] = mapped_column(String(60))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    region: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    network: Mapped[Network] = relationship(back_populates="members", lazy="raise_on_sql")
    aliases: Mapped[list[Alias]] = relationship(
        back_populates="member", lazy="raise_on_sql", order_by="Alias.name", cascade="all, delete-orphan"
    )
    offices: Mapped[list[Office]] = relationship(
        back_populates="member", lazy="raise_on_sql", order_by="Office.id", cascade="all, delete-orphan"
    )


class Alias(Model):
    """Another name a member goes by, in any script; found by search, shown only where it helps."""

    __tablename__ = "aliases"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(String(120))

    member: Mapped[Member] = relationship(back_populates="aliases", lazy="raise_on_sql")


class Office(Model):
    """A post a member holds in its network, between dates that may be known only to the month or the year.

    `since` and `until` are ISO 8601 dates cut where knowledge ends: "2013", "2013-11" or "2013-11-05"; empty where
    the day is not known. `until` empty and `former` false means the member still holds the post.
    """

    __tablename__ = "offices"
    __table_args__ = (
        UniqueConstraint("member_id", "name", "since"),
        CheckConstraint("until = '' OR since = '' OR since <= until", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(String(40))
    """"chair", "executive", "secretariat", "host"."""
    since: Mapped[str] = mapped_column(String(10), default="")
    until: Mapped[str] = mapped_column(String(10), default="")
    former: Mapped[bool] = mapped_column(default=False)

    member: Mapped[Member] = relationship(back_populates="offices", lazy="raise_on_sql")


def folded(name: str) -> str:
    """A name as search and matching see it: no accents, case, spaces or punctuation. "São Paulo" -> "saopaulo"."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))
    return "".join(each for each in bare if each.isalnum())
