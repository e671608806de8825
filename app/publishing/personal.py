"""What the programme and the calendar say to one who takes part: what they may know of, and where it is for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from app import ical
from app.events.models import Mode
from app.publishing.programme import Programme, Session

EVERYBODYS = frozenset({"public", "delegates"})
"""The visibilities of sessions that every delegate may know of."""
OWN = frozenset({*EVERYBODYS, "invited"})
"""Those of sessions that a delegate may know of when their own city appears there."""


@dataclass(frozen=True)
class Presence:
    """How one takes part, and how often and when that was last changed: places in the calendar follow it."""

    mode: Mode
    changes: int = 0
    changed_at: datetime | None = None


def appears(session: Session, city: str) -> bool:
    """Whether the city (by its slug) stands in the session."""
    return any(each.city == city for each in session.appearances)


def may_know(programme: Programme, session: Session, city: str) -> bool:
    """Whether people of the city may know of the session."""
    seen_by = programme.visibility_of(session)
    return seen_by in EVERYBODYS or (seen_by in OWN and appears(session, city))


def own_sessions(programme: Programme, city: str) -> tuple[Session, ...]:
    """The sessions in which the city appears and that its people may know of, in order."""
    return tuple(each for each in programme.sessions if appears(each, city) and may_know(programme, each, city))


def here(entry: ical.Entry, presence: Presence) -> ical.Entry:
    """The entry as it is for somebody who takes part like this; a change of mode counts as one of it (RFC 5546 2.1.4).

    Who sends a video message goes nowhere and gives no time of their own.
    """
    item = entry.item
    if presence.mode != Mode.VENUE:
        video = presence.mode == Mode.VIDEO
        item = replace(item, place="" if video else _("Online"), geo=None, free=video)
    if not presence.changes:
        return replace(entry, item=item)
    newest = max(filter(None, (entry.changed_at, presence.changed_at)))
    return replace(entry, item=item, sequence=entry.sequence + presence.changes, changed_at=newest)
