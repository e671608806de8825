"""What people do with letters: hold, release, take back, send again, send elsewhere. Each act stands in the journal.

A letter that a worker has in hand is left to it: every change is a conditional UPDATE, so that no letter is both sent
and taken back. Once its lease is over the worker counts as dead, and the letter is anybody's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db import claim, db
from app.journal import note
from app.outbox import rendering
from app.outbox.addresses import folded, reachable
from app.outbox.models import WAITING, Hold, Mark, Message, State, Why
from app.refused import Refused
from app.tokens import digest

HELD_BACK = frozenset({*WAITING, State.HELD, State.REFUSED})
"""What did not go and may go yet."""
CORRECTED = HELD_BACK | {State.FAILED, State.SKIPPED, State.BOUNCED, State.ABORTED}
"""What may be sent to another address instead: it did not reach anybody."""
AGAIN = frozenset({State.SENT, State.FAILED, State.SKIPPED, State.BOUNCED, State.ABORTED})
"""What may be sent once more."""


def hold(letter_id: int, *, who: str, now: datetime) -> bool:
    """Let the letter wait for a person's word. False: it did already. Refused when it does not wait to be sent."""
    return _move(letter_id, WAITING, State.HELD, "letter held", who=who, now=now)


def release(letter_id: int, *, who: str, now: datetime) -> bool:
    """Let a held letter go at once. False: it waits to go already. Refused when it is over, or its summit is held."""
    letter = _one(letter_id)
    if letter.state in WAITING:
        return False
    if letter.event_id is not None and letter.priority <= 0 and held_by(letter.event_id) is not None:
        raise Refused(_("All letters of this summit are held. Release them first."))
    to = State.RETRY if letter.attempts else State.QUEUED
    return _move(letter_id, {State.HELD}, to, "letter released", who=who, now=now, due_at=now)


def abort(letter_id: int, *, who: str, now: datetime) -> bool:
    """The letter shall not go. False: that was said already. Refused when it went, or is not tried any more."""
    return _move(letter_id, HELD_BACK, State.ABORTED, "letter taken back", who=who, now=now)


def resend(letter_id: int, key: str, *, who: str, now: datetime) -> Message:
    """The same letter once more, as a row of its own under another Message-ID; the same `key` twice is once.

    Refused when it may go anyway, or another one in its place, is of no use any more, says nothing any more, or its
    address takes no letters.
    """
    letter = _one(letter_id)
    if (made := _made(letter, key)) is not None:
        return made
    _handled(letter)
    if letter.state not in AGAIN:
        raise Refused(_("It still waits to be sent."))
    _replaced(letter)
    if dead(letter.to) is not None:
        raise Refused(_("Letters to this address come back. Correct it, or say that it works again."))
    again = _again(letter, key, letter.to, now)
    _note("letter sent again", letter, who, now, after={"letter": again.id})
    return again


def correct(letter_id: int, to: str, key: str, *, who: str, now: datetime) -> Message:
    """The same letter to another address, worded and dated anew; what was not sent to the old one is taken back. The
    same `key` twice is once.

    Refused on "email" when no letter can reach it or it is the same; else as `resend`, and when a server took it.
    """
    letter = _one(letter_id)
    if (made := _made(letter, key)) is not None:
        return made
    _handled(letter)
    if folded(reachable(to)) == folded(letter.to):
        raise Refused(_("This is the address it has."), "email")
    if dead(to) is not None:
        raise Refused(_("Letters to this address come back."), "email")
    _replaced(letter)
    before = letter.state
    if before in HELD_BACK or before == State.INFLIGHT:
        _claim(letter, HELD_BACK, State.ABORTED, now)
    elif before not in CORRECTED:
        raise Refused(_no(before))
    again = _again(letter, key, to, now)
    _note("letter sent elsewhere", letter, who, now, {"address": "(private)"}, {"letter": again.id})
    return again


def works_again(letter_id: int, *, who: str, now: datetime) -> bool:
    """Letters to the address of this letter are sent again. False: they are already."""
    letter = _one(letter_id)
    mine = delete(Mark).where(Mark.address == folded(letter.to), Mark.why == Why.BOUNCED).returning(Mark.address)
    if not db.session.execute(mine.execution_options(synchronize_session=False)).all():
        return False
    _note("address works again", letter, who, now)
    return True


def hold_all(event_id: int, *, who: str, now: datetime) -> bool:
    """Let no letter of the event go, now and to come, but those that somebody waits for. False: they are held."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(Hold).values(event_id=event_id, held_at=now, held_by=who)
    if not db.session.execute(row.on_conflict_do_nothing().returning(Hold.event_id)).all():
        return False
    note("letters held", f"event/{event_id}", who=who, now=now, event_id=event_id)
    return True


def release_all(event_id: int, *, who: str, now: datetime) -> bool:
    """Let the letters of the event go, but for those that are held one by one. False: they go already."""
    gone = delete(Hold).where(Hold.event_id == event_id).returning(Hold.event_id)
    if not db.session.execute(gone.execution_options(synchronize_session=False)).all():
        return False
    note("letters released", f"event/{event_id}", who=who, now=now, event_id=event_id)
    return True


def held_by(event_id: int) -> Hold | None:
    """Since when, and by whom, all letters of the event are held."""
    return db.session.get(Hold, event_id)


def dead(address: str) -> Mark | None:
    """What says that letters to this address come back."""
    return db.session.get(Mark, (folded(address), Why.BOUNCED))


def _one(letter_id: int) -> Message:
    """The letter as stored now, locked until the transaction ends."""
    query = select(Message).where(Message.id == letter_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _handled(letter: Message) -> None:
    """Refused when the letter is nobody's but its reader's."""
    if letter.kind in rendering.sealed:
        raise Refused(
            _("This letter opens an account, or what was told in confidence. Who needs it asks for a new one.")
        )


def _replaced(letter: Message) -> None:
    """Refused when a letter waits to go in its place: two organisers who put it right at once would send it twice."""
    waits = select(Message.id).where(Message.again_of == letter.id, Message.state.in_([*HELD_BACK, State.INFLIGHT]))
    number = db.session.execute(waits.order_by(Message.id).limit(1)).scalar_one_or_none()
    if number is not None:
        raise Refused(_("Letter %(number)s waits to go in its place. See to that one.", number=number))


def _move(
    letter_id: int, states: Collection[State], to: State, what: str, *, who: str, now: datetime, **values: Any
) -> bool:
    letter = _one(letter_id)
    before = letter.state
    if before == to:
        return False
    _handled(letter)
    _claim(letter, states, to, now, **values)
    _note(what, letter, who, now, {"state": before.value}, {"state": to.value})
    return True


def _claim(letter: Message, states: Collection[State], to: State, now: datetime, **values: Any) -> None:
    """Refused when the letter is not in one of these states, nor left behind by a worker."""
    mine: ColumnElement[bool] = Message.state.in_(states)
    if State.QUEUED in states:
        mine = or_(mine, (Message.state == State.INFLIGHT) & (Message.lease_until <= now))
    act = update(Message).where(Message.id == letter.id, mine)
    if not claim(act.values(state=to, worker="", lease_until=None, **values)):
        raise Refused(_no(letter.state))


def _no(state: State) -> str:
    """Why nothing can be done to a letter in this state."""
    said: dict[State, str] = {
        State.INFLIGHT: _("It is on its way to the mail server at this moment. Look again in a few minutes."),
        State.SENT: _("The mail server has taken it, so it cannot be held back or redirected any more."),
        State.HELD: _("It is held."),
        State.REFUSED: _("A mail server has refused it."),
    }
    return said.get(state) or str(_("It does not wait to be sent any more."))


def _key(letter: Message, key: str) -> str:
    """Unlike any other; what stands between the strokes stays, for that says what the letter is about."""
    return f"{letter.key[:180]}~{digest(f'{letter.id}/{key}')[:12]}"


def _made(letter: Message, key: str) -> Message | None:
    return db.session.execute(select(Message).where(Message.key == _key(letter, key))).scalar_one_or_none()


def _again(letter: Message, key: str, to: str, now: datetime) -> Message:
    """A new letter of the same content. Refused when that is of no use any more, or forgotten."""
    if letter.until is not None and letter.until <= now:
        raise Refused(_("What it says is of no use any more: its time is over."))
    if not letter.facts:
        raise Refused(_("What it said is forgotten, so it cannot be sent again."))
    same = ("kind", "event_id", "to_name", "reply_to", "sender_name", "language", "facts", "priority", "until")
    row = Message(key=_key(letter, key), to=to, again_of=letter.id, created_at=now, due_at=now)
    for name in same:
        setattr(row, name, getattr(letter, name))
    db.session.add(row)
    db.session.flush()
    return row


def _note(
    what: str,
    letter: Message,
    who: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    subject = f"letter/{letter.id}"
    note(what, subject, who=who, now=now, event_id=letter.event_id, before=before, after=after)
