"""What states and moves are called: by people, and in the journal."""

from __future__ import annotations

from flask_babel import gettext as _

from app.registration.models import State


def word(state: State) -> str:
    """A state as people read it."""
    said: dict[State, str] = {
        State.NOMINATED: _("nominated"),
        State.SUBMITTED: _("with the city’s office"),
        State.ENDORSED: _("with the organisers"),
        State.RETURNED: _("returned"),
        State.WAITLISTED: _("on the waiting list"),
        State.OFFERED: _("place offered"),
        State.APPROVED: _("approved"),
        State.REFUSED: _("refused by the city"),
        State.REJECTED: _("rejected"),
        State.WITHDRAWN: _("withdrawn"),
        State.CANCELLED: _("cancelled"),
        State.REPLACED: _("replaced"),
        State.EXPIRED: _("expired"),
    }
    return said[state]


VERBS = {
    State.SUBMITTED: "submitted",
    State.ENDORSED: "endorsed",
    State.RETURNED: "returned",
    State.WAITLISTED: "put on the waiting list",
    State.OFFERED: "offered a place",
    State.APPROVED: "approved",
    State.REFUSED: "refused",
    State.REJECTED: "rejected",
    State.WITHDRAWN: "withdrew",
    State.CANCELLED: "cancelled",
    State.REPLACED: "replaced",
    State.EXPIRED: "expired",
}


def verb(before: State, to: State) -> str:
    """What the journal calls it."""
    if before == State.OFFERED and to == State.APPROVED:
        return "accepted the place"
    if before == State.OFFERED and to == State.WAITLISTED:
        return "let the offer pass"
    return VERBS[to]
