"""What people see who may choose among visits: what is open, what is left, and where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.db import db, directly
from app.events.models import Mode
from app.registration import line
from app.registration.line import Waiting
from app.registration.models import Capacity, Delegate, State
from app.visits import fitting, moving, overlaps, waiting
from app.visits.models import GOING, OVER, Filling, SignUp, Standing, Visit
from app.visits.said import sayer
from app.web.wording import listed, moment


@dataclass(frozen=True)
class Group:
    """People who stand together on a visit, or one alone."""

    people: tuple[SignUp, ...]
    turn: int
    """Which party of the waiting list it is, from 1; 0: it does not wait."""

    @property
    def first(self) -> SignUp:
        return self.people[0]

    @property
    def state(self) -> Standing:
        return self.first.state

    @property
    def word(self) -> str:
        return moving.word(self.state)

    @property
    def names(self) -> str:
        return listed([each.delegate.name for each in self.people])

    @property
    def going(self) -> bool:
        return self.state in GOING


@dataclass(frozen=True)
class Choice:
    """A visit as those of one delegation see it."""

    visit: Visit
    groups: tuple[Group, ...]
    """Who of theirs has a place or waits for one."""
    left: int | None
    """How many places are left for people without needs; None: any number."""
    parties: int
    """How many parties wait."""
    soon: bool
    """The list has not opened yet."""
    open: bool
    over: bool
    say: Callable[[Visit, str], str] = field(compare=False)
    """Says a field of it in the words of the reader's language."""

    @property
    def title(self) -> str:
        return self.say(self.visit, "title")

    @property
    def description(self) -> str:
        return self.say(self.visit, "description")

    @property
    def meeting_point(self) -> str:
        return self.say(self.visit, "meeting_point")

    @property
    def rules(self) -> str:
        return self.say(self.visit, "rules")

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        return self.visit.span(self.visit.event.zone)

    @property
    def wished(self) -> bool:
        return self.visit.filling == Filling.WISHES

    @property
    def standing(self) -> str:
        """How the list stands, in a sentence."""
        return _standing(self)

    def of(self, delegate: Delegate) -> Group | None:
        """The group in which this person is."""
        return _holding(self.groups, delegate)


def choices(event_id: int, delegation_id: int, codes: Collection[str], now: datetime) -> list[Choice]:
    """The visits with these codes, those that were announced, in their order. Four queries, and one where the
    summit speaks the reader's language besides its own."""
    query = select(Visit).where(Visit.event_id == event_id, Visit.code.in_(codes)).order_by(Visit.position, Visit.id)
    found = db.session.execute(query.options(joinedload(Visit.event), selectinload(Visit.vehicles))).scalars().all()
    if not found:
        return []
    groups = _groups(delegation_id, [each.id for each in found])
    lines = _lines([each.id for each in found])
    say = sayer(found[0].event)
    return [_choice(each, groups[each.id], lines[each.id], now, say) for each in found]


class Door(NamedTuple):
    """Whom a visit is open to, without all that its page shows."""

    id: int
    modes: list[str]
    roles: list[str]


def door(event_id: int, code: str) -> Door | None:
    """That of the visit with this code. One query."""
    found = directly(_DOOR, event=event_id, code=code).one_or_none()
    return Door._make(found) if found else None


_DOOR = select(*(getattr(Visit, name) for name in Door._fields)).where(
    Visit.event_id == bindparam("event"), Visit.code == bindparam("code")
)
"""Made once, as the other: making such a query takes as long as asking it."""


def group_of(delegate: Delegate, visit_id: int) -> Group | None:
    """The group in which this person is on this visit, without its turn. One query."""
    return _holding(_grouped(_groups(delegate.delegation_id, [visit_id])[visit_id], {}), delegate)


def colleagues(delegation_id: int) -> list[Delegate]:
    """Everybody of the delegation whose registration is approved, in the order of entry. One query.

    The delegation itself is not read again for each of them: the caller holds it.
    """
    query = select(Delegate).where(Delegate.delegation_id == delegation_id, Delegate.state == State.APPROVED)
    return list(db.session.execute(query.order_by(Delegate.id)).scalars())


class Colleague(NamedTuple):
    """Somebody of a delegation, as a form to sign up names them."""

    id: int
    reference: str
    honorific: str
    name: str
    position: str
    mode: Mode
    role: Capacity

    @property
    def called(self) -> str:
        return f"{self.honorific} {self.name}".strip()


def free(visit: Visit | Door, delegation_id: int) -> list[Colleague]:
    """Those of the delegation who may join this visit and are not signed up for it, in the order of entry. One query,
    of what is shown of them alone: a delegation may be large."""
    found = directly(_FREE, visit=visit.id, delegation=delegation_id)
    return [each for each in map(Colleague._make, found) if not _bar(visit, each)]


_SIGNED_UP = and_(SignUp.delegate_id == Delegate.id, SignUp.visit_id == bindparam("visit"), SignUp.state.not_in(OVER))
_FREE = (
    select(*(getattr(Delegate, name) for name in Colleague._fields))
    .outerjoin(SignUp, _SIGNED_UP)
    .where(Delegate.delegation_id == bindparam("delegation"), Delegate.state == State.APPROVED, SignUp.id.is_(None))
    .order_by(Delegate.id)
)


def _bar(visit: Visit | Door, person: Colleague) -> bool:
    return person.mode.value not in visit.modes or bool(visit.roles and person.role.value not in visit.roles)


def same_time(choice: Choice, every: Sequence[Choice], delegate: Delegate) -> list[str]:
    """The other visits on which this person has or is offered a place and that overlap, by title."""
    mine = choice.visit.busy(choice.visit.event.zone)
    found = []
    for other in every:
        group, theirs = other.of(delegate), other.visit.busy(other.visit.event.zone)
        taken = group is not None and (group.going or group.state == Standing.OFFERED)
        if other.visit.id != choice.visit.id and taken and mine and theirs and overlaps.meet(mine, theirs):
            found.append(other.title)
    return found


def _choice(
    visit: Visit,
    people: Sequence[SignUp],
    queue: Sequence[Sequence[Waiting]],
    now: datetime,
    say: Callable[[Visit, str], str],
) -> Choice:
    turns = {each.id: number for number, party in enumerate(queue, 1) for each in party}
    groups = _grouped(people, turns)
    left = fitting.room(visit).places
    over = visit.cancelled_at is not None or now >= waiting.begins(visit)
    soon = visit.opens_at is not None and now < visit.opens_at
    return Choice(visit, groups, left, len(queue), soon, waiting.open_now(visit, now), over, say)


def _grouped(people: Sequence[SignUp], turns: Mapping[int, int]) -> tuple[Group, ...]:
    """These people of one visit by who stands together, with the turns of sign-ups by id."""
    together: dict[object, list[SignUp]] = defaultdict(list)
    for each in people:
        together[(each.party, each.state) if each.party else each.id].append(each)
    return tuple(Group(tuple(each), turns.get(each[0].id, 0)) for each in together.values())


def _holding(groups: Iterable[Group], delegate: Delegate) -> Group | None:
    return next((each for each in groups if any(row.delegate_id == delegate.id for row in each.people)), None)


def _groups(delegation_id: int, visit_ids: Collection[int]) -> dict[int, list[SignUp]]:
    """Who of this delegation is signed up, by visit; these are at hand with their vehicles. One query."""
    query = (
        select(SignUp)
        .join(Delegate, SignUp.delegate_id == Delegate.id)
        .where(SignUp.visit_id.in_(visit_ids), Delegate.delegation_id == delegation_id)
        .where(SignUp.state.not_in(OVER))
        .options(contains_eager(SignUp.delegate))
    )
    found: dict[int, list[SignUp]] = defaultdict(list)
    for each in db.session.execute(query.order_by(SignUp.id)).scalars():
        found[each.visit_id].append(each)
    return found


def _lines(visit_ids: Collection[int]) -> dict[int, list[list[Waiting]]]:
    """The waiting lists of all these visits. One query."""
    query = (
        select(SignUp.visit_id, SignUp.id, SignUp.list_class, SignUp.joined_at, SignUp.party, Delegate.delegation_id)
        .join(Delegate, SignUp.delegate_id == Delegate.id)
        .where(SignUp.visit_id.in_(visit_ids), SignUp.state == Standing.WAITLISTED)
    )
    people: dict[int, list[Waiting]] = defaultdict(list)
    for row in db.session.execute(query):
        if row.joined_at is not None:
            waits = Waiting(row.id, row.list_class, row.joined_at, row.delegation_id, waiting.KIND, row.party)
            people[row.visit_id].append(waits)
    return defaultdict(list, {visit_id: line.in_order(each) for visit_id, each in people.items()})


def _standing(choice: Choice) -> str:
    visit, zone = choice.visit, choice.visit.event.zone
    if visit.cancelled_at is not None:
        return str(_("Cancelled: %(reason)s", reason=visit.cancel_reason))
    if choice.over:
        return str(_("This visit is over."))
    if choice.soon and visit.opens_at is not None:
        return str(_("The list opens on %(moment)s.", moment=moment(visit.opens_at, zone)))
    if not choice.open:
        closed = visit.closes_at or waiting.begins(visit)
        return str(_("The list closed on %(moment)s.", moment=moment(closed, zone)))
    if choice.wished:
        return str(_("Places are given by wishes."))
    if choice.parties:
        said = ngettext("One party waits for a place.", "%(num)s parties wait for a place.", choice.parties)
        return str(said)
    if choice.left is None:
        return str(_("Places are left."))
    if choice.left == 0:
        return str(_("No place is left; you can join the waiting list."))
    return str(ngettext("One place is left.", "%(num)s places are left.", choice.left))
