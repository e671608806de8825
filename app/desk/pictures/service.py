"""What the pictures are drawn from, as the database holds it. A fixed number of queries, whatever there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from app.agenda.models import Appearance, Part, Session
from app.db import db
from app.delegations.models import Answer, Delegation
from app.desk.pictures.figures import Fill, Move, Spoken, Spot
from app.desk.visits.service import Row
from app.events.models import Event, Mode, Person
from app.journal import Note
from app.network.models import Member
from app.planning.sheet import PER_CITY, SPEAKS
from app.registration.models import COUNTED, Delegate
from app.visits.models import Standing


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


@dataclass(frozen=True)
class Moves:
    """How the answers came, by delegation."""

    answers: dict[int, Answer]
    """Those of now."""
    moves: list[Move]
    """Every change of them that the journal holds, in order."""
    invited: dict[int, datetime]
    """Since when each has its invitation, as its row says."""


def moves(event: Event) -> Moves:
    """How the answers of an event came. Two queries."""
    query = select(Delegation.id, Delegation.uid, Delegation.answer, Delegation.invited_at)
    rows = db.session.execute(query.where(Delegation.event_id == event.id)).all()
    known = {f"delegation/{row.uid}": row.id for row in rows}
    lines = select(Note.subject, Note.at, Note.before, Note.after).where(
        Note.event_id == event.id,
        Note.subject.like("delegation/%"),
        Note.before["answer"].as_string().is_not(None),
        Note.after["answer"].as_string().is_not(None),
    )
    found = [
        Move(known[line.subject], line.at, Answer(line.before["answer"]), Answer(line.after["answer"]))
        for line in db.session.execute(lines.order_by(Note.at, Note.id))
        if line.subject in known
    ]
    return Moves(
        {row.id: row.answer for row in rows}, found, {row.id: row.invited_at for row in rows if row.invited_at}
    )


def days(event: Event) -> list[tuple[date, Mode | None, int]]:
    """(day, mode, delegation) of every city in a session of the draft that has a day. One query."""
    query = (
        select(Session.day, Appearance.mode, Appearance.delegation_id)
        .join(Session, Appearance.session_id == Session.id)
        .where(
            *(Session.event_id == event.id, Session.cancelled.is_(False)),
            *(Session.day.is_not(None), Appearance.delegation_id.is_not(None)),
        )
        .distinct()
    )
    return [(day, mode, city) for day, mode, city in db.session.execute(query) if day and city]


def spoken(event: Event) -> list[Spoken]:
    """The minutes that the draft gives to those who speak, by country and kind of member. One query.

    Whoever has no minutes of their own speaks as long as each city of that session does.
    """
    minutes = func.sum(func.coalesce(Appearance.minutes, Session.minutes_each, PER_CITY))
    query = (
        select(Member.country, Member.kind, minutes)
        .select_from(Appearance)
        .join(Session, Appearance.session_id == Session.id)
        .outerjoin(Delegation, Appearance.delegation_id == Delegation.id)
        .outerjoin(Person, Appearance.person_id == Person.id)
        .outerjoin(Member, or_(Member.id == Delegation.member_id, Member.id == Person.member_id))
        .where(
            *(Session.event_id == event.id, Session.cancelled.is_(False)),
            Appearance.part.in_([part for part in Part if part.value in SPEAKS]),
        )
        .group_by(Member.country, Member.kind)
    )
    return [Spoken(country or "", kind, int(total)) for country, kind, total in db.session.execute(query)]


def fills(rows: Sequence[Row]) -> list[Fill]:
    """How full the visits are that take place, as the desk lists them."""
    return [_fill(row) for row in rows if row.visit.cancelled_at is None]


def _fill(row: Row) -> Fill:
    offered = row.counts[Standing.OFFERED]
    free = None if row.places is None else max(0, row.places - row.going - offered)
    return Fill(
        row.visit.title, row.going, free, offered + row.counts[Standing.WAITLISTED] + row.counts[Standing.REQUESTED]
    )
