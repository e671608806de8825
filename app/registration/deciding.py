"""What organisers decide of one registration: approve, return, reject, put on the waiting list, cancel."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.refused import Refused
from app.registration import naming, rows, states
from app.registration.models import Delegate, State


def approve(delegate_id: int, *, who: str, now: datetime) -> Delegate:
    """Approve somebody for whom the city stands. Twice is once.

    Refused when the city still has to endorse, when its letter of authority is missing, and on "mode" when no place is
    left or others wait for one: then `put_on_list` is the way on.
    """
    delegate = rows.one(delegate_id)
    if delegate.state == State.APPROVED:
        return delegate
    if delegate.state != State.ENDORSED:
        said = _("Only a registration that its city stands for can be approved; this one is “%(state)s”.")
        raise Refused(said % {"state": naming.word(delegate.state)})
    delegation = delegate.delegation
    if delegation.letter_required and delegation.letter_id is None:
        city = delegation.member.name
        raise Refused(_("The letter of authority of %(city)s is missing, so nobody of it is approved yet.", city=city))
    try:
        states.move(delegate, State.APPROVED, who=who, now=now)
    except Refused as no:
        if no.field != "mode":
            raise
        said = _("No place is left, or others wait for one. Put this person on the waiting list, or grant a place.")
        raise Refused(said, "mode") from no
    return delegate


def give_back(delegate_id: int, comment: str, *, who: str, now: datetime) -> Delegate:
    """Return a registration with a comment; the person mends it and sends it again. Refused on "comment" without."""
    return _move(delegate_id, State.RETURNED, comment, who, now)


def reject(delegate_id: int, reason: str, *, who: str, now: datetime) -> Delegate:
    """Reject a registration for good, with a reason that the person and the city read. Refused on "comment" without."""
    return _move(delegate_id, State.REJECTED, reason, who, now)


def put_on_list(delegate_id: int, *, who: str, now: datetime) -> Delegate:
    """Put somebody for whom the city stands on the waiting list; if a place is free and nobody waits, it is offered."""
    return _move(delegate_id, State.WAITLISTED, "", who, now)


def cancel(delegate_id: int, reason: str, *, who: str, now: datetime) -> Delegate:
    """End a registration that stands, with a reason that the person and the city read. Refused on "comment" without."""
    if not reason.strip():
        raise Refused(_("Say why: the reason is told to the person and kept."), "comment")
    return _move(delegate_id, State.CANCELLED, reason, who, now)


def _move(delegate_id: int, to: State, comment: str, who: str, now: datetime) -> Delegate:
    delegate = rows.one(delegate_id)
    if delegate.state != to:
        states.move(delegate, to, who=who, now=now, comment=comment)
    return delegate
