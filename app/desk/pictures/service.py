"""What the pictures are drawn from, as the database holds it. A fixed number of queries, whatever there is."""

from __future__ import annotations

from sqlalchemy import func, select

from app.db import db
from app.delegations.models import Answer, Delegation
from app.desk.pictures.figures import Move, Spot
from app.events.models import Event, Mode
from app.journal import Note
from app.network.models import Member
from app.registration.models import COUNTED, Delegate


def spots(event: Event) -> dict[str, Spot]:
    """Where each city lies, by the slug of its member. One query."""
    query = (
        select(Member.slug, Member.country, Member.latitude, Member.longitude)
        .join(Delegation, Delegation.member_id == Member.id)
        .where(Delegation.event_id == event.id)
    )
    return {slug: Spot(country, *place) for slug, country, *place in db.session.execute(query)}


def people(event: Event) -> dict[Mode, int]:
    """How many people who count in their city's quota take part in each mode. One query."""
    query = select(Delegate.mode, func.count()).where(Delegate.event_id == event.id, Delegate.state.in_(COUNTED))
    return dict(db.session.execute(query.group_by(Delegate.mode)).all())


def moves(event: Event) -> tuple[dict[int, Answer], list[Move]]:
    """The answers of now, by delegation, and every change of them that the journal holds, in order. Two queries."""
    query = select(Delegation.id, Delegation.uid, Delegation.answer).where(Delegation.event_id == event.id)
    known = {f"delegation/{uid}": (key, answer) for key, uid, answer in db.session.execute(query)}
    lines = select(Note.subject, Note.at, Note.before, Note.after).where(
        Note.event_id == event.id,
        Note.subject.like("delegation/%"),
        Note.before["answer"].as_string().is_not(None),
        Note.after["answer"].as_string().is_not(None),
    )
    found = [
        Move(known[line.subject][0], line.at, Answer(line.before["answer"]), Answer(line.after["answer"]))
        for line in db.session.execute(lines.order_by(Note.at, Note.id))
        if line.subject in known
    ]
    return dict(known.values()), found
