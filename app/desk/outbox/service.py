"""Letters of one event as organisers read them. Each list costs a fixed number of queries."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from typing import cast as typed_as

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, CursorResult, String, and_, cast, func, or_, select, update
from sqlalchemy.orm import undefer

from app.db import db
from app.delegations import focal
from app.delegations.models import Delegation, FocalPoint
from app.desk.outbox import letters
from app.events.models import Event
from app.journal import Note
from app.network.models import folded as searched
from app.outbox import Message, Rendered, State, addresses, cutting, handling, mime, pauses, post
from app.outbox import folded as as_address
from app.outbox.models import WAITING, Hold, Mark, Pause, Try, Why
from app.outbox.rendering import render, sealed
from app.refused import Refused
from app.registration import readdressing
from app.registration.models import ENDED, Delegate
from app.sentences import Sentence

log = logging.getLogger(__name__)

PAGE = 100
"""How many letters one page lists."""
LONG_OVER = Sentence(_l("The summit was over long before it could be sent.")).stored()
KEPT = timedelta(days=180)
"""How long after the summit's last day it is kept what letters said (rule 9.12)."""
GROUPS: dict[str, tuple[State, ...]] = {
    "waiting": (*WAITING, State.INFLIGHT),
    "held": (State.HELD,),
    "sent": (State.SENT,),
    "failed": (State.REFUSED, State.FAILED),
    "bounced": (State.BOUNCED,),
    "skipped": (State.SKIPPED,),
    "aborted": (State.ABORTED,),
}
"""The states as people tell them apart."""
LISTED = (*(Message.id, Message.created_at, Message.kind, Message.to_name, Message.to, Message.state, Message.error),)


@dataclass(frozen=True)
class Wanted:
    """Which letters to list; empty: all."""

    state: str = ""
    """One of GROUPS."""
    kind: str = ""
    q: str = ""
    """Words of a name or an address, in any spelling."""
    page: int = 1
    about: str = ""
    """What their keys begin with: "announcement/4f1c…/"."""

    @property
    def narrows(self) -> bool:
        return bool(self.state or self.kind or self.q or self.about)

    def asked(self, page: int) -> dict[str, Any]:
        """As it stands in the address of one page."""
        said = {"q": self.q, "state": self.state, "kind": self.kind, "page": page, "about": self.about}
        return {key: value for key, value in said.items() if value not in {"", 1}}


@dataclass(frozen=True)
class Page:
    """A hundred letters at a time."""

    letters: Sequence[Any]
    """Rows of LISTED."""
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class Person:
    """Somebody whose present address a letter has."""

    name: str
    delegate: Delegate | None = None
    focal: FocalPoint | None = None


@dataclass(frozen=True)
class Shown:
    """One letter, with all that happened to it."""

    letter: Message
    tries: Sequence[Try]
    notes: Sequence[Note]
    marks: dict[Why, Mark]
    again: Sequence[int]
    """The letters that went in its place."""
    sealed: bool
    words: Rendered | None
    """What it says, or would say if it went now, without secrets; None when nobody sees it, or it is forgotten."""
    size: int
    fingerprint: str
    """SHA-256 of the octets as they were sent; empty while there are none."""
    exact: bool
    """It holds no secret, so that its file is those octets."""


def page_of(event_id: int, wanted: Wanted) -> Page:
    """One page of the letters that are wanted, latest first. Two queries.

    Names are compared as search sees them, which the database cannot: a search reads all of them, and nothing more.
    """
    mine, latest = _narrowed(event_id, wanted), Message.id.desc()
    ids: list[int] = []
    if wanted.q.strip():
        named = select(Message.id, Message.to_name, Message.to).where(mine).order_by(latest)
        ids = [key for key, name, to in db.session.execute(named) if _named(wanted.q, name, to)]
        mine, total = Message.id.in_(ids), len(ids)
    else:
        total = db.session.execute(select(func.count()).where(mine)).scalar_one()
    pages = max(1, -(-total // PAGE))
    number = min(max(1, wanted.page), pages)
    first = PAGE * (number - 1)
    if ids:
        mine, first = Message.id.in_(ids[first : first + PAGE]), 0
    query = select(*LISTED).where(mine).order_by(latest).offset(first).limit(PAGE)
    return Page(db.session.execute(query).all(), total, number, pages)


def _narrowed(event_id: int, wanted: Wanted) -> ColumnElement[bool]:
    found = [Message.event_id == event_id]
    if wanted.state:
        found.append(Message.state.in_(GROUPS[wanted.state]))
    if wanted.kind:
        found.append(Message.kind == wanted.kind)
    if wanted.about:
        found.append(Message.key.startswith(wanted.about, autoescape=True))
    return and_(*found)


def _named(q: str, name: str, to: str) -> bool:
    """Whether every word asked for is in name or address, in any spelling."""
    words = [word for word in map(searched, q.split()) if word]
    return bool(words) and all(word in searched(name) or word in searched(to) for word in words)


def counts(event_id: int) -> tuple[dict[str, int], list[str]]:
    """How many letters of the event there are in each of GROUPS, and of what kinds. One query."""
    query = select(Message.kind, Message.state, func.count()).where(Message.event_id == event_id)
    found = dict.fromkeys(GROUPS, 0)
    kinds = set()
    for kind, state, number in db.session.execute(query.group_by(Message.kind, Message.state)):
        kinds.add(kind)
        found[next(group for group, states in GROUPS.items() if state in states)] += number
    return found, sorted(kinds)


def hindrances(event_id: int, now: datetime) -> tuple[Hold | None, list[Pause]]:
    """Who holds the letters of this event, and what else keeps some of them from going now. Two queries."""
    waiting = select(Message.domain).where(Message.event_id == event_id, Message.state.in_(WAITING))
    query = select(Pause).where(Pause.until > now, or_(Pause.scope == pauses.ALL, Pause.scope.in_(waiting)))
    hold = db.session.execute(select(Hold).where(Hold.event_id == event_id)).scalar_one_or_none()
    return hold, list(db.session.execute(query.order_by(Pause.scope).limit(20)).scalars())


def shown(event_id: int, number: int) -> Shown:
    """One letter of this event. Raises LookupError. Five queries, and what wording it needs."""
    letter = _one(event_id, number)
    octets = letter.octets
    closed = letter.kind in sealed
    return Shown(
        letter,
        list(db.session.scalars(select(Try).where(Try.message_id == number).order_by(Try.id))),
        list(db.session.scalars(select(Note).where(Note.subject == f"letter/{number}").order_by(Note.id))),
        {each.why: each for each in db.session.scalars(select(Mark).where(Mark.address == as_address(letter.to)))},
        list(db.session.scalars(select(Message.id).where(Message.again_of == number).order_by(Message.id))),
        closed,
        None if closed else _words(letter),
        len(octets or b""),
        hashlib.sha256(octets).hexdigest() if octets else "",
        not closed and octets is not None and cutting.holds_none(octets),
    )


def words_of(event_id: int, number: int) -> tuple[Message, Rendered]:
    """A letter and what it says, without secrets. Raises LookupError, too when nobody sees it, or it is forgotten."""
    letter = _one(event_id, number)
    found = None if letter.kind in sealed else _words(letter)
    if found is None:
        raise LookupError(f"nobody sees what letter {number} says")
    return letter, found


def copy(letter: Message, words: Rendered) -> tuple[bytes, bool]:
    """The letter as a file, and whether it is what was sent octet for octet; one that holds secrets is made anew of
    what `words_of` gives. Raises LookupError when there are no octets of it."""
    if letter.octets is None:
        raise LookupError(f"letter {letter.id} is not made yet")
    if cutting.holds_none(letter.octets):
        return letter.octets, True
    name, address = cutting.sender(letter.octets)
    headers = mime.Headers(
        sender_name=name,
        sender=address,
        to_name=letter.to_name,
        to=addresses.reachable(letter.to),
        reply_to=addresses.reachable(letter.reply_to) if letter.reply_to else "",
        message_id=letter.message_id,
        dated=letter.dated or letter.created_at,
        language=letter.language,
        unsubscribe=cutting.leaving(letter.octets),
    )
    return mime.octets(headers, words), False


def _one(event_id: int, number: int) -> Message:
    query = select(Message).where(Message.event_id == event_id, Message.id == number)
    found = db.session.execute(query.options(undefer(Message.octets))).scalar_one_or_none()
    if found is None:
        raise LookupError(f"this event has no letter {number}")
    return found


def _words(letter: Message) -> Rendered | None:
    if letter.octets is not None:
        return cutting.without_secrets(cutting.read(letter.octets))
    if not letter.facts:
        return None
    try:
        return cutting.without_secrets(render(letter.kind, letter.facts, letter.language))
    except Exception:  # a letter that cannot be worded is shown as one
        log.exception("The letter %d (%s) could not be rendered.", letter.id, letter.kind)
        return None


def whose(letter: Message) -> Person | None:
    """The person of this event whom the letter is to, if that is still their address. Three queries at most."""
    uid, by_office = str(letter.facts.get("uid", "")), str(letter.facts.get("focal", ""))
    for key in filter(None, (by_office, uid)):
        office = select(FocalPoint).join(Delegation).where(FocalPoint.uid == key, FocalPoint.active)
        found = db.session.execute(office.where(Delegation.event_id == letter.event_id)).scalar_one_or_none()
        if found is not None:
            return Person(found.name, focal=found) if found.email.lower() == letter.to.lower() else None
    one = select(Delegate).where(Delegate.uid == uid, Delegate.event_id == letter.event_id)
    person = db.session.execute(one.where(Delegate.state.not_in(ENDED))).scalar_one_or_none()
    if person is None or by_office or person.email.lower() != letter.to.lower():
        return None
    return Person(person.name, delegate=person)


def correct(event_id: int, number: int, to: str, key: str, *, at_person: bool, who: str, now: datetime) -> Message:
    """Send a letter to another address, and if wanted all further ones to this person; the former is told, unless it
    is known that nothing arrives there. Refused as `handling.correct`."""
    event = db.session.execute(select(Event).where(Event.id == event_id)).scalar_one()
    letter = _one(event_id, number)
    person = whose(letter) if at_person else None
    lost = letter.state in {State.BOUNCED, State.FAILED} or handling.dead(letter.to) is not None
    again = handling.correct(number, to, key, who=who, now=now)
    if person is not None and person.delegate is not None:
        readdressing.readdress(person.delegate.id, to, who=who, now=now)
    if person is not None and person.focal is not None:
        focal.readdress(person.focal.id, to, who=who, now=now)
    if not lost:
        post(letters.redirected(letter, event, who), now)
    return again


def forget(today: date, now: datetime) -> int:
    """Delete what letters said of which the summit ended more than `KEPT` ago, or that were of none and are as old;
    one that still waits is not sent any more. That they were, to whom and what became of them stays. How many."""
    over = select(Event.id).where(Event.ends_on < today - KEPT)
    old = or_(Message.event_id.in_(over), and_(Message.event_id.is_(None), Message.created_at < now - KEPT))
    return _forget(old, LONG_OVER)


def forget_of(letters: Collection[int], why: str, now: datetime) -> None:
    """Delete what these letters said, to whom they went and what servers said of it; one that waits is not sent, for
    the reason `why` (a stored Sentence). Refused when a worker has one of them in hand."""
    mine = Message.id.in_(letters)
    held = select(Message.id).where(mine, Message.state == State.INFLIGHT, Message.lease_until > now)
    if db.session.execute(held.limit(1)).first() is not None:
        raise Refused(_("It is on its way to the mail server at this moment. Look again in a few minutes."))
    quiet = {"synchronize_session": False}
    nobody: dict[str, Any] = {"to": "", "domain": "", "envelope_from": "", "token": None, "facts": {}, "octets": None}
    _forget(mine, why, also=(State.REFUSED, State.INFLIGHT))
    db.session.execute(update(Message).where(mine).values(nobody).execution_options(**quiet))
    db.session.execute(update(Message).where(mine, Message.error != why).values(error="").execution_options(**quiet))
    db.session.execute(update(Try).where(Try.message_id.in_(letters)).values(said="").execution_options(**quiet))


def _forget(old: ColumnElement[bool], why: str, also: Collection[State] = ()) -> int:
    late = update(Message).where(old, Message.state.in_([*WAITING, State.HELD, *also]))
    late = late.values(state=State.SKIPPED, error=why, worker="", lease_until=None)
    says = or_(Message.octets.is_not(None), cast(Message.facts, String) != "{}")
    gone = update(Message).where(old, says, Message.state != State.INFLIGHT).values(facts={}, octets=None)
    db.session.execute(late.execution_options(synchronize_session=False))
    done = db.session.execute(gone.execution_options(synchronize_session=False))
    return typed_as(CursorResult[Any], done).rowcount
