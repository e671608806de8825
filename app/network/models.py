"""The register of a network: members, the other names they go by, the offices they hold."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.db import Model, choice
from app.sent import SentTable

IN_ORDER = "until = '' OR since = '' OR substr(since, 1, length(until)) <= until"
"""A day of a month may well stand before that month's end: "2013-11-05" to "2013-11"."""


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
    __table_args__ = (
        UniqueConstraint("network_id", "slug"),
        UniqueConstraint("network_id", "folded", "country", "kind", "disambiguator", name="uq_members_name"),
        CheckConstraint("folded <> ''", name="name_has_letters"),
        CheckConstraint(IN_ORDER, name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(400), index=True)
    """The name as search sees it; follows `name` by itself."""
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    standing: Mapped[Standing | None] = mapped_column(choice(Standing, "standing"))
    since: Mapped[str] = mapped_column(String(10), default="")
    """From when it has this standing, and `until` when it belonged to the network: dates as of an `Office`."""
    until: Mapped[str] = mapped_column(String(10), default="")
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
    made_by: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The mark of the form that made the member, so that the same form sent twice makes one."""

    network: Mapped[Network] = relationship(back_populates="members", lazy="raise_on_sql")
    aliases: Mapped[list[Alias]] = relationship(
        back_populates="member", lazy="raise_on_sql", order_by="Alias.name", cascade="all, delete-orphan"
    )
    offices: Mapped[list[Office]] = relationship(
        back_populates="member", lazy="raise_on_sql", order_by="Office.id", cascade="all, delete-orphan"
    )
    past: Mapped[list[PastStanding]] = relationship(
        lazy="raise_on_sql", order_by="PastStanding.id", cascade="all, delete-orphan"
    )

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        self.folded = folded(name)
        return name


class Alias(Model):
    """Another name a member goes by, in any script; found by search, shown only where it helps."""

    __tablename__ = "aliases"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(400), index=True)

    member: Mapped[Member] = relationship(back_populates="aliases", lazy="raise_on_sql")

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        self.folded = folded(name)
        return name


class Office(Model):
    """A post a member holds in its network, between dates that may be known only to the month or the year.

    `since` and `until` are ISO 8601 dates cut where knowledge ends: "2013", "2013-11" or "2013-11-05"; empty where
    the day is not known. `until` empty and `former` false means the member still holds the post.
    """

    __tablename__ = "offices"
    __table_args__ = (
        UniqueConstraint("member_id", "name", "since"),
        CheckConstraint(IN_ORDER, name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(String(40))
    """"chair", "executive", "secretariat", "host"."""
    since: Mapped[str] = mapped_column(String(10), default="")
    until: Mapped[str] = mapped_column(String(10), default="")
    former: Mapped[bool] = mapped_column(default=False)

    member: Mapped[Member] = relationship(back_populates="offices", lazy="raise_on_sql")


class PastStanding(Model):
    """A standing that a member had before its present one; dates as of an `Office`."""

    __tablename__ = "past_standings"
    __table_args__ = (CheckConstraint(IN_ORDER, name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    standing: Mapped[Standing] = mapped_column(choice(Standing, "standing"))
    since: Mapped[str] = mapped_column(String(10), default="")
    until: Mapped[str] = mapped_column(String(10), default="")


class MemberFile(SentTable):
    """A table of members that somebody sent and is looking through; it goes when it is loaded."""

    __tablename__ = "member_files"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"))
    reading: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{"columns": [field or "" for each column], "kind": ..., "standing": ...}: how it is read."""


LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
"""Letters that Unicode does not take apart."""


def folded(name: str) -> str:
    """A name as search and matching see it: no accents, case, spaces or punctuation. "São Paulo" -> "saopaulo".

    Of the first 800 characters, and at most 400 of them: it is remembered, and what is typed has any length.
    """
    return _folded(name[:800])


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return "".join(each for each in unicodedata.normalize("NFC", bare) if each.isalnum())[:400]
