"""Making, replacing and withdrawing the links of moderators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import tokens
from app.agenda.models import Session
from app.db import db
from app.events.models import Event, new_uid
from app.events.said import teller_of
from app.journal import note
from app.online.models import StageLink
from app.web.wording import language

DESK = "desk"
"""Whoever stands in, or keeps the time."""


def by_secret(secret: str) -> StageLink:
    """The link that this secret opens. Raises LookupError. One query."""
    asked = select(StageLink).where(StageLink.secret_hash == tokens.digest(secret), StageLink.active)
    row = db.session.execute(asked).scalar_one_or_none()
    if row is None:
        raise LookupError("no moderator has this secret")
    return row


def links(event_id: int) -> list[StageLink]:
    """The links in use of a summit. One query."""
    asked = select(StageLink).where(StageLink.event_id == event_id, StageLink.active).order_by(StageLink.id)
    return list(db.session.execute(asked).scalars())


def links_of(event: Event, who: str) -> list[tuple[str, StageLink]]:
    """Those of one person ("person/<code>") or city ("city/<slug>"), each with the title of its session in the reader's
    language. One query, and one where the summit speaks that."""
    asked = select(Session.title, StageLink).join(StageLink, StageLink.session_uid == Session.uid)
    asked = asked.where(StageLink.event_id == event.id, StageLink.active, StageLink.who == who)
    tell = teller_of(event, "session", language())
    found = db.session.execute(asked.order_by(StageLink.id))
    return [(tell("session", link.session_uid, "title", title), link) for title, link in found]


def make(event_id: int, uid: str, whom: str, *, who: str, now: datetime) -> StageLink:
    """The link in use, made if there is none; one that was withdrawn comes back under another secret."""
    row = _row(event_id, uid, whom)
    if row is None:
        row = StageLink(uid=new_uid(), event_id=event_id, session_uid=uid, who=whom, generation=0, active=True)
        db.session.add(row)
    elif row.active:
        return row
    row.active, row.made_by, row.made_at = True, who, now
    row.seal()
    _note("made moderator link", row, who, now)
    db.session.flush()
    return row


def renew(event_id: int, uid: str, whom: str, generation: int, *, who: str, now: datetime) -> None:
    """Another secret for the link in use of this generation; the old one opens nothing from now on. Twice is once."""
    row = _row(event_id, uid, whom)
    if row is None or not row.active or row.generation != generation:
        return
    row.generation += 1
    row.made_by, row.made_at = who, now
    row.seal()
    _note("renewed moderator link", row, who, now)


def withdraw(event_id: int, uid: str, whom: str, *, who: str, now: datetime) -> None:
    """The link opens nothing any more. Twice is once."""
    row = _row(event_id, uid, whom)
    if row is None or not row.active:
        return
    row.generation += 1
    row.active = False
    row.seal()
    _note("withdrew moderator link", row, who, now)


def _row(event_id: int, uid: str, whom: str) -> StageLink | None:
    mine = (StageLink.event_id == event_id, StageLink.session_uid == uid, StageLink.who == whom)
    return db.session.execute(select(StageLink).where(*mine).with_for_update()).scalar_one_or_none()


def _note(what: str, row: StageLink, who: str, now: datetime) -> None:
    note(what, f"stage/{row.session_uid}", who=who, now=now, event_id=row.event_id, after={"whose": row.who})
