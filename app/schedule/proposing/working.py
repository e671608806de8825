"""What the worker does with a proposal: claim it by a lease, run the solver beside itself, keep how far it is.

A worker that is killed loses nothing: once its lease is out another takes the row up again. This module writes through
what its caller hands it, which is `db.write`.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import or_, select, update

from app import db as database
from app.db import Busy, claim, db
from app.events.models import Event
from app.planning import running, wire
from app.planning.proposals import Outcome, Progress, Request
from app.schedule import plan
from app.schedule.models import Proposal, State
from app.schedule.proposing import service

log = logging.getLogger(__name__)

Store = Callable[[Callable[[], Any]], Any]
"""Runs an act as one transaction and commits it: `db.write`."""

LEASE = timedelta(seconds=30)
RENEWED = timedelta(seconds=5)
"""How old a lease may grow while there is nothing else to store."""
BEAT = 0.5
"""Seconds between two looks at the row: progress is stored and the wish to stop is heard so often."""
TRIES = 3
"""After so many workers that did not come back with an answer nobody tries again."""


@dataclass(frozen=True)
class Held:
    """A proposal that this worker holds."""

    id: int
    event_id: int
    asked: dict[str, Any]
    worker: str


def due(now: datetime) -> int | None:
    """The id of the oldest proposal that waits, or whose worker has let its lease run out."""
    lapsed = (Proposal.state == State.RUNNING) & (Proposal.lease_until <= now)
    found = select(Proposal.id).where(or_(Proposal.state == State.WAITING, lapsed)).order_by(Proposal.id).limit(1)
    return db.session.execute(found).scalar_one_or_none()


def take(number: int, now: datetime) -> Held | None:
    """Claim this one by a conditional UPDATE; None when somebody was quicker, or it was tried too often."""
    worker = secrets.token_hex(16)
    lapsed = (Proposal.state == State.RUNNING) & (Proposal.lease_until <= now)
    free = update(Proposal).where(Proposal.id == number, or_(Proposal.state == State.WAITING, lapsed))
    if claim(free.where(Proposal.tries >= TRIES).values(state=State.FAILED, lease_until=None)):
        return None
    values = {"state": State.RUNNING, "worker": worker, "lease_until": now + LEASE, "tries": Proposal.tries + 1}
    if not claim(free.values(**values)):
        return None
    row = db.session.execute(select(Proposal.event_id, Proposal.asked).where(Proposal.id == number)).one()
    return Held(number, row.event_id, row.asked, worker)


def question(held: Held) -> Request:
    """What the solver is asked. Raises ValueError for a question that cannot be read."""
    asked = wire.load(Request, held.asked)
    return service.whole(asked, plan.of(db.session.get_one(Event, held.event_id)))


class Run:
    """One proposal at work: the solver's words come in one thread, the row is looked at in another."""

    def __init__(self, held: Held, app: Flask, store: Store, stop: threading.Event) -> None:
        self.held, self.app, self.store, self.stop = held, app, store, stop
        self.latest: Progress | None = None
        self.placed_after: float | None = None
        self._stored: Progress | None = None
        self._renewed: datetime | None = None

    def heard(self, progress: Progress) -> None:
        """Remember it; `beat` stores it."""
        if self.placed_after is None and not progress.unplaced:
            self.placed_after = progress.seconds
        self.latest = progress

    def beat(self) -> bool:
        """Store what was heard, renew the lease, and tell whether to stop: on an organiser's wish, with the worker, or
        because another holds the row by now."""
        if self.stop.is_set():
            return True
        try:
            with self.app.app_context():
                return self._beat(database.now())
        except Busy:
            return False  # the next beat tells it

    def _beat(self, now: datetime) -> bool:
        if self.latest is not self._stored or self._renewed is None or now - self._renewed > RENEWED:
            told = self.latest
            values = {"progress": wire.dump(told), "placed_after": self.placed_after} if told else {}
            change = self._ours().values(lease_until=now + LEASE, **values)
            if not self.store(lambda: claim(change)):
                return True
            self._stored, self._renewed = told, now
        wish = select(Proposal.stop_asked).where(Proposal.id == self.held.id, Proposal.worker == self.held.worker)
        return db.session.execute(wish).scalar_one_or_none() is not False

    def _ours(self) -> Any:
        return update(Proposal).where(
            Proposal.id == self.held.id, Proposal.worker == self.held.worker, Proposal.state == State.RUNNING
        )

    def finish(self, outcome: Outcome | None) -> State | None:
        """Store the answer; None when another holds the row by now."""
        state = State.FAILED if outcome is None else State.STOPPED if outcome.stopped else State.DONE
        values: dict[str, Any] = {"state": state, "lease_until": None}
        if self.latest is not None:
            values |= {"progress": wire.dump(self.latest), "placed_after": self.placed_after}
        if outcome is not None:
            values |= {"result": wire.dump(outcome), "placed_after": outcome.placed_after}
        change = self._ours().values(**values)
        return state if self.store(lambda: claim(change)) else None


def work_out(held: Held, store: Store, stop: threading.Event, say: Callable[[Progress], None] = lambda _: None) -> None:
    """Run one proposal to its end and store the answer; one that cannot be had is stored as failed."""
    run = Run(held, current_app._get_current_object(), store, stop)  # type: ignore[attr-defined]

    def heard(progress: Progress) -> None:
        run.heard(progress)
        say(progress)

    outcome = None
    try:
        outcome = running.solved(store(lambda: question(held)), heard, run.beat, poll=BEAT)
    except (running.Failed, ValueError):
        log.exception("The planner gave no answer to proposal %s.", held.id)
    run.finish(outcome)


def take_up(store: Store, stop: threading.Event) -> int:
    """Do the proposal that waits longest; how many were done: 0 or 1."""
    now = database.now()
    number = due(now)
    held = store(lambda: take(number, now)) if number is not None else None
    if held is not None:
        work_out(held, store, stop)
    return int(number is not None)
