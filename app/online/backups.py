"""A check that failed asks for a recording of what its speaker is to say, to be played if the line fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.online import joining, techchecks
from app.online.models import TechCheck
from app.publishing.service import programme_of
from app.registration.models import Delegate
from app.videos import service as videos
from app.videos.expecting import Owner, Wanted, due_for
from app.videos.models import Purpose


def ask(check: TechCheck, now: datetime) -> None:
    """Expect a backup for each session to come in which the person speaks, unless a video is expected there already.

    Only for what is published: the letter names the session.
    """
    delegate = check.delegate
    due = due_for(delegate.event, now)
    wanted = {each: min(due, starts or due) for each, starts in _spoken(delegate, now)}
    videos.ask_backups_by(delegate.event, wanted, who=check.entered_by, now=now)


def _spoken(delegate: Delegate, now: datetime) -> Iterator[tuple[Wanted, datetime | None]]:
    """The published sessions in which this person speaks that have not begun, and when they do."""
    programme, spoken = programme_of(delegate.event), set(joining.spoken_in(delegate))
    owner = Owner(delegation_id=delegate.delegation_id)
    for session in programme.sessions if programme else ():
        ahead = session.starts is None or session.starts > now
        if session.uid in spoken and ahead and not session.cancelled:
            yield Wanted(owner, session.code, Purpose.BACKUP, session.title), session.starts


techchecks.failed.append(ask)
