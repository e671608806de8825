"""What the organisers' pages of video messages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from app.agenda.models import Session
from app.db import db
from app.delegations.models import STANDING, Delegation
from app.events.models import Event, Person
from app.network.models import Member
from app.videos import service, telling
from app.videos.expecting import Owner
from app.videos.models import AWAITED, ENDED, READY, Coming, State, Upload, VideoMessage

GROUPS: Mapping[str, Collection[State]] = {
    "awaited": AWAITED,
    "come": {State.UPLOADED, State.CHECKING, State.IN_REVIEW},
    "back": {State.FAILED, State.CHANGES_REQUESTED},
    "ready": READY,
    "over": ENDED,
}
"""Which states stand together: nothing came, it is with us, it is with the city again, it may be played, or no need."""


@dataclass(frozen=True)
class Row:
    """One message in the table."""

    message: VideoMessage
    whose: str
    zone: str
    """By whose clocks they live who owe it."""
    session: str
    """What the draft calls its session; empty: it has none, or that is gone."""
    percent: int | None
    """How much of a file that is on its way has come."""


def rows(event: Event, group: str = "") -> tuple[list[Row], dict[str, int]]:
    """The messages of an event, what is due first, and how many there are of each group. Seven queries."""
    found = telling.whole().where(VideoMessage.event_id == event.id)
    messages = db.session.execute(found.order_by(VideoMessage.due_at, VideoMessage.id)).unique().scalars().all()
    titles = sessions(event.id)
    coming = _coming(event.id)
    count = Counter(name for each in messages for name, states in GROUPS.items() if each.state in states)
    shown = [each for each in messages if each.state in GROUPS.get(group, State)]
    made = [_row(each, titles, coming) for each in shown]
    return sorted(made, key=lambda row: row.message.state in ENDED), dict(count)


def one(event: Event, uid: str) -> Row:
    """One message of this event. Raises LookupError."""
    found = telling.whole().where(VideoMessage.event_id == event.id, VideoMessage.uid == uid)
    message = db.session.execute(found).unique().scalar_one_or_none()
    if message is None:
        raise LookupError
    return _row(message, sessions(event.id), _coming(event.id))


def _row(message: VideoMessage, titles: Mapping[str, str], coming: Mapping[int, int]) -> Row:
    return Row(
        message,
        service.called(message),
        service.zone_of(message),
        titles.get(message.session_code, ""),
        coming.get(message.id),
    )


def sessions(event_id: int) -> dict[str, str]:
    """Code -> title of the sessions of the draft, in its order. One query."""
    found = select(Session.code, Session.title).where(Session.event_id == event_id)
    return {row.code: row.title for row in db.session.execute(found.order_by(Session.position, Session.id))}


def _coming(event_id: int) -> dict[int, int]:
    """Message -> how much of the file that is on its way has come, in per cent. One query."""
    share = func.max(Upload.offset * 100 / Upload.length)
    found = select(Upload.message_id, share).join(Upload.message)
    found = found.where(VideoMessage.event_id == event_id, Upload.state == Coming.OPEN).group_by(Upload.message_id)
    return {message_id: int(percent) for message_id, percent in db.session.execute(found)}


def owners(event_id: int) -> dict[str, tuple[str, Owner]]:
    """Of whom a video can be asked: "city:3" or "person:5" -> name and owner; cities first. Two queries."""
    cities = select(Delegation.id, Member.name).join(Delegation.member)
    cities = cities.where(Delegation.event_id == event_id, Delegation.answer.in_(STANDING)).order_by(
        Member.folded, Member.id
    )
    people = select(Person.id, Person.name).where(Person.event_id == event_id).order_by(Person.position, Person.id)
    found = {f"city:{row.id}": (row.name, Owner(delegation_id=row.id)) for row in db.session.execute(cities)}
    return found | {f"person:{row.id}": (row.name, Owner(person_id=row.id)) for row in db.session.execute(people)}
