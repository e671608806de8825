"""The vehicles of a visit: how many they take, who leads them, who sits in which, and the link of whoever ticks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, select

from app import tokens
from app.db import db
from app.events.models import new_uid
from app.journal import note
from app.refused import Refused
from app.visits import moving, rows, seats, waiting
from app.visits.models import HOLDING, SignUp, Vehicle, Visit


@dataclass(frozen=True)
class Facts:
    """What an organiser says of a vehicle; each is a column of the same name."""

    name: str
    seats: int
    step_free: int = 0
    leader: str = ""
    phone: str = ""


def add(visit_id: int, facts: Facts, *, who: str, now: datetime) -> Vehicle:
    """One more vehicle. Who has a place and no vehicle is seated first, then those who wait are asked.

    The same name again gives the vehicle that has it.
    """
    visit = rows.lock([visit_id])[visit_id]
    if (known := next((each for each in visit.vehicles if each.name == facts.name), None)) is not None:
        return known
    _check(facts)
    vehicle = Vehicle(visit_id=visit_id, uid=new_uid(), position=len(visit.vehicles) + 1, **vars(facts))
    db.session.add(vehicle)
    db.session.flush()
    _note("added a vehicle", vehicle, visit, who, now)
    waiting.promote(visit_id, now)
    return vehicle


def change(vehicle_id: int, facts: Facts, *, who: str, now: datetime) -> Vehicle:
    """Change a vehicle. Refused on "seats" or "step_free" below what is taken: move people first."""
    vehicle, visit = _held(vehicle_id)
    _check(facts)
    if facts.seats < vehicle.taken:
        raise Refused(_sit(vehicle.taken), "seats")
    if facts.step_free < vehicle.step_free_taken:
        raise Refused(_("Step-free places of it are taken. Move some of these people first."), "step_free")
    if any(each.name == facts.name and each.id != vehicle_id for each in visit.vehicles):
        raise Refused(_("Another vehicle of this visit has that name."), "name")
    for name, value in vars(facts).items():
        setattr(vehicle, name, value)
    db.session.flush()
    _note("changed a vehicle", vehicle, visit, who, now)
    waiting.promote(visit.id, now)
    return vehicle


def remove(vehicle_id: int, *, who: str, now: datetime) -> None:
    """Take a vehicle out of the visit. Refused while people sit in it."""
    vehicle, visit = _held(vehicle_id)
    if vehicle.taken:
        raise Refused(_sit(vehicle.taken))
    _note("removed a vehicle", vehicle, visit, who, now)
    db.session.execute(delete(Vehicle).where(Vehicle.id == vehicle_id))
    db.session.expire(visit, ["vehicles"])
    waiting.promote(visit.id, now)


def seat(sign_up_id: int, vehicle_id: int, *, who: str, now: datetime) -> SignUp:
    """Seat one person in another vehicle. Refused when it has no room for them."""
    sign_up = rows.one(sign_up_id)
    if sign_up.state not in HOLDING or sign_up.vehicle_id == vehicle_id:
        return sign_up
    if vehicle_id not in {each.id for each in sign_up.visit.vehicles}:
        raise Refused(_("This vehicle belongs to another visit."), "vehicle")
    seats.board(vehicle_id, 1, int(sign_up.step_free))
    if sign_up.vehicle_id is not None:
        seats.alight(sign_up.vehicle_id, sign_up.step_free)
    sign_up.vehicle = db.session.get_one(Vehicle, vehicle_id)
    sign_up.changed_at = now
    db.session.flush()
    moving.noted("seated in a vehicle", sign_up, who, now, {"vehicle": sign_up.vehicle.name})
    waiting.promote(sign_up.visit_id, now)
    return sign_up


def link(vehicle_id: int, *, on: bool, who: str, now: datetime) -> Vehicle:
    """Make a new link for whoever ticks boarding, or take the present one away; the old one opens nothing any more."""
    vehicle, visit = _held(vehicle_id)
    vehicle.link_generation += 1
    vehicle.link_hash = tokens.digest(vehicle.link) if on else None
    db.session.flush()
    _note("made a boarding link" if on else "took a boarding link away", vehicle, visit, who, now)
    return vehicle


def _sit(taken: int) -> str:
    said = ngettext("One person sits in it. Move them first.", "%(num)s people sit in it. Move them first.", taken)
    return str(said)


def _held(vehicle_id: int) -> tuple[Vehicle, Visit]:
    """The vehicle with its visit locked. Raises LookupError."""
    key = db.session.execute(select(Vehicle.visit_id).where(Vehicle.id == vehicle_id)).scalar_one_or_none()
    if key is None:
        raise LookupError(f"there is no vehicle {vehicle_id}")
    visit = rows.lock([key])[key]
    return next(each for each in visit.vehicles if each.id == vehicle_id), visit


def _check(facts: Facts) -> None:
    if not facts.name.strip():
        raise Refused(_("Give it a name, as “Bus 1”."), "name")
    if facts.step_free > facts.seats:
        raise Refused(_("At most all of its places are step-free."), "step_free")


def _note(what: str, vehicle: Vehicle, visit: Visit, who: str, now: datetime) -> None:
    after = {"vehicle": vehicle.name, "seats": vehicle.seats, "step_free": vehicle.step_free}
    note(what, f"visit/{visit.code}", who=who, now=now, event_id=visit.event_id, after=after)
