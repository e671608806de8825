"""Loading an event file into the register and the draft: what is there already is brought up to the file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from app import journal
from app.db import db
from app.events.models import RESERVED, Event
from app.imports import agenda, register, settings, words
from app.imports.moving import moved, next_rehearsal, timed, times_note
from app.imports.reading import read_file
from app.imports.report import Report, report_of
from app.imports.tally import Tally
from app.imports.values import EventFile
from app.refused import Refused

BUNDLED = Path(__file__).with_name("events")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def bundled(name: str) -> Path:
    """The event file of this name that comes with the product. Refused when there is none."""
    path = BUNDLED / f"{name}.json"
    if not SLUG.fullmatch(name) or not path.is_file():
        names = ", ".join(sorted(each.stem for each in BUNDLED.glob("*.json")))
        raise Refused(f"No event file called “{name}” comes with Plenary; there are {names}.")
    return path


def rehearse(today: date) -> EventFile:
    """The rehearsal as it is loaded first: beginning on a Monday, as many weeks ahead as its file says."""
    source = read_file(bundled("rehearsal"))
    return moved(source, next_rehearsal(today, source.weeks_ahead or 10))


def load(
    source: EventFile,
    now: datetime,
    *,
    slug: str | None = None,
    starts: date | None = None,
    timetable: bool = False,
    who: str = "event file",
) -> Report:
    """Bring register and draft up to the file, under another slug or on other dates if asked to.

    Things are known again by their slugs, codes and names, so loading twice changes nothing. What the file does not
    name stays: secrets, registrations, and whatever organisers added. A rehearsal that was loaded before keeps its
    days. Flushes; does not commit. Refused when the slug cannot be used; raises Faulty when a time does not exist.
    """
    slug = slug or source.event.slug
    event = _find(slug)
    if event is not None and starts is None and source.weeks_ahead is not None:
        starts = event.starts_on
    there = moved(source, starts) if starts else source
    there = replace(there, event=replace(there.event, slug=slug))
    if timetable:
        return _put(timed(there), event, times_note(there), now, who)
    return _put(there, event, "", now, who)


def _find(slug: str) -> Event | None:
    """The event that stands under this slug. Refused when the slug is none."""
    if len(slug) > 40 or not SLUG.fullmatch(slug):
        raise Refused(f"“{slug}” cannot be an event's slug: small letters, figures and single hyphens, at most 40.")
    if slug in RESERVED:
        raise Refused(f"“{slug}” cannot be an event's slug: the product keeps this word for addresses of its own.")
    return db.session.execute(select(Event).where(Event.slug == slug)).scalar_one_or_none()


def _put(source: EventFile, event: Event | None, note: str, now: datetime, who: str) -> Report:
    tally = Tally()
    with db.session.no_autoflush:
        network, members = register.network(source.network, tally)
        if event is not None and event.network_id != network.id:
            raise Refused(
                f"“{source.event.slug}” is an event of another network, so this file cannot be loaded into it."
            )
        event = register.event(event, source, network, members, note, tally)
        parts = register.parts(event, source, members, tally)
        delegations = register.delegations(event, source, members, tally)
        agenda.sessions(event, source, parts, delegations, tally)
        agenda.visits(event, source, tally, who=who, now=now)
        words.store(event, source, tally, who=who, now=now)
        settings.registration(event, source, delegations, now, tally)
        db.session.flush()
    if tally.changed:
        journal.note(
            "imported", f"event/{event.slug}", who=who, now=now, event_id=event.id, after={"rows": tally.changed}
        )
    return report_of(source, event.id, tally.changed, tuple(tally.notes))
