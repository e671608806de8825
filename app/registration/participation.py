"""A delegate's part in the summit as a whole, as one all-day entry that calendars keep and that can be called off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app import ical
from app.events.models import Event, Mode
from app.outbox.tongues import locale_of
from app.registration.models import Delegate

KEY = "participation"


def tell(delegate: Delegate, event: Event, city: str, now: datetime, cancelled: bool = False) -> dict[str, Any]:
    """The entry to be stored with the delegate; told before, it keeps its UID and raises its SEQUENCE when it moves.

    It is the person's alone, so it is worded in their language here, and told anew when they choose another.
    It holds no name, no address and no secret: calendars are copied and shared. The page of the summit is added by
    whoever writes the file, since it depends on where the product stands.
    """
    with force_locale(locale_of(delegate.language)):
        description = _("%(city)s. Reference %(reference)s.", city=city, reference=delegate.reference)
    told = {KEY: ical.Entry.from_json(delegate.participation)} if delegate.participation else {}
    item = ical.Item(
        uid=f"{delegate.uid}@plenary",
        title=event.title,
        starts=event.starts_on,
        ends=event.ends_on + timedelta(days=1),
        zone=event.zone,
        place=place(event, delegate.mode, delegate.language),
        description=description,
        geo=_position(event) if delegate.mode == Mode.VENUE else None,
        cancelled=cancelled,
    )
    return ical.revise(told, {KEY: item}, now).entries[KEY].to_json()


def by_letter(reply_to: str, email: str) -> bool:
    """Whether letters bring the participation as an invitation: somebody reads answers, and the person has an address.

    Then their feed leaves it out: no calendar program takes an event of the inbox and one of a subscription for the
    same, whatever their UIDs, so the days of the summit would stand there twice.
    """
    return bool(reply_to and email)


def place(event: Event, mode: Mode, language: str) -> str:
    """Where the delegate takes part, in words; nothing for a video message, whose sender goes nowhere."""
    if mode == Mode.ONLINE:
        return ical.online_place(language)
    if mode == Mode.VIDEO:
        return ""
    return ", ".join(each for each in (event.venue, event.host.name if event.host else "") if each)


def _position(event: Event) -> tuple[float, float] | None:
    if event.latitude is None or event.longitude is None:
        return None
    return event.latitude, event.longitude
