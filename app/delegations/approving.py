"""A delegation on its way to the organisers and back: what its answer becomes once the rules are met.

    accepted, returned -> submitted (by the city) -> approved | returned (by the organisers)
    approved -> closed (by the clock, when the summit is over)

Who its people are is known to a later room, which asks the rules first (`registration.approving`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.db import db
from app.delegations import answering
from app.delegations.focal import held
from app.delegations.models import Answer, Delegation
from app.events.models import Event
from app.journal import CLOCK
from app.refused import Refused

SENDS = frozenset({Answer.ACCEPTED, Answer.RETURNED})
"""From where a city sends its delegation to the organisers."""


def submitted(delegation: Delegation, people: Sequence[str], *, who: str, now: datetime) -> None:
    """The delegation, locked, goes to the organisers with these people; its focal points get a receipt."""
    delegation.reason = ""
    answering.become(delegation, Answer.SUBMITTED, "sent", who, now, people=len(people))
    answering.tell(delegation, "submitted", who, now, people=list(people))


def approved(delegation: Delegation, *, who: str, now: datetime) -> None:
    """The organisers agree to the delegation, which is locked; whatever had changed before is seen with it."""
    delegation.reason, delegation.changes_pending = "", bool(delegation.modes_asked)
    answering.become(delegation, Answer.APPROVED, "approved", who, now)
    answering.tell(delegation, "approved", who, now)


def give_back(delegation_id: int, comment: str, *, who: str, now: datetime) -> bool:
    """The organisers return the delegation with a comment that the city reads; whether this act did so.

    Refused on "comment" without one, and when the delegation does not wait for the organisers.
    """
    delegation = held(delegation_id)
    if delegation.answer == Answer.RETURNED:
        return False
    waits(delegation)
    if not comment.strip():
        raise Refused(_("Say what is to be mended: the city reads it."), "comment")
    delegation.reason = comment.strip()
    answering.become(delegation, Answer.RETURNED, "returned", who, now, reason=delegation.reason)
    answering.tell(delegation, "returned", who, now, reason=delegation.reason)
    return True


def waits(delegation: Delegation) -> None:
    """Refused unless the city has sent this delegation and the organisers have not decided yet."""
    if delegation.answer != Answer.SUBMITTED:
        said = _("%(city)s has not sent its delegation, or it is decided already.", city=delegation.member.name)
        raise Refused(said)


def close_due(now: datetime) -> int:
    """Close the approved delegations of summits that are over; how many."""
    ended = select(Event.id, Event.zone, Event.ends_on).where(Event.ends_on <= now.date() + timedelta(days=1))
    over = [row.id for row in db.session.execute(ended) if clock.local(now, row.zone).date() > row.ends_on]
    found = select(Delegation.id).where(Delegation.event_id.in_(over), Delegation.answer == Answer.APPROVED)
    ids = db.session.execute(found.order_by(Delegation.id).limit(100)).scalars().all() if over else []
    done = [each for each in map(held, ids) if each.answer == Answer.APPROVED]
    for each in done:
        each.changes_pending, each.modes_asked = False, ""
        answering.become(each, Answer.CLOSED, "closed", CLOCK, now)
    return len(done)
