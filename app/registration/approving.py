"""A city sends its delegation to the organisers, who approve it or return it (rules 9.2 and 9.4 of the domain)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.delegations import answering, approving
from app.delegations.focal import held
from app.delegations.models import STANDING, Answer, Delegation
from app.events.models import Mode
from app.network.models import Member
from app.refused import Refused
from app.registration import rows, states
from app.registration.drafts import awaits_form
from app.registration.models import ENDED, Capacity, Delegate, State
from app.registration.opening import is_over
from app.web.wording import listed


class Lack(StrEnum):
    """What keeps a delegation from being sent or approved, in the order in which it is worth mending."""

    PEOPLE = "people"
    HEAD = "head"
    LETTER = "letter"
    FORMS = "forms"


@dataclass(frozen=True)
class Lacking:
    """One of these, and whom it concerns."""

    lack: Lack
    names: tuple[str, ...] = ()


@dataclass
class Done:
    """What approving did: whether it was this act, and what became of the people who waited for it."""

    first: bool = True
    placed: list[str] = field(default_factory=list)
    waitlisted: list[str] = field(default_factory=list)


@dataclass
class DoneTogether:
    """The cities that were approved at once, and why others were not: name of the city -> sentence."""

    approved: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def lacks(delegation: Delegation, people: Collection[Delegate]) -> list[Lacking]:
    """What is missing before organisers can approve. `delegation` has its modes loaded, `people` are all its people."""
    standing = [each for each in people if each.state not in ENDED]
    if not standing and {each.mode for each in delegation.modes} == {Mode.VIDEO}:
        return [Lacking(Lack.LETTER)] if delegation.letter_required and delegation.letter_id is None else []
    head = next((each for each in standing if each.role == Capacity.HEAD), None)
    owed = tuple(each.name for each in standing if awaits_form(each))
    found = {
        Lack.PEOPLE: not standing,
        Lack.HEAD: bool(standing) and head is None,
        Lack.LETTER: delegation.letter_required and delegation.letter_id is None,
        Lack.FORMS: bool(owed),
    }
    return [Lacking(lack, owed if lack == Lack.FORMS else ()) for lack in Lack if found[lack]]


def keeps_back(lacking: Sequence[Lacking]) -> list[Lacking]:
    """What of this keeps a city even from sending its delegation: somebody must come, and one of them be the head."""
    return [each for each in lacking if each.lack in {Lack.PEOPLE, Lack.HEAD}]


def sentence(each: Lacking) -> str:
    """What is lacking in words."""
    said: dict[Lack, str] = {
        Lack.PEOPLE: _("Nobody is named yet, and the city does not take part by video message alone."),
        Lack.HEAD: _("The delegation has no head."),
        Lack.LETTER: _("The letter of authority is missing; it is due unless the leader heads the delegation."),
        Lack.FORMS: _("Forms are still to be filled in: %(names)s.", names=listed(each.names)),
    }
    return said[each.lack]


def send(delegation_id: int, *, who: str, now: datetime) -> bool:
    """The city sends its delegation to the organisers; whether this act did so. Twice is once.

    Refused, with all that is missing, without people or head, and when the city does not take part.
    """
    delegation = held(delegation_id)
    if delegation.answer in {Answer.SUBMITTED, Answer.APPROVED}:
        return False
    if delegation.answer not in approving.SENDS:
        raise Refused(_("%(city)s does not take part at present.", city=delegation.member.name))
    if is_over(delegation.event, now):
        raise Refused(_("The summit is over, so nothing can be sent any more."))
    people = _people(delegation_id)
    _refuse(keeps_back(lacks(delegation, people)))
    approving.submitted(delegation, [each.name for each in people], who=who, now=now)
    return True


def approve(delegation_id: int, *, who: str, now: datetime, people_too: bool = True) -> Done:
    """The organisers approve a delegation that was sent, and with it (`people_too`) those of its people who wait for
    them: each takes a place, or a place in line. Twice is once. Refused with all that is missing (rule 9.4).
    """
    delegation = held(delegation_id)
    if delegation.answer == Answer.APPROVED:
        return Done(first=False)
    approving.waits(delegation)
    people = _people(delegation_id)
    _refuse(lacks(delegation, people))
    approving.approved(delegation, who=who, now=now)
    done = Done()
    for each in people if people_too else ():
        if each.state == State.ENDORSED:
            state = states.move_or_wait(each, State.APPROVED, who=who, now=now)
            (done.placed if state == State.APPROVED else done.waitlisted).append(each.name)
    return done


def approve_many(
    event_id: int, delegation_ids: Collection[int], *, who: str, now: datetime, people_too: bool = True
) -> DoneTogether:
    """Approve those of the delegations of this event that can be; the others stay, each with its reason."""
    known = select(Delegation.id, Member.name).join(Delegation.member)
    known = known.where(Delegation.event_id == event_id, Delegation.id.in_(delegation_ids)).order_by(Delegation.id)
    done, approved = DoneTogether(), []
    for key, city in db.session.execute(known).all():
        try:
            with db.session.begin_nested():  # a refusal undoes all of this one, and of no other
                first = approve(key, who=who, now=now, people_too=people_too).first
        except Refused as no:
            done.refused[city] = no.message
            continue
        if first:
            done.approved.append(city)
            approved.append(held(key))
    answering.together("approved", event_id, approved, who, now)
    return done


def may_send(delegation: Delegation) -> bool:
    """Whether the city has something to send: it takes part, and has not sent it or got it back."""
    return delegation.answer in approving.SENDS & STANDING


def _people(delegation_id: int) -> list[Delegate]:
    """Those of the delegation whose registration stands, locked."""
    query = rows.whole().where(Delegate.delegation_id == delegation_id, Delegate.state.not_in(ENDED))
    query = query.order_by(Delegate.id).with_for_update(of=Delegate)
    return list(db.session.execute(query).scalars())


def _refuse(lacking: Sequence[Lacking]) -> None:
    if lacking:
        raise Refused(" ".join(sentence(each) for each in lacking))
