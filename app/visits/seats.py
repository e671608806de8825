"""The places of visits and vehicles: taken and given back by conditional updates, so that none is ever sold twice."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import or_, update

from app.db import claim
from app.refused import Refused
from app.visits.models import Vehicle, Visit


def take(visit_id: int, vehicle_id: int | None, people: int, step_free: int) -> None:
    """Take places for a whole party, in the visit and in its vehicle. Refused when not all of them are left."""
    _take_seats(visit_id, people)
    if vehicle_id is not None:
        board(vehicle_id, people, step_free)


def _take_seats(visit_id: int, people: int) -> None:
    free = Visit.cancelled_at.is_(None), or_(Visit.seats.is_(None), Visit.taken + people <= Visit.seats)
    if not claim(update(Visit).where(Visit.id == visit_id, *free).values(taken=Visit.taken + people)):
        raise Refused(_("Not enough places are left on this visit."), "visit")


def board(vehicle_id: int, people: int, step_free: int) -> None:
    """Take places of a vehicle alone, for people who have theirs on the visit. Refused when not all are left."""
    free = Vehicle.taken + people <= Vehicle.seats, Vehicle.step_free_taken + step_free <= Vehicle.step_free
    taken = {"taken": Vehicle.taken + people, "step_free_taken": Vehicle.step_free_taken + step_free}
    if not claim(update(Vehicle).where(Vehicle.id == vehicle_id, *free).values(taken)):
        raise Refused(_("Not enough places are left in this vehicle."), "vehicle")


def share(vehicle_id: int, more: int) -> None:
    """So many more (or fewer) of those who sit in a vehicle have a step-free place. Refused when none is left."""
    taken = Vehicle.step_free_taken + more
    room = Vehicle.id == vehicle_id, taken <= Vehicle.step_free, taken >= 0
    if not claim(update(Vehicle).where(*room).values(step_free_taken=taken)):
        raise Refused(_("No step-free place is left in your vehicle. Please write to the organisers."), "vehicle")


def give_back(visit_id: int, vehicle_id: int | None, step_free: bool) -> None:
    """Give one place back, in the visit and in the vehicle."""
    if not claim(update(Visit).where(Visit.id == visit_id, Visit.taken > 0).values(taken=Visit.taken - 1)):
        raise RuntimeError("a place on a visit is given back that was never taken")
    if vehicle_id is not None:
        alight(vehicle_id, step_free)


def alight(vehicle_id: int, step_free: bool) -> None:
    """Give the place in a vehicle alone back."""
    fewer = {"taken": Vehicle.taken - 1, "step_free_taken": Vehicle.step_free_taken - int(step_free)}
    if not claim(update(Vehicle).where(Vehicle.id == vehicle_id, Vehicle.taken > 0).values(fewer)):
        raise RuntimeError("a place in a vehicle is given back that was never taken")
