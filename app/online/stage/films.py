"""The videos of those who speak in a session: whether one has come, and what a moderator's mark says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.events.models import Mode
from app.videos import ready, reviewing
from app.videos.models import Purpose, State, VideoMessage

SHOWN = frozenset({State.SCHEDULED, State.PLAYED, State.NOT_PLAYED})
"""What can be marked as played: it was accepted and has its place."""
Owner = tuple[int | None, int | None]
"""The ids of a delegation or of a person; one of the two is set."""


@dataclass(frozen=True)
class Films:
    """Whose video for a session has come, and whose backup. In `own` those alone of whom a message tells it."""

    own: Mapping[Owner, bool]
    backups: frozenset[Owner]

    def ready(self, owner: Owner, mode: str, ticked: bool) -> bool:
        """Whether there is something to play: the video of who speaks by one, for anybody else a backup. While no
        message tells of it, the tick in the draft does."""
        if mode != Mode.VIDEO and owner in self.backups:
            return True
        return self.own.get(owner, ticked)


def of_session(event_id: int, code: str) -> Films:
    """Those of the session with this code. Two queries."""
    own = {(city, person): come for (each, city, person), come in ready.come(event_id).items() if each == code}
    return Films(own, ready.backups(event_id, code))


def follow(
    event_id: int, code: str, owner: Owner, mode: str, *, before: str, after: str, who: str, now: datetime
) -> None:
    """A turn was marked otherwise, so its video counts as played or not, as on the organisers' own page of the running
    order. A video that was not accepted, or has no place, stays as it is: nobody knows which film was shown then.
    """
    by_video = mode == Mode.VIDEO
    played = {"video": True} | ({"absent": False} if by_video else {})
    if before not in played and after not in played:
        return
    city, person = owner
    mine = VideoMessage.delegation_id == city if city else VideoMessage.person_id == person
    asked = select(VideoMessage.id).where(VideoMessage.event_id == event_id, VideoMessage.session_code == code, mine)
    backup = VideoMessage.purpose == Purpose.BACKUP
    asked = asked.where(~backup if by_video else backup, VideoMessage.state.in_(SHOWN)).order_by(VideoMessage.id)
    for key in db.session.execute(asked).scalars().all():
        reviewing.mark(key, played.get(after), who=who, now=now)
