"""What views of many rooms need of an event: the row itself, and the frame of the organisers' pages."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

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
    """What layout/organise.html wants: the event, the pages of its desk as (key, label, address), and their groups."""
    if event is None:
        return {"event": None, "rooms": [], "room_groups": {}}
    groups = {"delegations": _("Cities"), "registrations": _("People"), "agenda": _("Programme")}
    pages = (
        ("delegations", _("Delegations"), "board.table"),
        ("invitations", _("Invitations"), "invitations.members"),
        ("deadlines", _("Deadlines"), "deadlines.table"),
        ("registrations", _("Registrations"), "desk.registrations"),
        ("approvals", _("Approvals"), "approvals.table"),
        ("agenda", _("Agenda"), "agenda.table"),
        ("publish", _("Publish"), "desk.publish"),
    )
    rooms = [(key, label, url_for(to, event=event.slug)) for key, label, to in pages]
    return {"event": event, "rooms": rooms, "room_groups": groups}
