"""Signing up for a visit that is filled first come, and giving it back."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app.db import db
from app.events.models import Mode
from app.events.words import mode_word
from app.refused import Refused
from app.registration import line
from app.registration import rows as registered
from app.registration.line import Waiting
from app.registration.models import Delegate, State
from app.storing import store
from app.visits import fitting, moving, overlaps, rows, seats, waiting
from app.visits.models import OVER, Filling, SignUp, Standing, Visit
from app.web.wording import listed


@dataclass(frozen=True)
class Request:
    """What somebody asks for: themselves and who stays together with them."""

    people: tuple[int, ...]
    """Delegates of one delegation."""
    step_free: frozenset[int] = frozenset()
    """Those of them who need to get about without steps, and agreed that this is shared."""
    mobile: str = ""
    understood: bool = False
    """The rules of the visit were read."""


def bar(visit: Visit, delegate: Delegate) -> str:
    """Why this person may not join this visit, in words; empty when they may."""
    if delegate.state != State.APPROVED:
        return str(_("%(name)s: the registration is not approved yet.", name=delegate.name))
    if delegate.mode.value not in visit.modes:
        modes = listed([mode_word(Mode(each)) for each in visit.modes])
        return str(
            _("%(name)s: this visit is for another way of taking part (%(modes)s).", name=delegate.name, modes=modes)
        )
    if visit.roles and delegate.role.value not in visit.roles:
        return str(_("%(name)s: this visit is not for people of their role.", name=delegate.name))
    return ""


def sign_up(visit_id: int, asked: Request, *, who: str, now: datetime) -> list[SignUp]:
    """Places for all of these people together if they find room and nobody waits before them; else a turn on the list.

    The same people asking again get what they have. Refused in words when the list is not open, when somebody may not
    join, is signed up otherwise already or is on another visit then ("people"), when so many can never find room, and
    without the tick that the rules are understood ("understood").
    """
    people = rows.people(asked.people)
    theirs = rows.of_people(people)  # before: while they are held nobody else signs them up or makes a place certain
    visit, last = rows.lock_to_join(visit_id)
    known: dict[int, SignUp] = {}
    if any(each.visit_id == visit_id for each in theirs):  # those of this visit may have moved until it was locked
        for each in theirs:
            db.session.expire(each)
        theirs = rows.of_people(people)
        known = {each.delegate_id: each for each in theirs if each.visit_id == visit_id}
    if same := _already(known, people):
        return same
    _check(visit, people, asked, known, now)
    overlaps.refuse(visit, people, theirs)
    _could_ever(visit, len(people), len(asked.step_free & {each.id for each in people}))
    mark = secrets.token_hex(8) if len(people) > 1 else ""
    number, joined = _class(visit, people), line.behind([last], now)
    party = [_entered(visit, each, known.get(each.id), asked, mark, number, joined, who, now) for each in people]
    if (turn := _turn(visit, party)) is not None:
        moving.place(party, Standing.ALLOCATED, turn.car, who=who, now=now)
    else:
        for each in party:
            moving.move(each, Standing.WAITLISTED, who=who, now=now)
    return party


def _already(known: dict[int, SignUp], people: Sequence[Delegate]) -> list[SignUp]:
    """Their sign-ups, if these very people stand together already."""
    found = [known[each.id] for each in people if each.id in known and known[each.id].state not in OVER]
    if not found or len(found) != len(people) or len({each.party for each in found}) != 1:
        return []
    party = found[0].party
    return found if not party or len(rows.party(found[0])) == len(found) else []


def _check(visit: Visit, people: Sequence[Delegate], asked: Request, known: dict[int, SignUp], now: datetime) -> None:
    if visit.filling != Filling.FIRST_COME:
        raise Refused(_("The places of this visit are given by wishes."))
    if not waiting.open_now(visit, now):
        raise Refused(_("The list of this visit is not open."))
    if not people or len({each.delegation_id for each in people}) > 1:
        raise Refused(_("Only people of one delegation can stay together."), "people")
    for each in people:
        if said := bar(visit, each):
            raise Refused(said, "people")
        if each.id in known and known[each.id].state not in OVER:
            name = each.name
            raise Refused(_("%(name)s is signed up already. Give that back first.", name=name), "people")
    if not asked.understood:
        raise Refused(_("Please read what the visit asks for, and tick that it is understood."), "understood")


def _could_ever(visit: Visit, people: int, step_free: int) -> None:
    """Whoever could find no room even if nobody else came would hold up all who wait behind them."""
    if visit.per_delegation is not None and people > visit.per_delegation:
        said = ngettext(
            "At most one person of one delegation can come.",
            "At most %(num)s people of one delegation can come.",
            visit.per_delegation,
        )
        raise Refused(said, "people")
    if fitting.fit(fitting.empty(visit), people, 0) is None:
        raise Refused(_("So many people find no room together. Sign up in smaller parties."), "people")
    _could_sit(visit, people, step_free)


def _could_sit(visit: Visit, people: int, step_free: int) -> None:
    if fitting.fit(fitting.empty(visit), people, step_free) is None:
        raise Refused(_("No vehicle has so many step-free places. Please write to the organisers."), "people")


def _class(visit: Visit, people: Sequence[Delegate]) -> int:
    """The class in which the party waits: that of the first of its people in protocol."""
    if not visit.first_roles:
        return 0
    return 0 if any(each.role.value in visit.first_roles for each in people) else 1


def _entered(
    visit: Visit,
    delegate: Delegate,
    row: SignUp | None,
    asked: Request,
    mark: str,
    number: int,
    joined: datetime,
    who: str,
    now: datetime,
) -> SignUp:
    """The row of this person, new or used again, as asked for; not stored yet."""
    if row is None:
        row = SignUp(visit_id=visit.id, delegate_id=delegate.id, visit=visit, delegate=delegate)
        row.told, row.vehicle = None, None
        row.state, row.state_at, row.changed_at, row.version, row.comment = Standing.REQUESTED, now, now, 0, ""
    else:
        moving.move(row, Standing.REQUESTED, who=who, now=now)
    row.party, row.list_class, row.joined_at, row.unanswered = mark, number, joined, 0
    row.step_free, row.mobile = delegate.id in asked.step_free, asked.mobile
    row.understood_at, row.ticked_at = now, None
    return row


def _turn(visit: Visit, party: Sequence[SignUp]) -> waiting.Turn | None:
    """Room for this party, if it is its turn at once: it joins those who wait, and the list is asked as always.

    Where no place is left it is nobody's turn, however long the list is.
    """
    if fitting.room(visit).places == 0:
        return None
    for each in party:
        if each not in db.session:
            store(each)
    db.session.flush()
    parties, step_free = waiting.queue(visit.id)
    mine = [
        Waiting(each.id, each.list_class, each.joined_at, each.delegate.delegation_id, waiting.KIND, each.party)
        for each in party
        if each.joined_at is not None
    ]
    keys = {each.id for each in mine}
    step_free |= {each.id for each in party if each.step_free}
    everybody = line.in_order([*mine, *(each for group in parties for each in group)])
    return next((each for each in waiting.turns(visit, everybody, step_free) if keys == set(each.people)), None)


def give_back(sign_up_id: int, *, whole: bool, who: str, now: datetime) -> list[SignUp]:
    """This person, or the `whole` party, does not come: the place goes to whose turn it is. Twice is once."""
    registered.held(rows.people_of(sign_up_id))
    one = rows.one(sign_up_id)
    if one.state in OVER:
        return []
    party = rows.party(one) if whole else [one]
    for each in party:
        moving.move(each, Standing.CANCELLED, who=who, now=now)
    waiting.promote(one.visit_id, now)
    return party


def share_need(sign_up_id: int, wanted: bool, *, who: str, now: datetime) -> SignUp:
    """The person says, or takes back, that they need to get about without steps. Twice is once.

    Refused when their vehicle has no step-free place left, and for those who wait when no vehicle could ever take them.
    Whoever waits for one that is given up is asked.
    """
    mine = rows.one(sign_up_id)
    if mine.step_free == wanted or mine.state in OVER:
        return mine
    if wanted and mine.state == Standing.WAITLISTED:
        party = rows.party(mine)
        _could_sit(rows.lock([mine.visit_id])[mine.visit_id], len(party), 1 + sum(each.step_free for each in party))
    if mine.vehicle_id is not None:
        seats.share(mine.vehicle_id, 1 if wanted else -1)
    mine.step_free, mine.changed_at = wanted, now
    db.session.flush()
    waiting.promote(mine.visit_id, now)
    return mine


def take_off(sign_up_ids: Collection[int], reason: str, *, who: str, now: datetime) -> int:
    """The organisers end these sign-ups of one visit, with a reason that the people read; how many.

    Refused on "reason" without one.
    """
    if not reason.strip():
        raise Refused(_("Say why: the reason is told to the people and kept."), "reason")
    visit_ids = db.session.execute(select(SignUp.visit_id).where(SignUp.id.in_(sign_up_ids)).distinct()).scalars().all()
    rows.lock(visit_ids)
    found = rows.held(rows.whole().where(SignUp.id.in_(sign_up_ids), SignUp.state.not_in(OVER)))
    for each in found:
        moving.move(each, Standing.CANCELLED_BY_ORGANISER, who=who, now=now, comment=reason)
    for visit_id in sorted(visit_ids):
        waiting.promote(visit_id, now)
    return len(found)
