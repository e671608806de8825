"""The only place where the state of a video message changes (section 7 of the domain)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.journal import note
from app.refused import Refused
from app.videos.models import ENDED, State, VideoMessage

DAY = timedelta(days=1)
S = State
NEXT: dict[State, frozenset[State]] = {
    S.EXPECTED: frozenset({S.UPLOADED, S.OVERDUE, S.WAIVED}),
    S.OVERDUE: frozenset({S.EXPECTED, S.UPLOADED, S.WAIVED}),
    S.UPLOADED: frozenset({S.UPLOADED, S.CHECKING, S.IN_REVIEW}),
    S.CHECKING: frozenset({S.UPLOADED, S.FAILED, S.IN_REVIEW}),
    S.FAILED: frozenset({S.UPLOADED, S.IN_REVIEW, S.WAIVED}),
    S.IN_REVIEW: frozenset({S.UPLOADED, S.CHANGES_REQUESTED, S.ACCEPTED, S.WAIVED}),
    S.CHANGES_REQUESTED: frozenset({S.UPLOADED, S.IN_REVIEW, S.ACCEPTED, S.WAIVED}),
    S.ACCEPTED: frozenset({S.UPLOADED, S.SCHEDULED, S.CHANGES_REQUESTED}),
    S.SCHEDULED: frozenset({S.UPLOADED, S.ACCEPTED, S.CHANGES_REQUESTED, S.PLAYED, S.NOT_PLAYED}),
    S.PLAYED: frozenset({S.SCHEDULED, S.NOT_PLAYED}),
    S.NOT_PLAYED: frozenset({S.SCHEDULED, S.PLAYED}),
    S.WAIVED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""What may follow each state. Any before `played` may be withdrawn besides, and who was withdrawn or waived goes back
to where it stood (`again`)."""

consequences: list[Callable[[VideoMessage, State, str, datetime], None]] = []
"""What follows when a message's state has changed: (message, the state before, who, now), in the same transaction."""


def held(message_id: int) -> VideoMessage:
    """The message, locked, as it stands now. Raises LookupError when there is none."""
    found = db.session.execute(
        select(VideoMessage)
        .where(VideoMessage.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise LookupError
    return found


def move(message: VideoMessage, state: State, *, who: str, now: datetime, reason: str = "") -> bool:
    """Bring a message, which the caller holds, to this state; whether it was in another. Journal and letters with it.

    Refused when this state does not follow the one it has.
    """
    before = message.state
    if before == state and state not in NEXT[before]:
        return False
    withdrawn = state == S.WITHDRAWN and before not in {S.PLAYED, S.NOT_PLAYED}
    if state not in NEXT[before] and not withdrawn:
        raise Refused(_("This cannot be done with the video as it stands now. Please look at it again."))
    if state in ENDED:
        message.state_before = before
    message.reason = reason
    _become(message, state, who, now)
    return True


def again(message: VideoMessage, *, who: str, now: datetime) -> bool:
    """A message that was waived or withdrawn, held by the caller, stands again as it stood; whether it was either."""
    if message.state not in ENDED:
        return False
    state, message.state_before, message.reason = message.state_before or S.EXPECTED, None, ""
    _become(message, S.EXPECTED if state == S.OVERDUE else state, who, now)
    return True


def _become(message: VideoMessage, state: State, who: str, now: datetime) -> None:
    before, message.state, message.state_at = message.state, state, now
    why = {"reason": message.reason} if message.reason else {}
    what = f"video {state.value.replace('_', ' ')}"
    tell(what, message, who, now, before={"state": before.value}, after={"state": state.value} | why)
    db.session.flush()  # raises the version, which the keys of letters hold
    for follow in consequences:
        follow(message, before, who, now)


def tell(
    what: str,
    message: VideoMessage,
    who: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write into the journal what was done with a message."""
    note(what, f"video/{message.uid}", who=who, now=now, event_id=message.event_id, before=before, after=after)
