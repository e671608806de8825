"""By when a city owes what: the event's deadlines, and later ones for single cities.

A deadline is the last instant at which something is still in time: "closes 23:59" is stored as 23:59:59.999999.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import ical
from app.db import db
from app.delegations.models import Delegation, Extension
from app.events.models import Deadline, Due, Event
from app.journal import note
from app.refused import Refused
from app.web.wording import moment

MINUTE = timedelta(minutes=1, microseconds=-1)


@dataclass(frozen=True)
class Limit:
    """The last instant that is in time, and what happens after it."""

    at: datetime
    hard: bool = False
    """After a hard one nothing is taken any more, after a soft one it is taken and marked late."""
    extended: bool = False
    """The city was given longer than the others."""

    def over(self, now: datetime) -> bool:
        return now > self.at


Limits = Mapping[Due, Limit]


def deadline(event_id: int, kind: Due, delegation_id: int | None = None) -> tuple[datetime | None, bool]:
    """(last instant in time, whether it is hard), for this delegation if one is named. None: no deadline."""
    limit = limits(event_id, delegation_id).get(kind)
    return (limit.at, limit.hard) if limit else (None, False)


def limits(event_id: int, delegation_id: int | None = None) -> dict[Due, Limit]:
    """All deadlines of an event in the order of `Due`, as they are for this delegation if one is named. One query."""
    theirs = (Extension.kind == Deadline.kind) & (Extension.delegation_id == (delegation_id or 0))
    rows = db.session.execute(
        select(Deadline.kind, Deadline.at, Deadline.hard, Extension.until)
        .outerjoin(Extension, theirs)
        .where(Deadline.event_id == event_id)
    )
    found = {row.kind: _limit(row.at, row.hard, row.until) for row in rows}
    return {kind: found[kind] for kind in Due if kind in found}


def is_late(delegation: Delegation, kind: Due, now: datetime) -> bool:
    """Whether this comes after a soft deadline. Refused after a hard one, with the way on. One query.

    `delegation` has its event loaded.
    """
    limit = limits(delegation.event_id, delegation.id).get(kind)
    if limit is None or not limit.over(now):
        return False
    if limit.hard:
        at = moment(limit.at, delegation.event.zone)
        said = _("This was possible until %(at)s. Please ask the organisers: they can give your city more time.", at=at)
        raise Refused(said)
    return True


def all_limits(event_id: int, kind: Due) -> tuple[Limit | None, dict[int, Limit]]:
    """One deadline of an event, and those of the delegations that were given longer, by their ids. Two queries."""
    row = db.session.execute(
        select(Deadline.at, Deadline.hard).where(Deadline.event_id == event_id, Deadline.kind == kind)
    ).one_or_none()
    if row is None:
        return None, {}
    longer = db.session.execute(
        select(Extension.delegation_id, Extension.until)
        .join(Delegation)
        .where(Delegation.event_id == event_id, Extension.kind == kind)
    )
    return _limit(row.at, row.hard, None), {key: _limit(row.at, row.hard, until) for key, until in longer}


def _limit(at: datetime, hard: bool, until: datetime | None) -> Limit:
    return Limit(until, hard, True) if until is not None and until > at else Limit(at, hard)


def last_instant(day: date, clock: time, zone: str) -> datetime:
    """The end of this minute on the clocks of `zone`. Refused on "time" when they leave it out that day."""
    try:
        return ical.wall(day, clock, zone) + MINUTE
    except ical.Gap as gap:
        raise Refused(str(gap), "time") from gap


def set_deadlines(event: Event, wanted: Mapping[Due, Limit | None], *, who: str, now: datetime) -> int:
    """Set, move or (None) lift deadlines of the event; those not named stay. How many changed; twice changes none."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    rows = db.session.execute(
        select(Deadline).where(Deadline.event_id == event.id).execution_options(populate_existing=True)
    ).scalars()
    known = {row.kind: row for row in rows}
    changed = 0
    for kind, limit in wanted.items():
        before = _told(known.get(kind))
        after = {"at": limit.at.isoformat(), "hard": limit.hard} if limit else None
        if before == after:
            continue
        changed += 1
        _put(event.id, kind, known.get(kind), limit)
        note("deadline", f"deadline/{kind}", who=who, now=now, event_id=event.id, before=before, after=after)
    return changed


def _told(row: Deadline | None) -> dict[str, object] | None:
    return {"at": row.at.isoformat(), "hard": row.hard} if row else None


def _put(event_id: int, kind: Due, row: Deadline | None, limit: Limit | None) -> None:
    if limit is None:
        db.session.delete(row)
    elif row is None:
        db.session.add(Deadline(event_id=event_id, kind=kind, at=limit.at, hard=limit.hard))
    else:
        row.at, row.hard = limit.at, limit.hard


def extend(delegation: Delegation, kind: Due, until: datetime, reason: str, *, who: str, now: datetime) -> bool:
    """Give one delegation (locked by the caller) longer than the others; whether that is new.

    Refused when the event has no such deadline, when the new one is no later than what the city has, or is past.
    """
    limit = limits(delegation.event_id, delegation.id).get(kind)
    if limit is None:
        raise Refused(_("There is no such deadline at this summit, so none can be extended."), "kind")
    if limit.extended and limit.at == until:
        return False
    if until <= now:
        raise Refused(_("This moment is past. Choose one that lies ahead."), "day")
    if until <= limit.at:
        raise Refused(_("This is no later than the deadline the city has already."), "day")
    row = db.session.execute(
        select(Extension).where(Extension.delegation_id == delegation.id, Extension.kind == kind)
    ).scalar_one_or_none()
    if row is None:
        row = Extension(delegation_id=delegation.id, kind=kind)
        db.session.add(row)
    row.until, row.reason, row.granted_by = until, reason, who
    db.session.flush()
    before, after = {"until": limit.at.isoformat()}, {"kind": kind, "until": until.isoformat(), "reason": reason}
    subject = f"delegation/{delegation.uid}"
    note("extended deadline", subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)
    return True
