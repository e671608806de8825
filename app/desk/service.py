"""What organisers read: events, delegations, registrations, releases. Each list costs a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from app.accounts.models import Role, Staff
from app.agenda.models import Appearance, Session
from app.agenda.service import delete
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event, Mode
from app.journal import Note
from app.network.models import Member
from app.publishing.models import Release
from app.publishing.service import Preview, programme_of
from app.registration.models import Delegate, Places, State


@dataclass(frozen=True)
class Held:
    """An event as an organiser's front page lists it."""

    event: Event
    edited: datetime | None
    """When the draft agenda was last changed since the last release; None when it was not."""


@dataclass(frozen=True)
class CityRow:
    """A delegation in the list of all."""

    delegation: Delegation
    approved: int
    withdrawn: int
    sessions: tuple[str, ...]
    """The numbers of the sessions it appears in, or the titles of those without a number, in order."""


@dataclass(frozen=True)
class Figures:
    """How many delegations and approved people there are, and what is taken of the seats by mode (None: no limit)."""

    delegations: int
    people: Mapping[Mode, int]
    places: Mapping[Mode, tuple[int, int | None]]


@dataclass(frozen=True)
class Wanted:
    """Which registrations to list; empty: all."""

    mode: str = ""
    state: str = ""
    city: str = ""


@dataclass(frozen=True)
class Told:
    """What calendars will be told of one entry: its kind of change, and SEQUENCE before (None: new) and after."""

    kind: str
    title: str
    before: int | None
    after: int


def events_of(user_id: int) -> list[Held]:
    """The events this user organises, latest first. One query."""
    edited = (
        select(Note.event_id, func.max(Note.at).label("at"))
        .where(or_(Note.subject.startswith("session/"), Note.what == "imported"))
        .group_by(Note.event_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Event, edited.c.at, Release.published_at)
        .join(Staff, or_(Staff.event_id.is_(None), Staff.event_id == Event.id))
        .outerjoin(edited, edited.c.event_id == Event.id)
        .outerjoin(Release, (Release.event_id == Event.id) & (Release.number == Event.release))
        .where(Staff.user_id == user_id, Staff.role == Role.ORGANISER)
        .order_by(Event.starts_on.desc(), Event.slug)
    )
    held = {}
    for event, at, released in rows:
        waiting = at is not None and (released is None or at > released)
        held[event.id] = Held(event, at if waiting else None)
    return list(held.values())


def delegations(event_id: int) -> list[CityRow]:
    """Every delegation of the event by name. Four queries."""
    rows = db.session.execute(
        select(Delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id)
        .options(contains_eager(Delegation.member), selectinload(Delegation.modes))
        .order_by(Member.name)
    ).scalars()
    people = _people(event_id)
    sessions = sessions_of(event_id)
    return [
        CityRow(
            each,
            people.get((each.id, State.APPROVED), 0),
            people.get((each.id, State.WITHDRAWN), 0),
            tuple(sessions.get(each.id, ())),
        )
        for each in rows
    ]


def _people(event_id: int) -> dict[tuple[int, State], int]:
    counted = db.session.execute(
        select(Delegate.delegation_id, Delegate.state, func.count())
        .where(Delegate.event_id == event_id)
        .group_by(Delegate.delegation_id, Delegate.state)
    )
    return {(delegation, state): count for delegation, state, count in counted}


def sessions_of(event_id: int) -> dict[int, list[str]]:
    """The sessions in which each delegation (by its id) appears: numbers, or titles of those without. One query."""
    rows = db.session.execute(
        select(Appearance.delegation_id, Session.number, Session.title)
        .join(Session)
        .where(Session.event_id == event_id, Appearance.delegation_id.is_not(None), Session.cancelled.is_(False))
        .order_by(Session.number.is_(None), Session.number, Session.position)
    )
    found: dict[int, list[str]] = {}
    for delegation, number, title in rows:
        words = found.setdefault(cast(int, delegation), [])
        if (word := str(number) if number is not None else title) not in words:
            words.append(word)
    return found


def figures(event_id: int, rows: Sequence[CityRow]) -> Figures:
    """Counts over the event; `rows` are its delegations. Two queries."""
    people = db.session.execute(
        select(Delegate.mode, func.count().label("people"))
        .where(Delegate.event_id == event_id, Delegate.state == State.APPROVED)
        .group_by(Delegate.mode)
    )
    places = db.session.execute(
        select(Places.mode, Places.taken, Places.seats, Places.granted).where(Places.event_id == event_id)
    )
    found = {row.mode: (row.taken, None if row.seats is None else row.seats + row.granted) for row in places}
    return Figures(
        sum(each.delegation.answer in TAKES_PART for each in rows),
        {row.mode: row.people for row in people},
        {mode: found[mode] for mode in Mode if mode in found},
    )


def registrations(event_id: int, wanted: Wanted) -> list[Delegate]:
    """The registrations of the event that are wanted, latest first, each with its city. One query."""
    query = _with_city(event_id)
    if wanted.mode:
        query = query.where(Delegate.mode == Mode(wanted.mode))
    if wanted.state:
        query = query.where(Delegate.state == State(wanted.state))
    if wanted.city:
        query = query.where(Member.slug == wanted.city)
    return list(db.session.execute(query.order_by(Delegate.registered_at.desc(), Delegate.id.desc())).scalars())


def delegate(event_id: int, reference: str) -> Delegate:
    """One registration of this event, with what was told in confidence. Raises LookupError."""
    if not reference.isalnum():
        raise LookupError(f"{reference!r} is no reference")
    query = _with_city(event_id).where(Delegate.reference == reference).options(joinedload(Delegate.needs))
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no delegate of this event has the reference {reference!r}")
    return found


def _with_city(event_id: int) -> Select[Delegate]:
    whole = contains_eager(Delegate.delegation).contains_eager(Delegation.member)
    query = select(Delegate).join(Delegate.delegation).join(Delegation.member)
    return query.where(Delegate.event_id == event_id).options(whole)


def journal_of(row: Delegate) -> list[Note]:
    """What the journal holds of a delegate, latest first."""
    lines = select(Note).where(Note.event_id == row.event_id, Note.subject == f"delegate/{row.uid}")
    return list(db.session.execute(lines.order_by(Note.at.desc(), Note.id.desc())).scalars())


def cities(event_id: int) -> list[Member]:
    """The members whose delegations take part in the event, by name."""
    found = select(Member).join(Delegation).where(Delegation.event_id == event_id).order_by(Member.name)
    return list(db.session.execute(found).scalars())


def releases(event_id: int) -> list[Release]:
    """The releases of an event, latest first, without what they hold. One query."""
    found = select(Release).where(Release.event_id == event_id).order_by(Release.number.desc())
    heavy = (defer(Release.programme, raiseload=True), defer(Release.changes, raiseload=True))
    return list(db.session.execute(found.options(*heavy)).scalars())


def was_published(event: Event, code: str) -> bool:
    """Whether a release holds this session. What was published once stays in the draft, so the last release tells."""
    programme = programme_of(event)
    return programme is not None and code in programme.session


def delete_session(event_id: int, code: str, *, who: str, now: datetime) -> str:
    """Delete a session that no release holds; its title. Refused in words otherwise."""
    event = db.session.execute(select(Event).where(Event.id == event_id).with_for_update()).scalar_one()
    return delete(event, code, published=was_published(event, code), who=who, now=now)


def calendar(shown: Preview) -> list[Told]:
    """What calendars will be told, in order of start: only a new time, place or status raises SEQUENCE."""
    told = []
    for change in shown.revision.changes:
        after = shown.revision.entries[change.key].sequence
        before = None if change.kind == "added" else after if change.kind == "changed" else after - 1
        told.append(Told(change.kind, change.after.title, before, after))
    return told
