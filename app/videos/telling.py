"""Who is told of a video that has not come: when it is asked for, before it is due, and when it is overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Person
from app.journal import CLOCK
from app.outbox import Letter, Message, post_all
from app.videos import letters, states
from app.videos.models import Origin, State, VideoMessage
from app.videos.terms import terms_of

REMINDERS = (3, 14)
"""Days before a video is due, the last first."""
KEPT = timedelta(days=30)
"""How long after a summit it is known who answers for its videos (9.12 of the domain)."""


def whole() -> Select[VideoMessage]:
    """Messages with event, city or person, and versions."""
    return select(VideoMessage).options(
        joinedload(VideoMessage.event).options(joinedload(Event.network), joinedload(Event.host)),
        joinedload(VideoMessage.delegation).options(
            joinedload(Delegation.member), selectinload(Delegation.focal_points)
        ),
        joinedload(VideoMessage.person).joinedload(Person.member),
        selectinload(VideoMessage.versions),
    )


def found(message_id: int) -> VideoMessage:
    """The message of this id, as it stands now, with all that its pages show."""
    query = whole().where(VideoMessage.id == message_id).execution_options(populate_existing=True)
    return db.session.execute(query).unique().scalar_one()


def ask(message: VideoMessage, mark: str, now: datetime) -> None:
    """Tell all who owe it by when it is awaited; `mark` tells this letter from others of its kind."""
    if message.known:
        post_all(letters.due(message, terms_of(message.event), mark), now)


def remind_due(now: datetime) -> int:
    """Remind those who owe a video 14 and 3 days before it is due, each once; of how many videos.

    What was asked for after such a moment is not reminded for it; of two that were missed only the last is sent. What
    came to be expected by itself after the last one is told of, since no letter asked for it.
    """
    soon = (VideoMessage.due_at > now) & (VideoMessage.due_at <= now + timedelta(days=max(REMINDERS)))
    return sum(_remind(message, now) for message in _awaited(State.EXPECTED, soon))


def _remind(message: VideoMessage, now: datetime) -> bool:
    days = next(each for each in REMINDERS if message.due_at - timedelta(days=each) <= now)
    untold = message.origin != Origin.HAND and days == min(REMINDERS)
    if message.asked_at > message.due_at - timedelta(days=days) and not untold:
        return False
    mark = f"{message.due_at:%Y%m%dT%H%M}Z-{days}"
    return _first(letters.due(message, terms_of(message.event), mark), now)


def fall_due(now: datetime) -> int:
    """Videos that have not come by their moment are overdue, and those who owe them are told; how many."""
    done = 0
    for message in _awaited(State.EXPECTED, VideoMessage.due_at < now):
        held = states.held(message.id)
        if held.state != State.EXPECTED or held.due_at >= now:
            continue
        states.move(held, State.OVERDUE, who=CLOCK, now=now)
        whose = found(held.id)
        post_all(letters.overdue(whose, terms_of(whose.event)), now)
        done += 1
    return done


def forget_over(today: date) -> int:
    """Forget who answers for the videos of summits that ended more than `KEPT` ago; how many videos it was.

    Films, what is told of them and who speaks in them stay, since they are the record of the summit.
    """
    over = select(Event.id).where(Event.ends_on < today - KEPT)
    return forget_contacts(
        VideoMessage.event_id.in_(over) & ((VideoMessage.contact_name != "") | (VideoMessage.contact_email != ""))
    )


def forget_contacts(theirs: ColumnElement[bool]) -> int:
    """Forget who answers for these videos; how many it was."""
    blank = {"contact_name": "", "contact_email": "", "contact_language": "en", "version": VideoMessage.version + 1}
    gone = update(VideoMessage).where(theirs).values(blank).returning(VideoMessage.id)
    return len(db.session.execute(gone.execution_options(synchronize_session=False)).all())


def _awaited(state: State, which: ColumnElement[bool]) -> list[VideoMessage]:
    query = whole().where(VideoMessage.state == state, VideoMessage.known, which).order_by(VideoMessage.id)
    return list(db.session.execute(query.execution_options(populate_existing=True)).unique().scalars())


def _first(wanted: list[Letter], now: datetime) -> bool:
    """Post those of the letters that were not posted before; whether any was not."""
    keys = [each.key for each in wanted]
    sent = set(db.session.execute(select(Message.key).where(Message.key.in_(keys))).scalars())
    post_all([each for each in wanted if each.key not in sent], now)
    return len(sent) < len(keys)
