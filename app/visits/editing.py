"""What organisers do with visits: make, change, copy, close and call off. Whoever is concerned is told at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select

from app import ical
from app.db import db
from app.events.models import Event, Mode
from app.journal import note
from app.refused import Refused
from app.sentences import Sentence
from app.visits import letters, moving, rows, signing, waiting
from app.visits.models import GOING, OVER, Filling, SignUp, Standing, Visit
from app.visits.said import sayer_to_many

FOR_OTHERS = Sentence(_l("The visit is open to other people now.")).stored()
TOLD = (
    *("title", "day", "leaves", "returns", "before", "meeting_point", "map_link", "latitude", "longitude"),
    *("shoes", "no_photos", "identity_papers", "rules"),
)
"""What people are told of a visit: when any of it is new, they get a letter, and their calendars follow."""


@dataclass(frozen=True)
class Facts:
    """What an organiser may say of a visit; each is a column of the same name."""

    title: str
    description: str = ""
    host: str = ""
    meeting_point: str = ""
    map_link: str = ""
    latitude: float | None = None
    longitude: float | None = None
    day: date | None = None
    leaves: time | None = None
    returns: time | None = None
    before: int = 15
    after: int = 15
    seats: int | None = None
    minimum: int | None = None
    per_delegation: int | None = None
    filling: Filling = Filling.FIRST_COME
    modes: Sequence[str] = field(default_factory=lambda: [Mode.VENUE.value])
    roles: Sequence[str] = ()
    first_roles: Sequence[str] = ()
    shoes: str = ""
    no_photos: bool = False
    identity_papers: bool = False
    rules: str = ""
    languages: Sequence[str] = ()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    offer_hours: int = 24

    @classmethod
    def of(cls, visit: Visit) -> Facts:
        return cls(**{each.name: getattr(visit, each.name) for each in fields(cls)})


NAMES = tuple(each.name for each in fields(Facts))


def make(event_id: int, facts: Facts, code: str, *, who: str, now: datetime) -> Visit:
    """A new visit, last in order. `code` is made with the form, so the same form sent twice makes one visit."""
    query = select(Visit).where(Visit.event_id == event_id, Visit.code == code)
    if (known := db.session.execute(query).scalar_one_or_none()) is not None:
        return known
    event = db.session.get_one(Event, event_id)
    _check(event.zone, facts)
    last = db.session.execute(select(func.max(Visit.position)).where(Visit.event_id == event_id)).scalar() or 0
    visit = Visit(event=event, event_id=event_id, code=code, position=last + 1)
    _put(visit, facts)
    db.session.add(visit)
    db.session.flush()
    _note("made a visit", visit, who, now, None, {"title": visit.title})
    return visit


def new_code() -> str:
    """What a visit is called in addresses; no other has it."""
    return f"visit-{secrets.token_hex(4)}"


def change(visit_id: int, facts: Facts, version: int, *, who: str, now: datetime) -> Visit:
    """Change a visit; who has a place is told what is new for them, and who waits gets what comes free.

    Refused when somebody else changed it meanwhile ("version"), when more people have places than it would take
    ("seats"), and when its times are none. Whoever waits and may join no more is taken off the list and told.
    """
    visit = rows.lock([visit_id])[visit_id]
    if visit.version != version:
        raise Refused(_("Somebody else has changed this visit meanwhile. Please look at what stands now."), "version")
    _check(visit.event.zone, facts)
    if facts.seats is not None and facts.seats < visit.taken:
        said = ngettext(
            "One person has a place. Take them off the visit first.",
            "%(num)s people have a place. Take people off the visit first.",
            visit.taken,
        )
        raise Refused(said, "seats")
    if facts.filling != visit.filling and _anybody(visit_id):
        raise Refused(_("People have signed up already, so this cannot be changed any more."), "filling")
    before = Facts.of(visit)
    _put(visit, facts)
    follow(visit, before, who=who, now=now)
    return visit


def follow(visit: Visit, before: Facts, *, who: str, now: datetime) -> None:
    """What follows from how a visit, which is locked, differs from before: letters, calendars, and who comes up."""
    facts = Facts.of(visit)
    differs = [name for name in NAMES if _plain(getattr(before, name)) != _plain(getattr(facts, name))]
    if differs:
        visit.version += 1
    db.session.flush()
    if differs:
        was, is_now = ({name: _plain(getattr(each, name)) for name in differs} for each in (before, facts))
        _note("changed a visit", visit, who, now, was, is_now)
    if set(differs) & set(TOLD):
        _tell(visit, who, now)
    if {"modes", "roles"} & set(differs):
        _take_off_who_may_not(visit, who, now)
    waiting.promote(visit.id, now)


def duplicate(visit_id: int, code: str, *, who: str, now: datetime) -> Visit:
    """Another visit with the same facts, without people and vehicles."""
    visit = db.session.get_one(Visit, visit_id)
    facts = Facts.of(visit)
    return make(visit.event_id, replace(facts, title=_copied(facts.title)), code, who=who, now=now)


def close(visit_id: int, *, who: str, now: datetime) -> Visit:
    """Close the list: nobody signs up any more, and nothing is offered by itself. Twice is once."""
    visit = rows.lock([visit_id])[visit_id]
    if visit.closes_at is None or visit.closes_at > now:
        if visit.opens_at is not None and visit.opens_at >= now:
            visit.opens_at = None
        visit.closes_at = now
        visit.version += 1
        db.session.flush()
        _note("closed the list of a visit", visit, who, now, None, {"closes_at": now.isoformat()})
    return visit


def cancel(visit_id: int, reason: str, *, who: str, now: datetime) -> int:
    """Call a visit off: everybody who has or awaits a place is told and has the time back; how many they are.

    The reason is told to them. Refused on "reason" without one. Twice is once.
    """
    if not reason.strip():
        raise Refused(_("Say why: the reason is told to everybody who signed up."), "reason")
    visit = rows.lock([visit_id])[visit_id]
    if visit.cancelled_at is not None:
        return 0
    people = rows.held(rows.whole().where(SignUp.visit_id == visit_id, SignUp.state.not_in(OVER)))
    visit.cancelled_at, visit.cancel_reason = now, reason.strip()
    visit.version += 1
    db.session.flush()
    sayer = sayer_to_many()
    for each in people:
        moving.move(each, Standing.CANCELLED_BY_ORGANISER, who=who, now=now, comment=reason, sayer=sayer)
    _note("cancelled a visit", visit, who, now, None, {"reason": reason.strip(), "people": len(people)})
    return len(people)


def lacking(visit: Visit) -> int:
    """How many people the visit lacks to take place; 0 when there are enough, or any number is."""
    return max(0, (visit.minimum or 0) - visit.taken) if visit.cancelled_at is None else 0


def _check(zone: str, facts: Facts) -> None:
    if facts.leaves is not None and facts.day is None:
        raise Refused(_("Hours need a day."), "day")
    if (facts.leaves is None) != (facts.returns is None):
        raise Refused(_("Say both when it leaves and when it returns, or neither."), "returns")
    if facts.leaves is not None and facts.returns is not None:
        if facts.returns <= facts.leaves:
            raise Refused(_("It returns after it leaves."), "returns")
        try:
            for each in (facts.leaves, facts.returns):
                ical.wall(facts.day or date.min, each, zone)
        except ical.Gap as gap:
            raise Refused(str(gap), "leaves") from gap
    if facts.opens_at is not None and facts.closes_at is not None and facts.opens_at >= facts.closes_at:
        raise Refused(_("The list closes after it opens."), "closes_at")
    if not facts.modes:
        raise Refused(_("Choose at least one way of taking part."), "modes")


def _put(visit: Visit, facts: Facts) -> None:
    for name in NAMES:
        value = getattr(facts, name)
        setattr(visit, name, list(value) if isinstance(value, (tuple, list)) else value)


def _plain(value: Any) -> Any:
    """As the journal holds it."""
    if isinstance(value, (date, time, datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, (tuple, list)) else value


def _tell(visit: Visit, who: str, now: datetime) -> None:
    """Whoever has a certain place knows the visit as it is now, and so does their calendar."""
    sayer = sayer_to_many()
    for each in rows.held(rows.in_state(visit.id, *GOING)):
        moving.retold(each, now, sayer)
        each.version += 1
        db.session.flush()
        letters.tell("visit changed", each, now, who=who, sayer=sayer)


def _take_off_who_may_not(visit: Visit, who: str, now: datetime) -> None:
    sayer = sayer_to_many()
    for each in rows.held(rows.in_state(visit.id, Standing.WAITLISTED)):
        if signing.bar(visit, each.delegate):
            moving.move(each, Standing.CANCELLED_BY_ORGANISER, who=who, now=now, comment=FOR_OTHERS, sayer=sayer)


def _anybody(visit_id: int) -> bool:
    found = select(SignUp.id).where(SignUp.visit_id == visit_id, SignUp.state.not_in(OVER))
    return db.session.execute(found.limit(1)).first() is not None


def _copied(title: str) -> str:
    return f"{title[:180]} (2)"


def _note(
    what: str, visit: Visit, who: str, now: datetime, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    note(what, f"visit/{visit.code}", who=who, now=now, event_id=visit.event_id, before=before, after=after)
