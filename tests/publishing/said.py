"""What organisers say of a summit in other languages, put into the draft past the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select

from app.agenda.models import Session
from app.db import db
from app.events.models import Event, Translation

THEN = datetime(2090, 1, 1, tzinfo=UTC)


def speak(event_id: int, languages: Mapping[str, Sequence[str]]) -> None:
    """The languages that a summit speaks besides English, and what it says in them: nothing so far."""
    db.session.get_one(Event, event_id).languages = {code: list(after) for code, after in languages.items()}
    db.session.execute(delete(Translation).where(Translation.event_id == event_id))


def say(event_id: int, language: str, kind: str, key: str, field: str, text: str, original: str = "") -> None:
    """One text; that of a session by its code."""
    if kind == "session":
        key = db.session.execute(
            select(Session.uid).where(Session.event_id == event_id, Session.code == key)
        ).scalar_one()
    name = {"kind": kind, "key": key, "field": field, "language": language}
    asked = select(Translation).where(Translation.event_id == event_id)
    known = db.session.execute(asked.filter_by(**name)).scalar_one_or_none()
    row = known or Translation(event_id=event_id, **name)
    row.text, row.original, row.made_at, row.made_by = text, original, THEN, "Tokyo"
    db.session.add(row)
