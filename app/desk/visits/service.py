"""What the desk shows of visits: the table, the people of one, and who comes next."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.registration.models import Delegate
from app.visits import editing, fitting, rows, waiting
from app.visits.choosing import Group
from app.visits.models import GOING, OVER, Filling, SignUp, Standing, Vehicle, Visit


@dataclass(frozen=True)
class Row:
    """One visit in the table."""

    visit: Visit
    counts: Counter[Standing]
    places: int | None
    """How many it takes in all; None: no limit."""
    open: bool
    over: bool

    @property
    def going(self) -> int:
        return sum(self.counts[each] for each in GOING)

    @property
    def lacking(self) -> int:
        return editing.lacking(self.visit) if not self.over else 0

    @property
    def next(self) -> str:
        """The next thing to do, in words."""
        if self.visit.cancelled_at is not None or self.over:
            return str(_("See the list"))
        if self.lacking and not self.open:
            said = ngettext("Decide: one person is missing", "Decide: %(num)s people are missing", self.lacking)
            return str(said)
        if self.visit.day is None or self.visit.leaves is None:
            return str(_("Say when it leaves"))
        return str(_("Open"))


def table(event: Event, now: datetime) -> list[Row]:
    """Every visit of the event, in order. Three queries."""
    query = select(Visit).where(Visit.event_id == event.id).order_by(Visit.position, Visit.id)
    found = db.session.execute(query.options(joinedload(Visit.event), selectinload(Visit.vehicles))).scalars().all()
    counted = (
        select(SignUp.visit_id, SignUp.state, func.count())
        .join(Visit, SignUp.visit_id == Visit.id)
        .where(Visit.event_id == event.id)
        .group_by(SignUp.visit_id, SignUp.state)
    )
    counts: dict[int, Counter[Standing]] = defaultdict(Counter)
    for visit_id, state, number in db.session.execute(counted):
        counts[visit_id][state] = number
    return [
        Row(
            each,
            counts[each.id],
            fitting.empty(each).places,
            waiting.open_now(each, now),
            each.cancelled_at is not None or now >= waiting.begins(each),
        )
        for each in found
    ]


def one(event_id: int, code: str) -> Visit:
    """One visit with event and vehicles. Raises LookupError."""
    query = select(Visit).where(Visit.event_id == event_id, Visit.code == code)
    whole = query.options(joinedload(Visit.event), selectinload(Visit.vehicles))
    found = db.session.execute(whole).scalar_one_or_none()
    if found is None:
        raise LookupError(f"there is no visit {code}")
    return found


def vehicle(visit: Visit, uid: str) -> Vehicle:
    """One of its vehicles. Raises LookupError."""
    found = next((each for each in visit.vehicles if each.uid == uid), None)
    if found is None:
        raise LookupError(f"there is no vehicle {uid}")
    return found


def sign_up(visit: Visit, uid: str) -> SignUp:
    """One of its sign-ups, whole. Raises LookupError."""
    found = db.session.execute(rows.whole().where(SignUp.visit_id == visit.id, SignUp.uid == uid)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"there is no sign-up {uid}")
    return found


@dataclass(frozen=True)
class People:
    """Who has to do with a visit."""

    going: tuple[Group, ...]
    offered: tuple[Group, ...]
    waiting: tuple[Group, ...]
    """In the order of the list."""
    over: tuple[Group, ...]


def people(visit: Visit) -> People:
    """Everybody who ever signed up, by party. Two queries."""
    query = select(SignUp).where(SignUp.visit_id == visit.id).order_by(SignUp.id)
    whole = query.options(
        joinedload(SignUp.delegate).joinedload(Delegate.delegation).joinedload(Delegation.member),
        joinedload(SignUp.vehicle),
    )
    together: dict[object, list[SignUp]] = defaultdict(list)
    for each in db.session.execute(whole).scalars():
        together[(each.party, each.state) if each.party else each.id].append(each)
    parties, _step_free = waiting.queue(visit.id)
    turns = {each.id: number for number, party in enumerate(parties, 1) for each in party}
    groups = [Group(tuple(each), turns.get(each[0].id, 0)) for each in together.values()]
    return People(
        going=tuple(each for each in groups if each.state in GOING),
        offered=tuple(each for each in groups if each.state == Standing.OFFERED),
        waiting=tuple(
            sorted((each for each in groups if each.state == Standing.WAITLISTED), key=lambda each: each.turn)
        ),
        over=tuple(each for each in groups if each.state in OVER),
    )


def stuck(visit: Visit, found: People) -> str:
    """Why the first in line waits though places are free, in words; empty when none are, or nobody waits."""
    if not found.waiting or visit.cancelled_at is not None or visit.filling != Filling.FIRST_COME:
        return ""
    left, first = fitting.room(visit).places, found.waiting[0]
    if left is None or left == 0:
        return ""
    said = ngettext("One place is free", "%(num)s places are free", left)
    needed = len(first.people)
    return str(
        _("%(free)s, and the first in line needs %(needed)s together. Nobody passes them.", free=said, needed=needed)
    )
