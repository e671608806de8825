"""The letters of a summit as organisers find them: whose words they begin with, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.delegations.models import Delegation, FocalPoint
from app.desk.letters import examples
from app.events.models import Event
from app.journal import Note
from app.network.models import Member, folded
from app.outbox import Opening, Rendered, shown
from app.outbox.models import OwnWords
from app.outbox.openings import Wording, checked, openings
from app.outbox.own import NONE, rows_of, store, subject
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.registration.models import Delegate

KEPT = 50
"""How many changes of one letter's words are listed."""


@dataclass(frozen=True)
class Line:
    """One letter in the list, and the rows of those languages in which the organisers worded it, by code."""

    opening: Opening
    own: dict[str, OwnWords]


@dataclass(frozen=True)
class Words:
    """One letter in one language: the words that hold, and those that the product ships."""

    opening: Opening
    language: str
    row: OwnWords | None
    shipped: Wording

    @property
    def own(self) -> OwnWords | None:
        """The organisers' words, unless there are none or the shipped ones were put back."""
        return self.row if self.row and self.row.subject else None

    @property
    def holds(self) -> Wording:
        return Wording(self.own.subject, self.own.text) if self.own else self.shipped

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0


@dataclass(frozen=True)
class Seen:
    """A letter as one reader would get it."""

    to: str
    found: bool
    """Somebody was looked for and found; otherwise it is whoever comes first, or somebody invented."""
    letter: Rendered


def lines(event: Event) -> list[Line]:
    """Every letter whose beginning can be worded. One query."""
    rows = rows_of(event.id)
    return [
        Line(opening, {code: row for code in TONGUES if (row := rows.get((name, code))) and row.subject})
        for name, opening in openings.items()
    ]


def words(event: Event, name: str, language: str) -> Words:
    """One letter in one language. Raises LookupError when there is no such letter or language. One query."""
    if name not in openings or language not in TONGUES:
        raise LookupError(f"no letter begins by {name!r} in {language!r}")
    with force_locale(language):
        shipped = openings[name].shipped
    return Words(openings[name], language, rows_of(event.id).get((name, language)), shipped)


def put(event: Event, found: Words, wording: Wording, seen: int, *, who: str, now: datetime) -> None:
    """Store the words; those of the product are the same as none. Refused on "subject" or "text" for what they hold,
    and without a field when somebody changed them since `seen`."""
    wording = checked(found.opening, wording)
    _put(event, found, NONE if wording == found.shipped else wording, seen, who, now)


def put_back(event: Event, found: Words, seen: int, *, who: str, now: datetime) -> None:
    """Let the letter begin with the shipped words again. Refused when somebody changed them since `seen`."""
    _put(event, found, NONE, seen, who, now)


def _put(event: Event, found: Words, wording: Wording, seen: int, who: str, now: datetime) -> None:
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())  # two first words wait in line
    store(event.id, found.opening.name, found.language, wording, seen, who=who, now=now)


def changes(event: Event, name: str, language: str) -> list[Note]:
    """What the journal holds of the words, latest first. One query."""
    mine = select(Note).where(Note.event_id == event.id, Note.subject == subject(name, language))
    return list(db.session.execute(mine.order_by(Note.at.desc(), Note.id.desc()).limit(KEPT)).scalars())


def example(
    event: Event, name: str, language: str, asked: str, wording: Wording | None, *, by: str, now: datetime
) -> Seen:
    """The letter in this language as somebody of the summit would get it, with these words, or else those stored.

    `asked`: a reference, or words of a name or a city; the first who fits is taken. Raises Refused on "subject" or
    "text" for words that could not be stored.
    """
    if wording is not None:
        checked(openings[name], wording)
    delegate = _person(event.id, asked)
    focal = None if delegate else _speaker(event.id, asked)
    found = bool(asked.strip()) and (delegate or focal) is not None
    if delegate is None and focal is None:
        delegate = _person(event.id, "")
    one = delegate or focal
    delegation = _whole(event.id, one.delegation_id) if one else None
    if focal is None and delegation is not None:
        focal = next((each for each in delegation.focal_points if each.active), None)
    summit = _with_network(event.id)
    member = delegation.member if delegation else _any(summit)
    who = examples.reader(summit, member, delegate, focal, by, now)
    with force_locale(language):
        made = examples.letter(name, who, language)
    own = {name: wording} if wording else None
    return Seen(f"{made.to_name} <{made.to}>", found, shown(made, examples.secrets(who), own))


def _person(event_id: int, asked: str) -> Delegate | None:
    """The first registration that fits. Two queries."""
    listed = (
        select(Delegate.id, Delegate.reference, Delegate.name, Member.name)
        .join(Delegate.delegation)
        .join(Delegation.member)
        .where(Delegate.event_id == event_id)
        .order_by(Delegate.id)
    )
    rows = db.session.execute(listed)
    wanted = asked.strip().upper()
    key = next((key for key, ref, *names in rows if wanted == ref or _fits(asked, *names)), None)
    return db.session.get(Delegate, key) if key is not None else None


def _speaker(event_id: int, asked: str) -> FocalPoint | None:
    """The first focal point who fits. Two queries."""
    listed = (
        select(FocalPoint.id, FocalPoint.name, Member.name)
        .join(FocalPoint.delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id, FocalPoint.active)
        .order_by(FocalPoint.id)
    )
    key = next((key for key, *names in db.session.execute(listed) if _fits(asked, *names)), None)
    return db.session.get(FocalPoint, key) if key is not None else None


def _fits(asked: str, *names: str) -> bool:
    """Whether every word asked for is in one of the names, in any spelling."""
    wanted = [each for each in map(folded, asked.split()) if each]
    return any(all(word in folded(name) for word in wanted) for name in names)


def _whole(event_id: int, delegation_id: int) -> Delegation:
    query = select(Delegation).where(Delegation.event_id == event_id, Delegation.id == delegation_id)
    query = query.options(joinedload(Delegation.member), selectinload(Delegation.focal_points))
    return db.session.execute(query).unique().scalar_one()


def _with_network(event_id: int) -> Event:
    query = select(Event).where(Event.id == event_id).options(joinedload(Event.network), joinedload(Event.host))
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _any(event: Event) -> Member:
    """A member of the network; the host only when there is no other."""
    mine = select(Member).where(Member.network_id == event.network_id)
    first = mine.order_by(Member.id == event.host_id, Member.id).limit(1)
    found = db.session.execute(first).scalar_one_or_none()
    if found is None:
        raise Refused(_("The network has no members yet, so there is nobody to whom a letter could go."))
    return found
