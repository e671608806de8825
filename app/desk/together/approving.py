"""Approving everybody of several cities who waits for the organisers: each alone, and all in one act."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.delegations.models import Delegation
from app.desk.together import service
from app.desk.together.models import BulkAct, BulkRow, Kind
from app.events.models import Event
from app.network.models import Member
from app.refused import Refused
from app.registration import deciding, rows
from app.registration.models import Delegate, State

MOST = 100
"""How many are approved by one press, so that nobody else waits long for the database."""


def waiting(event_id: int, slugs: Collection[str]) -> list[Delegate]:
    """Those of these cities for whom the city stands and who wait for the organisers, who came first first.

    One query; `MOST` at most.
    """
    whole = contains_eager(Delegate.delegation).contains_eager(Delegation.member)
    query = select(Delegate).join(Delegate.delegation).join(Delegation.member).options(whole)
    mine = Delegate.event_id == event_id, Delegate.state == State.ENDORSED, Member.slug.in_(slugs)
    return list(db.session.execute(query.where(*mine).order_by(Delegate.state_at, Delegate.id).limit(MOST)).scalars())


def obstacle(delegate: Delegate) -> str:
    """Why the person could not be approved, as far as can be told before; empty: nothing known stands in the way."""
    delegation = delegate.delegation
    if delegation.letter_required and delegation.letter_id is None:
        return str(_("the letter of authority of the city is missing"))
    return ""


def approve(event: Event, references: Collection[str], key: str, *, who: str, now: datetime) -> BulkAct:
    """Approve each of these people who waits; where one cannot be, the others are, and the act says why.

    The same form sent twice is one act. Refused when none of them waits any more.
    """
    service.lock(event.id)
    if (known := service.done_before(event.id, key)) is not None:
        return known
    query = select(Delegate.id).where(Delegate.event_id == event.id, Delegate.reference.in_(references))
    waiting = query.where(Delegate.state == State.ENDORSED).order_by(Delegate.state_at, Delegate.id).limit(MOST)
    people = [
        each for each in rows.held(db.session.execute(waiting).scalars()).values() if each.state == State.ENDORSED
    ]
    if not people:
        raise Refused(_("None of these people waits for you any more."))
    act = service.keep(event.id, Kind.APPROVE, {}, key, who=who, now=now)
    names = {each.delegation_id: each.delegation.member.name for each in people}
    made = [_approve(act, each, who, now) for each in people]
    db.session.add_all(made)
    done = [each for each in made if not each.refused]
    cities = {names[each.delegation_id] for each in done}
    counts = {"people": len(done), "refused": len(made) - len(done)}
    service.told("approved together", event.id, act, cities, who=who, now=now, **counts)
    db.session.flush()
    return act


def _approve(act: BulkAct, delegate: Delegate, who: str, now: datetime) -> BulkRow:
    """Approve one, in a transaction within ours, so that a refusal undoes this one alone."""
    row = BulkRow(act_id=act.id, delegation_id=delegate.delegation_id, reference=delegate.reference)
    row.before, row.refused, key = State.ENDORSED.value, "", delegate.id
    try:
        with db.session.begin_nested():
            row.after = deciding.approve(key, who=who, now=now).state.value
    except Refused as no:
        row.after, row.refused = row.before, no.message[:500]
    return row
