"""Event files for tests: those that come with the product, and copies with something changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.agenda.models import Appearance, Session
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event
from app.imports import EventFile, Report, bundled, load, read

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Document = dict[str, Any]


def document(name: str = "gnets-2023") -> Document:
    """A file that comes with the product, as JSON gives it, to change at will."""
    found: Document = json.loads(bundled(name).read_text("utf-8"))
    return found


def at(found: Any, place: str) -> Any:
    """What stands at a JSON Pointer."""
    for step in place.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def changed(*changes: tuple[str, Any], name: str = "gnets-2023") -> Document:
    """A bundled document with these values put at these places; "-" as last step adds to a list."""
    found = deepcopy(document(name))
    for place, value in changes:
        parent, _, last = place.rpartition("/")
        owner = at(found, parent)
        if last == "-":
            owner.append(value)
        else:
            owner[int(last) if isinstance(owner, list) else last] = value
    return found


def loaded(app: Flask, source: EventFile | Document, now: datetime = NOW, **asked: Any) -> Report:
    """Load a file as the command does, in one transaction."""
    values = read(source) if isinstance(source, dict) else source
    with app.app_context():
        return write(lambda: load(values, now, **asked))


def rows(app: Flask, ask: Callable[[Event], Any], slug: str = "gnets-2023") -> Any:
    """What `ask` finds of an event, in a context of its own."""
    with app.app_context():
        return ask(db.session.execute(select(Event).where(Event.slug == slug)).scalar_one())


def session(event: Event, code: str) -> Session:
    """A session with its appearances and whom they are of."""
    return db.session.execute(
        select(Session)
        .where(Session.event_id == event.id, Session.code == code)
        .options(
            selectinload(Session.appearances).options(
                selectinload(Appearance.person),
                selectinload(Appearance.delegation).selectinload(Delegation.member),
            )
        )
    ).scalar_one()


def order(event: Event, code: str) -> list[tuple[str, str | None]]:
    """Who appears in a session, in speaking order, each with the mode."""
    found = []
    for each in session(event, code).appearances:
        name = each.delegation.member.name if each.delegation else each.person.name if each.person else ""
        found.append((name, each.mode and each.mode.value))
    return found


def days(event: Event) -> set[date | None]:
    return set(db.session.execute(select(Session.day).where(Session.event_id == event.id)).scalars())
