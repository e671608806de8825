"""Releases that are made at a set moment: planned, taken back, and carried out once by the worker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import journal
from app.db import claim, db
from app.events.models import Event
from app.publishing import checks, service
from app.publishing.models import Planned, Stage
from app.refused import Refused
from app.sentences import Sentence
from app.web.wording import moment

A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Wish:
    """When to publish, and what to say of it. `key` is that of the form: the same form sent twice plans one release."""

    at: datetime
    key: str
    note: str = ""
    reason: str = ""
    minor: bool = False
    """Nobody is to get a letter about it."""


def plan(event: Event, wish: Wish, *, who: str, now: datetime) -> Planned:
    """Publish at this moment what the draft is then.

    Refused on "time" when that is over or further away than a year, when another release waits already, and on
    "reason" when what the draft says now could be published only with one.
    """
    service.hold(event.id)
    uid = hashlib.blake2b(f"planned/{event.id}/{wish.key}".encode(), digest_size=16).hexdigest()
    first = db.session.execute(select(Planned).where(Planned.uid == uid)).scalar_one_or_none()
    if first is not None:
        return first
    _ahead(wish.at, now)
    if (other := waiting(event.id)) is not None:
        said = _(
            "A release is planned already: for %(moment)s. Take that back first.", moment=moment(other.at, event.zone)
        )
        raise Refused(said)
    service.needs_reason(event.id, wish.reason)
    made = Planned(
        uid=uid,
        event_id=event.id,
        at=wish.at,
        note=wish.note,
        reason=wish.reason,
        minor=wish.minor,
        accepted=[each.key for each in checks.grave(event.id)],
        planned_by=who,
        planned_at=now,
        stage=Stage.WAITING,
    )
    db.session.add(made)
    _note("release planned", made, who, now)
    db.session.flush()
    return made


def _ahead(at: datetime, now: datetime) -> None:
    if at <= now:
        raise Refused(_("This moment is over. Choose one that is to come."), "time")
    if at - now > A_YEAR:
        raise Refused(_("This is more than a year away. Please look at the year."), "day")


def take_back(event_id: int, uid: str, *, who: str, now: datetime) -> None:
    """Publish nothing then. Taken back twice is once; refused when it was carried out meanwhile."""
    row = by_uid(event_id, uid)
    if row is None:
        raise Refused(_("This planned release is not there."))
    if _end(row, Stage.TAKEN_BACK, now):
        _note("planned release taken back", row, who, now)
    elif row.stage is not Stage.TAKEN_BACK:
        raise Refused(_("It is too late: the moment has come, and the release was dealt with."))


def waiting(event_id: int) -> Planned | None:
    """The release that waits for its moment, if one does."""
    found = select(Planned).where(Planned.event_id == event_id, Planned.stage == Stage.WAITING)
    return db.session.execute(found).scalar_one_or_none()


def by_uid(event_id: int, uid: str) -> Planned | None:
    """One planned release of this event, by its name in addresses."""
    if not uid.isalnum():
        return None
    found = select(Planned).where(Planned.event_id == event_id, Planned.uid == uid)
    return db.session.execute(found).scalar_one_or_none()


def newest(event_id: int) -> Planned | None:
    """The one that was planned last, whatever became of it."""
    found = select(Planned).where(Planned.event_id == event_id).order_by(Planned.id.desc()).limit(1)
    return db.session.execute(found).scalar_one_or_none()


def due(now: datetime) -> list[int]:
    """The ids of those whose moment has come, the earliest first."""
    found = select(Planned.id).where(Planned.stage == Stage.WAITING, Planned.at <= now).order_by(Planned.at, Planned.id)
    return list(db.session.execute(found).scalars())


CAME_SINCE = Sentence(
    _l("Since it was planned the draft has come to hold a bad hour or a clash that nobody gave a reason for: %(words)s")
)


def carry_out(key: int, now: datetime) -> None:
    """Publish one whose moment has come, or keep the sentence that says why it cannot be; of many who try, one does."""
    row = db.session.get_one(Planned, key)
    if not _end(row, Stage.DONE, now):
        return
    try:
        _acceptable(row, now)
        said = {"note": row.note, "reason": row.reason}
        made = service.publish(row.event_id, who=row.planned_by, now=now, minor=row.minor, **said)
    except Refused as no:
        row.stage, row.refusal = Stage.REFUSED, no.message[:600]  # by the worker, in English
        _note("planned release refused", row, row.planned_by, now)
    else:
        row.release = made.number
    db.session.flush()


def _acceptable(row: Planned, now: datetime) -> None:
    """A reason stands for what was there when it was given. Refused when more has come since."""
    service.hold(row.event_id)
    new = [each for each in checks.grave(row.event_id) if each.key not in row.accepted]
    if new:
        raise Refused(CAME_SINCE.said(words=new[0].words) + ("" if len(new) == 1 else " …"))


def _end(row: Planned, stage: Stage, now: datetime) -> bool:
    """Whether it waited, and was ended by this call alone."""
    asked = update(Planned).where(Planned.id == row.id, Planned.stage == Stage.WAITING)
    ended = claim(asked.values(stage=stage, ended_at=now))
    db.session.refresh(row)
    return ended


def _note(what: str, row: Planned, who: str, now: datetime) -> None:
    after: dict[str, object] = {"at": row.at.isoformat()}
    if row.reason:
        after["reason"] = row.reason
    if row.refusal:
        after["refused"] = row.refusal
    journal.note(what, f"planned/{row.uid}", who=who, now=now, event_id=row.event_id, after=after)
