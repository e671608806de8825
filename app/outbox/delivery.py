"""Delivery: claim by lease, render once and keep the octets, send those octets until a server has taken them.

At least once: only a death between the server's 250 and our commit sends a letter twice, and then with the same
Message-ID. The clock is the database's, so that one machine's wrong clock neither doubles nor delays a letter.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Update, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from app import db as database
from app.db import claim, db, write
from app.outbox import addresses, mime, rendering, transport
from app.outbox.breaker import LONG, SHORT, Breaker
from app.outbox.models import Message, State
from app.outbox.own import own_words

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than a letter can take, which is six waits of transport.TIMEOUT; renewed before each letter."""
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, *[120] * 23))
"""One after each try that met a passing fault: 28 tries in 47 hours, then no more (RFC 5321 4.5.4.1)."""


@dataclass(frozen=True)
class Claimed:
    """A letter that this batch holds, as it stood when claimed."""

    id: int
    kind: str
    to: str
    to_name: str
    reply_to: str
    sender_name: str
    language: str
    event_id: int | None
    facts: Mapping[str, Any]
    attempts: int
    octets: bytes | None
    message_id: str
    dated: datetime | None
    envelope_from: str


@dataclass
class Batch:
    """One run over some letters."""

    begun: datetime
    breaker: Breaker
    chance: random.Random
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.begun + timedelta(seconds=time.monotonic() - self.started)

    def ours(self, letter: int) -> Update:
        """An UPDATE of the letter if this batch still holds it."""
        return update(Message).where(
            Message.id == letter, Message.state == State.INFLIGHT, Message.worker == self.worker
        )


def deliver(
    now: datetime | None = None,
    limit: int = 50,
    *,
    carrier: transport.Carrier | None = None,
    stop: threading.Event | None = None,
    seed: int | None = None,
) -> int:
    """Try the letters that are due, `limit` at most; how many were dealt with, whatever the outcome.

    0 means that nothing is due or that nothing can go just now. Call it in an application context, outside `write`;
    no transaction is open while it speaks to the server. `now` is the database's clock when not given; `seed` scatters
    the pauses; once `stop` is set, the letter in hand is the last and the others go back. Raises
    ValueError when the settings name no sender.
    """
    addresses.sender()
    begun = now or database.now()
    breaker: Breaker = current_app.extensions.setdefault("outbox", Breaker())
    if breaker.closed(begun):
        return 0
    batch = Batch(begun, breaker, random.Random(seed))  # noqa: S311 (scatters pauses, guards nothing)
    letters = write(lambda: _claim(batch, limit))
    if not letters:
        return 0
    done = 0
    with closing(carrier or transport.carrier()) as line:
        for place, letter in enumerate(letters):
            try:
                done += _one(letter, batch, line)
            except transport.Down as fault:
                _down(batch, letters[place:], fault)
                break
            if breaker.closed(batch.now()) or (stop is not None and stop.is_set()):
                _give_back(batch, letters[place + 1 :])
                break
    return done


@dataclass(frozen=True)
class Emptied:
    """What came of emptying the outbox."""

    sent: int
    failed: int
    waiting: int
    """How many are left to be tried again."""


def empty() -> Emptied:
    """Deliver until nothing more is due or can go just now."""
    before = standing()
    while deliver():
        pass
    after = standing()
    left = sum(after.get(state, 0) for state in (State.QUEUED, State.RETRY, State.INFLIGHT))
    sent, failed = (after.get(each, 0) - before.get(each, 0) for each in (State.SENT, State.FAILED))
    return Emptied(sent, failed, left)


def standing() -> dict[State, int]:
    """How many letters there are in each state."""
    counted = select(Message.state, func.count().label("letters")).group_by(Message.state)
    return {row.state: row.letters for row in db.session.execute(counted)}


def _claim(batch: Batch, limit: int) -> list[Claimed]:
    """Take what is due and what other workers let lapse, by one statement; two workers never take the same.

    The choice stands in a CTE: PostgreSQL may run a subquery with LIMIT more than once, but not this.
    """
    due = or_(
        Message.state.in_([State.QUEUED, State.RETRY]) & (Message.due_at <= batch.begun),
        (Message.state == State.INFLIGHT) & (Message.lease_until <= batch.begun),
    )
    order = Message.priority.desc(), Message.due_at, Message.id
    chosen = select(Message.id).where(due).order_by(*order).limit(limit).with_for_update(skip_locked=True).cte("chosen")
    taken = db.session.scalars(
        update(Message)
        .where(Message.id.in_(select(chosen.c.id)))
        .values(state=State.INFLIGHT, worker=batch.worker, lease_until=batch.begun + LEASE)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    names = [each.name for each in fields(Claimed)]
    columns = [getattr(Message, name) for name in names]
    rows = db.session.execute(select(*columns).where(Message.id.in_(taken)).order_by(*order))
    return [Claimed(**dict(zip(names, row, strict=True))) for row in rows]


def _one(letter: Claimed, batch: Batch, line: transport.Carrier) -> int:
    """Bring one letter as far as it goes today. 1, or 0 if another worker has it by now. Raises transport.Down."""
    if letter.octets is None:
        try:
            letter = _rendered(letter, batch.now())
        except Exception as fault:
            if isinstance(fault, DBAPIError) and database.passing(fault):
                raise  # the lease runs out, and the letter is tried again
            log.exception("The letter %d (%s) could not be rendered.", letter.id, letter.kind)
            _settle(batch, letter, state=State.FAILED, error=f"It could not be rendered: {fault!r}")
            return 1
        finally:
            db.session.rollback()  # what rendering read is not held while the server is spoken to
    line.open()
    if not write(lambda: _keep(letter, batch)):
        return 0
    try:
        line.carry(_parcel(letter))
    except transport.Passing as fault:
        _later(batch, letter, fault)
    except transport.Rejected as fault:
        _rejected(batch, letter, fault)
    else:
        batch.breaker.sent()
        sent_at = batch.now()
        write(lambda: claim(_sent(letter, sent_at)))
    return 1


def _rendered(letter: Claimed, now: datetime) -> Claimed:
    """The letter with its octets, Message-ID and Date, which it keeps from here on."""
    own = own_words(letter.event_id, letter.language)
    words = rendering.render(letter.kind, {**letter.facts, "to": letter.to}, letter.language, own)
    name, address = addresses.sender()
    message_id = f"<{secrets.token_hex(16)}@{addresses.domain()}>"
    headers = mime.Headers(
        sender_name=letter.sender_name or name,
        sender=address,
        to_name=letter.to_name,
        to=addresses.reachable(letter.to),
        reply_to=addresses.reachable(letter.reply_to) if letter.reply_to else "",
        message_id=message_id,
        dated=now,
        language=letter.language,
        answers=_message_id_of(letter.facts.get("thread", "")),
    )
    return replace(letter, octets=mime.octets(headers, words), message_id=message_id, dated=now, envelope_from=address)


def _message_id_of(key: str) -> str:
    """Of the letter with this key, if it was rendered already."""
    if not key:
        return ""
    return db.session.execute(select(Message.message_id).where(Message.key == key)).scalar_one_or_none() or ""


def _keep(letter: Claimed, batch: Batch) -> bool:
    """Before the first octet leaves: keep them all, count the try, and renew the lease, if it is still ours."""
    return claim(
        batch.ours(letter.id).values(
            octets=letter.octets,
            message_id=letter.message_id,
            dated=letter.dated,
            envelope_from=letter.envelope_from,
            attempts=Message.attempts + 1,
            lease_until=batch.now() + LEASE,
        )
    )


def _parcel(letter: Claimed) -> transport.Parcel:
    if letter.octets is None or letter.dated is None:
        raise ValueError(f"The letter {letter.id} is not rendered.")
    to = addresses.reachable(letter.to)
    return transport.Parcel(letter.kind, letter.envelope_from, to, letter.dated, letter.octets)


def _sent(letter: Claimed, now: datetime) -> Update:
    """It is sent, whoever holds the lease by now."""
    return (
        update(Message)
        .where(Message.id == letter.id, Message.state != State.SENT)
        .values(state=State.SENT, sent_at=now, error="", worker="", lease_until=None)
    )


def _settle(batch: Batch, letter: Claimed, **values: Any) -> None:
    """Write down how it ended, if this batch still holds it."""
    write(lambda: claim(batch.ours(letter.id).values(worker="", lease_until=None, **values)))


def _later(batch: Batch, letter: Claimed, fault: transport.Passing) -> None:
    """A passing fault: again after a pause that grows, or never, when it has been tried for two days."""
    if fault.cut:
        batch.breaker.cut(batch.now())
    if letter.attempts >= len(PAUSES):
        log.error("The letter %d (%s) was tried for two days and is given up.", letter.id, letter.kind)
        _settle(batch, letter, state=State.FAILED, error=str(fault))
        return
    pause = PAUSES[letter.attempts] * batch.chance.uniform(0.8, 1.2)
    _settle(batch, letter, state=State.RETRY, due_at=batch.now() + pause, error=str(fault))


def _rejected(batch: Batch, letter: Claimed, fault: transport.Rejected) -> None:
    """Refused for good, unless it turns out that the server refuses everybody."""
    code = str(fault)[:3]  # the server's whole reply, which may name the person, stays in the row and out of the log
    log.warning("The letter %d (%s) was refused: %s", letter.id, letter.kind, code)
    _settle(batch, letter, state=State.FAILED, error=str(fault))
    again = batch.breaker.refuse(letter.id, letter.to, batch.now())
    if not again:
        return
    log.error("The mail server refuses everybody (%s). Delivery pauses until %s.", code, batch.breaker.closed_until)
    refused = update(Message).where(
        Message.id.in_(again), Message.state == State.FAILED, Message.attempts <= len(PAUSES)
    )
    # Later than all that waits by then: the next one tried is another letter, which may find the server well again.
    queued = refused.values(state=State.QUEUED, due_at=batch.now() + LONG)
    write(lambda: db.session.execute(queued.execution_options(synchronize_session=False)))


def _down(batch: Batch, letters: list[Claimed], fault: transport.Down) -> None:
    """No line: all go back as they are, and the worker waits. Their tries are not counted, for nothing left us."""
    settings = isinstance(fault, transport.Misconfigured)
    batch.breaker.close(batch.now(), LONG if settings else SHORT)
    log.error(
        "Letters wait; %s: %s. The next try is at %s.",
        "the mail settings must be mended" if settings else "there is no way to the mail server",
        fault,
        batch.breaker.closed_until,
    )
    _give_back(batch, letters, State.QUEUED if settings else State.RETRY, str(fault))


def _give_back(batch: Batch, letters: list[Claimed], state: State | None = None, error: str | None = None) -> None:
    """Put letters back untried. They are due as they were."""

    def act() -> None:
        for letter in letters:
            back = state or (State.RETRY if letter.attempts else State.QUEUED)
            said = {} if error is None else {"error": error}
            claim(batch.ours(letter.id).values(state=back, worker="", lease_until=None, **said))

    if letters:
        write(act)
