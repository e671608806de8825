"""What the organisers of an event ask of video messages, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import clock
from app.db import db
from app.events.models import Event
from app.journal import note
from app.videos.models import ENDED, State, VideoMessage, VideoTerms

BEFORE = timedelta(days=14)
"""How long before the first day messages are due, where nobody said so."""
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Terms:
    """The terms of one event; `due_at` as it applies."""

    due_at: datetime
    hard: bool = False
    seconds: int = 180
    megabytes: int = 2048
    quota_megabytes: int = 6144
    blocks_release: bool = False

    @property
    def most(self) -> int:
        """Octets of one file."""
        return self.megabytes * MEGABYTE

    @property
    def quota(self) -> int:
        """Octets of all files of one city."""
        return self.quota_megabytes * MEGABYTE


def usual_due(event: Event) -> datetime:
    """The end of the day that is 14 days before the first one, on the event's clocks."""
    return clock.midnight(event.starts_on - BEFORE + timedelta(days=1), event.zone) - timedelta(microseconds=1)


def terms_of(event: Event) -> Terms:
    """The terms that apply. One query."""
    row = db.session.execute(select(VideoTerms).where(VideoTerms.event_id == event.id)).scalar_one_or_none()
    if row is None:
        return Terms(usual_due(event))
    return Terms(
        row.due_at or usual_due(event), row.hard, row.seconds, row.megabytes, row.quota_megabytes, row.blocks_release
    )


def set_terms(event: Event, wanted: Terms, *, who: str, now: datetime) -> bool:
    """Store the terms; whether they are new. Messages that were given no moment of their own are due with the event's,
    and those that were overdue and are not any more are expected again."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    before = terms_of(event)
    if before == wanted:
        return False
    row = db.session.get(VideoTerms, event.id)
    if row is None:
        row = VideoTerms(event_id=event.id)
        db.session.add(row)
    for name, value in vars(wanted).items():
        setattr(row, name, value)
    if wanted.due_at == usual_due(event):
        row.due_at = None
    db.session.flush()
    _follow(event.id, before, wanted, now)
    was, will = ({**vars(each), "due_at": each.due_at.isoformat()} for each in (before, wanted))
    note("video terms", f"event/{event.slug}", who=who, now=now, event_id=event.id, before=was, after=will)
    return True


def _follow(event_id: int, before: Terms, wanted: Terms, now: datetime) -> None:
    if before.due_at == wanted.due_at:
        return
    theirs = (VideoMessage.event_id == event_id) & VideoMessage.extended.is_(False)
    theirs &= VideoMessage.state.not_in(ENDED)
    change = update(VideoMessage).execution_options(synchronize_session=False)
    db.session.execute(change.where(theirs).values(due_at=wanted.due_at, version=VideoMessage.version + 1))
    if wanted.due_at > now:
        late = theirs & (VideoMessage.state == State.OVERDUE)
        db.session.execute(change.where(late).values(state=State.EXPECTED, state_at=now))
