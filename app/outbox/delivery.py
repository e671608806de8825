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
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Update, func, select, update
from sqlalchemy.exc import DBAPIError

from app import db as database
from app.db import claim, db, write
from app.outbox import addresses, claims, fitness, marks, mime, pauses, rendering, transport
from app.outbox.claims import LEASE, Claimed, Taken
from app.outbox.models import Message, State, Try
from app.outbox.own import own_words
from app.outbox.pauses import ALL, LONG, SHORT

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, *[120] * 23))
"""One after each try that met a passing fault: 28 tries in 47 hours, then no more (RFC 5321 4.5.4.1)."""
SURE = timedelta(minutes=15)
"""How long after a refusal, with no success since, the letter counts as meant by it."""
IN_A_ROW = 5
"""Refusals over as many different addresses, with no success between, that mean the server refuses us, not them."""
CUTS = 3
"""Broken lines in a row after which it is left alone for a moment: it may be taking letters and not saying so."""
SPELL = 5.0
"""Seconds after which a batch gives the rest back, so that what came meanwhile with greater priority goes first."""


@dataclass
class Line:
    """What a process remembers of its line to the server."""

    cuts: int = 0
    """How often in a row it broke."""


@dataclass
class Batch:
    """One run over some letters."""

    begun: datetime
    line: Line
    chance: random.Random
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    started: float = field(default_factory=time.monotonic)
    taken: Taken = field(default_factory=Taken)
    refused: bool = False
    """Letters were refused, by which is known that it was meant once another one has gone."""
    gone: tuple[Claimed, datetime] | None = None
    """The letter that a server has taken, and when, until that is noted."""
    slowed: set[str] = field(default_factory=set)
    """Domains that asked for patience during this batch."""
    closed: bool = False
    """Nothing more goes now."""

    def now(self) -> datetime:
        return self.begun + timedelta(seconds=time.monotonic() - self.started)

    def over(self, stop: threading.Event | None) -> bool:
        late = time.monotonic() - self.started > SPELL
        return self.closed or late or (stop is not None and stop.is_set())

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
    addresses.envelope("")
    line: Line = current_app.extensions.setdefault("outbox", Line())
    batch = Batch(now or database.now(), line, random.Random(seed))  # noqa: S311 (scatters pauses, guards nothing)
    batch.taken = write(lambda: claims.take(batch.worker, limit, batch.begun))
    batch.refused = batch.taken.refused
    if not batch.taken.letters:
        return 0
    with closing(carrier or transport.carrier()) as way:
        return _run(batch, way, stop)


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
    sent, *failed = (after.get(each, 0) - before.get(each, 0) for each in (State.SENT, State.FAILED, State.REFUSED))
    return Emptied(sent, sum(failed), left)


def standing() -> dict[State, int]:
    """How many letters there are in each state."""
    counted = select(Message.state, func.count().label("letters")).group_by(Message.state)
    return {row.state: row.letters for row in db.session.execute(counted)}


def _run(batch: Batch, way: transport.Carrier, stop: threading.Event | None) -> int:
    """Bring each letter as far as it goes today; how many were dealt with.

    That a letter went is noted by the transaction that keeps the octets of the next, so that each costs one; the next
    is worded before the one in hand leaves, so that this comes at once.
    """
    letters, done, place = batch.taken.letters, 0, 0
    ready = _ready(letters[0], batch)
    try:
        for place in range(len(letters)):
            begun = ready is not None and _begin(ready, batch, way)
            following = _ready(letters[place + 1], batch) if place + 1 < len(letters) else None
            if ready is not None and begun:
                _carry(ready, batch, way)
            done += begun or ready is None
            if batch.over(stop):
                _give_back(batch, letters[place + 1 :])
                break
            ready = following
    except transport.Down as fault:
        _note(batch)
        _down(batch, letters[place:], fault)
    finally:
        _note(batch)
    return done


def _ready(letter: Claimed, batch: Batch) -> Claimed | None:
    """The letter with its octets; None when it is not to be sent, or not now, or cannot be worded, which is noted."""
    now = batch.now()
    if why_not := fitness.why_not(letter, batch.taken, now):
        _settle(batch, letter, state=State.SKIPPED, error=why_not)
        return None
    if (due := fitness.not_before(letter, now)) > now:
        _settle(batch, letter, state=_untried(letter), due_at=due)
        return None
    if letter.octets is not None:
        return letter
    try:
        return _rendered(letter, now)
    except Exception as fault:
        if isinstance(fault, DBAPIError) and database.passing(fault):
            raise  # the lease runs out, and the letter is tried again
        log.exception("The letter %d (%s) could not be rendered.", letter.id, letter.kind)
        _settle(batch, letter, state=State.FAILED, error=f"It could not be rendered: {fault!r}")
        return None
    finally:
        db.session.rollback()  # what rendering read is not held while the server is spoken to


def _begin(letter: Claimed, batch: Batch, way: transport.Carrier) -> bool:
    """Before the first octet leaves, keep them all. False when the letter goes back untried, or is another worker's by
    now. Raises transport.Down."""
    if letter.domain in batch.slowed:
        _give_back(batch, [letter])
        return False
    way.open()

    def act() -> bool:
        _went(batch)
        return _keep(letter, batch)

    kept = write(act)
    batch.gone = None
    return kept


def _carry(letter: Claimed, batch: Batch, way: transport.Carrier) -> None:
    """Send it, and note what became of it, or remember that it went. Raises transport.Down."""
    try:
        way.carry(_parcel(letter))
    except transport.Passing as fault:
        _later(batch, letter, fault)
    except transport.Rejected as fault:
        _rejected(batch, letter, fault)
    else:
        batch.line.cuts = 0
        batch.gone = letter, batch.now()


def _rendered(letter: Claimed, now: datetime) -> Claimed:
    """The letter with its octets, Message-ID, Date and envelope, which it keeps from here on."""
    own = own_words(letter.event_id, letter.language)
    words = rendering.render(letter.kind, {**letter.facts, "to": letter.to}, letter.language, own)
    name, address = addresses.sender()
    message_id, token = f"<{secrets.token_hex(16)}@{addresses.domain()}>", secrets.token_hex(16)
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
        unsubscribe=words.unsubscribe,
    )
    told: dict[str, Any] = {"message_id": message_id, "dated": now, "token": token}
    return replace(letter, octets=mime.octets(headers, words), envelope_from=addresses.envelope(token), **told)


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
            token=letter.token,
            attempts=Message.attempts + 1,
            lease_until=batch.now() + LEASE,
        )
    )


def _parcel(letter: Claimed) -> transport.Parcel:
    if letter.octets is None or letter.dated is None:
        raise ValueError(f"The letter {letter.id} is not rendered.")
    to = addresses.reachable(letter.to)
    return transport.Parcel(letter.kind, letter.envelope_from, to, letter.dated, letter.octets)


def _note(batch: Batch) -> None:
    """Note that the last letter went, if that is not done yet."""
    if batch.gone is not None:
        write(lambda: _went(batch))
        batch.gone = None


def _went(batch: Batch) -> None:
    """The last letter is sent, whoever holds its lease by now; unless the report that it came back was faster than we
    are. So the server is well: what it refused before, it meant. Part of a transaction."""
    if batch.gone is None:
        return
    letter, at = batch.gone
    mine = update(Message).where(Message.id == letter.id)
    told = {"sent_at": at, "worker": "", "lease_until": None}
    if not claim(
        mine.where(Message.state.not_in([State.SENT, State.BOUNCED])).values(state=State.SENT, error="", **told)
    ):
        claim(mine.where(Message.state == State.BOUNCED, Message.sent_at.is_(None)).values(**told))
    if batch.refused:
        marks.were_meant(at)
    for scope in {ALL, letter.domain} & batch.taken.faults.keys():
        pauses.went_well(scope, batch.taken.faults[scope], batch.begun)
    pauses.refuted(at)


def _settle(batch: Batch, letter: Claimed, **values: Any) -> None:
    """Write down how it ended that is not sent, if this batch still holds it."""

    def act() -> None:
        _ends(batch, letter, **values)
        if ALL in batch.taken.faults:
            pauses.untried(batch.begun)

    write(act)


def _ends(batch: Batch, letter: Claimed, fault: transport.Unsent | None = None, **values: Any) -> bool:
    """The same as part of a transaction, with the fault as a line of the letter's history."""
    if fault is not None:
        values["error"] = str(fault)
        told = {"at": batch.now(), "phase": fault.phase, "code": fault.code, "said": str(fault)}
        db.session.add(Try(message_id=letter.id, **told))
    return claim(batch.ours(letter.id).values(worker="", lease_until=None, **values))


def _later(batch: Batch, letter: Claimed, fault: transport.Passing) -> None:
    """A passing fault: again after a pause that grows, or never, when it has been tried for two days."""
    now = batch.now()
    batch.line.cuts = batch.line.cuts + 1 if fault.cut else 0
    batch.closed = batch.line.cuts >= CUTS
    given_up = letter.attempts >= len(PAUSES)
    ended: dict[str, Any] = {"state": State.FAILED}
    if given_up:
        log.error("The letter %d (%s) was tried for two days and is given up.", letter.id, letter.kind)
    else:
        due = now + PAUSES[letter.attempts] * batch.chance.uniform(0.8, 1.2)
        ended = {"state": State.RETRY, "due_at": due}
    if fault.slowing:
        batch.slowed.add(letter.domain)

    def act() -> None:
        _ends(batch, letter, fault, **ended)
        if batch.closed:
            pauses.close(ALL, now + SHORT, str(fault))
        elif not fault.cut:
            pauses.answered(batch.taken.faults, batch.begun)
        if fault.slowing:
            pauses.slow(letter.domain, batch.taken.faults.get(letter.domain, 0), str(fault), now)

    write(act)


def _rejected(batch: Batch, letter: Claimed, fault: transport.Rejected) -> None:
    """Refused for good, unless it turns out that the server refuses everybody."""
    code = fault.code[:3]  # the server's whole reply, which may name the person, stays in the row and out of the log
    log.warning("The letter %d (%s) was refused: %s", letter.id, letter.kind, code)
    batch.line.cuts = 0
    now = batch.now()

    def act() -> bool:
        _ends(batch, letter, fault, state=State.REFUSED, due_at=now + SURE)
        refused = Message.state == State.REFUSED
        addresses_refused = db.session.execute(select(func.count(Message.to.distinct())).where(refused)).scalar_one()
        if addresses_refused < IN_A_ROW and not batch.taken.faults.get(ALL) and not pauses.doubted():
            pauses.answered(batch.taken.faults, batch.begun)
            return False
        # Later than all that waits by then: the next one tried is another letter, which may find the server well again.
        again = update(Message).where(refused, Message.attempts <= len(PAUSES))
        again = again.values(state=State.QUEUED, due_at=now + LONG)
        db.session.execute(again.execution_options(synchronize_session=False))
        pauses.close(ALL, now + LONG, str(fault), faults=1)
        return True

    batch.closed, batch.refused = write(act), True
    if batch.closed:
        log.error("The mail server refuses everybody (%s). Delivery pauses until %s.", code, now + LONG)


def _down(batch: Batch, letters: Sequence[Claimed], fault: transport.Down) -> None:
    """No line: all go back as they are, and the worker waits. Their tries are not counted, for nothing left us."""
    settings = isinstance(fault, transport.Misconfigured)
    until = batch.now() + (LONG if settings else SHORT)
    log.error(
        "Letters wait; %s: %s. The next try is at %s.",
        "the mail settings must be mended" if settings else "there is no way to the mail server",
        fault,
        until,
    )
    faults = batch.taken.faults.get(ALL, 0)
    state = State.QUEUED if settings else State.RETRY
    _give_back(batch, letters, lambda: pauses.close(ALL, until, str(fault), faults), state=state, error=str(fault))


def _give_back(batch: Batch, letters: Sequence[Claimed], also: Callable[[], None] = lambda: None, **said: Any) -> None:
    """Put letters back untried. They are due as they were."""

    def act() -> None:
        for letter in letters:
            _ends(batch, letter, **({"state": _untried(letter)} | said))
        also()

    if letters:
        write(act)


def _untried(letter: Claimed) -> State:
    """How it waits when this batch did nothing with it."""
    return State.RETRY if letter.attempts else State.QUEUED
