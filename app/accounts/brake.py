"""A brake on guessing: so many tries for each key in a span of time, counted in the database for all processes."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Tries
from app.db import Instant, db, directly
from app.tokens import digest
from app.web import heard

KEPT = timedelta(days=1)
"""Counts older than this are of no use to any brake; no span is longer."""


def allowed(purpose: str, key: str, limit: int, within: timedelta, now: datetime) -> bool:
    """Count one try of `key` and tell whether it is one of the first `limit` since the span began.

    A span begins with the first try and lasts `within`, at most a day; tries do not prolong it. To be called inside a
    write, before what is guessed at is looked at. Of any number of tries at once exactly `limit` get True.
    """
    tried = {"what": purpose, "whose": digest(key), "now": now, "before": now - within}
    free = bool(directly(COUNTED[db.engine.dialect.name], **tried).scalar_one() <= limit)
    if not free:
        heard.tell("braked", guard=purpose)
    return free


_NOW, _OVER = bindparam("now", type_=Instant()), Tries.since <= bindparam("before")
COUNTED = {
    dialect.dialect.name: dialect.insert(Tries.__table__)
    .values(purpose=bindparam("what"), key_hash=bindparam("whose"), since=_NOW, used=1)
    .on_conflict_do_update(
        index_elements=["purpose", "key_hash"],
        set_={"used": case((_OVER, 1), else_=Tries.used + 1), "since": case((_OVER, _NOW), else_=Tries.since)},
    )
    .returning(Tries.used)
    for dialect in (postgresql, sqlite)
}
"""By the name of the database. Made once: making it anew takes longer than asking it."""


def free_at(purpose: str, key: str, within: timedelta) -> datetime | None:
    """When the present span of `key` ends; None when it was never tried."""
    since = db.session.execute(select(Tries.since).where(*_row(purpose, key))).scalar_one_or_none()
    return None if since is None else since + within


def give_back(purpose: str, key: str) -> None:
    """Take one try back: it was no guess."""
    fewer = update(Tries).where(*_row(purpose, key), Tries.used > 0).values(used=Tries.used - 1)
    db.session.execute(fewer.execution_options(synchronize_session=False))


def sweep(now: datetime) -> None:
    """Delete counts that no brake asks for any more."""
    db.session.execute(delete(Tries).where(Tries.since < now - KEPT).execution_options(synchronize_session=False))


def network(address: str | None) -> str:
    """What one guesser can change at will counts as one: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _row(purpose: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Tries.purpose == purpose, Tries.key_hash == digest(key)
