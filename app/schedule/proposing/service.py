"""Proposals as rows: asked for, stopped, gone on with, adopted. What a worker does with them is in `working`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import defer, load_only

from app import journal
from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.models import Act
from app.db import db
from app.events.models import Event
from app.planning import wire
from app.planning.proposals import Outcome, Progress, Request, Task
from app.planning.rules import Rule, Step
from app.refused import Refused
from app.schedule import settings
from app.schedule.models import OVER, Proposal, State
from app.schedule.plan import Plan
from app.schedule.proposing import freezing, seating

KEPT = 20
"""Proposals of one event that are kept; older ones that are over make room."""
WAITING = 3
"""Proposals of one event that may wait or run at once."""
BRIEF, THOROUGH, EXPLAINING = 10, 60, 2
"""Seconds for a proposal as usual, for a thorough one, and for what to give up."""


def frozen(event: Event, plan: Plan, task: Task, seconds: int, seed: int | None = None) -> Request:
    """The question as it stands now; the seed is drawn where none is given. Refused when it cannot be asked."""
    drawn = secrets.randbelow(2**31) if seed is None else seed
    if task is Task.SEAT:
        return seating.request(event, plan, seconds, drawn)
    asked = freezing.request(event, plan, task, seconds, drawn)
    if asked.problem is None or not asked.problem.sessions:
        raise Refused(_("There is no session yet that could be placed. Add some first."))
    return asked


def whole(asked: Request, plan: Plan) -> Request:
    """A question as the solver hears it: with the journeys that were told in confidence, which are not kept with it."""
    problem, summit = asked.problem, asked.summit
    return replace(
        asked,
        problem=freezing.with_journeys(problem, plan) if problem else None,
        summit=seating.with_journeys(summit, plan) if summit else None,
    )


def again(row: Proposal, seconds: int) -> Request:
    """The same question from the result on. Refused while there is none."""
    asked, found = read(row)
    if found is None or asked.task is not Task.PROPOSE:
        raise Refused(_("There is nothing to go on from. Ask for a new proposal."))
    return replace(asked, plan=found.plan, seconds=seconds, seed=asked.seed + 1)


def ask(event_id: int, request: Request, key: str, *, who: str, now: datetime, about: str = "") -> Proposal:
    """Store a question for the worker. The same form asks once. Refused while several wait already."""
    acts.hold(event_id)
    same = select(Proposal).where(Proposal.event_id == event_id, Proposal.made_by == key)
    if (row := db.session.execute(same).scalar_one_or_none()) is not None:
        return row
    mine = Proposal.event_id == event_id
    busy = select(func.count()).where(mine, Proposal.state.not_in(OVER))
    if db.session.execute(busy).scalar_one() >= WAITING:
        raise Refused(_("Other proposals for this summit are still being worked out. Stop one of them or wait."))
    newest = select(Proposal.id).where(mine).order_by(Proposal.id.desc()).limit(KEPT)
    kept = set(db.session.execute(newest).scalars())
    db.session.execute(delete(Proposal).where(mine, Proposal.id.not_in(kept), Proposal.state.in_(OVER)))
    row = Proposal(
        event_id=event_id,
        made_by=key,
        task=request.task,
        about=about,
        who=who,
        at=now,
        seconds=int(request.seconds),
        seed=request.seed,
        asked=wire.dump(request),
        state=State.WAITING,
        stop_asked=False,
        worker="",
        tries=0,
    )
    db.session.add(row)
    db.session.flush()
    said = {"task": request.task.value, "seconds": row.seconds, "seed": row.seed}
    journal.note("proposal asked for", f"proposal/{row.uid}", who=who, now=now, event_id=event_id, after=said)
    return row


def listed(event_id: int) -> list[Proposal]:
    """The proposals of an event, newest first, without what was asked. One query."""
    light = (Proposal.uid, Proposal.task, Proposal.who, Proposal.at, Proposal.seconds, Proposal.state, Proposal.act)
    found = select(Proposal).where(Proposal.event_id == event_id).order_by(Proposal.id.desc()).limit(KEPT)
    columns = (*light, Proposal.progress, Proposal.placed_after, Proposal.stop_asked, Proposal.about)
    return list(db.session.execute(found.options(load_only(*columns))).scalars())


def find(event_id: int, uid: str, *, light: bool = False) -> Proposal | None:
    """One proposal of this event, `light` without question and answer, which may be long. One query."""
    if not uid.isascii() or not uid.isalnum():
        return None
    found = select(Proposal).where(Proposal.event_id == event_id, Proposal.uid == uid)
    if light:
        found = found.options(defer(Proposal.asked), defer(Proposal.result))
    return db.session.execute(found).scalar_one_or_none()


def read(row: Proposal) -> tuple[Request, Outcome | None]:
    """The question and the answer. Refused when they come from a version of the planner that this one cannot read."""
    try:
        asked = wire.load(Request, row.asked)
        return asked, wire.load(Outcome, row.result) if row.result is not None else None
    except ValueError as unknown:
        raise Refused(_("This proposal comes from an older version. Ask for a new one.")) from unknown


def heard(row: Proposal) -> Progress | None:
    """How far it is; None when nothing was heard yet."""
    try:
        return wire.load(Progress, row.progress) if row.progress is not None else None
    except ValueError:
        return None


def stop(event_id: int, uid: str, *, who: str, now: datetime) -> None:
    """Stop and keep the best so far; one that still waits is taken off. Twice is once, and so is too late."""
    mine = (Proposal.event_id == event_id, Proposal.uid == uid)
    off = update(Proposal).where(*mine, Proposal.state == State.WAITING).values(state=State.STOPPED)
    running = update(Proposal).where(*mine, Proposal.state == State.RUNNING, Proposal.stop_asked.is_(False))
    changed = [db.session.execute(each).rowcount for each in (off, running.values(stop_asked=True))]  # type: ignore[attr-defined]
    if any(changed):
        journal.note("proposal stopped", f"proposal/{uid}", who=who, now=now, event_id=event_id)


@dataclass(frozen=True)
class Ready:
    """What adopting would change, as the draft stood after the act `last`."""

    changes: tuple[Changed, ...]
    last: int


def adopt(event_id: int, uid: str, ready: Ready, *, who: str, now: datetime) -> Act | None:
    """Put a proposal into the draft, as one act. Twice is once; None when the draft stands so already.

    Refused when the draft has changed since `ready` was worked out.
    """
    acts.hold(event_id)
    found = select(Proposal).where(Proposal.event_id == event_id, Proposal.uid == uid)
    row = db.session.execute(found.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise Refused(_("This proposal is no longer kept. Ask for a new one."))
    if row.act is not None:
        same = select(Act).where(Act.event_id == event_id, Act.number == row.act)
        return db.session.execute(same).scalar_one_or_none()
    if acts.last(event_id) != ready.last:
        raise Refused(_("Somebody moved something just now. Look at what would change, then adopt it."))
    act = acts.perform(event_id, "proposal adopted", ready.changes, who=who, now=now)
    if act is not None:
        row.act = act.number
        said: dict[str, Any] = {"act": act.number}
        journal.note("proposal adopted", f"proposal/{uid}", who=who, now=now, event_id=event_id, after=said)
        db.session.flush()
    return act


def set_levels(event_id: int, steps: dict[Rule, Step], *, who: str, now: datetime) -> None:
    """Store the sliders. The rest of what is chosen for planning stays."""
    event = db.session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    before, after = {"level": event.planning.get("level", {})}, settings.levels(steps)
    if before == after:
        return
    event.planning = {**event.planning, **after}
    journal.note(
        "rules changed", f"event/{event.slug}", who=who, now=now, event_id=event_id, before=before, after=after
    )
