"""Boarding: who goes in which vehicle, who is there, who is not; ticked where there may be no network.

A press has a key and a moment of its own, made where it was pressed. However often and however late it comes in, it is
recorded once, and of several about one person the latest pressed counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app import tokens
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.journal import note
from app.refused import Refused
from app.registration.models import Delegate
from app.visits import moving, rows, waiting
from app.visits.models import GOING, OVER, SignUp, Standing, Tick, Vehicle, Visit

CALLED = timedelta(minutes=10)
"""So long before it leaves, whoever is not on board is listed, to be called (J16)."""
EARLY = timedelta(hours=1)
"""So long before its hour, and no earlier, it can be said that a vehicle has left."""
RECENT = timedelta(hours=24)
"""Who gave a place back so shortly is still shown, struck out, so that nobody looks for them."""


@dataclass(frozen=True)
class Manifest:
    """One vehicle's list, or that of a visit gone to on foot (`vehicle` None)."""

    visit: Visit
    vehicle: Vehicle | None
    people: tuple[SignUp, ...]
    """Who goes, by city and name."""
    gone: tuple[SignUp, ...]
    """Who gave their place back of late."""
    now: datetime

    @property
    def leaves(self) -> datetime | None:
        span = self.visit.span(self.visit.event.zone)
        return span[0] if span else None

    @property
    def may_leave(self) -> bool:
        """Whether it can be said now that it leaves."""
        return self.now >= waiting.begins(self.visit) - EARLY

    @property
    def on_board(self) -> int:
        return sum(each.state == Standing.BOARDED for each in self.people)

    @property
    def missing(self) -> tuple[SignUp, ...]:
        """Who is not there: from ten minutes before it leaves, nobody earlier."""
        if self.leaves is None or self.now < self.leaves - CALLED:
            return ()
        return tuple(each for each in self.people if each.state != Standing.BOARDED)


def manifest(visit: Visit, vehicle: Vehicle | None, now: datetime) -> Manifest:
    """The list as it is at this moment. Two queries."""
    mine = SignUp.visit_id == visit.id, SignUp.vehicle_id == (vehicle.id if vehicle else None)
    found = _listed(select(SignUp).where(*mine, SignUp.state.in_(GOING)))
    late = SignUp.visit_id == visit.id, SignUp.state.in_(OVER), SignUp.told.is_not(None)
    gone = _listed(select(SignUp).where(*late, SignUp.state_at > now - RECENT))
    return Manifest(visit, vehicle, found, gone, now)


def _listed(query: Select[SignUp]) -> tuple[SignUp, ...]:
    whole = query.options(joinedload(SignUp.delegate).joinedload(Delegate.delegation).joinedload(Delegation.member))
    people: Sequence[SignUp] = db.session.execute(whole).scalars().all()
    return tuple(sorted(people, key=lambda each: (each.delegate.delegation.member.folded, each.delegate.name, each.id)))


def by_link(token: str) -> Vehicle:
    """The vehicle whose boarding page this secret opens, with its visit and event. Raises LookupError."""
    query = select(Vehicle).where(Vehicle.link_hash == tokens.digest(token))
    whole = query.options(joinedload(Vehicle.visit).joinedload(Visit.event).joinedload(Event.network))
    vehicle = db.session.execute(whole).scalar_one_or_none()
    if vehicle is None:
        raise LookupError("this link opens no vehicle")
    return vehicle


def tick(
    visit_id: int,
    vehicle_id: int | None,
    uid: str,
    boarded: bool,
    key: str,
    pressed_at: datetime,
    *,
    who: str,
    now: datetime,
) -> SignUp:
    """Somebody of this vehicle is on board, or is not after all. The same key again changes nothing.

    Refused in words when the person gave the place back meanwhile. Raises LookupError for anybody else.
    """
    rows.lock([visit_id])
    query = rows.whole().where(SignUp.visit_id == visit_id, SignUp.uid == uid)
    sign_up = db.session.execute(query).scalar_one_or_none()
    if sign_up is None:
        raise LookupError(f"there is no sign-up {uid}")
    pressed_at = min(pressed_at, now)
    if not _first(key, sign_up, boarded, pressed_at, who, now):
        return sign_up
    if sign_up.state not in GOING:
        said = _("%(name)s is no longer on this list: %(state)s.")
        raise Refused(said % {"name": sign_up.delegate.name, "state": moving.word(sign_up.state)})
    if sign_up.vehicle_id != vehicle_id:
        raise Refused(_("%(name)s sits in another vehicle now.", name=sign_up.delegate.name))
    if sign_up.ticked_at is None or pressed_at >= sign_up.ticked_at:
        sign_up.ticked_at = pressed_at
        wanted = Standing.BOARDED if boarded else Standing.ALLOCATED
        if sign_up.state != wanted:
            moving.move(sign_up, wanted, who=who, now=now)
    db.session.flush()
    return sign_up


def _first(key: str, sign_up: SignUp, boarded: bool, pressed_at: datetime, who: str, now: datetime) -> bool:
    """Record the press; whether it was not recorded before."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    told = {"key": key[:64], "sign_up_id": sign_up.id, "boarded": boarded, "pressed_at": pressed_at}
    entry = dialect.insert(Tick).values(**told, recorded_at=now, who=who).on_conflict_do_nothing()
    return db.session.execute(entry.returning(Tick.key)).first() is not None


def leave(visit_id: int, vehicle_id: int | None, *, who: str, now: datetime) -> int:
    """The vehicle has left: who is not on board did not come; how many. Twice is once.

    Refused in words more than `EARLY` before its hour: a slip of the finger days before would be about everybody.
    """
    visit = rows.lock([visit_id])[visit_id]
    if now < waiting.begins(visit) - EARLY:
        raise Refused(_("It does not leave yet. That it leaves can be said from an hour before."))
    query = rows.in_state(visit_id, Standing.ALLOCATED).where(SignUp.vehicle_id == vehicle_id)
    late = rows.held(query)
    for each in late:
        moving.move(each, Standing.NO_SHOW, who=who, now=now)
    vehicle = db.session.get(Vehicle, vehicle_id) if vehicle_id is not None else None
    if vehicle is not None and vehicle.left_at is None:
        vehicle.left_at = now
        after = {"vehicle": vehicle.name, "did not come": len(late)}
        note("a vehicle left", f"visit/{visit.code}", who=who, now=now, event_id=visit.event_id, after=after)
    return len(late)
