"""Giving the places of visits to wishes: worked out outside of any transaction, kept as a row to look at, and adopted
as it was looked at or not at all.

What is kept of a run names people by their ids alone; thirty days after the summit it is forgotten with all wishes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.db import db
from app.events.models import Event
from app.journal import note
from app.planning import wire
from app.planning.allocate import model as planning
from app.planning.allocate.deciding import allocate
from app.planning.allocate.report import Report, report
from app.refused import Refused
from app.registration import rows as registered
from app.visits import freezing, rows, waiting, wishing
from app.visits.following import KEPT
from app.visits.freezing import Frozen
from app.visits.giving import Giving
from app.visits.models import Allocation, Wish, WishList

SEEDS = 1_000_000
"""Seeds are drawn below this: people can read one out."""


@dataclass(frozen=True)
class Run:
    """A row of what was worked out, as values."""

    row: Allocation
    outcome: planning.Outcome
    figures: Report
    people: Mapping[str, tuple[int, ...]]

    @property
    def adopted(self) -> Mapping[str, Any] | None:
        """By whom and when it was adopted, and whether the rest went on waiting lists; None so far."""
        found: Mapping[str, Any] | None = self.row.report["adopted"]
        return found


def work_out(frozen: Frozen) -> dict[str, Any]:
    """The answer as it is kept. It takes up to seconds: not to be called inside of `write`."""
    outcome = allocate(frozen.question)
    return {
        "print": frozen.print,
        "outcome": wire.dump(outcome),
        "figures": wire.dump(report(frozen.question, outcome)),
        "people": {key: list(each) for key, each in frozen.people.items()},
        "adopted": None,
    }


def keep(event_id: int, seed: int, found: Mapping[str, Any], key: str, *, who: str, now: datetime) -> Allocation:
    """Store a run to be looked at. The same form sent twice is one run."""
    row = db.session.execute(select(Allocation).where(Allocation.submit_key == key)).scalar_one_or_none()
    if row is None:
        row = Allocation(event_id=event_id, submit_key=key, seed=seed, report=dict(found), run_by=who, run_at=now)
        db.session.add(row)
        db.session.flush()
        note(
            "worked out who goes on visits",
            f"allocation/{row.id}",
            who=who,
            now=now,
            event_id=event_id,
            after={"seed": seed},
        )
    return row


@dataclass(frozen=True)
class Told:
    """What the list of runs says of one. `adopted` as in `Run`."""

    id: int
    seed: int
    run_by: str
    run_at: datetime
    adopted: Mapping[str, Any] | None


def runs(event_id: int) -> list[Told]:
    """All runs of the event, the newest first: whoever draws the lots again is seen to. One query."""
    query = select(
        Allocation.id,
        Allocation.seed,
        Allocation.run_by,
        Allocation.run_at,
        Allocation.report["adopted"].label("adopted"),
    ).where(Allocation.event_id == event_id)
    found = db.session.execute(query.order_by(Allocation.id.desc()))
    return [Told(row.id, row.seed, row.run_by, row.run_at, row.adopted) for row in found]


def read(event_id: int, run_id: int, *, locked: bool = False) -> Run:
    """One run. One query. Raises LookupError when the event has none of this number."""
    query = select(Allocation).where(Allocation.id == run_id, Allocation.event_id == event_id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise LookupError(f"there is no allocation {run_id}")
    told = row.report
    people = {key: tuple(each) for key, each in told["people"].items()}
    return Run(row, wire.load(planning.Outcome, told["outcome"]), wire.load(Report, told["figures"]), people)


def adopt(event: Event, run_id: int, *, onto_lists: bool, who: str, now: datetime) -> int:
    """Give the places as they were looked at, and tell everybody; how many people have one now. Twice is once.

    With `onto_lists` whoever gets none waits for the dearest of their wishes that runs, by the lots. Refused in words
    when a list is still open, and when wishes, places or vehicles have changed since the run was made.
    """
    wishers = select(WishList.delegate_id).where(WishList.event_id == event.id).order_by(WishList.delegate_id)
    people = registered.held(db.session.execute(wishers).scalars())
    visits = rows.lock([each.id for each in wishing.by_wishes(event.id)])
    told = freezing.lists_of(event.id)
    run = read(event.id, run_id, locked=True)
    if run.adopted is not None:
        return int(run.adopted["people"])
    if any(waiting.open_now(each, now) for each in visits.values()):
        raise Refused(_("A list is still open, so wishes may change. Places can be given once all lists have closed."))
    if freezing.freeze(event, run.row.seed, now, told).print != run.row.report["print"]:
        raise Refused(_("Wishes, places or vehicles have changed since this was worked out. Work it out again."))
    lists, before = {each.delegate_id: each for each in told}, _without(event.id)
    giving = Giving(run.outcome, run.people, visits, lists, people, str(run.row.id), who, now)
    count = giving.carry_out(onto_lists, before)
    adopted = {"by": who, "at": now.isoformat(), "people": count, "onto_lists": onto_lists}
    run.row.report = {**run.row.report, "adopted": adopted}
    subject, seed = f"allocation/{run.row.id}", run.row.seed
    note(
        "gave places of visits to wishes",
        subject,
        who=who,
        now=now,
        event_id=event.id,
        after={"people": count, "seed": seed},
    )
    return count


def _without(event_id: int) -> set[int]:
    """Who was told by an adopted run that they have no place: they are not told again."""
    found: set[int] = set()
    for told in runs(event_id):
        if told.adopted is not None:
            run = read(event_id, told.id)
            missed = (each.party for each in run.outcome.given if each.seat is None)
            found |= {key for name in missed for key in run.people[name]}
    return found


def forget_of(people: Collection[int]) -> None:
    """Delete the wishes of these people."""
    for table in (Wish, WishList):
        gone = delete(table).where(table.delegate_id.in_(people))
        db.session.execute(gone.execution_options(synchronize_session=False))


def forget(today: date) -> int:
    """Delete wishes and runs of summits that ended more than `KEPT` ago; how many people's wishes they were."""
    over = select(Event.id).where(Event.ends_on < today - KEPT)
    quiet = {"synchronize_session": False}
    people = set(db.session.execute(select(WishList.delegate_id).where(WishList.event_id.in_(over))).scalars())
    forget_of(people)
    db.session.execute(delete(Allocation).where(Allocation.event_id.in_(over)).execution_options(**quiet))
    return len(people)
