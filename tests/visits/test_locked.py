"""What a press asks of the database before the visit is locked, and while it is: then everybody else waits."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update

from app.db import directly
from app.visits import rows
from app.visits.models import SignUp, Standing, Visit
from tests.queries import counted
from tests.registration.cast import Cast
from tests.visits.cast import guests, row, sign_up, visit


def test_while_the_visit_is_locked_a_press_asks_once_and_stores_note_turn_and_letter(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    *others, last = guests(cast, 3)
    for each in others:
        sign_up(cast, boat, each)
    with counted(cast.app) as statements:
        sign_up(cast, boat, last)
    begun = [each for each, asked in enumerate(statements) if "visits.id IN (" in asked]
    after = [asked.split()[:3] for asked in statements[begun[0] + 1 :]]
    told = [each[2] if each[0] == "INSERT" else each[0] for each in after]
    assert (len(begun), told) == (1, ["SELECT", "notes", "sign_ups", "messages"])


def test_what_moved_until_the_visit_was_locked_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The organisers take somebody off the list who presses again in this moment: that begins anew."""
    boat = visit(cast, seats=1)
    for one in guests(cast, 2):
        sign_up(cast, boat, one)
    before, lock = row(cast, boat, one), rows.lock_to_join

    def late(visit_id: int) -> tuple[Visit, datetime | None]:
        theirs = SignUp.__table__.c
        off = update(SignUp.__table__).where(theirs.delegate_id == one.id)  # type: ignore[arg-type]
        directly(off.values(state=Standing.CANCELLED_BY_ORGANISER))
        return lock(visit_id)

    monkeypatch.setattr(rows, "lock_to_join", late)
    sign_up(cast, boat, one)
    after = row(cast, boat, one)
    assert (after.id, after.state, after.version) == (before.id, Standing.WAITLISTED, before.version + 2)
