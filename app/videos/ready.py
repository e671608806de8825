"""Whose video has come, as far as a message tells it: something was sent for it, or the organisers do without.

While nothing was sent, the tick in the draft tells, since a video may come by other ways.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, case, func, select

from app.agenda import facts
from app.agenda.facts import Owner
from app.db import db
from app.videos.models import AWAITED, ENDED, READY, Purpose, State, VideoMessage, VideoVersion


def told(event_id: int) -> Subquery:
    """Session code, delegation and person of each message that tells, and `come`: 1 when its video may be played, be it
    an older version, or is not needed; else 0."""
    come = _playable() | (VideoMessage.state == State.WAIVED)
    silent = AWAITED | {State.WITHDRAWN}
    return (
        select(
            VideoMessage.session_code,
            VideoMessage.delegation_id,
            VideoMessage.person_id,
            func.max(case((come, 1), else_=0)).label("come"),
        )
        .where(VideoMessage.event_id == event_id, VideoMessage.state.not_in(silent))
        .where(VideoMessage.session_code != "", VideoMessage.purpose != Purpose.BACKUP)
        .group_by(VideoMessage.session_code, VideoMessage.delegation_id, VideoMessage.person_id)
        .subquery()
    )


def backups(event_id: int, code: str) -> frozenset[tuple[int | None, int | None]]:
    """The delegations or people whose backup for this session, or for none in particular, may be played. One query."""
    asked = select(VideoMessage.delegation_id, VideoMessage.person_id).where(
        VideoMessage.event_id == event_id,
        VideoMessage.purpose == Purpose.BACKUP,
        VideoMessage.session_code.in_((code, "")),
        VideoMessage.state.not_in(ENDED),
        _playable(),
    )
    return frozenset((row.delegation_id, row.person_id) for row in db.session.execute(asked))


def _playable() -> ColumnElement[bool]:
    accepted = select(VideoVersion.id).where(VideoVersion.message_id == VideoMessage.id)
    accepted = accepted.where(VideoVersion.accepted_at.is_not(None))
    return VideoMessage.state.in_(READY) | accepted.exists()


def come(event_id: int) -> dict[Owner, bool]:
    """Whether the video of each has come, of those of whom a message tells. One query."""
    rows = db.session.execute(select(told(event_id)))
    return {(row.session_code, row.delegation_id, row.person_id): bool(row.come) for row in rows}


facts.videos_told.append(come)
