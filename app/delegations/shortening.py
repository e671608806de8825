"""A later deadline of one city is taken back, because it was given by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.db import db
from app.delegations import letters
from app.delegations.deadlines import limits
from app.delegations.focal import active, held
from app.delegations.models import STANDING, Answer, Extension
from app.events.models import Due
from app.journal import note
from app.outbox import post


def take_back(delegation_id: int, kind: Due, earlier: Mapping[str, str] | None, *, who: str, now: datetime) -> None:
    """The city has the deadline that it had before: an earlier extension ("until", "reason", "by"), or none.

    A letter tells it, if it was told of the later one. An invitation that is open again lapses by the clock.
    """
    delegation = held(delegation_id)
    found = select(Extension).where(Extension.delegation_id == delegation_id, Extension.kind == kind)
    row = db.session.execute(found).scalar_one()
    before = {"kind": kind.value, "until": row.until.isoformat()}
    if earlier is None:
        db.session.delete(row)
    else:
        row.until, row.reason = datetime.fromisoformat(earlier["until"]), earlier["reason"]
        row.granted_by = earlier["by"]
    flag_modified(delegation, "reason")  # raises the version, by which the letter is known
    db.session.flush()
    limit = limits(delegation.event_id, delegation_id).get(kind)
    after = {"kind": kind.value, "until": limit.at.isoformat() if limit else None}
    subject = f"delegation/{delegation.uid}"
    note("took back deadline", subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)
    if limit is not None and delegation.answer in STANDING | {Answer.INVITED}:
        for each in active(delegation):
            post(letters.told(each, "shortened", who, until=limit.at.isoformat()), now)
