"""Focal points: who speaks for a city. Named by the organisers, they name colleagues and hand over by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app import tokens
from app.db import db
from app.delegations import letters
from app.delegations.deadlines import limits
from app.delegations.models import Answer, Delegation, FocalPoint
from app.events.models import Due, Event, new_uid
from app.journal import note
from app.outbox import post, reachable
from app.refused import Refused
from app.sentences import Sentence

AT_MOST = 10
"""How many may speak for one city at a time; each of them gets every letter."""


@dataclass(frozen=True)
class Contact:
    """Somebody who is to speak for a city."""

    name: str
    email: str
    position: str = ""
    phone: str = ""
    language: str = "en"


def by_link(token: str) -> FocalPoint:
    """The active focal point whose page this secret opens, with the delegation and all it shows. Raises LookupError."""
    query = select(FocalPoint).where(FocalPoint.link_hash == tokens.digest(token), FocalPoint.active)
    found = db.session.execute(query.options(joinedload(FocalPoint.delegation).options(*_WHOLE))).scalar_one_or_none()
    if found is None:
        raise LookupError("no focal point has this secret")
    return found


def held(delegation_id: int) -> Delegation:
    """The delegation as stored now, locked until the transaction ends, with event, member, modes and focal points."""
    query = whole().where(Delegation.id == delegation_id).with_for_update(of=Delegation)
    return db.session.execute(query.execution_options(populate_existing=True)).unique().scalar_one()


def whole() -> Select[Delegation]:
    """Delegations with event, member, modes, letter and focal points."""
    return select(Delegation).options(*_WHOLE)


_WHOLE = (
    joinedload(Delegation.event).options(joinedload(Event.network), joinedload(Event.host)),
    joinedload(Delegation.member),
    joinedload(Delegation.letter),
    selectinload(Delegation.modes),
    selectinload(Delegation.focal_points),
)


def active(delegation: Delegation) -> list[FocalPoint]:
    """Those who speak for the city now, in the order in which they came."""
    return [each for each in delegation.focal_points if each.active]


FOCAL = Sentence(_l("%(name)s (focal point of %(city)s)"))


def named(focal: FocalPoint) -> str:
    """How the journal names them: "Gaia Romani (focal point of Rome)"."""
    return FOCAL.stored(name=focal.name[:100], city=focal.delegation.member.name[:70])


def appoint(delegation_id: int, contact: Contact, *, who: str, now: datetime) -> FocalPoint:
    """One more who speaks for the city; a letter brings the link, unless the invitation is still to be sent.

    Somebody of the same name and address who does so already stays alone. Refused when no letter can reach them
    ("email"), or when there are `AT_MOST` already.
    """
    reachable(contact.email)
    delegation = held(delegation_id)
    if (present := _present(delegation, contact)) is not None:
        return present
    if len(active(delegation)) >= AT_MOST:
        raise Refused(_("%(num)s people speak for this city already; that is the most there can be.", num=AT_MOST))
    focal = _new(delegation, contact, now)
    _note("named focal point", delegation, who, now, after={"name": focal.name, "email": focal.email})
    if delegation.answer != Answer.DRAFT:
        limit = limits(delegation.event_id, delegation.id).get(Due.ANSWER)
        post(letters.appointed(focal, who, limit), now)
    return focal


def spoken_with(member_id: int) -> str:
    """The language of letters to whoever spoke for the city last, at this event or another; English if nobody did."""
    last = select(FocalPoint.language).join(FocalPoint.delegation).where(Delegation.member_id == member_id)
    ordered = last.order_by(FocalPoint.added_at.desc(), FocalPoint.id.desc()).limit(1)
    return db.session.execute(ordered).scalar_one_or_none() or "en"


def hand_over(focal_id: int, contact: Contact, *, now: datetime) -> FocalPoint:
    """Another person speaks for the city instead of this one, whose link opens nothing any more.

    Pressed twice it is done once. Refused when no letter can reach the other ("email") or it is the same person, and
    when somebody else took over meanwhile or the organisers ended it.
    """
    delegation_id = db.session.execute(select(FocalPoint.delegation_id).where(FocalPoint.id == focal_id)).scalar_one()
    delegation = held(delegation_id)
    focal = next(each for each in delegation.focal_points if each.id == focal_id)
    if (focal.name.casefold(), focal.email.casefold()) == (contact.name.casefold(), contact.email.casefold()):
        raise Refused(_("This is you. Enter the name and the address of the person who takes over."), "email")
    who = named(focal)
    if not focal.active:
        return _heir(delegation, contact)
    _end(focal)
    _note("handed over", delegation, who, now, {"name": focal.name}, {"name": contact.name})
    db.session.flush()
    return appoint(delegation_id, contact, who=who, now=now)


def readdress(focal_id: int, email: str, *, who: str, now: datetime) -> None:
    """From now on letters to this person go there. Refused on "email" when no letter can reach it."""
    reachable(email)
    query = select(FocalPoint).where(FocalPoint.id == focal_id).options(joinedload(FocalPoint.delegation))
    found = db.session.execute(query.with_for_update(of=FocalPoint)).scalar_one()
    before, found.email = found.email, email
    if before != email:
        told = {"name": found.name, "email": before}, {"name": found.name, "email": email}
        _note("new address of focal point", found.delegation, who, now, *told)


def speak(focal_id: int, language: str, *, now: datetime) -> None:
    """Letters go to this person in another language from now on. The same once more is no change."""
    delegation_id = db.session.execute(select(FocalPoint.delegation_id).where(FocalPoint.id == focal_id)).scalar_one()
    delegation = held(delegation_id)
    focal = next(each for each in delegation.focal_points if each.id == focal_id)
    before, focal.language = focal.language, language
    if before != language:
        _note("letters in", delegation, named(focal), now, {"language": before}, {"language": language})


def dismiss(focal_id: int, *, who: str, now: datetime) -> None:
    """This person no longer speaks for the city; the link opens nothing any more. Twice is once.

    Refused for the only one of a city that was invited, until the summit is over: somebody must be there to get the
    letters.
    """
    delegation_id = db.session.execute(select(FocalPoint.delegation_id).where(FocalPoint.id == focal_id)).scalar_one()
    delegation = held(delegation_id)
    focal = next(each for each in delegation.focal_points if each.id == focal_id)
    if not focal.active:
        return
    needed = delegation.answer != Answer.DRAFT and now.date() <= delegation.event.ends_on
    if needed and len(active(delegation)) == 1:
        raise Refused(_("%(name)s is the only focal point. Add another one first.", name=focal.name))
    _end(focal)
    _note("dismissed focal point", delegation, who, now, {"name": focal.name, "email": focal.email})
    db.session.flush()


def _present(delegation: Delegation, contact: Contact) -> FocalPoint | None:
    """Who of this name and address speaks for the city already."""
    same = (contact.name.casefold(), contact.email.casefold())
    return next((each for each in active(delegation) if (each.name.casefold(), each.email.casefold()) == same), None)


def _heir(delegation: Delegation, contact: Contact) -> FocalPoint:
    """The one to whom it was handed over by the press before. Refused when that was not so: the link is dead."""
    found = _present(delegation, contact)
    if found is None:
        raise Refused(_("You no longer speak for %(city)s, so you cannot hand over.", city=delegation.member.name))
    return found


def _new(delegation: Delegation, contact: Contact, now: datetime) -> FocalPoint:
    focal = FocalPoint(uid=new_uid(), delegation_id=delegation.id, link_generation=0, active=True, added_at=now)
    for name in ("name", "email", "position", "phone", "language"):
        setattr(focal, name, getattr(contact, name))
    focal.delegation = delegation
    focal.seal()
    db.session.add(focal)
    db.session.flush()
    return focal


def _end(focal: FocalPoint) -> None:
    focal.active = False
    focal.link_generation += 1
    focal.seal()


def _note(
    what: str,
    delegation: Delegation,
    who: str,
    now: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    subject = f"delegation/{delegation.uid}"
    note(what, subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)
