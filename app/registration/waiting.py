"""The waiting list at work: whatever comes free is offered to who is next, for some hours; then it passes on."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.db import db
from app.delegations import answering, quotas
from app.delegations.models import STANDING, Answer, Category, Delegation, Quota
from app.events.models import Event, Mode
from app.journal import note
from app.refused import Refused
from app.registration import line, places, rows, states
from app.registration.models import ENDED, Delegate, Places, State
from app.sentences import Sentence

WAITING_LIST = Sentence(_l("waiting list")).stored()
"""Who it is in the journal that offers a place, and passes it on."""
LAST_OFFER = 2
"""Who lets so many offers pass is taken off the list; before that one goes to the end of one's class."""


def promote(event_id: int, mode: Mode, now: datetime) -> int:
    """Offer what is free in this mode to those whose turn it is; how many. Called on every path that frees something.

    An offer holds the place for 24 hours, for 4 within three days of the start; once the summit has begun nothing is
    offered by itself, and the organisers call.
    """
    people = line.waiting(event_id, mode)
    holds = line.offer_holds(now, db.session.get_one(Event, event_id)) if people else None
    if holds is None:
        return 0
    row = places.lock(event_id, [mode]).get(mode)
    people = line.waiting(event_id, mode)  # again: whoever joined or left before the lock is seen now
    chosen = line.next_up(line.in_order(people), _left(row), line.room(people, mode))
    found = rows.held([each.id for each in chosen])
    for each in chosen:
        _offer(found[each.id], now + holds, who=WAITING_LIST, now=now)
    return len(chosen)


states.freed.append(promote)


def accept(delegate_id: int, now: datetime) -> Delegate:
    """The person takes the place that was offered. Twice is once. Refused when the offer has passed."""
    delegate = rows.one(delegate_id)
    if delegate.state == State.APPROVED:
        return delegate
    if delegate.state != State.OFFERED:
        raise Refused(_("No place is on offer for you at the moment."))
    if delegate.offered_until is not None and delegate.offered_until < now:
        raise Refused(_("The time to take this place is over. You keep your turn for the next one."))
    if delegate.owes_form:
        raise Refused(_("Please fill in your registration first; the place is held for you meanwhile."))
    states.move(delegate, State.APPROVED, who=delegate.signed, now=now)
    return delegate


def decline(delegate_id: int, now: datetime) -> Delegate:
    """The person does not want the place that was offered, and leaves the list; the next in line is asked at once."""
    delegate = rows.one(delegate_id)
    if delegate.state == State.OFFERED:
        states.move(delegate, State.WITHDRAWN, who=delegate.signed, now=now)
    return delegate


def expire_due(now: datetime, limit: int = 50) -> int:
    """Pass on the offers that nobody answered in time; how many. To the end of the class, the second time off it."""
    late = select(Delegate.id).where(Delegate.state == State.OFFERED, Delegate.offered_until < now)
    found = rows.held(db.session.execute(late.order_by(Delegate.offered_until, Delegate.id).limit(limit)).scalars())
    due = [each for each in found.values() if each.state == State.OFFERED]
    for each in due:
        each.unanswered += 1
        each.joined_list_at = None  # behind all who wait now
        over = each.unanswered >= LAST_OFFER
        states.move(each, State.EXPIRED if over else State.WAITLISTED, who=WAITING_LIST, now=now, release_now=False)
    for event_id in {each.event_id for each in due}:
        states.release(event_id, {each.mode for each in due if each.event_id == event_id}, now)
    return len(due)


def skip_to(delegate_id: int, reason: str, *, who: str, now: datetime) -> Delegate:
    """Give the next place to this person, with the party, before those who stand in front; the reason is kept.

    An offer as usual; a place at once when the summit has begun, because then the organisers have called. Refused on
    "reason" without one, and when there is no place for all of them.
    """
    if not reason.strip():
        raise Refused(_("Say why others are passed over: the reason is kept with your name."), "reason")
    chosen = rows.one(delegate_id)
    if chosen.state != State.WAITLISTED:
        raise Refused(_("This person is not on the waiting list any more."))
    event_id, mode = chosen.event_id, chosen.mode
    row = places.lock(event_id, [mode]).get(mode)
    parties = line.in_order(line.waiting(event_id, mode))
    party = next(each for each in parties if chosen.id in {member.id for member in each})
    left = _left(row)
    if left is not None and len(party) > left:
        said = _("There are not enough places: %(needed)s are needed, %(left)s are free. Grant more first.")
        raise Refused(said % {"needed": len(party), "left": left})
    holds = line.offer_holds(now, chosen.event)
    passed = sum(len(each) for each in parties[: parties.index(party)])
    for each in rows.held([each.id for each in party]).values():
        _write("passed over others", each, who, now, {"reason": reason.strip(), "passed": passed})
        if holds is None:
            states.move(each, State.APPROVED, who=who, now=now, comment=reason, release_now=False)
        else:
            _offer(each, now + holds, who=who, now=now)
    return chosen


def set_class(delegate_id: int, number: int, *, who: str, now: datetime) -> Delegate:
    """Put somebody who waits into another class of the list; lower classes come first. Refused when out of range."""
    if not 0 <= number <= 9:
        raise Refused(_("A class is a number from 0 (first) to 9 (last)."), "list_class")
    delegate = rows.one(delegate_id)
    before, delegate.list_class = delegate.list_class, number
    db.session.flush()
    _write("changed class", delegate, who, now, {"list_class": number}, {"list_class": before})
    if delegate.state == State.WAITLISTED:
        states.release(delegate.event_id, [delegate.mode], now)
    return delegate


def together(delegate_ids: Collection[int], *, who: str, now: datetime) -> str:
    """Make people of one delegation and mode a party, who get places together or not at all; the mark of it.

    Refused when they are of several delegations or modes, or fewer than two.
    """
    people = list(rows.held(delegate_ids).values())
    if len(people) < 2:
        raise Refused(_("A party has at least two people."), "party")
    if len({(each.delegation_id, each.mode) for each in people}) > 1:
        raise Refused(_("Only people of one city who take part in one way can be a party."), "party")
    mark = secrets.token_hex(8)
    for each in people:
        each.party = mark
        _write("joined a party", each, who, now, {"party": len(people)})
    db.session.flush()
    states.release(people[0].event_id, [people[0].mode], now)
    return mark


def set_places(event_id: int, mode: Mode, seats: int | None, reason: str, *, who: str, now: datetime) -> Places:
    """As `places.set_seats`, and offer what that frees."""
    row = places.set_seats(event_id, mode, seats, reason, who=who, now=now)
    promote(event_id, mode, now)
    return row


def grant_places(event_id: int, mode: Mode, number: int, reason: str, *, who: str, now: datetime) -> Places:
    """As `places.grant`, and offer what that frees."""
    row = places.grant(event_id, mode, number, reason, who=who, now=now)
    promote(event_id, mode, now)
    return row


def set_quota(
    delegation_id: int,
    category: Category,
    mode: Mode,
    seats: int | None,
    *,
    who: str,
    now: datetime,
    reason: str = "",
) -> Quota | None:
    """As `quotas.set_seats`, with everybody counted who is entered, and offer what that frees."""
    delegation = _locked(delegation_id, mode)
    counted = db.session.execute(
        select(func.count()).where(
            Delegate.delegation_id == delegation_id, Delegate.category == category, Delegate.mode == mode
        )
    ).scalar_one()
    quota = quotas.set_seats(delegation_id, category, mode, seats, counted=counted, who=who, now=now, reason=reason)
    promote(delegation.event_id, mode, now)
    return quota


def grant_quota(quota_id: int, number: int, reason: str, *, who: str, now: datetime) -> Quota:
    """As `quotas.grant`, and offer what that frees."""
    quota = db.session.get_one(Quota, quota_id)
    delegation = _locked(quota.delegation_id, quota.mode)
    quota = quotas.grant(quota_id, number, reason, who=who, now=now)
    promote(delegation.event_id, quota.mode, now)
    return quota


def city_left(delegation: Delegation, who: str, now: datetime) -> None:
    """The city takes no part any more: its people's registrations end, and what they held comes free."""
    if delegation.answer in STANDING:
        return
    query = rows.whole().where(Delegate.delegation_id == delegation.id, Delegate.state.not_in(ENDED))
    people = db.session.execute(query.order_by(Delegate.id).with_for_update(of=Delegate)).scalars().all()
    to = State.CANCELLED if delegation.answer == Answer.CANCELLED else State.WITHDRAWN
    states.end_all(people, to, who=who, now=now)


answering.consequences.append(city_left)


def _locked(delegation_id: int, mode: Mode) -> Delegation:
    """The delegation, into which nobody comes until the transaction ends; its places of this mode are locked first."""
    event_id = db.session.execute(select(Delegation.event_id).where(Delegation.id == delegation_id)).scalar_one()
    places.lock(event_id, [mode])
    query = select(Delegation).where(Delegation.id == delegation_id).with_for_update()
    return db.session.execute(query).scalar_one()


def _left(row: Places | None) -> int | None:
    if row is None:
        return 0
    return None if row.seats is None else max(0, row.seats + row.granted - row.taken)


def _offer(delegate: Delegate, until: datetime, *, who: str, now: datetime) -> None:
    delegate.offered_until = until
    states.move(delegate, State.OFFERED, who=who, now=now, release_now=False)


def _write(
    what: str,
    delegate: Delegate,
    who: str,
    now: datetime,
    after: dict[str, object],
    before: dict[str, object] | None = None,
) -> None:
    subject = f"delegate/{delegate.uid}"
    note(what, subject, who=who, now=now, event_id=delegate.event_id, before=before, after=after)
