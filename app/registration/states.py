"""Where a registration stands, and the only hands that move it: state, quota, place, calendar, journal and letter
change together or not at all.

The table of what may follow what, and what each state holds, are plain functions of states; the rest stores them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from app.db import db
from app.delegations import quotas
from app.events.models import Approval, Mode
from app.journal import note
from app.refused import Refused
from app.registration import drafts, line, naming, notices, participation, places
from app.registration.line import category
from app.registration.models import COUNTED, ENDED, SEATED, Capacity, Delegate, State
from app.storing import store

LEAVES = frozenset({State.WITHDRAWN, State.CANCELLED, State.REPLACED})
"""What may end any registration that stands."""
NEXT: dict[State, frozenset[State]] = {
    State.NOMINATED: LEAVES | {State.SUBMITTED, State.ENDORSED, State.APPROVED, State.WAITLISTED},
    State.SUBMITTED: LEAVES | {State.ENDORSED, State.REFUSED, State.RETURNED, State.APPROVED, State.WAITLISTED},
    State.ENDORSED: LEAVES | {State.APPROVED, State.RETURNED, State.REJECTED, State.WAITLISTED},
    State.RETURNED: LEAVES | {State.SUBMITTED, State.ENDORSED, State.REJECTED, State.APPROVED, State.WAITLISTED},
    State.WAITLISTED: LEAVES | {State.OFFERED, State.APPROVED, State.REJECTED, State.EXPIRED},
    State.OFFERED: LEAVES | {State.APPROVED, State.WAITLISTED, State.EXPIRED},
    State.APPROVED: LEAVES,
} | dict.fromkeys(ENDED, frozenset[State]())
"""What may follow what (section 7 of the domain). What has ended is never left; who comes again registers anew."""
REASONED = frozenset({State.RETURNED, State.REFUSED, State.REJECTED})
"""Whoever moves somebody there says why."""

KEEPS = {each: each for each in (State.WAITLISTED, State.OFFERED, State.APPROVED)}
"""States that a successor takes over; in all others the form is still to be filled in."""


@dataclass(frozen=True)
class Change:
    """What happened to a registration: where it stood and stands (None: it is new), and in which mode."""

    delegate: Delegate
    before: State | None
    after: State
    mode_before: Mode
    mode_after: Mode


consequences: list[Callable[[Change, datetime], None]] = []
"""Called in the transaction of every change of state or mode; later rooms add theirs when imported."""
language_consequences: list[Callable[[Delegate, datetime], None]] = []
"""Called when a person's language has changed: what is stored in their words is worded anew."""
freed: list[Callable[[int, Mode, datetime], object]] = []
"""Called whenever a place, a quota or the head of the line may have come free: (event, mode, now)."""


@dataclass(frozen=True)
class Held:
    """What somebody holds: a place of the event, and a place of the city's quota."""

    place: Mode | None = None
    quota: quotas.Key | None = None


def may_follow(before: State, after: State) -> bool:
    return after in NEXT[before]


def holds(state: State, role: Capacity, mode: Mode) -> Held:
    """What somebody in this state holds (rules 9.1 and 9.5)."""
    return Held(mode if state in SEATED else None, (category(role), mode) if state in COUNTED else None)


def after_form(approval: Approval, endorsed: bool) -> State:
    """Where a registration goes whose form is complete, if there is a place: to whoever still has to agree to it."""
    if approval == Approval.NONE:
        return State.APPROVED
    if not endorsed:
        return State.SUBMITTED
    return State.ENDORSED if approval == Approval.BOTH else State.APPROVED


def enter(delegate: Delegate, *, now: datetime, placed: bool = False, limited: bool = True) -> None:
    """Store a new delegate in the state it has, and take what that state holds. The caller notes and tells.

    `placed`: the place is taken already; `limited`: there may be a quota. Refused on "mode" or "role" when there is no
    place, or no quota left.
    """
    held = holds(delegate.state, delegate.role, delegate.mode)
    delegate.state_at = now
    delegate.category = held.quota[0] if held.quota else None
    if delegate.state == State.APPROVED:
        _tell_calendar(delegate, now)
    if held.place and not placed:
        take_place(delegate.event_id, held.place)
    store(delegate)  # before the quota: a quota made meanwhile either counts this row, or waits for it
    if held.quota and limited:
        quotas.take(delegate.delegation_id, *held.quota)
    _follow(Change(delegate, None, delegate.state, delegate.mode, delegate.mode), now)


def move(
    delegate: Delegate, to: State, *, who: str, now: datetime, comment: str = "", release_now: bool = True
) -> None:
    """Bring a registration to another state, with all that belongs to it.

    The delegate is locked by the caller, with its event (network, host), delegation (member) and needs loaded. Refused
    in words when the state may not follow, when there is no place ("mode") or quota ("role") left, or when a reason is
    owed ("comment"). Whoever waits is promoted in the same transaction if something came free, by the caller if not
    `release_now`.
    """
    before = delegate.state
    if not may_follow(before, to):
        raise Refused(
            _("This is not possible any more: the registration is now “%(state)s”.", state=naming.word(before))
        )
    if to in REASONED and not comment.strip():
        raise Refused(_("Say why: the reason is told to the person and kept."), "comment")
    _store(delegate, to, delegate.role, delegate.mode, now, from_list=before == State.WAITLISTED)
    delegate.comment = comment.strip()
    touch(delegate, now)
    _note(naming.verb(before, to), delegate, who, now, before, comment)
    notices.tell(delegate, before, now, who=who)
    _follow(Change(delegate, before, to, delegate.mode, delegate.mode), now)
    if release_now and _may_free(before, to):
        release(delegate.event_id, [delegate.mode], now)


def move_or_wait(delegate: Delegate, to: State, *, who: str, now: datetime, comment: str = "") -> State:
    """As `move`; but who would get a place where none is left is put on the waiting list. Returns the state."""
    if to == State.APPROVED and delegate.state not in SEATED:
        places.lock(delegate.event_id, [delegate.mode])  # whoever gives a place back sees who waits, or comes first
    try:
        move(delegate, to, who=who, now=now, comment=comment)
    except Refused as no:
        if to != State.APPROVED or no.field != "mode":
            raise
        move(delegate, State.WAITLISTED, who=who, now=now, comment=comment)
    return delegate.state


def change_mode(delegate: Delegate, mode: Mode, *, now: datetime) -> None:
    """Bring a registration to another mode: place and quota of the old one come free, those of the new are taken.

    Refused on "mode" or "role" when the new mode has none left. Who waits goes to the end of the other mode's list.
    The caller notes and tells.
    """
    before = delegate.mode
    if mode == before:
        return
    if delegate.state == State.WAITLISTED:
        delegate.joined_list_at, delegate.party = None, ""
    _store(delegate, delegate.state, delegate.role, mode, now)
    delegate.mode_changes += 1
    delegate.mode_changed_at = now
    if delegate.participation:
        _tell_calendar(delegate, now)
    db.session.flush()
    _follow(Change(delegate, delegate.state, delegate.state, before, mode), now)
    release(delegate.event_id, [before, mode] if delegate.state == State.WAITLISTED else [before], now)


def change_language(delegate: Delegate, now: datetime) -> None:
    """The person has chosen another language, which all of their calendar speaks from now on: that is a change of it.

    The caller notes and tells.
    """
    delegate.language_changed_at = now
    if delegate.participation and delegate.state not in ENDED:
        _tell_calendar(delegate, now)
    for each in language_consequences:
        each(delegate, now)


def change_roles(roles: dict[Delegate, Capacity], *, who: str, now: datetime) -> None:
    """Give people of one delegation other roles at once, heads last, so that no two are ever active heads.

    Who counts in another quota from then on leaves a place in the old one, and finds one in the new one who waits.
    Refused on "role" when the quota of a new role is used up. Deputies are put in order by the caller.
    """
    changed = {each: role for each, role in roles.items() if each.role != role}
    if not changed:
        return
    one = next(iter(changed))
    modes = {each.mode for each, role in changed.items() if category(role) != category(each.role)}
    if modes:
        places.lock(one.event_id, modes)  # before any quota: somebody who waits may move up
    frees = [key for each in changed if (key := holds(each.state, each.role, each.mode).quota)]
    takes = [key for each, role in changed.items() if (key := holds(each.state, role, each.mode).quota)]
    for each, role in sorted(changed.items(), key=lambda pair: pair[1] == Capacity.HEAD):
        before, each.role = each.role, role
        each.category = category(role) if each.state in COUNTED else None
        each.deputy_place = None
        touch(each, now)
        _write("changed role", each, who, now, {"role": before.value}, {"role": role.value})
    quotas.shift(one.delegation_id, frees, takes)
    release(one.event_id, modes, now)


def hand_over(old: Delegate, new: Delegate, *, who: str, now: datetime) -> None:
    """Put `new`, a row not stored yet, in the place of `old`: seat, mode, party and place in line go over as they are.

    What `old` held is taken over, never given back in between, so nobody gets it who waits; but where the newcomer has
    another role, the quota of the old one comes free, and that of the new one is taken as usual: Refused on "role". Who
    waits may find a place in it at once.
    The old page opens nothing any more; the old calendar shows the cancellation.
    """
    before = old.state
    frees, takes = holds(before, old.role, old.mode).quota, holds(before, new.role, old.mode).quota
    moves = category(new.role) != category(old.role)
    if moves:
        places.lock(old.event_id, [old.mode])  # before any quota: somebody who waits may move up
    old.state, old.state_at, old.category = State.REPLACED, now, None
    _settle(old, now)
    old.link_generation += 1
    old.seal()
    touch(old, now)  # before the new head is stored: there is one at a time
    new.state, new.state_at, new.mode = KEEPS.get(before, State.NOMINATED), now, old.mode
    new.category = takes[0] if takes else None
    if new.state == State.APPROVED:
        _tell_calendar(new, now)
    db.session.flush()  # the old head before the new one is stored
    store(new)
    old.replaced_by_id = new.id
    quotas.shift(old.delegation_id, [frees] if frees else [], [takes] if takes else [])
    _note("replaced", old, who, now, before)
    notices.tell(old, before, now, who=who)
    _follow(Change(old, before, State.REPLACED, old.mode, old.mode), now)
    _follow(Change(new, None, new.state, new.mode, new.mode), now)
    if moves:
        release(old.event_id, [old.mode], now)


def end_all(delegates: Iterable[Delegate], to: State, *, who: str, now: datetime, comment: str = "") -> None:
    """End the registrations of these people, who are locked; only then is asked who comes up for what they held."""
    modes: dict[int, set[Mode]] = {}
    for each in sorted(delegates, key=lambda each: each.id):
        if each.state not in ENDED:
            modes.setdefault(each.event_id, set()).add(each.mode)
            move(each, to, who=who, now=now, comment=comment, release_now=False)
    for event_id, wanted in modes.items():
        release(event_id, wanted, now)


def release(event_id: int, modes: Iterable[Mode], now: datetime) -> None:
    """Something came free in these modes: whoever waits for it is asked."""
    wanted = set(modes)
    for mode in Mode:
        if mode in wanted:
            for each in freed:
                each(event_id, mode, now)


def _store(
    delegate: Delegate, state: State, role: Capacity, mode: Mode, now: datetime, *, from_list: bool = False
) -> None:
    """Set state and mode, and take and give back what differs: places first, quotas second."""
    before, after = holds(delegate.state, delegate.role, delegate.mode), holds(state, role, mode)
    if before.quota or after.quota or before.place or after.place or state == State.WAITLISTED:
        _hold_places(delegate, state, mode)
    if after.place != before.place:
        for each in Mode:  # always in one order, so that two who change seats do not wait for each other
            if each == before.place:
                places.free(delegate.event_id, each)
            elif each == after.place:
                take_place(delegate.event_id, each, from_list=from_list)
    quotas.shift(delegate.delegation_id, [before.quota] if before.quota else [], [after.quota] if after.quota else [])
    if state != delegate.state:
        delegate.state_at = now
    delegate.state, delegate.mode = state, mode
    delegate.category = after.quota[0] if after.quota else None
    _settle(delegate, now)


def take_place(event_id: int, mode: Mode, *, from_list: bool = False) -> None:
    """Take a place. Refused on "mode" when none is left, or when it is due to somebody who waits for it."""
    try:
        places.take(event_id, mode, from_list=from_list)
    except Refused:
        if from_list:
            raise
        row = places.lock(event_id, [mode]).get(mode)
        if row is None or not places.room(row) or line.due(event_id, mode):
            raise
        places.take(event_id, mode, from_list=True)  # all who wait lack a place in their own city's quota


def _hold_places(delegate: Delegate, state: State, mode: Mode) -> None:
    """Lock the places that a promotion in this transaction may take, before any quota is locked."""
    if _may_free(delegate.state, state) or mode != delegate.mode:
        places.lock(delegate.event_id, {delegate.mode, mode})


def _may_free(before: State, after: State) -> bool:
    """Whether somebody who waits may move up: a place or a quota came free, or the line changed."""
    return (
        before == State.WAITLISTED
        or after == State.WAITLISTED
        or (before in SEATED and after not in SEATED)
        or (before in COUNTED and after not in COUNTED)
    )


def _settle(delegate: Delegate, now: datetime) -> None:
    """What follows from the state for the row itself: line, offer, calendar, needs."""
    state = delegate.state
    if state != State.OFFERED:
        delegate.offered_until = None
    if state == State.WAITLISTED and delegate.joined_list_at is None:
        delegate.joined_list_at = line.behind(
            (each.joined for each in line.waiting(delegate.event_id, delegate.mode)), now
        )
    if state == State.APPROVED and not delegate.participation:
        _tell_calendar(delegate, now)
    if state in ENDED:
        _end_calendar(delegate, now)
        delegate.needs = None
        delegate.deputy_place = None
        drafts.forget([delegate.id])


def _tell_calendar(delegate: Delegate, now: datetime) -> None:
    city = delegate.delegation.member.name
    delegate.participation = participation.tell(delegate, delegate.event, city, now)


def _end_calendar(delegate: Delegate, now: datetime) -> None:
    """Call the participation off, if it was ever told."""
    if delegate.participation:
        city = delegate.delegation.member.name
        delegate.participation = participation.tell(delegate, delegate.event, city, now, cancelled=True)


def _follow(change: Change, now: datetime) -> None:
    for each in consequences:
        each(change, now)


def touch(delegate: Delegate, now: datetime) -> None:
    """Raise the version even if all happens within one tick of the clock."""
    delegate.changed_at = now
    flag_modified(delegate, "changed_at")
    db.session.flush()


def _note(what: str, delegate: Delegate, who: str, now: datetime, before: State, comment: str = "") -> None:
    after = {"state": delegate.state.value} | ({"comment": comment.strip()} if comment.strip() else {})
    _write(what, delegate, who, now, {"state": before.value}, after)


def _write(what: str, delegate: Delegate, who: str, now: datetime, before: dict[str, Any], after: Any) -> None:
    subject = f"delegate/{delegate.uid}"
    note(what, subject, who=who, now=now, event_id=delegate.event_id, before=before, after=after)
