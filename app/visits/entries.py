"""A visit in the calendar of somebody who has a place on it; freed again when they have it no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app import clock, ical
from app.outbox.tongues import locale_of
from app.visits.models import GOING, SignUp, Visit
from app.visits.said import Say, Sayer, sayer

KEY = "visit"


def tell(sign_up: SignUp, now: datetime, sayer: Sayer = sayer) -> dict[str, Any] | None:
    """The entry as it is to be stored with the sign-up: told before, it keeps its UID and raises its SEQUENCE when it
    moves, and is cancelled when the place is gone. None while there is nothing that a calendar could hold.

    It holds no name, no address and no secret: calendars are copied and shared.
    """
    told = {KEY: ical.Entry.from_json(sign_up.told)} if sign_up.told else {}
    language = sign_up.delegate.language
    with force_locale(locale_of(language)):  # it is one person's, so it is stored in their words
        item = _item(sign_up, sign_up.visit, sayer(sign_up.visit.event, language)) if sign_up.state in GOING else None
    entry = ical.revise(told, {KEY: item} if item else {}, now).entries.get(KEY)
    return entry.to_json() if entry else None


def _item(sign_up: SignUp, visit: Visit, say: Say) -> ical.Item | None:
    """All day while its hours are to be announced; nothing while its day is."""
    zone, span = visit.event.zone, visit.span(visit.event.zone)
    if visit.day is None or visit.cancelled_at is not None:
        return None
    starts, ends = span or (visit.day, visit.day + timedelta(days=1))
    return ical.Item(
        uid=f"{sign_up.uid}@plenary",
        title=say(visit, "title"),
        starts=starts,
        ends=ends,
        zone=zone,
        place=say(visit, "meeting_point"),
        description=_gathering(visit, zone),
        geo=(visit.latitude, visit.longitude) if visit.latitude is not None and visit.longitude is not None else None,
    )


def _gathering(visit: Visit, zone: str) -> str:
    span = visit.span(zone)
    if span is None:
        return ""
    gathers = clock.local(span[0] - timedelta(minutes=visit.before), zone)
    return str(_("Be at the meeting point at %(time)s.", time=f"{gathers:%H:%M}"))
