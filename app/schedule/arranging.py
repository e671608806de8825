"""Moving sessions on the board: every act is stored once, can be taken back, and says who was quicker."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.agenda import acts, moves, times
from app.agenda.acts import Changed, Stale
from app.agenda.facts import Facts
from app.agenda.models import Act, Session
from app.agenda.moves import Target
from app.agenda.telling import deed
from app.agenda.times import When
from app.db import db
from app.events.models import Event, Room
from app.refused import Refused

Board = Mapping[str, Facts]
"""Every session of the draft by code."""


def place(event: Event, code: str, version: int, target: Target, *, who: str, now: datetime) -> Act | None:
    """Put one session somewhere, with all that stands within it; None when it stands there already.

    Raises Stale when somebody changed it since `version`; Refused on "day", "starts", "ends" or "room" when it cannot
    stand there.
    """
    acts.hold(event.id)
    held = acts.rows(event.id, {code}).get(code)
    if held is None:
        raise Refused(_("Somebody took this session off the draft meanwhile."))
    session, facts = held
    if session.version != version:
        raise Stale(_("Somebody else changed “%(title)s” meanwhile.", title=facts.title), {code: facts})
    changes = _with_block(event, session, facts, target)
    for each in changes:
        check(event, each)
    return acts.perform(event.id, deed(facts, changes[0].after), changes, who=who, now=now)


def _with_block(event: Event, session: Session, facts: Facts, target: Target) -> list[Changed]:
    """The change of a session; of a block, those of the sessions within it, which keep their distances and rooms."""
    children = acts.stored(event.id, _within(session.id)).values()
    placed = [each for each in children if each.starts and each.day]
    if not placed:
        return [moves.place(facts, target)]
    if target.day is None or target.starts is None:
        return [moves.place(each, Target()) for each in (facts, *placed)]
    first = min((each.day, each.starts) for each in placed if each.day and each.starts)
    start = (facts.day, facts.starts) if facts.day and facts.starts else first
    minutes = _minutes(target) - (start[1].hour * 60 + start[1].minute)
    ahead = target.day - start[0]
    own = [moves.place(facts, replace(target, room_id=facts.room_id))] if facts.starts else []
    return own + [
        Changed(each, moves.later(replace(each, day=each.day + ahead), minutes)) for each in placed if each.day
    ]


def _minutes(target: Target) -> int:
    return target.starts.hour * 60 + target.starts.minute if target.starts else 0


def _within(session_id: int) -> list[str]:
    return list(db.session.execute(select(Session.code).where(Session.parent_id == session_id)).scalars())


def check(event: Event, changed: Changed) -> None:
    """Refused beside its field when a session cannot stand where a change puts it."""
    facts = changed.after
    if facts is None:
        return
    when = When(facts.day, facts.starts, facts.ends, facts.fold)
    times.check(when, event)
    before = changed.before
    times.check_once(when, When(before.day, before.starts, before.ends, before.fold) if before else When(), event)
    if facts.room_id is not None and (changed.before is None or changed.before.room_id != facts.room_id):
        known = select(Room.id).where(Room.event_id == event.id, Room.id == facts.room_id)
        if db.session.execute(known).first() is None:
            raise Refused(_("This room is no longer there. Choose another."), "room")


Move = Callable[[Board], list[Changed]]
"""A move of many sessions, worked out on the draft as it stands."""


def preview(event: Event, move: Move) -> tuple[list[Changed], str]:
    """What a move of many would change now, and its mark. Refused when it cannot be."""
    changes = [each for each in move(acts.stored(event.id)) if each.before != each.after]
    if not changes:
        raise Refused(_("This would change nothing."))
    for each in changes:
        check(event, each)
    return changes, mark(changes)


def carry_out(event: Event, what: str, move: Move, seen: str, *, who: str, now: datetime) -> Act | None:
    """Do a move of many as one act. Refused when it is no longer what was seen. None when the same form, which names
    the session that it makes, has made it before."""
    acts.hold(event.id)
    board = acts.stored(event.id)
    if any(each.before is None and each.code in board for each in move(board)):
        return None
    changes, now_seen = preview(event, move)
    if now_seen != seen:
        raise Refused(_("The draft has changed since you looked. Read what would change now, then press again."))
    return acts.perform(event.id, what, changes, who=who, now=now)


def mark(changes: Sequence[Changed]) -> str:
    """Tells these changes from others."""
    return hashlib.blake2b(repr(list(changes)).encode(), digest_size=12).hexdigest()


def titles(changes: Iterable[Changed]) -> list[str]:
    """The titles of what a change concerns."""
    return [one.title for each in changes if (one := each.after or each.before)]
