"""When a calendar was last fetched. A feed is asked for hundreds of times a day and noted once, after its answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from app.publishing.calendars.models import Fetch
from app.publishing.feeds import Feed

REMEMBERED = 50_000
"""How many feeds a process remembers to have been noted today."""
Days = dict[tuple[int, str], date]


def is_due(feed: Feed, now: datetime) -> bool:
    """Whether this process has not noted the feed today, by the days of UTC; it remembers that it is about to."""
    noted: Days = current_app.extensions.setdefault("fetches", {})
    key = feed.event_id, feed.key
    if noted.get(key) == now.date():
        return False
    if len(noted) >= REMEMBERED:
        noted.clear()
    noted[key] = now.date()
    return True


def forget(feed: Feed) -> None:
    """It could not be noted, so the next fetch is to try again."""
    current_app.extensions.setdefault("fetches", {}).pop((feed.event_id, feed.key), None)


def note(feed: Feed, now: datetime) -> None:
    """Note the fetch, unless another process has noted one today. One statement."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    today = datetime.combine(now.date(), time(), now.tzinfo)
    told = {"at": now, "release": feed.release}
    row = dialect.insert(Fetch).values(event_id=feed.event_id, feed=feed.key, **told)
    db.session.execute(
        row.on_conflict_do_update(index_elements=["event_id", "feed"], set_=told, where=Fetch.at < today)
    )


def last(event_id: int, key: str) -> Fetch | None:
    """The last fetch of one feed that was noted. One query."""
    return latest(event_id, [key]).get(key)


def latest(event_id: int, keys: Iterable[str]) -> dict[str, Fetch]:
    """The last fetches that were noted of these feeds, by their keys. One query."""
    rows = select(Fetch).where(Fetch.event_id == event_id, Fetch.feed.in_(list(keys)))
    return {row.feed: row for row in db.session.execute(rows).scalars()}
