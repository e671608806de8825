"""Who leads a delegation: its head, and its deputies in the order in which they step in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db
from app.delegations import deadlines
from app.delegations.models import Delegation
from app.events.models import Due, Event
from app.journal import note
from app.refused import Refused
from app.registration import notices, rows, states
from app.registration.models import ENDED, Capacity, Delegate, Rank, State


def hold(delegation_id: int) -> Delegation:
    """The delegation with event and member, locked until the transaction ends: its people are changed one by one."""
    query = select(Delegation).where(Delegation.id == delegation_id)
    query = query.options(
        joinedload(Delegation.event).options(joinedload(Event.network), joinedload(Event.host)),
        joinedload(Delegation.member),
    )
    return db.session.execute(query.with_for_update(of=Delegation)).scalar_one()


def delegation_of(delegate_id: int) -> int:
    return db.session.execute(select(Delegate.delegation_id).where(Delegate.id == delegate_id)).scalar_one()


def name_head(
    delegate_id: int,
    *,
    who: str,
    now: datetime,
    former: Literal[Capacity.DELEGATE, Capacity.DEPUTY] = Capacity.DELEGATE,
    granted: bool = False,
) -> Delegate:
    """Make somebody of the delegation its head, in one step; who was it becomes `former`, as deputy the first one.

    A successor who was neither a deputy nor approved needs a new letter of authority. Refused on "role" when a quota
    has no room for the change, and after a hard deadline unless it was asked for and `granted`.
    """
    delegation = hold(delegation_of(delegate_id))
    people = _active(delegation.id)
    chosen = people.get(delegate_id)
    if chosen is None:
        raise Refused(_("This person's registration no longer stands, so they cannot be the head."), "role")
    if chosen.role == Capacity.HEAD:
        return chosen
    if not granted:
        chosen.late = deadlines.is_late(delegation, Due.HEAD, now) or chosen.late
        delegation.altered()
    known = chosen.role == Capacity.DEPUTY or chosen.state == State.APPROVED
    old = next((each for each in people.values() if each.role == Capacity.HEAD), None)
    line = [each for each in _deputies(people) if each is not chosen]
    states.change_roles(({old: former} if old else {}) | {chosen: Capacity.HEAD}, who=who, now=now)
    number([old, *line] if old and former == Capacity.DEPUTY else line)
    letter_for_head(delegation, chosen, who=who, now=now, former=old, known=known)
    for each in (chosen, old):
        if each is not None:
            notices.new_role(each, now, who=who)
    return chosen


def change_role(delegate_id: int, role: Capacity, *, who: str, now: datetime, granted: bool = False) -> Delegate:
    """Give somebody another role than head; a new deputy is the last one. Refused on "role" without room."""
    delegation = hold(delegation_of(delegate_id))
    people = _active(delegation.id)
    chosen = people.get(delegate_id)
    if chosen is None:
        raise Refused(_("This person's registration no longer stands."), "role")
    if role == Capacity.HEAD:
        return name_head(delegate_id, who=who, now=now, granted=granted)
    if not granted:
        delegation.altered()
    line = [each for each in _deputies(people) if each is not chosen]
    states.change_roles({chosen: role}, who=who, now=now)
    number([*line, chosen] if role == Capacity.DEPUTY else line)
    return chosen


def order_deputies(delegation_id: int, delegate_ids: Sequence[int], *, who: str, now: datetime) -> None:
    """Put the deputies in this order: who steps in first stands first. Refused when they are not all of them."""
    delegation = hold(delegation_id)
    people = {each.id: each for each in _deputies(_active(delegation_id))}
    if sorted(delegate_ids) != sorted(people):
        raise Refused(_("The deputies have changed meanwhile. Please look at the list again."), "deputies")
    if (before := list(people)) == list(delegate_ids):
        return
    number([people[key] for key in delegate_ids])
    told = [{"deputies": [people[key].name for key in keys]} for keys in (before, delegate_ids)]
    subject = f"delegation/{delegation.uid}"
    note("ordered deputies", subject, who=who, now=now, event_id=delegation.event_id, before=told[0], after=told[1])


def deputies(delegation_id: int) -> list[Delegate]:
    """The deputies in order, with whole rows. One query."""
    return _deputies(_active(delegation_id))


def no_head(delegation: Delegation) -> None:
    for each in _active(delegation.id).values():
        if each.role == Capacity.HEAD:
            said = _(
                "%(name)s is the head of this delegation already. Enter the person in another role and make them the"
                " head afterwards, or put them in the place of %(name)s.",
                name=each.name,
            )
            raise Refused(said, "role")


def letter_for_head(
    delegation: Delegation,
    head: Delegate,
    *,
    who: str,
    now: datetime,
    former: Delegate | None = None,
    known: bool = False,
) -> None:
    """What a new head means for the letter of authority (F2 and J07 of the domain).

    The first one owes it unless it is the leader in person. A successor owes a new one, unless `known` from the list.
    """
    earlier = select(Delegate.id).where(
        Delegate.delegation_id == delegation.id,
        Delegate.id != head.id,
        Delegate.role == Capacity.HEAD,
        Delegate.state.in_(ENDED),
    )
    first = former is None and db.session.execute(earlier.limit(1)).first() is None
    if (known and not first) or (first and (head.rank == Rank.LEADER or delegation.letter_required)):
        return
    before = {"letter": delegation.letter_id, "letter required": delegation.letter_required}
    delegation.letter_required = True
    if not first:
        delegation.letter_id = None
    after = {"letter": delegation.letter_id, "letter required": True, "new head": head.name}
    subject = f"delegation/{delegation.uid}"
    note("letter due", subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)


def _active(delegation_id: int) -> dict[int, Delegate]:
    """The people of a delegation whose registration stands, locked."""
    query = rows.whole().where(Delegate.delegation_id == delegation_id, Delegate.state.not_in(ENDED))
    query = query.order_by(Delegate.id).with_for_update(of=Delegate)
    return {each.id: each for each in db.session.execute(query).scalars()}


def _deputies(people: dict[int, Delegate]) -> list[Delegate]:
    found = [each for each in people.values() if each.role == Capacity.DEPUTY]
    return sorted(found, key=lambda each: (each.deputy_place or len(found) + 1, each.id))


def number(line: Sequence[Delegate]) -> None:
    """Give deputies the places 1..n in this order."""
    for place, each in enumerate(line, 1):
        if each.deputy_place != place:
            each.deputy_place = place
    db.session.flush()


def _close_gaps(change: states.Change, now: datetime) -> None:
    """Who stood behind a deputy who left moves up."""
    if change.after in ENDED and change.delegate.role == Capacity.DEPUTY:
        number(deputies(change.delegate.delegation_id))


states.consequences.append(_close_gaps)
