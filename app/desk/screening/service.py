"""The running order of an event with what is stored of its videos, and the control room that plays it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import tokens
from app.agenda.models import Session
from app.db import db
from app.delegations.models import Delegation
from app.desk.screening.running import Block, File, Film, order
from app.events.models import Event
from app.journal import note
from app.publishing.composing import compose
from app.publishing.service import programme_of
from app.refused import Refused
from app.videos.models import Origin, Screening, Shown, State, VideoMessage, VideoVersion
from app.videos.reviewing import accepted


def drafted(event: Event, now: datetime) -> tuple[Block, ...]:
    """The running order of the draft, for organisers. Refused when a time in it does not exist."""
    return order(compose(event.id, 0, now), films(event.id))


def released(event: Event) -> tuple[Block, ...]:
    """The running order of what is published, which the control room plays; empty while nothing is."""
    programme = programme_of(event)
    return order(programme, films(event.id)) if programme else ()


def films(event_id: int) -> list[Film]:
    """The messages that are still wanted, were played, or are done without. Three queries."""
    query = (
        select(VideoMessage)
        .where(VideoMessage.event_id == event_id, VideoMessage.state != State.WITHDRAWN)
        .options(
            joinedload(VideoMessage.delegation).joinedload(Delegation.member),
            joinedload(VideoMessage.person),
            selectinload(VideoMessage.versions),
        )
        .order_by(VideoMessage.id)
    )
    return [film_of(each) for each in db.session.execute(query).scalars()]


def film_of(message: VideoMessage) -> Film:
    """A message with its versions and whose it is, as a frozen value."""
    city = message.delegation.member if message.delegation else None
    version = accepted(message.versions)
    return Film(
        uid=message.uid,
        session=message.session_code,
        purpose=message.purpose,
        state=message.state,
        name=called(message),
        city=city.slug if city else "",
        person=message.person.code if message.person else "",
        by_hand=message.origin == Origin.HAND,
        running=message.running,
        speaker=message.speaker_name,
        language=message.language,
        declared=message.seconds,
        burned_in=message.burned_in,
        transcript=message.transcript,
        reason=message.reason,
        file=_file(version, message) if version else None,
    )


def called(message: VideoMessage) -> str:
    """Whose it is, in words; the delegation with its member, or the person, is loaded."""
    if message.delegation is not None:
        return message.delegation.member.name
    return message.person.name if message.person else ""


def _file(version: VideoVersion, message: VideoMessage) -> File | None:
    if version.key is None and not version.link:
        return None
    seconds = float((version.facts or {}).get("measured") or message.seconds or 0)
    return File(
        number=version.number,
        size=version.size,
        sha256=version.sha256,
        seconds=seconds,
        mimetype=version.mimetype,
        captions=version.captions_key is not None,
        link=version.link if version.key is None else "",
    )


def sessions(event_id: int) -> list[Session]:
    """The sessions of the draft in which a video can be played, in the organisers' order. One query."""
    found = select(Session).where(Session.event_id == event_id, Session.cancelled.is_(False))
    return list(db.session.execute(found.order_by(Session.position, Session.id)).scalars())


def screening(event_id: int) -> Screening:
    """How videos of this event reach screens; a row that is not stored where nobody said anything. One query."""
    return db.session.get(Screening, event_id) or Screening(event_id=event_id, shown=Shown.BEGUN, link_generation=0)


def _held(event_id: int) -> Screening:
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    row = db.session.get(Screening, event_id, populate_existing=True)
    if row is None:
        row = Screening(event_id=event_id, shown=Shown.BEGUN, link_generation=0, opened_by="")
        db.session.add(row)
        db.session.flush()
    return row


def open_room(event_id: int, *, who: str, now: datetime) -> None:
    """Give the control room a new link; the former opens nothing any more."""
    row = _held(event_id)
    row.open()
    row.opened_at, row.opened_by = now, who
    note("control room opened", "videos", who=who, now=now, event_id=event_id)


def close_room(event_id: int, *, who: str, now: datetime) -> bool:
    """Take the link away; whether there was one."""
    row = _held(event_id)
    if row.link_hash is None:
        return False
    row.link_hash = None
    note("control room closed", "videos", who=who, now=now, event_id=event_id)
    return True


def show_from(event_id: int, shown: Shown, *, who: str, now: datetime) -> None:
    """Say from when the public may play videos."""
    row = _held(event_id)
    before, row.shown = row.shown, shown
    if before != shown:
        was, will = {"shown": before.value}, {"shown": shown.value}
        note("videos shown", "videos", who=who, now=now, event_id=event_id, before=was, after=will)


def room(secret: str) -> Event:
    """The event whose control room this secret opens. Raises LookupError."""
    query = select(Event).join(Screening, Screening.event_id == Event.id)
    event = db.session.execute(query.where(Screening.link_hash == tokens.digest(secret))).scalar_one_or_none()
    if event is None:
        raise LookupError("this link opens no control room")
    return event


def played_here(event: Event, uid: str) -> tuple[VideoMessage, VideoVersion]:
    """A message that the control room plays, or keeps in reserve, and the version to be played. Raises LookupError."""
    message = whole_for_play(event, uid)
    version = accepted(message.versions)
    if version is None or version.key is None:
        raise LookupError("there is nothing to be played")
    return message, version


def whole_for_play(event: Event, uid: str) -> VideoMessage:
    """A message of the released running order. Raises LookupError for every other."""
    shown = {film.uid for block in released(event) for turn in block.turns for film in (turn.film, turn.backup) if film}
    query = select(VideoMessage).where(VideoMessage.event_id == event.id, VideoMessage.uid == uid)
    found = db.session.execute(query.options(selectinload(VideoMessage.versions))).scalar_one_or_none()
    if found is None or uid not in shown:
        raise LookupError("this video is not in the running order")
    return found


def total(blocks: Sequence[Block]) -> float:
    """Seconds of all that is played for certain."""
    return sum(each.total for each in blocks)


def drafted_or_none(event: Event, now: datetime) -> tuple[tuple[Block, ...], str]:
    """The running order of the draft, or none and the sentence that says why it cannot be worked out."""
    try:
        return drafted(event, now), ""
    except Refused as no:
        return (), str(_("The running order cannot be worked out: %(why)s", why=no.message))
