"""Which letters a worker takes next: by lease, so that two workers never take the same and a dead one loses none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from app.db import db
from app.outbox import addresses, marks, pauses
from app.outbox.models import WAITING, Hold, Message, State, Why
from app.sentences import Sentence

LATE = Sentence(_l("Its time was over before it could be sent.")).stored()
LEASE = timedelta(minutes=5)
"""Longer than a letter can take, which is six waits of transport.TIMEOUT; renewed before each letter."""
WORKERS = 10
"""So many take letters at the same instant, and none of them finds nothing."""
PROBED = 5
"""One in so many letters goes to a domain whose pause is over, one to each."""


@dataclass(frozen=True)
class Claimed:
    """A letter that this batch holds, as it stood when claimed."""

    id: int
    kind: str
    to: str
    to_name: str
    domain: str
    reply_to: str
    sender_name: str
    language: str
    event_id: int | None
    facts: Mapping[str, Any]
    priority: int
    until: datetime | None
    attempts: int
    octets: bytes | None
    message_id: str
    dated: datetime | None
    envelope_from: str
    token: str | None


@dataclass(frozen=True)
class Taken:
    """What a batch holds, and what is known besides."""

    letters: Sequence[Claimed] = ()
    faults: Mapping[str, int] = field(default_factory=dict)
    """The scopes that are paused or were until now, with how often in a row."""
    refused: bool = False
    """Some letters were refused of late, and it is not certain yet that it was meant."""
    dead: Collection[str] = ()
    """Those of the addresses (folded) from which letters come back."""
    complained: Collection[str] = ()
    """Those whose owners called a letter unwanted."""


def take(worker: str, limit: int, now: datetime) -> Taken:
    """Take what is due and what other workers let lapse, `limit` letters at most. To be called inside of `write`.

    Greater priority goes first; among equals, summits take turns, and within one what waits longest goes first.
    """
    _settle_overdue(now)
    found = pauses.present()
    everything = found.pop(pauses.ALL, None)
    faults = {scope: pause.faults for scope, pause in found.items()}
    if everything is not None:
        if now < everything.until:
            return Taken()
        faults[pauses.ALL] = everything.faults
    if everything is not None:  # one letter of one worker finds out for all whether it goes well now
        ids = _chosen(_due(now, [each for each in found if found[each].until > now]), 1)
        if ids and not pauses.try_one(pauses.ALL, now):
            return Taken()
    else:
        ids = _probes([each for each in found if found[each].until <= now], -(-limit // PROBED), now)
        ids += _chosen(_due(now, found), limit - len(ids))
    taken = db.session.scalars(
        update(Message)
        .where(Message.id.in_(ids), _free(now))
        .values(state=State.INFLIGHT, worker=worker, lease_until=now + LEASE)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    letters = _read(taken)
    refused = db.session.execute(select(exists().where(Message.state == State.REFUSED))).scalar_one()
    marked = marks.known({addresses.folded(each.to) for each in letters})
    return Taken(letters, faults, refused, marked[Why.BOUNCED], marked[Why.COMPLAINT])


def _settle_overdue(now: datetime) -> None:
    """What is of no use any more is not sent; what was refused, and no other letter since, was meant to be; and what a
    domain asked for long ago is forgiven."""
    late = update(Message).where(Message.state.in_(WAITING), Message.until <= now)
    late = late.values(state=State.SKIPPED, error=LATE)
    marks.were_meant(now, Message.due_at <= now)
    for act in (late, pauses.long_over(now)):
        db.session.execute(act.execution_options(synchronize_session=False))


def _free(now: datetime) -> ColumnElement[bool]:
    """Nobody holds it, and it is due."""
    return or_(
        Message.state.in_(WAITING) & (Message.due_at <= now),
        (Message.state == State.INFLIGHT) & (Message.lease_until <= now),
    )


def _due(now: datetime, without: Collection[str]) -> ColumnElement[bool]:
    """What may go now: of no held event, unless somebody sits and waits for it, and to none of these domains."""
    held = Message.event_id.in_(select(Hold.event_id))
    may = or_(Message.event_id.is_(None), ~held, Message.priority > 0)
    return and_(_free(now), may, Message.domain.not_in(list(without)))


def _turn() -> ColumnElement[int]:
    """1 for the first letter of each event, 2 for the second ..."""
    of_event = (Message.priority, Message.event_id)
    return func.row_number().over(partition_by=of_event, order_by=(Message.due_at, Message.id))


def _chosen(due: ColumnElement[bool], limit: int) -> list[int]:
    """The next letters, locked. What other workers are just taking is passed over."""
    ranked = select(Message.id, Message.priority, Message.due_at, _turn().label("turn")).where(due).subquery()
    order = ranked.c.priority.desc(), ranked.c.turn, ranked.c.due_at, ranked.c.id
    first = select(ranked.c.id, ranked.c.turn).order_by(*order).limit(limit * WORKERS).subquery()
    query = (
        select(Message.id)
        .join(first, first.c.id == Message.id)
        .where(due)  # once more, for the row as it is when it is locked
        .order_by(Message.priority.desc(), first.c.turn, Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
    )
    return list(db.session.scalars(query))


def _probes(domains: Collection[str], most: int, now: datetime) -> list[int]:
    """One letter to each of these domains, unless another worker tries it."""
    if not domains:
        return []
    nth = func.row_number().over(
        partition_by=Message.domain, order_by=(Message.priority.desc(), Message.due_at, Message.id)
    )
    due = and_(_due(now, ()), Message.domain.in_(domains))
    ranked = select(Message.id, Message.domain, Message.due_at, nth.label("nth")).where(due).subquery()
    first = select(ranked.c.id, ranked.c.domain).where(ranked.c.nth == 1).order_by(ranked.c.due_at).limit(most)
    return [each.id for each in db.session.execute(first) if pauses.try_one(each.domain, now)]


def _read(ids: Sequence[int]) -> list[Claimed]:
    """These letters, in the order in which they go."""
    names = [each.name for each in fields(Claimed)]
    turn = _turn().label("turn")
    query = select(*(getattr(Message, name) for name in names), turn).where(Message.id.in_(ids))
    rows = db.session.execute(query.order_by(Message.priority.desc(), turn, Message.due_at, Message.id))
    return [Claimed(*row[:-1]) for row in rows]
