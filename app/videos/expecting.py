"""Of whom a video message is expected: of who appears in a session by video, and of a city that takes part by video.

`settle` compares what is wanted with what is there and changes the difference. It is called wherever the one or the
other may have changed, in the same transaction, and by the worker besides; called twice it does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import clock
from app.agenda import acts, following
from app.agenda.acts import Changed
from app.agenda.models import Appearance, Kind, Part, Session
from app.db import db
from app.delegations import answering
from app.delegations.models import STANDING, Delegation, DelegationMode
from app.events.models import Event, Mode, new_uid
from app.videos import states
from app.videos.models import AWAITED, ENDED, Origin, Purpose, State, VideoMessage
from app.videos.terms import terms_of

LEAST = timedelta(days=2)
"""How long anybody has for a video that is expected of them, however late it is."""
OVER = frozenset({State.PLAYED, State.NOT_PLAYED})


@dataclass(frozen=True)
class Owner:
    """A city or a person whom the organisers named; one of the two ids is set."""

    delegation_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class Wanted:
    """A message that follows from the draft or from a city's answer. `session`: its code, or empty."""

    owner: Owner
    session: str
    purpose: Purpose
    title: str = ""


def settle(event_id: int, who: str, now: datetime) -> int:
    """Bring the messages that follow from others' acts in line with them; how many changed. Five queries and what
    changes; none more when the summit is over."""
    event = db.session.execute(select(Event).where(Event.id == event_id).with_for_update()).scalar_one()
    if now >= clock.midnight(event.ends_on, event.zone) + states.DAY:
        return 0
    rows, standing = _rows(event_id), _standing(event_id)
    done = _gone(rows, standing, who, now)
    wanted = {(each.owner, each.session): each for each in (*_by_session(event_id), *_by_mode(event_id))}
    served = {_key(each) for each in rows if each.state != State.WITHDRAWN and each.purpose != Purpose.BACKUP}
    free = [each for each in rows if _spare(each) and _key(each) not in wanted]
    for key, want in wanted.items():
        if key in served:
            continue
        done += 1
        if (moved := next((each for each in free if _owner(each) == want.owner), None)) is not None:
            free.remove(moved)
            _place(moved, want)
        elif (back := _withdrawn(rows, key)) is not None:
            states.again(back, who=who, now=now)
        else:
            expect(event, want, Origin.APPEARANCE if want.session else Origin.MODE, who=who, now=now)
    for each in free:
        done += 1
        _let_go(each, standing, who, now)
    db.session.flush()
    return done


def ahead(now: datetime) -> list[int]:
    """The events that are not over. One query."""
    found = select(Event.id).where(Event.ends_on >= (now - states.DAY).date()).order_by(Event.id)
    return list(db.session.execute(found).scalars())


def expect(
    event: Event, want: Wanted, origin: Origin, *, who: str, now: datetime, due_at: datetime | None = None
) -> VideoMessage:
    """A new message is expected; one for a session of the draft that follows from it is known to organisers alone."""
    message = VideoMessage(
        uid=new_uid(),
        event_id=event.id,
        delegation_id=want.owner.delegation_id,
        person_id=want.owner.person_id,
        purpose=want.purpose,
        origin=origin,
        session_code=want.session,
        session_title=want.title if origin == Origin.HAND else "",
        known=origin != Origin.APPEARANCE,
        state=State.EXPECTED,
        state_at=now,
        due_at=due_at or due_for(event, now),
        extended=due_at is not None or due_for(event, now) != terms_of(event).due_at,
        asked_at=now,
        link_generation=0,
    )
    message.seal()
    db.session.add(message)
    db.session.flush()
    told = {"purpose": want.purpose.value, "session": want.session, "due": message.due_at.isoformat()}
    states.tell("video expected", message, who, now, after=told)
    return message


def due_for(event: Event, now: datetime) -> datetime:
    """By when a video is due that is expected from now on: with all others, but not before `LEAST` is over."""
    return max(terms_of(event).due_at, now + LEAST)


def announce(event_id: int) -> None:
    """The draft was released, so those who appear in it by video know of it, and by what name the session goes. Two
    queries."""
    sessions = db.session.execute(select(Session.code, Session.title).where(Session.event_id == event_id))
    titles = {row.code: row.title for row in sessions}
    found = select(VideoMessage.id, VideoMessage.session_code, VideoMessage.session_title, VideoMessage.known).where(
        VideoMessage.event_id == event_id, VideoMessage.session_code != "", VideoMessage.state.not_in(ENDED)
    )
    change = update(VideoMessage).execution_options(synchronize_session=False)
    for row in db.session.execute(found).all():
        title = titles.get(row.session_code, "")
        if not row.known or row.session_title != title:
            new = {"known": True, "session_title": title, "version": VideoMessage.version + 1}
            db.session.execute(change.where(VideoMessage.id == row.id).values(new))


def _rows(event_id: int) -> list[VideoMessage]:
    found = select(VideoMessage).where(VideoMessage.event_id == event_id).order_by(VideoMessage.id)
    return list(db.session.execute(found.execution_options(populate_existing=True)).scalars())


def _standing(event_id: int) -> set[int | None]:
    """The delegations that take part; None, for people whom the organisers named, does always."""
    found = select(Delegation.id).where(Delegation.event_id == event_id, Delegation.answer.in_(STANDING))
    return {None, *db.session.execute(found).scalars()}


def _by_session(event_id: int) -> list[Wanted]:
    """What the sessions of the draft want of those who appear in them by video, in the order of the draft."""
    found = db.session.execute(
        select(Session.code, Session.kind, Appearance.part, Appearance.delegation_id, Appearance.person_id)
        .join(Appearance.session)
        .outerjoin(Delegation, Delegation.id == Appearance.delegation_id)
        .where(Session.event_id == event_id, Session.cancelled.is_(False), Appearance.mode == Mode.VIDEO)
        .where(Delegation.id.is_(None) | Delegation.answer.in_(STANDING))
        .order_by(Session.position, Session.id, Appearance.position)
    )
    return [Wanted(Owner(row.delegation_id, row.person_id), row.code, purpose(row.kind, row.part)) for row in found]


def purpose(kind: Kind, part: Part) -> Purpose:
    """What a video is for that is played in a session of this kind by somebody who appears as this."""
    if kind == Kind.KEYNOTE or part == Part.KEYNOTE:
        return Purpose.KEYNOTE
    return Purpose.CITY if kind == Kind.VIDEOS else Purpose.SESSION


def _by_mode(event_id: int) -> list[Wanted]:
    """What is wanted of cities that take part by video and appear by video nowhere."""
    seen = select(Appearance.delegation_id).join(Appearance.session)
    seen = seen.where(Session.event_id == event_id, Session.cancelled.is_(False), Appearance.mode == Mode.VIDEO)
    found = db.session.execute(
        select(Delegation.id)
        .join(DelegationMode, DelegationMode.delegation_id == Delegation.id)
        .where(Delegation.event_id == event_id, DelegationMode.mode == Mode.VIDEO, Delegation.answer.in_(STANDING))
        .where(Delegation.id.not_in(seen.where(Appearance.delegation_id.is_not(None))))
        .order_by(Delegation.position, Delegation.id)
    ).scalars()
    return [Wanted(Owner(each), "", Purpose.CITY) for each in found]


def _gone(rows: Iterable[VideoMessage], standing: Collection[int | None], who: str, now: datetime) -> int:
    """Withdraw what was expected of cities that no longer take part, whoever asked for it; how many."""
    done = 0
    for each in rows:
        if each.delegation_id not in standing and each.state not in ENDED | OVER:
            done += states.move(each, State.WITHDRAWN, who=who, now=now)
    return done


def _owner(message: VideoMessage) -> Owner:
    return Owner(message.delegation_id, message.person_id)


def _key(message: VideoMessage) -> tuple[Owner, str]:
    return _owner(message), message.session_code


def _spare(message: VideoMessage) -> bool:
    """Whether it came by itself and may go so, or serve elsewhere."""
    return message.origin != Origin.HAND and message.state not in ENDED | OVER


def _withdrawn(rows: Sequence[VideoMessage], key: tuple[Owner, str]) -> VideoMessage | None:
    """What was expected here before and went by itself."""
    ours = (each for each in rows if _key(each) == key and each.origin != Origin.HAND)
    return next((each for each in ours if each.state == State.WITHDRAWN), None)


def _place(message: VideoMessage, want: Wanted) -> None:
    """The message is for another session than before; what those who sent it know of stays as they know it."""
    message.session_code, message.session_title, message.purpose = want.session, "", want.purpose
    message.origin = Origin.APPEARANCE if want.session else Origin.MODE
    message.running = None


def _let_go(message: VideoMessage, standing: Collection[int | None], who: str, now: datetime) -> None:
    """Nothing wants it any more. What has come from a city that now speaks itself is kept in case it cannot."""
    if message.state in AWAITED or message.delegation_id not in standing:
        states.move(message, State.WITHDRAWN, who=who, now=now)
        return
    before = {"purpose": message.purpose.value}
    message.purpose, message.origin = Purpose.BACKUP, Origin.HAND
    states.tell("video kept as backup", message, who, now, before=before)


def after_act(event_id: int, changes: Sequence[Changed], who: str, now: datetime) -> None:
    """What an act of the draft means for what is expected."""
    seats = (seat for each in changes for facts in (each.before, each.after) if facts for seat in facts.seats)
    if any(seat.mode == Mode.VIDEO for seat in seats):
        settle(event_id, who, now)


def _after_city(delegation: Delegation, who: str, now: datetime) -> None:
    db.session.flush()
    settle(delegation.event_id, who, now)


acts.consequences.append(after_act)
BEHIND = answering.mode_consequences.index(following.appearances_follow)
"""Appearances take the city's mode first."""
answering.mode_consequences.insert(BEHIND + 1, _after_city)
answering.consequences.append(_after_city)
