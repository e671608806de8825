"""Cities of the rehearsal that owe a video, and files that stand in the store as if their office had sent them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.outbox.models import Message
from app.outbox.rendering import render
from app.videos import checking, expecting, sending, states, store, telling
from app.videos import letters as letters_of
from app.videos.models import State, VideoMessage, VideoVersion
from app.videos.terms import set_terms, terms_of
from tests.videos import clips

NOW = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
SUMMIT = "rehearsal"
WORDS = "Milan greets Tokyo and the cities."


def event(slug: str = SUMMIT) -> Event:
    return db.session.execute(select(Event).where(Event.slug == slug)).scalar_one()


def expect() -> None:
    """Ask the cities that appear by video for it, and let them know."""

    def act() -> None:
        expecting.settle(event().id, "the clock", NOW)
        expecting.announce(event().id)

    write(act)


def message(city: str) -> VideoMessage:
    """The message of this city, as it stands now."""
    query = select(VideoMessage).join(VideoMessage.delegation).join(Delegation.member)
    query = query.where(Member.slug == city, VideoMessage.event_id == event().id).order_by(VideoMessage.id)
    found: VideoMessage = db.session.execute(query.execution_options(populate_existing=True)).scalars().first()  # type: ignore[assignment]
    return found


def newest(city: str) -> VideoVersion:
    return checking.newest(message(city).id)


@dataclass(frozen=True)
class Sent:
    """What somebody sends: a file, its captions, and what they say of it."""

    path: Path
    captions: bytes | None = None
    told: dict[str, Any] | None = None


def send(city: str, sent: Sent) -> None:
    """A file of this city has come whole. Without other words it is declared as of one second, with all rights."""
    key = store.new_key()
    store.path(key).write_bytes(sent.path.read_bytes())
    spoken = {"speaker_name": "Giuseppe SALA", "language": "it", "seconds": 1, "transcript": "Milan.", **RIGHTS}
    spoken |= {"contact_name": f"Office of {city}", "contact_email": f"office@{city}.example.org"}

    def act() -> None:
        row = states.held(message(city).id)
        for name, value in (spoken | (sent.told or {})).items():
            setattr(row, name, value)
        row.told_at = NOW
        size = sent.path.stat().st_size
        mimetype = "video/quicktime" if sent.path.suffix == ".mov" else "video/mp4"
        version = VideoVersion(
            key=key, name=sent.path.name, mimetype=mimetype, size=size, uploaded_by=f"Office of {city}"
        )
        sending.add(row, version, NOW)
        if sent.captions is not None:
            version.captions_key = store.new_key("vtt")
            version.captions_name, version.captions_size = "captions.vtt", len(sent.captions)
            store.path(version.captions_key).write_bytes(sent.captions)
        states.move(row, State.UPLOADED, who=f"Office of {city}", now=NOW)

    write(act)


RIGHTS = {"may_show": True, "may_stream": True, "may_archive": True, "cleared": True, "burned_in": False}


def check() -> int:
    """Let the worker check the file that waits longest; how many it did."""
    return checking.take_up(write, threading.Event())


def letters(kind: str) -> list[Message]:
    query = select(Message).where(Message.kind == kind).order_by(Message.id)
    return list(db.session.execute(query).scalars())


def good(folder: Path, name: str = "milan.mp4") -> Sent:
    """A film of a second with captions for all of it."""
    return Sent(clips.film(folder / name), clips.captions((0, 1)))


def readers(city: str) -> set[str]:
    """The addresses to which letters about the city's video go."""
    return {email for (_name, email, _language), _focal in letters_of.readers(telling.found(message(city).id))}


def words(letter: Message) -> str:
    """A letter as it is read in mail."""
    return render(letter.kind, {**letter.facts, "to": letter.to}, letter.language).text


def allow(**terms: Any) -> None:
    """Let other terms hold for videos of the summit."""
    write(lambda: set_terms(event(), replace(terms_of(event()), **terms), who="KOIKE", now=NOW))


def change(city: str, **values: Any) -> None:
    """Set columns of a message as a test needs them."""
    key = message(city).id

    def act() -> None:
        row = states.held(key)
        for name, value in values.items():
            setattr(row, name, value)

    write(act)
