"""Who comes to the summit of the cast, what is announced to them, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select, update

from app.announcing import reminding, service
from app.announcing.crowd import Crowd, Round
from app.announcing.models import Announcement, Rule
from app.announcing.reminding import When
from app.announcing.service import Seen, Written
from app.db import db, write
from app.delegations import deadlines
from app.delegations.deadlines import Limit
from app.delegations.models import Answer, Delegation, FocalPoint
from app.events.models import Due, Event, Mode
from app.journal import Note
from app.outbox import Message
from app.outbox.openings import Wording
from app.registration.models import Capacity, Delegate, State
from tests.publishing.digests.people import delegation_of, event_of, join, office

Done = TypeVar("Done")

NOW = datetime(2090, 1, 20, 12, tzinfo=UTC)
"""13:00 in Rome, 21:00 in Tokyo, 04:00 in Lancaster."""
ENGLISH = Wording("Bring a coat to {summit}", "It is cold in Tokyo, {name}.\n\nThink of **{city}** too.")
FRENCH = Wording("Prenez un manteau : {summit}", "Il fait froid à Tokyo, {name}.")


def settle() -> None:
    """Anna leads Rome, whom Gaia looks after; Bob of Lancaster is online, Carlo of Milan sends a video. Seoul's Kim is
    of the congress, and answers there."""
    leads("Rome", "Anna Bianchi", language="fr")
    join("Lancaster", "Bob Smith", Mode.ONLINE, zone="America/Los_Angeles")
    join("Milan", "Carlo Verdi", Mode.VIDEO)
    office("Rome", "Gaia Romani")
    join("Seoul", "Kim Min", slug="congress")
    office("Seoul", "Office of the congress", slug="congress")


def leads(city: str, name: str, **more: Any) -> Delegate:
    made = join(city, name, **more)
    write(lambda: db.session.execute(update(Delegate).where(Delegate.id == made.id).values(role=Capacity.HEAD)))
    return made


def alter(who: str, /, **values: Any) -> None:
    """Change the registration of somebody, past all services."""
    write(lambda: db.session.execute(update(Delegate).where(Delegate.name == who).values(**values)))


def alter_office(who: str, /, **values: Any) -> None:
    write(lambda: db.session.execute(update(FocalPoint).where(FocalPoint.name == who).values(**values)))


def answers(city: str, answer: Answer) -> None:
    key = delegation_of(city)
    write(lambda: db.session.execute(update(Delegation).where(Delegation.id == key).values(answer=answer)))


def uid_of(name: str) -> str:
    found = select(Delegate.uid).where(Delegate.name == name)
    return db.session.execute(found.union(select(FocalPoint.uid).where(FocalPoint.name == name))).scalar_one()


def found(now: datetime = NOW, **asked: Sequence[str]) -> Round:
    """The list of an announcement to this filter, were it sent now."""
    row = Announcement(words={"en": {}}, fallback="en", asked={name: list(values) for name, values in asked.items()})
    return service.list_of(Crowd(event_of(), now), row)


def names(found: Round) -> list[str]:
    return [each.one.name for each in found.going]


def left(found: Round) -> dict[str, str]:
    """Who fits and gets none -> why."""
    return {each.one.name: each.reason for each in found.left_out}


def draft(key: str = "a form", words: Mapping[str, Wording] | None = None, **asked: Sequence[str]) -> Announcement:
    given = Written(words or {"en": ENGLISH}, "en", asked)
    return write(lambda: service.write_down(event_of(), "", given, 0, key, who="Tokyo", now=NOW))


def seen(row: Announcement, now: datetime = NOW) -> Seen:
    """What somebody looks at before sending."""
    return Seen(row.version, [each.mark for each in service.list_of(Crowd(event_of(), now), row).going])


def send(row: Announcement, looked: Seen | None = None, now: datetime = NOW) -> bool:
    uid, known = row.uid, looked or seen(row, now)
    return write(lambda: service.send(event_of(), uid, known, who="Tokyo", now=now))


def rule(when: When, key: str = "a form", now: datetime = NOW, **asked: Sequence[str]) -> Rule:
    wording = Wording("Please think of it", "{what}: {when}")
    given = Written({"en": wording}, "en", asked)
    return write(lambda: reminding.store(event_of(), "", given, when, 0, key, who="Tokyo", now=now))


def work(now: datetime) -> int:
    """What the worker does; how many letters came of it."""
    due = reminding.due(now)
    db.session.rollback()
    return sum(write(partial(reminding.carry_out, *each, now)) for each in due)


def set_deadline(kind: Due, at: datetime) -> None:
    write(lambda: deadlines.set_deadlines(event_of(), {kind: Limit(at)}, who="Tokyo", now=NOW))


def letters() -> list[Message]:
    db.session.rollback()
    query = select(Message).order_by(Message.id).execution_options(populate_existing=True)
    return list(db.session.execute(query).scalars())


def addressed() -> list[str]:
    return sorted(each.to_name for each in letters())


def told(*what: str) -> list[Note]:
    """Lines of the journal."""
    db.session.rollback()
    return list(db.session.execute(select(Note).where(Note.what.in_(what)).order_by(Note.id)).scalars())


def registered(name: str) -> State:
    return db.session.execute(select(Delegate.state).where(Delegate.name == name)).scalar_one()


def do(act: Callable[[Event], Done]) -> Done:
    return write(lambda: act(event_of()))
