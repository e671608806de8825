"""What views of many rooms need of an event: the row itself, and the frame of the organisers' pages."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.accounts import Role, held
from app.events import service
from app.events.models import Event
from app.web import not_found


def load(slug: str) -> Event:
    """The event in the address; 404 with a way on when there is none."""
    try:
        return service.event_by_slug(slug)
    except LookupError:
        not_found(_("There is no summit at this address. The front page lists those that are published."))


def desk(event: Event | None) -> dict[str, Any]:
    """What layout/organise.html wants: the event, and the pages of its desk that the reader may open, as
    (key, label, address)."""
    if event is None:
        return {"event": None, "rooms": []}
    pages = {
        Role.ORGANISER: (
            ("delegations", _("Delegations"), "board.table"),
            ("invitations", _("Invitations"), "invitations.members"),
            ("registrations", _("Registrations"), "desk.registrations"),
            ("approvals", _("Approvals"), "approvals.table"),
            ("deadlines", _("Deadlines"), "deadlines.table"),
            ("agenda", _("Agenda"), "agenda.table"),
            ("publish", _("Publish"), "desk.publish"),
            ("staff", _("Staff"), "staff.table"),
        ),
        Role.LOGISTICS: (("travel", _("Travel"), "travel_desk.table"),),
        Role.VISA: (("visa", _("Visa"), "visa_desk.applicants"),),
    }
    mine = [page for role, of_role in pages.items() if role in held() for page in of_role]
    return {"event": event, "rooms": [(key, label, url_for(to, event=event.slug)) for key, label, to in mine]}
