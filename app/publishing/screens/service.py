"""Which videos the public may play now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.db import db
from app.delegations.models import Delegation
from app.publishing.programme import Programme, Session, Summit
from app.publishing.shown import Published
from app.videos.models import ENDED, Origin, Purpose, Screening, Shown, State, VideoMessage, VideoVersion
from app.videos.reviewing import accepted


@dataclass(frozen=True)
class Screen:
    """One video that may be played now."""

    uid: str
    session: Session
    name: str
    """Of the city or person, as the release has it."""
    city: str
    """Slug of the city, or empty."""
    speaker: str
    position: str
    language: str
    seconds: float
    version: VideoVersion

    @property
    def ending(self) -> str:
        return "mov" if self.version.mimetype == "video/quicktime" else "mp4"


def screens(shown: Published, now: datetime) -> list[Screen]:
    """All of them, as they are played. Five queries."""
    programme = shown.public
    row = db.session.get(Screening, shown.event_id)
    begins = row.shown if row else Shown.BEGUN
    found = []
    messages = _messages(shown.event_id)
    placed = {(_owner(each), each.session_code) for each in messages}
    for message in messages:
        session = _session(message, programme, placed)
        screen = _screen(message, session, programme) if session is not None else None
        if screen is not None and may_be_shown(message, screen.session, programme.summit, begins, now):
            found.append((_rank(message, screen, programme), screen))
    return [screen for _place, screen in sorted(found, key=lambda each: each[0])]


def _owner(message: VideoMessage) -> tuple[str, str]:
    """Slug of the city and code of the person, one of them empty."""
    city = message.delegation.member.slug if message.delegation else ""
    return city, message.person.code if message.person else ""


def _session(message: VideoMessage, programme: Programme, placed: set[tuple[tuple[str, str], str]]) -> Session | None:
    """Where the release has it: in its session, or, if that was changed since, where its city still appears by video
    and no other of its messages is placed. None: nowhere."""
    owner = _owner(message)
    session = programme.session.get(message.session_code)
    if session is not None and (message.origin == Origin.HAND or _appears(session, owner)):
        return session
    still = (each for each in programme.sessions if _appears(each, owner, "video") and (owner, each.code) not in placed)
    return next(still, None)


def _appears(session: Session, owner: tuple[str, str], mode: str = "") -> bool:
    return any((each.city, each.person) == owner and mode in ("", each.mode) for each in session.appearances)


def screen(shown: Published, uid: str, now: datetime) -> Screen:
    """One of them. Raises LookupError for every other."""
    found = next((each for each in screens(shown, now) if each.uid == uid), None)
    if found is None:
        raise LookupError("this video may not be shown")
    return found


def may_be_shown(message: VideoMessage, session: Session, summit: Summit, begins: Shown, now: datetime) -> bool:
    """Whether rights and time allow it: streamed until the end of the summit's last day, archived from then on."""
    over = now >= clock.midnight(summit.ends_on + timedelta(days=1), summit.zone)
    if not (message.may_archive if over else message.may_stream):
        return False
    if begins == Shown.PLAYED:
        return message.state == State.PLAYED
    return begins == Shown.RELEASED or now >= _begins(session, summit)


def _begins(session: Session, summit: Summit) -> datetime:
    return session.starts or clock.midnight(session.day or summit.starts_on, summit.zone)


def _messages(event_id: int) -> list[VideoMessage]:
    query = (
        select(VideoMessage)
        .where(VideoMessage.event_id == event_id, VideoMessage.state.not_in(ENDED), VideoMessage.session_code != "")
        .where(VideoMessage.purpose != Purpose.BACKUP, VideoMessage.known)
        .where(VideoMessage.may_stream | VideoMessage.may_archive)
        .options(
            joinedload(VideoMessage.delegation).joinedload(Delegation.member),
            joinedload(VideoMessage.person),
            selectinload(VideoMessage.versions),
        )
        .order_by(VideoMessage.id)
    )
    return list(db.session.execute(query).scalars())


def _screen(message: VideoMessage, session: Session, programme: Programme) -> Screen | None:
    """It with its session; None unless a file of ours was accepted and the release knows its city or person."""
    version = accepted(message.versions)
    city, person = _owner(message)
    known = city in programme.city if city else person in programme.person
    if version is None or version.key is None or session.cancelled or not known:
        return None
    return Screen(
        uid=message.uid,
        session=session,
        name=programme.city[city].name if city else programme.person[person].called,
        city=city,
        speaker=message.speaker_name,
        position=message.speaker_position,
        language=message.language,
        seconds=float((version.facts or {}).get("measured") or message.seconds or 0),
        version=version,
    )


def _rank(message: VideoMessage, screen: Screen, programme: Programme) -> tuple[int, int, bool, int]:
    """By session, then by the place that organisers gave it, else as its city speaks."""
    sessions = [each.code for each in programme.sessions]
    stands = [(each.city, each.person) for each in screen.session.appearances]
    spoken = stands.index(_owner(message)) if _owner(message) in stands else len(stands)
    asked = message.running - 1 if message.running is not None else spoken
    return sessions.index(screen.session.code), asked, message.running is None, spoken
