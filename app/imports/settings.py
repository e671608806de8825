"""How people register for the event, brought up to a file."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from app import ical
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.imports.tally import Tally
from app.imports.values import EventFile, Registration
from app.registration.models import Places


def registration(
    event: Event, source: EventFile, delegations: dict[str, Delegation], now: datetime, tally: Tally
) -> None:
    """Places in every mode, and the settings if the file has any. Those of a file without stay as they are."""
    wanted = source.registration
    _places(event, wanted, tally)
    if wanted is None:
        return
    sender = delegations.get(wanted.code_of)
    tally.put(
        event,
        approval=wanted.approval,
        registration_opens=_opens(event, wanted, now),
        registration_closes=_closes(event, wanted),
        code_shown=wanted.code_sentence.format(code=sender.code) if sender else "",
    )


def _places(event: Event, wanted: Registration | None, tally: Tally) -> None:
    """Never fewer than are taken."""
    rows = db.session.execute(
        select(Places).where(Places.event_id == event.id).execution_options(populate_existing=True)
    ).scalars()
    known = {row.mode: row for row in rows}
    given = wanted.seats or {} if wanted else {}
    for mode in Mode:
        row = known.get(mode)
        if row is None:
            tally.put(Places(event_id=event.id, mode=mode, taken=0, granted=0), seats=given.get(mode))
        elif mode in given:
            seats, least = given[mode], row.taken - row.granted
            if seats is not None and seats < least:
                tally.notes.append(f"{row.taken} places ({mode}) are taken, so {least} and not {seats} are offered.")
                seats = least
            tally.put(row, seats=seats)


def _opens(event: Event, wanted: Registration, now: datetime) -> datetime | None:
    if wanted.opens_when_loaded:
        return event.registration_opens or now
    return ical.wall(wanted.opens.date(), wanted.opens.time(), event.zone) if wanted.opens else None


def _closes(event: Event, wanted: Registration) -> datetime | None:
    """The end of the closing minute: "closes 23:59" takes in 23:59:59."""
    last = wanted.closes
    if wanted.closes_the_day_before:
        last = datetime.combine(event.starts_on - timedelta(days=1), time(23, 59))
    if last is None:
        return None
    return ical.wall(last.date(), last.time(), event.zone) + timedelta(minutes=1, microseconds=-1)
