"""Events by the name that stands in their address."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.db import db, directly
from app.events.models import Event

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
    step with the table. Its relations read as empty. Raises LookupError when there is none. One query."""
    found = directly(ROW_BY_SLUG, slug=slug).one_or_none()
    if found is None:
        raise LookupError(f"there is no event called {slug!r}")
    return Event(**found._mapping)


ROW_BY_SLUG = select(*Event.__table__.c).where(Event.__table__.c.slug == bindparam("slug"))


def facts(event: Event) -> tuple[object, ...]:
    """All that the event's own row says. Equal as long as nobody changes it."""
    return tuple(getattr(event, each.key) for each in Event.__mapper__.column_attrs)
