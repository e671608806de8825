"""Taking leave of a summit's announcements, and coming back: by a secret of its own, which opens nothing else."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from app.announcing.crowd import NO_MORE
from app.announcing.letters import ANNOUNCEMENT, REMINDER
from app.announcing.models import Unsubscribed, unsubscribe_secret, wants_none
from app.db import db
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event
from app.journal import note
from app.network.models import folded as as_name
from app.outbox import Message, State
from app.outbox import folded as as_address
from app.outbox.models import WAITING
from app.registration.models import Delegate


@dataclass(frozen=True)
class Reader:
    """Whose secret it is."""

    event: Event
    uid: str
    name: str
    email: str
    signed: str
    """As the journal names them."""
    subject: str


def reader(uid: str, secret: str) -> Reader:
    """Whose secret this is. Raises LookupError for one that is nobody's, or another's. Two queries."""
    if not hmac.compare_digest(unsubscribe_secret(uid).encode(), secret.encode()):
        raise LookupError("this secret is not theirs")
    query = select(Delegate, Event).join(Event, Event.id == Delegate.event_id).where(Delegate.uid == uid)
    if (found := db.session.execute(query).one_or_none()) is not None:
        person, event = found
        return Reader(event, uid, person.name, person.email, person.signed, f"delegate/{uid}")
    office = select(FocalPoint, Event).join(Delegation, Delegation.id == FocalPoint.delegation_id)
    office = office.join(Event, Event.id == Delegation.event_id).where(FocalPoint.uid == uid)
    if (spoken := db.session.execute(office).one_or_none()) is not None:
        focal, event = spoken
        return Reader(event, uid, focal.name, focal.email, focal.name[:200], f"focal point/{uid}")
    raise LookupError("nobody has this name")


def is_gone(who: Reader) -> bool:
    """Whether they get no announcements, by this row of theirs or by another. One query."""
    return db.session.execute(select(Unsubscribed.id).where(_theirs(who)).limit(1)).first() is not None


def leave(who: Reader, now: datetime) -> bool:
    """Send them none any more, of those that wait none either; whether that is new. Twice is once."""
    db.session.execute(select(Event.id).where(Event.id == who.event.id).with_for_update())
    if is_gone(who):
        return False
    known = {"event_id": who.event.id, "uid": who.uid, "address": as_address(who.email), "name": as_name(who.name)}
    db.session.add(Unsubscribed(at=now, **known))
    db.session.flush()
    mine = Message.event_id == who.event.id, Message.kind.in_([ANNOUNCEMENT, REMINDER])
    theirs = Message.to == who.email, Message.to_name == who.name
    waits = update(Message).where(*mine, *theirs, Message.state.in_([*WAITING, State.HELD]))
    waits = waits.values(state=State.SKIPPED, error=NO_MORE)
    db.session.execute(waits.execution_options(synchronize_session=False))
    note("unsubscribed", who.subject, who=who.signed, now=now, event_id=who.event.id)
    return True


def come_back(who: Reader, now: datetime) -> bool:
    """Send them announcements again; whether that is new."""
    db.session.execute(select(Event.id).where(Event.id == who.event.id).with_for_update())
    if not is_gone(who):
        return False
    db.session.execute(delete(Unsubscribed).where(_theirs(who)).execution_options(synchronize_session=False))
    note("subscribed again", who.subject, who=who.signed, now=now, event_id=who.event.id)
    return True


def _theirs(who: Reader) -> ColumnElement[bool]:
    return wants_none(who.event.id, who.uid, who.email, who.name)
