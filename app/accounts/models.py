"""Those who run events: their accounts, what each may do at which event, where they are signed in, and their tries."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_security import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, choice

if TYPE_CHECKING:

    class Known:
        """What Flask-Security adds to a user, without its guesses at how our columns are typed."""

        def verify_and_update_password(self, password: str) -> bool: ...

else:
    Known = UserMixin


class Role(StrEnum):
    """What somebody may do at an event."""

    ORGANISER = "organiser"
    LOGISTICS = "logistics"
    """Sees what people told in confidence of their journey, stay, food and access. Organisers do not, as such."""
    VISA = "visa"
    """Sees what people told for a visa letter, passports included. Nobody else does."""


def new_mark() -> str:
    """What a sign-in and a link to set a password are tied to; a new one ends them all."""
    return secrets.token_hex(32)


class User(Model, Known):
    """A person with an account. Delegates have none: their link is their key."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_small_letters"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In small letters, so that one address is one account however it is typed."""
    name: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    """An argon2id hash; None until the person has set one by their link."""
    language: Mapped[str] = mapped_column(String(12), default="en", server_default="en")
    """Of the letters about the account, as whoever invited the person chose it; pages speak English."""
    active: Mapped[bool] = mapped_column(default=True)
    """False: the account is closed, and nobody is signed in by it."""
    fs_uniquifier: Mapped[str] = mapped_column(String(64), default=new_mark, unique=True)
    app_key: Mapped[str | None] = mapped_column(String(400))
    """What an app on the person's phone makes codes from (RFC 6238), encrypted; None without such an app."""
    app_counter: Mapped[int | None] = mapped_column(BigInteger)
    """The half minute, counted since 1970, whose code was used last: none is taken twice."""

    roles = ()
    """What Flask-Security asks for and we do not use: roles are held per event (Staff)."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"fs_uniquifier": new_mark(), "active": True} | values)


class Staff(Model):
    """A person holds a role at an event, or at every event, those to come included, when `event_id` is None."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("user_id", "event_id", "role"),
        # A unique constraint takes two empty event_ids for different ones.
        Index(
            "uq_staff_every_event",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("event_id IS NULL"),
            postgresql_where=text("event_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"))


class SignIn(Model):
    """One browser that somebody signed in with. The cookie holds a key; without a row that stands it opens nothing."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]
    """When the password was last typed in this browser; None in rows older than the column: at `started_at`."""
    used_at: Mapped[datetime | None]
    """When somebody last did something in this browser, within service.COARSELY; None in rows older than the column."""
    agent: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """What the browser calls itself, shown to its owner alone."""


class Device(Model):
    """A browser that somebody is known by: it signed in as them before, or opened the letter with their link.

    Its owner is never locked out by others who guess, and no letter warns of it (OWASP, device cookies).
    """

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("user_id", "key_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key_hash: Mapped[str] = mapped_column(String(64))
    network_hash: Mapped[str] = mapped_column(String(64))
    """Of the network from which it came last."""
    used_at: Mapped[datetime] = mapped_column(index=True)


class Passkey(Model):
    """A key that stays in somebody's phone, computer or security key (WebAuthn); we hold its public half."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential: Mapped[str] = mapped_column(String(1400), unique=True)
    """Its name among all keys, base64url; at most 1,023 octets (WebAuthn 5.8.3)."""
    public_key: Mapped[bytes]
    uses: Mapped[int] = mapped_column(BigInteger)
    """The key's own count of its uses; always 0 with keys that are kept on several devices."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpareCode(Model):
    """One of the codes that somebody keeps on paper for the day when their phone is lost. Each opens once."""

    __tablename__ = "spare_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    """HMAC-SHA256 with a key of ours, so that the table alone gives away no code."""
    used_at: Mapped[datetime | None]


class Tries(Model):
    """How often something that may be guessed was tried by one key since the first try of the present span."""

    __tablename__ = "tries"
    __table_args__ = (CheckConstraint("used >= 0", name="used"),)

    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Network and email addresses are personal data, so the table holds their hash alone."""
    since: Mapped[datetime] = mapped_column(index=True)
    used: Mapped[int] = mapped_column(default=0)
