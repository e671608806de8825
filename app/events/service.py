"""Events by the name that stands in their address."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import bindparam, select

from app.db import db
from app.events.models import Event
from app.wholes import Whole

BY_SLUG = select(Event).where(Event.slug == bindparam("slug"))
"""Made once, since it is asked with nearly each request."""


def event_by_slug(slug: str) -> Event:
    """The event of this slug. Raises LookupError when there is none. One query."""
    found = db.session.execute(BY_SLUG, {"slug": slug}).scalar_one_or_none()
    if found is None:
        raise LookupError(f"there is no event called {slug!r}")
    return found


def glimpse(slug: str) -> Event:
    """The same, of which no session knows, for who only looks at its own row: in half the time, since it is not kept in
    step with the table. Raises LookupError when there is none. One query."""
    found = _by_slug().glimpse(slug=slug)
    if found is None:
        raise LookupError(f"there is no event called {slug!r}")
    return found


@lru_cache(maxsize=1)
def _by_slug() -> Whole[Event]:
    return Whole(Event, by=["slug"])


def facts(event: Event) -> tuple[object, ...]:
    """All that the event's own row says. Equal as long as nobody changes it."""
    return tuple(getattr(event, each.key) for each in Event.__mapper__.column_attrs)
