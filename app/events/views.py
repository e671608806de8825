"""What views of many rooms need of an event: the row itself, and the frame of the organisers' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.accounts import Role, held
from app.db import once
from app.events import service
from app.events.models import Event
from app.web import not_found


def load(slug: str) -> Event:
    """The event in the address; 404 with a way on when there is none."""
    return _found(lambda: once(("event", slug), lambda: service.event_by_slug(slug)))


def glimpse(slug: str) -> Event:
    """The same for a view that only looks at the event's own row, and changes nothing of it."""
    return _found(lambda: service.glimpse(slug))


def _found(ask: Callable[[], Event]) -> Event:
    try:
        return ask()
    except LookupError:
        not_found(_("There is no summit at this address. The front page lists those that are published."))


def desk(event: Event | None) -> dict[str, Any]:
    """What layout/organise.html wants: the event, the pages of its desk that the reader may open, as
    (key, label, address), and the heading of each page that begins a group."""
    if event is None:
        return {"event": None, "rooms": [], "room_groups": {}}
    groups = {"delegations": _("Cities"), "registrations": _("People"), "agenda": _("Programme"), "outbox": _("Desk")}
    mine = held()
    buses = Role.ORGANISER if Role.ORGANISER in mine else Role.LOGISTICS
    pages = {
        "home": (Role.ORGANISER, _("Overview"), "desk.event"),
        "delegations": (Role.ORGANISER, _("Delegations"), "board.table"),
        "invitations": (Role.ORGANISER, _("Invitations"), "invitations.members"),
        "deadlines": (Role.ORGANISER, _("Deadlines"), "deadlines.table"),
        "registrations": (Role.ORGANISER, _("Registrations"), "desk.registrations"),
        "approvals": (Role.ORGANISER, _("Approvals"), "approvals.table"),
        "travel": (Role.LOGISTICS, _("Travel"), "travel_desk.table"),
        "visa": (Role.VISA, _("Visa"), "visa_desk.applicants"),
        "agenda": (Role.ORGANISER, _("Agenda"), "schedule.board"),
        "visits": (buses, _("Visits"), "visits_desk.table"),
        "videos": (Role.ORGANISER, _("Videos"), "videos_desk.table"),
        "languages": (Role.ORGANISER, _("Languages"), "languages.overview"),
        "publish": (Role.ORGANISER, _("Publish"), "desk.publish"),
        "site": (Role.ORGANISER, _("Site"), "site_desk.table"),
        "outbox": (Role.ORGANISER, _("Letters"), "outbox.table"),
        "online": (Role.ORGANISER, _("Online"), "online_desk.table"),
        "calendars": (Role.ORGANISER, _("Calendars"), "calendars_desk.table"),
        "staff": (Role.ORGANISER, _("Staff"), "staff.table"),
        "settings": (Role.ORGANISER, _("Settings"), "founding.settings"),
    }
    rooms = [(key, label, url_for(to, event=event.slug)) for key, (role, label, to) in pages.items() if role in mine]
    return {"event": event, "rooms": rooms, "room_groups": groups}
