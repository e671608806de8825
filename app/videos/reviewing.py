"""What organisers decide about a video: accepted, to be changed, placed, played. Every function runs in its caller's
transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.models import Session
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Mode
from app.refused import Refused
from app.videos import checking, requirements, states
from app.videos.models import ENDED, READY, State, VideoMessage, VideoVersion

REVIEWED = frozenset({State.IN_REVIEW, State.CHANGES_REQUESTED})
"""The newest version waits for a reviewer's word, or had one and may have another."""


def whole(event_id: int, uid: str) -> VideoMessage:
    """A message of this event with its versions and whose it is. Raises LookupError. Two queries."""
    query = select(VideoMessage).where(VideoMessage.event_id == event_id, VideoMessage.uid == uid)
    owner = joinedload(VideoMessage.delegation).joinedload(Delegation.member)
    versions = selectinload(VideoMessage.versions)
    found = db.session.execute(query.options(owner, joinedload(VideoMessage.person), versions)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no video of this event is called {uid!r}")
    return found


def accepted(versions: Iterable[VideoVersion]) -> VideoVersion | None:
    """The version that is played: the one that was accepted last, whatever came since."""
    return max((each for each in versions if each.accepted_at), key=lambda each: each.number, default=None)


def accept(message_id: int, number: int, *, without_captions: bool = False, who: str, now: datetime) -> None:
    """Accept the newest version, which the reviewer saw as `number`; what was accepted before is let go.

    Refused when another has come since, when it is not to be reviewed, and when it lacks captions, unless the reviewer
    says that it does without.
    """
    message, version = _seen(message_id, number)
    if requirements.needs_captions(checking.findings_of(version)) and not without_captions:
        raise Refused(
            _("Captions are missing. Ask the city for them, or say that the film is accepted without."),
            "without_captions",
        )
    before = db.session.execute(
        select(VideoVersion).where(VideoVersion.message_id == message.id, VideoVersion.accepted_at.is_not(None))
    ).scalars()
    for each in before:
        if each.id != version.id:
            each.key = None
    version.accepted_at = now
    states.move(message, State.ACCEPTED, who=who, now=now)
    _come(message, who=who, now=now)
    _schedule(message, who=who, now=now)


def ask_for_changes(message_id: int, number: int, comments: str, *, who: str, now: datetime) -> None:
    """Return the newest version to the city with a comment. Refused as `accept` does, and without a comment."""
    message, version = _seen(message_id, number)
    if not comments.strip():
        raise Refused(_("Say what is to be changed: the city reads it."), "comments")
    version.comments = comments.strip()
    states.move(message, State.CHANGES_REQUESTED, who=who, now=now)


def place(message_id: int, code: str, running: int | None, *, who: str, now: datetime) -> None:
    """Have it played in this session of the draft (its code; empty: in none), at this place of its running order.

    Refused when there is no such session, or the message is over.
    """
    message = states.held(message_id)
    if message.state in ENDED | {State.PLAYED, State.NOT_PLAYED}:
        raise Refused(_("This video is over, so it keeps its place."), "session")
    session = _session(message.event_id, code) if code else None
    if code and session is None:
        raise Refused(_("This session is no longer in the agenda. Please choose again."), "session")
    before = {"session": message.session_code, "running": message.running}
    message.session_code, message.running = code, running
    after = {"session": code, "running": running}
    if before != after:
        states.tell("video placed", message, who, now, before=before, after=after)
    _schedule(message, who=who, now=now)


def mark(message_id: int, played: bool | None, reason: str = "", *, who: str, now: datetime) -> None:
    """Say that it was played, or was not and why; None takes either back. Refused for what has no place or no file."""
    message = states.held(message_id)
    if message.state not in {State.SCHEDULED, State.PLAYED, State.NOT_PLAYED}:
        raise Refused(_("Only a video that was accepted and has its place can be marked."))
    state = State.SCHEDULED if played is None else State.PLAYED if played else State.NOT_PLAYED
    states.move(message, state, who=who, now=now, reason=reason.strip())


def _seen(message_id: int, number: int) -> tuple[VideoMessage, VideoVersion]:
    """The message, held, and its newest version, if that is the one the reviewer saw and it waits for a word."""
    message = states.held(message_id)
    version = checking.newest(message_id)
    if version.number != number:
        raise Refused(_("A newer version has come meanwhile. Please look at that one."))
    if message.state not in REVIEWED:
        raise Refused(_("This video is not to be reviewed as it stands now. Please look at it again."))
    return message, version


def _session(event_id: int, code: str) -> Session | None:
    found = select(Session).where(Session.event_id == event_id, Session.code == code, Session.cancelled.is_(False))
    return db.session.execute(found).scalar_one_or_none()


def _schedule(message: VideoMessage, *, who: str, now: datetime) -> None:
    """What is accepted and has a place is scheduled; what loses its place is accepted only."""
    if message.state not in READY:
        return
    placed = bool(message.session_code) and _session(message.event_id, message.session_code) is not None
    if message.state == State.ACCEPTED and placed:
        states.move(message, State.SCHEDULED, who=who, now=now)
    elif message.state == State.SCHEDULED and not placed:
        states.move(message, State.ACCEPTED, who=who, now=now)


def _come(message: VideoMessage, *, who: str, now: datetime) -> None:
    """Say in the draft that the video has come, so that nobody is told that it is missing."""
    acts.hold(message.event_id)
    owner = message.delegation_id, message.person_id
    changes = []
    for facts in acts.stored(message.event_id, {message.session_code}).values():
        seats = tuple(
            replace(seat, video_ready=True)
            if (seat.delegation_id, seat.person_id) == owner and seat.mode == Mode.VIDEO
            else seat
            for seat in facts.seats
        )
        changes.append(Changed(facts, replace(facts, seats=seats)))
    acts.perform(message.event_id, "video accepted", changes, who=who, now=now)
