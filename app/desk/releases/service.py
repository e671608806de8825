"""Any two releases beside each other, as organisers read them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.events.models import Event
from app.publishing.differences import Difference, differences
from app.publishing.models import Release
from app.publishing.programme import Programme, from_json


@dataclass(frozen=True)
class Compared:
    """Two releases of one event, the earlier and the later as they were asked for, and what differs."""

    first: Release
    second: Release
    found: tuple[Difference, ...]


def compare(event: Event, first: int, second: int) -> Compared:
    """What a reader of `first` finds different in `second`. One query. Raises LookupError for a release never made."""
    asked = select(Release).where(Release.event_id == event.id, Release.number.in_({first, second}))
    rows = {each.number: each for each in db.session.execute(asked).scalars()}
    if not {first, second} <= rows.keys():
        raise LookupError(f"this event has not both release {first} and {second}")
    before, after = (from_json(Programme, rows[number].programme) for number in (first, second))
    return Compared(rows[first], rows[second], differences(before, after))
