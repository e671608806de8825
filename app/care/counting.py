"""What the database says of the state of the work: letters, registrations, releases, pieces that wait for a worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from app.care import backup, beat, disk
from app.db import db
from app.events.models import Event
from app.outbox.models import WAITING, Message, Pause
from app.registration.models import Delegate
from app.schedule.models import Proposal
from app.schedule.models import State as Asked


def counted(instance: Path, now: datetime) -> Iterator[Metric]:
    """One family of figures after the other; `now` is the database's."""
    letters = GaugeMetricFamily("plenary_letters", "Letters in each state.", labels=["state"])
    for state, number in db.session.execute(select(Message.state, func.count()).group_by(Message.state)):
        letters.add_metric([state.value], number)
    yield letters
    waits = select(func.count(), func.min(Message.due_at)).where(Message.state.in_(WAITING), Message.due_at <= now)
    due, oldest = db.session.execute(waits).one()
    yield _one("plenary_letters_due", "Letters that could go now.", due)
    age = (now - oldest).total_seconds() if oldest else 0
    yield _one("plenary_letters_oldest_due_seconds", "For how long the oldest of them could.", age)
    pauses = select(func.count()).select_from(Pause).where(Pause.until > now)
    yield _one("plenary_letters_pauses", "Pauses of delivery, to all or to one domain.", _number(pauses))
    people = GaugeMetricFamily("plenary_registrations", "People of each event.", labels=["event", "state"])
    of = select(Event.slug, Delegate.state, func.count()).join(Event, Event.id == Delegate.event_id)
    for slug, stands, number in db.session.execute(of.group_by(Event.slug, Delegate.state)):
        people.add_metric([slug, stands.value], number)
    yield people
    releases = GaugeMetricFamily("plenary_release", "The release that the public sees.", labels=["event"])
    for slug, number in db.session.execute(select(Event.slug, Event.release)):
        releases.add_metric([slug], number)
    yield releases
    asked = select(func.count()).select_from(Proposal).where(Proposal.state == Asked.WAITING)
    yield _one("plenary_proposals_waiting", "Questions to the planner that no worker has begun.", _number(asked))
    if (seen := beat.last(instance)) is not None:
        age = (now - seen).total_seconds()
        yield _one("plenary_worker_seen_seconds", "Since this machine's worker was last at work.", age)
    if (made := backup.last(instance)) is not None:
        yield _one("plenary_backup_age_seconds", "Since the last backup.", (now - made).total_seconds())
    yield _one("plenary_disk_free_bytes", "Where the instance folder lies.", disk.free(instance))


def _one(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _number(query: object) -> int:
    found: int = db.session.execute(query).scalar_one()  # type: ignore[call-overload]
    return found
