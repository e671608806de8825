"""What somebody tells who takes part online: stored by them, read by those who run the sessions, forgotten when they
take part so no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from app.db import db
from app.events.models import Event, Mode
from app.journal import CLOCK, note
from app.online.models import Joined, OnlineFacts, TechCheck
from app.refused import Refused
from app.registration import rows, states
from app.registration.models import ENDED, Delegate

KEPT = timedelta(days=30)
"""How long after the summit's last day it is kept (rule 9.12)."""
PRESENCE_KEPT = timedelta(days=180)
"""How long it is kept who joined (rule 9.12)."""


@dataclass(frozen=True)
class Facts:
    """What is told, cleaned."""

    place: str = ""
    phone: str = ""
    channel: str = ""


def is_asked(delegate: Delegate) -> bool:
    """Whether this is the person's concern: they take part online, and their form is filled in."""
    return delegate.mode == Mode.ONLINE and delegate.state not in ENDED and not delegate.owes_form


def told(delegate_id: int) -> OnlineFacts | None:
    """What this person told, or None. One query."""
    return db.session.get(OnlineFacts, delegate_id)


def told_by(delegate_ids: Iterable[int]) -> dict[int, OnlineFacts]:
    """What these people told, by their ids. One query."""
    found = db.session.execute(select(OnlineFacts).where(OnlineFacts.delegate_id.in_(list(delegate_ids)))).scalars()
    return {each.delegate_id: each for each in found}


def store(delegate_id: int, facts: Facts, *, who: str, now: datetime) -> OnlineFacts:
    """Store what somebody tells in the place of what they told before. The journal says that they did, never what.

    Refused when they do not take part online.
    """
    delegate = rows.one(delegate_id)
    if not is_asked(delegate):
        raise Refused(_("This is asked of those alone who take part online."))
    row = db.session.get(OnlineFacts, delegate_id)
    if row is None:
        row = OnlineFacts(delegate_id=delegate_id)
        db.session.add(row)
    row.place, row.phone, row.channel, row.changed_at = facts.place, facts.phone, facts.channel, now
    db.session.flush()
    _note("told how they join", delegate, who, now)
    return row


def forget_over(today: date) -> int:
    """Delete it for summits that ended more than `KEPT` ago, and who joined after `PRESENCE_KEPT`; how many rows."""
    over = select(Delegate.id).join(Event, Event.id == Delegate.event_id).where(Event.ends_on < today - KEPT)
    long_over = select(Event.id).where(Event.ends_on < today - PRESENCE_KEPT)
    gone = 0
    for act in (
        delete(OnlineFacts).where(OnlineFacts.delegate_id.in_(over)).returning(OnlineFacts.delegate_id),
        delete(Joined).where(Joined.event_id.in_(long_over)).returning(Joined.id),
    ):
        gone += len(db.session.execute(act.execution_options(synchronize_session=False)).all())
    return gone


def forget_of(delegate_id: int) -> None:
    """Delete what one person told of how they join, and what was written of the check of their picture and sound."""
    gone = delete(OnlineFacts).where(OnlineFacts.delegate_id == delegate_id)
    said = update(TechCheck).where(TechCheck.delegate_id == delegate_id).values(note="")
    for act in (gone, said):
        db.session.execute(act.execution_options(synchronize_session=False))


def _leave(change: states.Change, now: datetime) -> None:
    """Who takes part online no more is called on no telephone any more."""
    ended = change.after in ENDED and change.before is not None
    if ended or (change.mode_before == Mode.ONLINE and change.mode_after != Mode.ONLINE):
        act = delete(OnlineFacts).where(OnlineFacts.delegate_id == change.delegate.id)
        if db.session.execute(act.returning(OnlineFacts.delegate_id)).all():
            _note("private data deleted", change.delegate, CLOCK, now)


def _note(what: str, delegate: Delegate, who: str, now: datetime) -> None:
    note(what, f"delegate/{delegate.reference}", who=who, now=now, event_id=delegate.event_id)


states.consequences.append(_leave)
