"""What the overview needs beside the board: counts, each page with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from app.accounts.service import kept
from app.agenda.models import Session
from app.db import db
from app.delegations.models import Answer, Delegation, FocalPoint
from app.desk.founding.service import CHANGED as SETTINGS_CHANGED
from app.desk.overview.steps import Counts
from app.events.models import Deadline, Event
from app.journal import Note
from app.network.models import Member, Network
from app.online.organising.service import LINKS_CHANGED
from app.outbox import Message
from app.outbox import State as Letter
from app.publishing.models import Release
from app.videos.models import State as Video
from app.videos.models import VideoMessage


@dataclass(frozen=True)
class Waiting:
    """What waits for organisers beside the cities of the board."""

    failed: int
    """Letters that no server takes, and `bounced`, that came back."""
    bounced: int
    held: int
    films: int
    """Films to look at."""
    edited: bool
    """The draft was changed since the last release, or nothing is published though there are sessions."""


def waiting(event: Event) -> Waiting:
    """What waits in letters, films and the draft. One query."""

    def letters(*states: Letter) -> object:
        mine = (Message.event_id == event.id, Message.state.in_(states))
        return select(func.count()).select_from(Message).where(*mine).scalar_subquery()

    mine = (VideoMessage.event_id == event.id, VideoMessage.state == Video.IN_REVIEW)
    films = select(func.count()).select_from(VideoMessage).where(*mine).scalar_subquery()
    changed = or_(Note.subject.startswith("session/"), Note.what.in_(["imported", LINKS_CHANGED, SETTINGS_CHANGED]))
    edited = select(func.max(Note.at)).where(Note.event_id == event.id, changed).scalar_subquery()
    told = (Release.event_id == event.id, Release.number == event.release)
    released = select(Release.published_at).where(*told).scalar_subquery()
    row = db.session.execute(
        select(
            letters(Letter.REFUSED, Letter.FAILED),  # type: ignore[call-overload]
            letters(Letter.BOUNCED),
            letters(Letter.HELD),
            films,
            edited,
            released,
        )
    ).one()
    failed, bounced, held, seen, at, since = row
    return Waiting(failed, bounced, held, seen, at is not None and (since is None or at > since))


def counts(event: Event) -> Counts:
    """How far a new event is. One query."""
    mine = Delegation.event_id == event.id
    spoken = select(FocalPoint.id).where(FocalPoint.delegation_id == Delegation.id, FocalPoint.active).exists()

    def number(table: type, *which: object) -> object:
        return select(func.count()).select_from(table).where(*which).scalar_subquery()  # type: ignore[arg-type]

    row = db.session.execute(
        select(
            select(Network.slug).where(Network.id == event.network_id).scalar_subquery(),
            number(Member, Member.network_id == event.network_id, Member.until == ""),  # type: ignore[call-overload]
            number(Delegation, mine),
            number(Delegation, mine, spoken),
            number(Deadline, Deadline.event_id == event.id),
            number(Delegation, mine, Delegation.answer != Answer.DRAFT),
            number(Session, Session.event_id == event.id),
        )
    ).one()
    network, members, delegations, reachable, deadlines, invited, sessions = row
    return Counts(
        network=network,
        networks=1,
        members=members,
        events=1,
        delegations=delegations,
        reachable=reachable,
        deadlines=deadlines,
        invited=invited,
        sessions=sessions,
        registration=event.registration_opens is not None,
        release=event.release,
    )


def nothing_yet(user_id: int) -> Counts:
    """How far somebody is who has no event, with the networks that they look after. One query."""
    members = func.count(Member.id)
    query = select(Network.slug, members).outerjoin(Member, Member.network_id == Network.id).group_by(Network.slug)
    query = query.where(Network.slug.in_(kept(user_id)))
    rows = db.session.execute(query.order_by(members.desc(), Network.slug)).all()
    slug, number = rows[0] if rows else ("", 0)
    return Counts(network=slug, networks=len(rows), members=number)
