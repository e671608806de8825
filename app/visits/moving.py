"""The only hands that move a sign-up: state, place, calendar, journal and letter change together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.db import db
from app.journal import note
from app.refused import Refused
from app.storing import store
from app.visits import entries, letters, seats
from app.visits.models import GOING, HOLDING, OVER, SignUp, Standing, Vehicle
from app.visits.said import Sayer, sayer

LEAVES = frozenset({Standing.CANCELLED, Standing.CANCELLED_BY_ORGANISER})
NEXT: dict[Standing, frozenset[Standing]] = {
    Standing.REQUESTED: LEAVES | {Standing.ALLOCATED, Standing.WAITLISTED},
    Standing.WAITLISTED: LEAVES | {Standing.OFFERED, Standing.ALLOCATED},
    Standing.OFFERED: LEAVES | {Standing.ALLOCATED, Standing.WAITLISTED, Standing.EXPIRED, Standing.DECLINED},
    Standing.ALLOCATED: LEAVES | {Standing.BOARDED, Standing.NO_SHOW},
    Standing.BOARDED: LEAVES | {Standing.ALLOCATED, Standing.NO_SHOW},
    Standing.NO_SHOW: LEAVES | {Standing.ALLOCATED, Standing.BOARDED},
} | dict.fromkeys(OVER, frozenset({Standing.REQUESTED}))
"""What may follow what (section 7 of the domain). Who signs up again begins anew."""
TELLS = {
    Standing.ALLOCATED: "visit allocated",
    Standing.WAITLISTED: "visit waitlisted",
    Standing.OFFERED: "visit offered",
    Standing.EXPIRED: "visit expired",
    Standing.CANCELLED: "visit given back",
    Standing.CANCELLED_BY_ORGANISER: "visit cancelled",
}
"""The letter that tells a person of a state."""
ON_THE_WAY = frozenset({Standing.BOARDED, Standing.NO_SHOW})
"""Between these and the certain place people go to and fro without a letter."""


def may_follow(before: Standing, after: Standing) -> bool:
    return after in NEXT[before]


def place(
    party: Sequence[SignUp],
    to: Standing,
    car: int | None,
    *,
    who: str,
    now: datetime,
    until: datetime | None = None,
    comment: str = "",
) -> None:
    """Give a whole party places, certain ones or (`until`) held for an offer, in this vehicle (None: on foot).

    Their visit is locked. Refused when not all find room; then nobody of them has a place.
    """
    visit_id = party[0].visit_id
    seats.take(visit_id, car, len(party), sum(each.step_free for each in party))
    vehicle = db.session.get(Vehicle, car) if car is not None else None
    for each in party:
        each.vehicle = vehicle
        each.offered_until = until
        move(each, to, who=who, now=now, comment=comment)


def move(
    sign_up: SignUp,
    to: Standing,
    *,
    who: str,
    now: datetime,
    comment: str = "",
    silent: bool = False,
    sayer: Sayer = sayer,
) -> None:
    """Bring one sign-up to another state, and give its place back where that state holds none.

    Places are taken by `place` alone. The visit is locked by the caller; its session knows the sign-up, its visit,
    vehicle and person. A new one is stored in the state it comes to. Refused when the state may not follow. Whoever
    calls it promotes those who wait.
    """
    before = one_of_many(sign_up, to, who=who, now=now, comment=comment, sayer=sayer)
    if sign_up not in db.session:
        store(sign_up)
    else:
        db.session.flush()
    kind = "visit offer passed" if (before, to) == (Standing.OFFERED, Standing.WAITLISTED) else TELLS.get(to)
    if kind is not None and not silent and not (before in ON_THE_WAY and to in GOING):
        letters.tell(kind, sign_up, now, who=who, sayer=sayer)


def one_of_many(
    sign_up: SignUp, to: Standing, *, who: str, now: datetime, comment: str = "", sayer: Sayer = sayer
) -> Standing:
    """What `move` does to the rows, without the letter and without storing each by itself; the state before.

    For who moves hundreds in one transaction and tells them in words of their own.
    """
    before = sign_up.state
    if not may_follow(before, to):
        raise Refused(_("This is not possible any more: the sign-up is now “%(state)s”.", state=word(before)))
    if before in HOLDING and to not in HOLDING:
        seats.give_back(sign_up.visit_id, sign_up.vehicle_id, sign_up.step_free)
        sign_up.vehicle = None
    _store(sign_up, to, now, comment)
    if (before in GOING) != (to in GOING):
        sign_up.told = entries.tell(sign_up, now, sayer)
    _note(sign_up, before, who, now, comment)
    return before


def retold(sign_up: SignUp, now: datetime, sayer: Sayer = sayer) -> bool:
    """Bring the calendar of somebody who is going up to how the visit is now; whether anything in it is new."""
    before, sign_up.told, sign_up.changed_at = sign_up.told, entries.tell(sign_up, now, sayer), now
    return sign_up.told != before


def _store(sign_up: SignUp, to: Standing, now: datetime, comment: str) -> None:
    """The row itself. Who has no place any more keeps no need and no telephone number with us."""
    sign_up.state, sign_up.state_at, sign_up.changed_at = to, now, now
    sign_up.version += 1
    sign_up.comment = comment.strip()
    if to != Standing.OFFERED:
        sign_up.offered_until = None
    sign_up.boarded_at = now if to == Standing.BOARDED else None
    if to == Standing.WAITLISTED and sign_up.joined_at is None:
        sign_up.joined_at = now
    if to in OVER:
        sign_up.step_free, sign_up.mobile, sign_up.party = False, "", ""


def word(state: Standing) -> str:
    """A state as people read it."""
    said: dict[Standing, str] = {
        Standing.REQUESTED: _("wished for"),
        Standing.ALLOCATED: _("place certain"),
        Standing.WAITLISTED: _("on the waiting list"),
        Standing.OFFERED: _("place offered"),
        Standing.EXPIRED: _("offers passed"),
        Standing.DECLINED: _("offer declined"),
        Standing.CANCELLED: _("given back"),
        Standing.BOARDED: _("on board"),
        Standing.NO_SHOW: _("did not come"),
        Standing.CANCELLED_BY_ORGANISER: _("cancelled by the organisers"),
    }
    return said[state]


VERBS = {
    Standing.REQUESTED: "signed up for a visit",
    Standing.ALLOCATED: "got a place on a visit",
    Standing.WAITLISTED: "waits for a visit",
    Standing.OFFERED: "was offered a place on a visit",
    Standing.EXPIRED: "let offers of a visit pass",
    Standing.DECLINED: "declined a place on a visit",
    Standing.CANCELLED: "gave a visit back",
    Standing.BOARDED: "boarded for a visit",
    Standing.NO_SHOW: "did not come to a visit",
    Standing.CANCELLED_BY_ORGANISER: "was taken off a visit",
}


def noted(what: str, sign_up: SignUp, who: str, now: datetime, after: dict[str, Any]) -> None:
    """Write down what was done about somebody's sign-up without moving it."""
    told = after | {"visit": sign_up.visit.code}
    subject = f"delegate/{sign_up.delegate.uid}"
    note(what, subject, who=who, now=now, event_id=sign_up.visit.event_id, after=told)


def _note(sign_up: SignUp, before: Standing, who: str, now: datetime, comment: str) -> None:
    """Nothing of needs and telephone numbers, for the journal is kept."""
    subject, visit = f"delegate/{sign_up.delegate.uid}", sign_up.visit
    after: dict[str, Any] = {"state": sign_up.state.value, "visit": visit.code}
    if comment.strip():
        after["comment"] = comment.strip()
    told = {"state": before.value}
    note(VERBS[sign_up.state], subject, who=who, now=now, event_id=visit.event_id, before=told, after=after)
