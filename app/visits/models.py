"""A site visit as the organisers plan it."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import ical
from app.db import Model


class Visit(Model):
    """A guided visit with limited seats. Times are wall times in the event's zone."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("(leaves IS NULL) = (returns IS NULL)", name="both_times_or_none"),
        CheckConstraint("leaves < returns", name="returns_after_it_leaves"),
        CheckConstraint("leaves IS NULL OR day IS NOT NULL", name="a_time_has_a_day"),
        CheckConstraint("seats >= 0", name="seats"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    host: Mapped[str] = mapped_column(String(200), default="")
    meeting_point: Mapped[str] = mapped_column(String(200), default="")
    day: Mapped[date | None]
    leaves: Mapped[time | None]
    returns: Mapped[time | None]
    seats: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    def span(self, zone: str) -> tuple[datetime, datetime] | None:
        """Leave and return as instants, or None while they are to be announced."""
        if self.day is None or self.leaves is None or self.returns is None:
            return None
        return ical.wall(self.day, self.leaves, zone), ical.wall(self.day, self.returns, zone)
