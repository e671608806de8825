"""Nominating: a city names its people, fills in for them, answers for who came with its code, and swaps who comes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app import tokens
from app.db import db
from app.delegations import deadlines
from app.delegations.models import STANDING, Delegation
from app.events.models import Approval, Due, Event, Mode, new_uid
from app.journal import note
from app.outbox import reachable
from app.refused import Refused
from app.registration import drafts, leading, notices, rows, states
from app.registration.drafts import awaits_form, draft_of, save_draft
from app.registration.models import Capacity, Delegate, Rank, State
from app.registration.opening import is_over
from app.registration.service import COLUMNS, Details, keep_needs, new_reference
from app.registration.twins import Known, are_twins, twins

__all__ = ["Known", "are_twins", "awaits_form", "draft_of", "save_draft", "twins"]


@dataclass(frozen=True)
class Nomination:
    """Whom a city names, and as what. Texts are clean."""

    name: str
    role: Capacity
    rank: Rank | None
    position: str
    email: str = ""
    """May be empty when the form is filled in on the person's behalf; several people may share one."""
    mode: Mode = Mode.VENUE
    relation: str = ""
    """What ties the person to the city, if they are not of its staff."""
    knows: bool = False
    """The person knows that these data are given."""
    submit_key: str = ""
    """Made with the form; the same form sent twice names one person."""
    language: str = "en"


def nominate(delegation_id: int, nomination: Nomination, *, who: str, now: datetime) -> Delegate:
    """The person whom the city now names, counted in its quota; a letter tells them what is held and how to object.

    The same form sent again, or twice at once, names one person. Refused in words: no quota left or a head already
    there ("role"), the person does not know ("knows"), the city does not take part, the deadline is past and hard.
    """
    delegation = leading.hold(delegation_id)
    key = _key(delegation_id, nomination)
    if (first := db.session.execute(rows.whole().where(Delegate.submit_key == key)).scalar_one_or_none()) is not None:
        return first
    _may_name(delegation, nomination, now)
    late = deadlines.is_late(delegation, Due.NOMINATION, now)
    if nomination.role == Capacity.HEAD:
        late = deadlines.is_late(delegation, Due.HEAD, now) or late
        leading.no_head(delegation)
    delegate = _new(delegation, nomination, key, now)
    delegate.late = late
    if nomination.role == Capacity.DEPUTY:
        delegate.deputy_place = 1 + len(leading.deputies(delegation_id))
    states.enter(delegate, now=now)
    delegation.altered()
    if nomination.role == Capacity.HEAD:
        leading.letter_for_head(delegation, delegate, who=who, now=now)
    _note("nominated", delegate, who, now, after=_quoted(nomination))
    notices.nominated(delegate, now, who=who)
    return delegate


def complete(delegate_id: int, details: Details, *, on_behalf: bool, who: str, now: datetime) -> Delegate:
    """Fill in the form of somebody nominated, returned or put in another's place, and send it.

    It goes to whoever still has to agree; where nobody has, it is approved, or put on the waiting list when no place
    is left. The draft is forgotten. Refused when there is nothing to fill in, when the deadline is past and hard, on
    "email" when the person fills it in without one, and on "mode" or "role" when another mode has none left.
    """
    delegate = rows.one(delegate_id)
    if not awaits_form(delegate):
        raise Refused(_("There is nothing to fill in any more: the registration is complete, or no longer stands."))
    _not_over(delegate.event, now)
    if not (details.email or on_behalf):
        raise Refused(_("Enter an email address."), "email")
    if details.email:
        reachable(details.email)
    delegate.late = drafts.is_late(delegate, now) or delegate.late
    states.change_mode(delegate, details.mode, now=now)
    for name in COLUMNS:
        setattr(delegate, name, getattr(details, name))
    keep_needs(delegate, details, now)
    drafts.forget([delegate.id])
    said = {"mode": details.mode.value, "name": details.name, "position": details.position, "on behalf": on_behalf}
    _note("filled in", delegate, who, now, after=said)
    if delegate.state in {State.NOMINATED, State.RETURNED}:
        to = states.after_form(delegate.event.approval, delegate.endorsed)
        states.move_or_wait(delegate, to, who=who, now=now)
    else:
        states.touch(delegate, now)
        notices.tell(delegate, None, now, who=who)
    return delegate


def endorse(delegate_id: int, *, who: str, now: datetime) -> Delegate:
    """The city stands for somebody who came with its code: approved, or with the organisers. Twice is once."""
    delegate = rows.one(delegate_id)
    if delegate.endorsed and delegate.state != State.SUBMITTED:
        return delegate
    if delegate.state != State.SUBMITTED:
        raise Refused(_("This registration does not wait for the city any more."))
    delegate.endorsed = True
    to = states.after_form(delegate.event.approval, endorsed=True)
    states.move_or_wait(delegate, to, who=who, now=now)
    return delegate


def refuse(delegate_id: int, reason: str, *, who: str, now: datetime) -> Delegate:
    """The city does not stand for somebody who came with its code; the person reads the reason ("comment")."""
    delegate = rows.one(delegate_id)
    states.move(delegate, State.REFUSED, who=who, now=now, comment=reason)
    return delegate


def remove(delegate_id: int, *, who: str, now: datetime, reason: str = "") -> Delegate:
    """The city takes somebody off its list; what they held comes free. Twice is once."""
    delegate = rows.one(delegate_id)
    if delegate.state == State.WITHDRAWN:
        return delegate
    _not_over(delegate.event, now)
    delegate.delegation.altered()
    states.move(delegate, State.WITHDRAWN, who=who, now=now, comment=reason)
    return delegate


def substitute(delegate_id: int, nomination: Nomination, *, who: str, now: datetime) -> Delegate:
    """Put another person in the place of this one: seat, mode, party and place in line go over, the old link dies.

    The newcomer fills in their own form, and holds the place meanwhile. The mode stays as it is; the role is the one
    nominated. Refused as `nominate`, and when the registration no longer stands.
    """
    delegation = leading.hold(leading.delegation_of(delegate_id))
    key = _key(delegation.id, nomination)
    if (first := db.session.execute(rows.whole().where(Delegate.submit_key == key)).scalar_one_or_none()) is not None:
        return first
    old = rows.one(delegate_id)
    if not states.may_follow(old.state, State.REPLACED):
        raise Refused(_("This registration no longer stands, so nobody can be put in its place."))
    _may_name(delegation, nomination, now)
    if nomination.role == Capacity.HEAD and old.role != Capacity.HEAD:
        leading.no_head(delegation)
    new = _new(delegation, nomination, key, now)
    new.mode, new.late = old.mode, old.late
    new.party, new.list_class, new.joined_list_at = old.party, old.list_class, old.joined_list_at
    new.offered_until = old.offered_until
    place = old.deputy_place
    states.hand_over(old, new, who=who, now=now)
    line = [each for each in leading.deputies(delegation.id) if each is not new]
    if nomination.role == Capacity.DEPUTY:
        line.insert(place - 1 if place else len(line), new)
    leading.number(line)
    if nomination.role == Capacity.HEAD:
        leading.letter_for_head(delegation, new, who=who, now=now)
    delegation.altered()
    if new.state == State.APPROVED and delegation.event.approval == Approval.BOTH:
        delegation.changes_pending = True
    _note("nominated", new, who, now, after=_quoted(nomination) | {"in place of": old.reference})
    notices.nominated(new, now, who=who)
    return new


def _key(delegation_id: int, nomination: Nomination) -> str:
    drawn = nomination.submit_key or secrets.token_urlsafe(16)
    return tokens.digest(f"nomination/{delegation_id}/{drawn}")


def _may_name(delegation: Delegation, nomination: Nomination, now: datetime) -> None:
    if delegation.answer not in STANDING:
        raise Refused(_("Your city does not take part in this summit at present, so it can name nobody."))
    _not_over(delegation.event, now)
    if not nomination.knows:
        raise Refused(_("Tell the person first, and tick that they know: they may object to being entered."), "knows")
    if nomination.email:
        reachable(nomination.email)


def _not_over(event: Event, now: datetime) -> None:
    if is_over(event, now):
        raise Refused(_("The summit is over, so nothing about its people can be changed any more."))


def _new(delegation: Delegation, nomination: Nomination, key: str, now: datetime) -> Delegate:
    delegate = Delegate(
        uid=new_uid(),
        event_id=delegation.event_id,
        delegation_id=delegation.id,
        reference=new_reference(),
        submit_key=key,
        state=State.NOMINATED,
        endorsed=True,
        role=nomination.role,
        rank=nomination.rank,
        mode=nomination.mode,
        relation=nomination.relation,
        registered_at=now,
        changed_at=now,
        mode_changed_at=now,
        language=nomination.language,
        name=nomination.name,
        position=nomination.position,
        organisation="",
        email=nomination.email,
        link_generation=0,
        feed_generation=0,
        mode_changes=0,
        unanswered=0,
        list_class=0,
        party="",
        participation={},
    )
    delegate.event, delegate.delegation, delegate.needs = delegation.event, delegation, None
    delegate.seal()
    return delegate


def _quoted(nomination: Nomination) -> dict[str, Any]:
    return {
        "name": nomination.name,
        "role": nomination.role.value,
        "rank": nomination.rank.value if nomination.rank else "",
        "position": nomination.position,
        "mode": nomination.mode.value,
    }


def _note(what: str, delegate: Delegate, who: str, now: datetime, after: dict[str, Any]) -> None:
    subject = f"delegate/{delegate.uid}"
    note(what, subject, who=who, now=now, event_id=delegate.event_id, after=after)
