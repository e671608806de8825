"""Erasing one who answers, or answered, for a city: the row stays for what they did, and names nobody."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import joinedload

from app.announcing.models import Unsubscribed
from app.db import db
from app.delegations import focal
from app.delegations.models import Delegation, FocalPoint
from app.desk.erasing import posted
from app.desk.erasing.known import Known, Left, split
from app.desk.erasing.words import Words, certain, cut
from app.journal import note
from app.videos import telling as videos
from app.videos.models import VideoMessage

ERASED = "a focal point was erased"
"""What the journal calls it."""
NOBODY = "–"
"""What stands where the name stood."""


def of_delegation(delegation: Delegation, focal_id: int) -> FocalPoint:
    """One who speaks or spoke for this delegation, which has its city loaded, and is not erased. Raises LookupError."""
    mine = FocalPoint.id == focal_id, FocalPoint.delegation_id == delegation.id, FocalPoint.name != NOBODY
    whole = joinedload(FocalPoint.delegation).joinedload(Delegation.member)
    return db.session.execute(select(FocalPoint).where(*mine).options(whole)).scalar_one_or_none() or _nobody(focal_id)


def _nobody(focal_id: int) -> NoReturn:
    raise LookupError(f"nobody with the number {focal_id} speaks for this delegation")


def former(delegation_id: int) -> list[FocalPoint]:
    """Who spoke for it once and is still known. One query."""
    over = FocalPoint.delegation_id == delegation_id, FocalPoint.active.is_(False), FocalPoint.name != NOBODY
    return list(db.session.execute(select(FocalPoint).where(*over).order_by(FocalPoint.id)).scalars())


def known(event_id: int, person: FocalPoint) -> Known:
    """By what this person is known. Eight queries; the delegation with its city is loaded."""
    words = certain([person.name, person.email, person.phone, *posted.named_in(_reader(event_id, person))])
    return split(words, [focal.named(person)], event_id, person)


def erase(focal_id: int, *, who: str, now: datetime) -> Left:
    """Erase somebody who speaks or spoke for a city; twice is once.

    Refused for the only one of a city that was invited, and while a letter to them is on its way to the mail server.
    """
    delegation_id = db.session.execute(select(FocalPoint.delegation_id).where(FocalPoint.id == focal_id)).scalar_one()
    focal.dismiss(focal_id, who=who, now=now)
    delegation = focal.held(delegation_id)
    event_id, person = delegation.event_id, next(each for each in delegation.focal_points if each.id == focal_id)
    if person.name == NOBODY:
        return Left([], [])
    theirs = known(event_id, person)
    names = {*theirs.words, *theirs.shared}
    words = Words((*theirs.signed, *theirs.words), NOBODY)
    delivered = posted.forget(_reader(event_id, person), words, names, now)
    answers = or_(*(each.in_(theirs.words) for each in (VideoMessage.contact_name, VideoMessage.contact_email)))
    videos.forget_contacts((VideoMessage.event_id == event_id) & answers)
    gone = delete(Unsubscribed).where(Unsubscribed.event_id == event_id, Unsubscribed.uid == person.uid)
    db.session.execute(gone.execution_options(synchronize_session=False))
    person.name, person.position, person.email, person.phone = NOBODY, "", "", ""
    db.session.flush()
    cut(event_id, words)
    note(ERASED, f"delegation/{delegation.uid}", who=who, now=now, event_id=event_id)
    db.session.flush()
    db.session.expire_all()  # rows were changed beneath what was read
    return Left([], delivered)


def _reader(event_id: int, person: FocalPoint) -> posted.Reader:
    return posted.Reader(event_id, person.uid, (person.uid,), NOBODY, office=True)
