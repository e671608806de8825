"""People who have a place on a visit and sit in none of its vehicles, as when it got its first one afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from app.db import db
from app.visits import fitting, rows, seats
from app.visits.models import HOLDING, SignUp, Vehicle, Visit


def settle(visit: Visit, now: datetime) -> int:
    """Seat those who sit nowhere, parties together where they find room; how many are left. The visit is locked.

    Nothing is asked of a visit without vehicles, which is gone to on foot.
    """
    if not visit.vehicles:
        return 0
    lost = rows.held(rows.in_state(visit.id, *HOLDING).where(SignUp.vehicle_id.is_(None)))
    return sum(_seated(visit, list(group), now) for _mark, group in groupby(sorted(lost, key=_together), key=_together))


def _together(sign_up: SignUp) -> tuple[str, int]:
    return sign_up.party, 0 if sign_up.party else sign_up.id


def _seated(visit: Visit, party: Sequence[SignUp], now: datetime) -> int:
    """Seat a party in one vehicle; how many of them found no seat."""
    step_free = sum(each.step_free for each in party)
    there = fitting.Room(None, fitting.room(rows.lock([visit.id])[visit.id]).cars)
    found = fitting.fit(there, len(party), step_free)
    if found is None or found.car is None:
        return len(party)
    seats.board(found.car, len(party), step_free)
    vehicle = db.session.get_one(Vehicle, found.car)
    for each in party:
        each.vehicle, each.changed_at = vehicle, now
    db.session.flush()
    return 0
