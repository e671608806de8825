"""Making, replacing and withdrawing the links of offices and moderators to their calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Person, new_uid
from app.journal import note
from app.publishing.calendars.models import CalendarLink
from app.refused import Refused


@dataclass(frozen=True)
class Owner:
    """Whose calendar it is: of a city's office (its delegation), or of a person of the programme; by their ids."""

    event_id: int
    delegation_id: int | None = None
    person_id: int | None = None


def of(owner: Owner) -> CalendarLink | None:
    """The link that is in use, or None. One query."""
    return db.session.execute(_whose(owner).where(CalendarLink.active)).scalar_one_or_none()


def of_people(event_id: int) -> dict[int, CalendarLink]:
    """The links in use of the people of a programme, by the person's id. One query."""
    rows = select(CalendarLink).where(CalendarLink.event_id == event_id, CalendarLink.person_id.is_not(None))
    found = db.session.execute(rows.where(CalendarLink.active)).scalars()
    return {row.person_id: row for row in found if row.person_id is not None}


def make(owner: Owner, *, who: str, now: datetime) -> CalendarLink:
    """The link in use, made if there is none; one that was withdrawn comes back under another secret."""
    link = _row(owner)
    if link is None:
        link = CalendarLink(
            uid=new_uid(),
            event_id=owner.event_id,
            delegation_id=owner.delegation_id,
            person_id=owner.person_id,
            generation=0,
            active=True,
        )
        db.session.add(link)
    elif link.active:
        return link
    link.active, link.made_by, link.made_at = True, who, now
    link.seal()
    _note("made calendar link", link, who, now)
    try:
        db.session.flush()
    except IntegrityError as fault:
        raise Refused(_("Somebody made this link at the same moment. Please press the button again.")) from fault
    return link


def renew(owner: Owner, generation: int, *, who: str, now: datetime) -> CalendarLink | None:
    """Another secret for the link in use of this generation; the old one opens nothing from now on. Twice is once."""
    link = _row(owner)
    if link is None or not link.active or link.generation != generation:
        return link
    link.generation += 1
    link.made_by, link.made_at = who, now
    link.seal()
    _note("renewed calendar link", link, who, now)
    db.session.flush()
    return link


def withdraw(owner: Owner, *, who: str, now: datetime) -> None:
    """The link opens nothing any more. Twice is once."""
    link = _row(owner)
    if link is None or not link.active:
        return
    link.generation += 1
    link.active = False
    link.seal()
    _note("withdrew calendar link", link, who, now)
    db.session.flush()


def _row(owner: Owner) -> CalendarLink | None:
    """Inside of `write`, locked until the transaction ends."""
    return db.session.execute(_whose(owner).with_for_update()).scalar_one_or_none()


def _whose(owner: Owner) -> Select[CalendarLink]:
    return select(CalendarLink).where(
        CalendarLink.event_id == owner.event_id,
        CalendarLink.delegation_id == owner.delegation_id,
        CalendarLink.person_id == owner.person_id,
    )


def _note(what: str, link: CalendarLink, who: str, now: datetime) -> None:
    if link.delegation_id:
        subject = f"delegation/{db.session.get_one(Delegation, link.delegation_id).uid}"
    else:
        subject = f"person/{db.session.get_one(Person, link.person_id).code}"
    note(what, subject, who=who, now=now, event_id=link.event_id)
