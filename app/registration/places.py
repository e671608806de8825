"""Places: taken and given back by conditional updates, so that no two people ever hold the same one.

Whoever stands on the waiting list comes first: while somebody waits for a mode, nobody else takes a place in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, and_, bindparam, case, exists, or_, select, text, update

from app.db import claim, db, directly
from app.events.models import Mode
from app.journal import note
from app.refused import Refused
from app.registration.models import WAITING, Delegate, Places

HAS, PEOPLE = Places.__table__.c, Delegate.__table__.c
"""By the bare tables: of an update of rows as objects the session would ask which of them it knows."""
ROOM = or_(HAS.seats.is_(None), HAS.taken < HAS.seats + HAS.granted)
NOBODY_WAITS = ~exists(
    select(PEOPLE.id).where(PEOPLE.event_id == HAS.event_id, PEOPLE.mode == HAS.mode, text(f"delegates.{WAITING}"))
)
LEFT = and_(ROOM, NOBODY_WAITS)
GONE = case((Places.lowered > 0, 1), else_=0)
"""The part of a returned place that is lost, because the seats were lowered below their use."""

_TAKING = (
    update(cast(Table, Places.__table__))
    .where(HAS.event_id == bindparam("of"), HAS.mode == bindparam("in"))
    .values(taken=HAS.taken + 1)
)
TAKING, TAKING_FROM_LIST = _TAKING.where(LEFT), _TAKING.where(ROOM)
STILL_LEFT = select(HAS.mode, LEFT.label("free")).where(HAS.event_id == bindparam("of"))
"""Made once: making them anew takes longer than asking them."""


def take(event_id: int, mode: Mode, *, from_list: bool = False) -> None:
    """Take one place. Refused on "mode" when none is left, or others wait for it and this is not one `from_list`."""
    if not claim(TAKING_FROM_LIST if from_list else TAKING, {"of": event_id, "in": mode}):
        raise Refused(no_place(mode), "mode")


def free(event_id: int, mode: Mode) -> None:
    """Give one place back."""
    giving = update(Places).where(_of(event_id, mode), Places.taken > 0)
    if not claim(giving.values(taken=Places.taken - 1, granted=Places.granted - GONE, lowered=Places.lowered - GONE)):
        raise RuntimeError(f"a place ({mode}) is given back that was never taken")


def lock(event_id: int, modes: Iterable[Mode]) -> dict[Mode, Places]:
    """The places of these modes as stored now, held until the transaction ends."""
    wanted = set(modes)
    query = select(Places).where(Places.event_id == event_id, Places.mode.in_(wanted)).order_by(Places.id)
    rows = db.session.execute(query.with_for_update().execution_options(populate_existing=True)).scalars()
    return {row.mode: row for row in rows}


def left(event_id: int) -> dict[Mode, bool]:
    """The modes that this event offers, and whether a place is left at this moment; `take` alone decides."""
    found = {row.mode: bool(row.free) for row in directly(STILL_LEFT, of=event_id)}
    return {mode: found[mode] for mode in Mode if mode in found}


def of(event_id: int) -> list[Places]:
    """The places of an event in the order of modes, as stored now. One query."""
    query = select(Places).where(Places.event_id == event_id).execution_options(populate_existing=True)
    found = {row.mode: row for row in db.session.execute(query).scalars()}
    return [found[mode] for mode in Mode if mode in found]


def set_seats(event_id: int, mode: Mode, seats: int | None, reason: str, *, who: str, now: datetime) -> Places:
    """Set how many may take part in this mode; None: no limit. Whoever has a place keeps it.

    Below what is taken nobody new comes, and each place given back is gone until the number fits again. Refused on
    "seats" below 0, on "reason" when seats are taken away without one.
    """
    if seats is not None and seats < 0:
        raise Refused(_("The number of seats is 0 or more."), "seats")
    row = lock(event_id, [mode]).get(mode)
    if row is None:
        raise Refused(_("This summit does not offer this way of taking part."), "seats")
    before = {"seats": row.seats, "granted": row.granted, "taken": row.taken}
    given = row.granted - row.lowered
    over = max(0, row.taken - seats - given) if seats is not None else 0
    if over and not reason.strip():
        raise Refused(
            _("More are taken than that. Say why the number is lowered: it is kept in the journal."), "reason"
        )
    row.seats, row.granted, row.lowered = seats, given + over, over
    after = {"seats": row.seats, "granted": row.granted, "taken": row.taken, "reason": reason.strip()}
    note("set places", f"places/{mode.value}", who=who, now=now, event_id=event_id, before=before, after=after)
    return row


def grant(event_id: int, mode: Mode, number: int, reason: str, *, who: str, now: datetime) -> Places:
    """Allow so many places beyond the seats; number, reason and name stand in the journal. Refused in words."""
    if number < 1:
        raise Refused(_("Grant at least one place."), "number")
    if not reason.strip():
        raise Refused(_("Say why: the reason is kept with the name of who granted it."), "reason")
    row = lock(event_id, [mode]).get(mode)
    if row is None or row.seats is None:
        raise Refused(_("There is no limit here, so nothing needs to be granted."), "number")
    before = {"seats": row.seats, "granted": row.granted, "taken": row.taken}
    row.granted += number
    after = {"seats": row.seats, "granted": row.granted, "taken": row.taken, "reason": reason.strip()}
    note("granted places", f"places/{mode.value}", who=who, now=now, event_id=event_id, before=before, after=after)
    return row


def room(row: Places) -> bool:
    """Whether a place is left in this row, whoever waits."""
    return row.seats is None or row.taken < row.seats + row.granted


def no_place(mode: Mode) -> str:
    """What is said when no place is left, with the way on."""
    said: dict[Mode, str] = {
        Mode.VENUE: _(
            "The venue is full. You can still take part online or send a video message: choose one of them and press"
            " the button again."
        ),
        Mode.ONLINE: _("No place online is left. Choose another way of taking part and press the button again."),
        Mode.VIDEO: _("No video message more can be shown. Choose another way and press the button again."),
    }
    return said[mode]


def _of(event_id: int, mode: Mode) -> ColumnElement[bool]:
    return and_(Places.event_id == event_id, Places.mode == mode)
