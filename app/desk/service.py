"""What organisers read: events, delegations, registrations, releases. Each list costs a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, defer

from app.accounts.models import Role, Staff
from app.agenda.models import Appearance, Session
from app.agenda.service import delete
from app.db import db
from app.delegations.models import Delegation
from app.desk.founding.service import CHANGED as SETTINGS_CHANGED
from app.events.models import Event, Mode
from app.journal import Note
from app.network.models import Member, folded
from app.office.undelivered import unreached
from app.online.organising.service import LINKS_CHANGED
from app.publishing.models import Release
from app.publishing.service import Preview, programme_of
from app.registration.models import Delegate, State

"""What the journal calls it."""
PAGE = 100
"""How many people one page lists."""


@dataclass(frozen=True)
class Held:
    """An event as an organiser's front page lists it."""

    event: Event
    edited: datetime | None
    """When the draft agenda was last changed since the last release; None when it was not."""
    organised: bool = True
    """Whether the reader is one of its organisers, and not there for one task alone."""


@dataclass(frozen=True)
class Wanted:
    """Which registrations to list; empty: all."""

    mode: str = ""
    state: str = ""
    city: str = ""
    letters: str = ""
    """ "lost": those whom letters do not reach."""
    q: str = ""
    """Words of a name, in any spelling, or a reference."""
    page: int = 1

    @property
    def narrows(self) -> bool:
        return bool(self.mode or self.state or self.city or self.letters or self.q)

    def asked(self, page: int) -> dict[str, Any]:
        """As it stands in the address of one page."""
        said = {"q": self.q, "mode": self.mode, "state": self.state, "city": self.city, "letters": self.letters}
        return {key: value for key, value in (said | {"page": page}).items() if value not in {"", 1}}


@dataclass(frozen=True)
class Page:
    """A hundred people at a time."""

    people: Sequence[Delegate]
    unreached: Collection[str]
    """Whom letters do not reach, by uid."""
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class Told:
    """What calendars will be told of one entry: its kind of change, and SEQUENCE before (None: new) and after."""

    kind: str
    title: str
    before: int | None
    after: int


def events_of(user_id: int) -> list[Held]:
    """The events at which this user holds a role, latest first. One query."""
    edited = (
        select(Note.event_id, func.max(Note.at).label("at"))
        .where(or_(Note.subject.startswith("session/"), Note.what.in_(["imported", LINKS_CHANGED, SETTINGS_CHANGED])))
        .group_by(Note.event_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Event, edited.c.at, Release.published_at, Staff.role)
        .join(Staff, or_(Staff.event_id.is_(None), Staff.event_id == Event.id))
        .outerjoin(edited, edited.c.event_id == Event.id)
        .outerjoin(Release, (Release.event_id == Event.id) & (Release.number == Event.release))
        .where(Staff.user_id == user_id)
        .order_by(Event.starts_on.desc(), Event.slug)
    )
    held: dict[int, Held] = {}
    for event, at, released, role in rows:
        waiting = at is not None and (released is None or at > released)
        organised = role == Role.ORGANISER or (event.id in held and held[event.id].organised)
        held[event.id] = Held(event, at if waiting else None, organised)
    return list(held.values())


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


def registrations(event_id: int, wanted: Wanted) -> Page:
    """One page of the registrations that are wanted, latest first, each with its city. Five queries.

    Names are compared as search sees them, which the database cannot: the first query reads them all, and no more.
    """
    lost = unreached(event_id)
    query = select(Delegate.id, Delegate.uid, Delegate.name, Delegate.reference).join(Delegate.delegation)
    query = query.join(Delegation.member).where(Delegate.event_id == event_id, *_narrowed(wanted))
    found = db.session.execute(query.order_by(Delegate.registered_at.desc(), Delegate.id.desc()))
    ids = [
        key
        for key, uid, name, reference in found
        if _named(wanted.q, name, reference) and (uid in lost or not wanted.letters)
    ]
    pages = max(1, -(-len(ids) // PAGE))
    number = min(max(1, wanted.page), pages)
    shown = ids[PAGE * (number - 1) : PAGE * number]
    people = {
        each.id: each for each in db.session.execute(_with_city(event_id).where(Delegate.id.in_(shown))).scalars()
    }
    return Page([people[key] for key in shown if key in people], lost, len(ids), number, pages)


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.mode:
        found.append(Delegate.mode == Mode(wanted.mode))
    if wanted.state:
        found.append(Delegate.state == State(wanted.state))
    if wanted.city:
        found.append(Member.slug == wanted.city)
    return found


def _named(q: str, name: str, reference: str) -> bool:
    """Whether every word asked for is in the name, in any spelling; or it is the person's reference."""
    if not q.strip():
        return True
    words = [word for word in map(folded, q.replace("-", " ").split()) if word]
    return q.strip().upper() == reference or (bool(words) and all(word in folded(name) for word in words))


def delegate(event_id: int, reference: str) -> Delegate:
    """One registration of this event, without what was told in confidence. Raises LookupError."""
    if not reference.isalnum():
        raise LookupError(f"{reference!r} is no reference")
    query = _with_city(event_id).where(Delegate.reference == reference)
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
    found = select(Member).join(Delegation).where(Delegation.event_id == event_id).order_by(Member.folded, Member.id)
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
    """What calendars will be told, in order of start: only a new time, place, link or status raises SEQUENCE."""
    told = []
    for change in shown.revision.changes:
        after = shown.revision.entries[change.key].sequence
        before = None if change.kind == "added" else after - change.raises
        told.append(Told(change.kind, change.after.title, before, after))
    return told
