"""Places: taken and given back by conditional updates, so that no two people ever hold the same one."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select, update

from app.db import claim, db
from app.events.models import Mode
from app.refused import Refused
from app.registration.models import Places

LEFT = or_(Places.seats.is_(None), Places.taken < Places.seats + Places.granted)


def take(event_id: int, mode: Mode) -> None:
    """Take one place. Refused on "mode" when none is left."""
    if not claim(update(Places).where(_of(event_id, mode), LEFT).values(taken=Places.taken + 1)):
        raise Refused(no_place(mode), "mode")


def free(event_id: int, mode: Mode) -> None:
    """Give one place back."""
    if not claim(update(Places).where(_of(event_id, mode), Places.taken > 0).values(taken=Places.taken - 1)):
        raise RuntimeError(f"a place ({mode}) is given back that was never taken")


def move(event_id: int, before: Mode, after: Mode) -> None:
    """Give one place back and take one in another mode. Refused on "mode" when none is left there."""
    steps = {before: free, after: take}
    for mode in Mode:  # always in one order, so that two who change seats do not wait for each other
        if mode in steps:
            steps[mode](event_id, mode)


def left(event_id: int) -> dict[Mode, bool]:
    """The modes that this event offers, and whether a place is left at this moment; `take` alone decides."""
    rows = db.session.execute(select(Places.mode, LEFT).where(Places.event_id == event_id))
    found = {mode: bool(free) for mode, free in rows}
    return {mode: found[mode] for mode in Mode if mode in found}


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
