"""What organisers decide about a video: accepted, to be changed, placed, played. Every function runs in its caller's
transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from app.videos import checking, expecting, requirements, states
from app.videos.models import ENDED, Origin, State, VideoMessage, VideoVersion

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

    Refused when another has come since, when it is not to be reviewed or may not be shown, and when it lacks captions,
    unless the reviewer says that it does without.
    """
    message, version = _seen(message_id, number)
    if not (message.may_show and message.cleared):
        raise Refused(_("The city has not said yet that the film may be shown, and that others’ rights are cleared."))
    if requirements.needs_captions(checking.findings_of(message, version)) and not without_captions:
        raise Refused(
            _("Captions are missing. Ask the city for them, or say that the film is accepted without."),
            "without_captions",
        )
    before = select(VideoVersion).where(VideoVersion.message_id == message.id, VideoVersion.accepted_at.is_not(None))
    for each in db.session.execute(before).scalars():
        if each.id != version.id:
            each.key = None
    version.accepted_at = now
    states.move(message, State.ACCEPTED, who=who, now=now)
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
    message = _held(message_id)
    if message.state in ENDED | {State.PLAYED, State.NOT_PLAYED}:
        raise Refused(_("This video is over, so it keeps its place."), "session")
    if code and not _stands(message.event_id, code):
        raise Refused(_("This session is no longer in the agenda. Please choose again."), "session")
    before = {"session": message.session_code, "running": message.running}
    after = {"session": code, "running": running}
    if before == after:
        return
    if message.session_code != code:
        message.session_code, message.session_title = code, ""
        message.origin = Origin.HAND  # it no longer follows from where the city appears
    message.running = running
    states.tell("video placed", message, who, now, before=before, after=after)
    db.session.flush()
    _schedule(message, who=who, now=now)


def mark(message_id: int, played: bool | None, reason: str = "", *, who: str, now: datetime) -> bool:
    """Say that it was played, or was not and why; None takes either back. Whether that is new.

    Refused for what was not accepted or has no place.
    """
    message = states.held(message_id)
    if message.state not in {State.SCHEDULED, State.PLAYED, State.NOT_PLAYED}:
        raise Refused(_("Only a video that was accepted and has its place can be marked."))
    state = State.SCHEDULED if played is None else State.PLAYED if played else State.NOT_PLAYED
    return states.move(message, state, who=who, now=now, reason=reason.strip())


def _held(message_id: int) -> VideoMessage:
    """The message with its event's draft, both held in the order in which all who change them do."""
    event_id = db.session.execute(select(VideoMessage.event_id).where(VideoMessage.id == message_id)).scalar_one()
    acts.hold(event_id)
    return states.held(message_id)


def _seen(message_id: int, number: int) -> tuple[VideoMessage, VideoVersion]:
    """The message, held, and its newest version, if that is the one the reviewer saw and it waits for a word."""
    message = _held(message_id)
    if message.state not in REVIEWED:
        raise Refused(_("This video is not to be reviewed as it stands now. Please look at it again."))
    version = checking.newest(message_id)
    if version.number != number:
        raise Refused(_("A newer version has come meanwhile. Please look at that one."))
    return message, version


def _stands(event_id: int, code: str) -> bool:
    found = select(Session.id).where(Session.event_id == event_id, Session.code == code, Session.cancelled.is_(False))
    return db.session.execute(found).first() is not None


def _schedule(message: VideoMessage, *, who: str, now: datetime) -> None:
    """What is accepted and has a place is scheduled; what loses its place is accepted only."""
    placed = bool(message.session_code) and _stands(message.event_id, message.session_code)
    if message.state == State.ACCEPTED and placed:
        states.move(message, State.SCHEDULED, who=who, now=now)
    elif message.state == State.SCHEDULED and not placed:
        states.move(message, State.ACCEPTED, who=who, now=now)


def _after_act(event_id: int, changes: Sequence[Changed], who: str, now: datetime) -> None:
    """What was accepted before it had a place is scheduled once a change of the draft gives it one, and the reverse."""
    seats = (seat for each in changes for facts in (each.before, each.after) if facts for seat in facts.seats)
    if not any(seat.mode == Mode.VIDEO for seat in seats):
        return
    waiting = VideoMessage.state.in_((State.ACCEPTED, State.SCHEDULED))
    found = select(VideoMessage).where(VideoMessage.event_id == event_id, waiting).order_by(VideoMessage.id)
    for message in db.session.execute(found).scalars().all():
        _schedule(message, who=who, now=now)


BEHIND = acts.consequences.index(expecting.after_act)
"""`expecting` gives and takes places first."""
acts.consequences.insert(BEHIND + 1, _after_act)
