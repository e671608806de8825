"""Links to calendars that are neither public nor a delegate's, and when calendars were last fetched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import tokens
from app.db import Model
from app.events.models import new_uid
from app.registration.models import join_secret


class CalendarLink(Model):
    """What opens the calendar of a city's office, or of a person of the programme such as a moderator.

    It is made when it is first wanted. Replacing and withdrawing raise the generation; a withdrawn one opens nothing.
    """

    __tablename__ = "calendar_links"
    __table_args__ = (
        CheckConstraint("(delegation_id IS NULL) <> (person_id IS NULL)", name="a_city_or_a_person"),
        CheckConstraint("generation >= 0", name="generation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    generation: Mapped[int] = mapped_column(default=0)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    join_hash: Mapped[str] = mapped_column(String(64), unique=True, index=True)
    """Of what joins the sessions of a person of the programme; it stands in the calendar and is replaced with it."""
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]

    @property
    def secret(self) -> str:
        """What stands in the address; that of an office opens no moderator's calendar, and the other way round."""
        purpose = "calendar of an office" if self.delegation_id else "calendar of a person of the programme"
        return tokens.secret(purpose, self.uid, self.generation)

    @property
    def join(self) -> str:
        """The secret in the addresses at which the person joins sessions from afar; it opens nothing else."""
        return join_secret(self.uid, self.generation)

    @property
    def feed(self) -> str:
        """Under which name its fetches are noted: those of a replaced address are not this one's."""
        return f"{'office' if self.delegation_id else 'moderator'}/{self.uid}/{self.generation}"

    def seal(self) -> None:
        """Store the hashes of the present secrets; to be called when made and whenever the generation rises."""
        self.secret_hash = tokens.digest(self.secret)
        self.join_hash = tokens.digest(self.join)


class Fetch(Model):
    """That a calendar was fetched, and which release it told; noted once a day at most."""

    __tablename__ = "fetches"
    __table_args__ = (UniqueConstraint("event_id", "feed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    feed: Mapped[str] = mapped_column(String(160))
    """The key of the feed (feeds.Feed): "all", "person/<uid>/0"."""
    at: Mapped[datetime]
    release: Mapped[int]
