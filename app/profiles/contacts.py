"""Where people can be reached, and when that is forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, or_, select, update

from app.db import db
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event
from app.journal import CLOCK, note
from app.outbox import Message, State
from app.outbox.models import WAITING
from app.profiles.models import Consent, Consented
from app.registration.models import Delegate

KEPT = timedelta(days=365)
"""How long after the summit's last day it is kept where somebody could be reached (rule 9.12)."""
AGREED = timedelta(days=730)
"""How long of whoever agreed to hear of the next edition."""


def forget(today: date, now: datetime) -> int:
    """Delete addresses and telephones of people and offices, and to which addresses letters went, of every summit that
    is over for so long. Who took part, what they did and that letters went to them stays. How many rows that were."""
    over = select(Event.id).where(Event.ends_on < today - KEPT)
    agreed = select(Consent.delegate_id).where(Consent.kind == Consented.CONTACT, Consent.withdrawn_at.is_(None))
    longer = select(Event.id).where(Event.ends_on < today - AGREED)
    mine = or_(Delegate.id.not_in(agreed), Delegate.event_id.in_(longer))
    told = or_(*(column != "" for column in (Delegate.email, Delegate.mobile, Delegate.comment)))
    people = _done(
        update(Delegate).where(Delegate.event_id.in_(over), mine, told).values(email="", mobile="", comment="")
    )
    of_cities = FocalPoint.delegation_id.in_(select(Delegation.id).where(Delegation.event_id.in_(over)))
    reached: ColumnElement[bool] = or_(FocalPoint.email != "", FocalPoint.phone != "")
    offices = _done(update(FocalPoint).where(of_cities, reached).values(email="", phone=""))
    settled = Message.state.not_in([*WAITING, State.INFLIGHT])
    letters = _done(update(Message).where(Message.event_id.in_(over), settled, Message.to != "").values(to=""))
    counts: dict[str, Any] = {"people": people, "offices": offices, "letters": letters}
    if any(counts.values()):
        note("contacts deleted", "contacts", who=CLOCK, now=now, after=counts)
    return people + offices + letters


def _done(act: Update) -> int:
    return db.session.connection().execute(act).rowcount
