"""Members and their invitations as organisers read them, and what they do to several at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.delegations import answering, focal, letters
from app.delegations.deadlines import Limit, all_limits
from app.delegations.focal import Contact
from app.delegations.models import Answer, Delegation, FocalPoint
from app.events.models import Due, Event, new_uid
from app.journal import Note, note
from app.network.models import Member
from app.outbox import Message, Rendered, shown
from app.refused import Refused

INVITATION, REMINDER = "invitation", "reminder"
FITS = {INVITATION: frozenset({Answer.DRAFT}), REMINDER: frozenset({Answer.INVITED})}
"""Which letter goes to whom."""


@dataclass(frozen=True)
class Row:
    """A member of the network, and how it stands with this summit."""

    member: Member
    delegation: Delegation | None
    focal_points: tuple[FocalPoint, ...]
    """Those who speak for it now."""
    limit: Limit | None
    """By when it answers."""

    @property
    def answer(self) -> Answer:
        return self.delegation.answer if self.delegation else Answer.DRAFT

    def may_get(self, kind: str) -> bool:
        return bool(self.focal_points) and self.answer in FITS[kind]


@dataclass(frozen=True)
class Shown:
    """A letter as one city would get it."""

    row: Row
    to: str
    letter: Rendered


def rows(event: Event) -> list[Row]:
    """Every member of the event's network by name, with its delegation if it has one. Five queries."""
    members = select(Member).where(Member.network_id == event.network_id).order_by(Member.folded, Member.id)
    return _rows(event, list(db.session.execute(members).scalars()))


def row(event: Event, slug: str) -> Row:
    """One member of the event's network. Raises LookupError."""
    found = select(Member).where(Member.network_id == event.network_id, Member.slug == slug)
    member = db.session.execute(found).scalar_one_or_none()
    if member is None:
        raise LookupError(f"no member of this network is called {slug!r}")
    return _rows(event, [member])[0]


def chosen(event: Event, slugs: Collection[str]) -> list[Row]:
    """These members by name; names that are none are passed over."""
    return [each for each in rows(event) if each.member.slug in set(slugs)]


def counts(found: Sequence[Row]) -> dict[Answer, int]:
    """How many members stand where; those without a delegation count as not invited."""
    answers = [each.answer for each in found]
    return {answer: answers.count(answer) for answer in Answer if answer in answers}


def _rows(event: Event, members: list[Member]) -> list[Row]:
    known = db.session.execute(
        select(Delegation)
        .where(Delegation.event_id == event.id, Delegation.member_id.in_([each.id for each in members]))
        .options(
            selectinload(Delegation.focal_points),
            selectinload(Delegation.modes),
            joinedload(Delegation.letter),
            joinedload(Delegation.member),
            joinedload(Delegation.event).options(joinedload(Event.network), joinedload(Event.host)),
        )
    ).scalars()
    by_member = {each.member_id: each for each in known}
    common, longer = all_limits(event.id, Due.ANSWER)
    return [_row(each, by_member.get(each.id), common, longer) for each in members]


def _row(member: Member, delegation: Delegation | None, common: Limit | None, longer: Mapping[int, Limit]) -> Row:
    if delegation is None:
        return Row(member, None, (), common)
    return Row(member, delegation, tuple(focal.active(delegation)), longer.get(delegation.id, common))


def enter(event: Event, contacts: Mapping[str, Contact], *, who: str, now: datetime) -> int:
    """Give members (by slug) a focal point, and a delegation if they have none; how many. Entered twice is once.

    Letters go in the language in which the city was written to before.
    """
    if not contacts:
        return 0
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    for each in chosen(event, contacts):
        delegation = each.delegation or _made(event, each.member, who, now)
        contact = replace(contacts[each.member.slug], language=focal.spoken_with(each.member.id))
        focal.appoint(delegation.id, contact, who=who, now=now)
    return len(contacts)


def _made(event: Event, member: Member, who: str, now: datetime) -> Delegation:
    """A new delegation, not invited yet; that of the host takes part without being asked."""
    last = select(func.max(Delegation.position)).where(Delegation.event_id == event.id)
    made = Delegation(
        uid=new_uid(),
        event_id=event.id,
        member_id=member.id,
        answer=Answer.APPROVED if member.id == event.host_id else Answer.DRAFT,
        position=(db.session.execute(last).scalar() or 0) + 1,
        code_generation=0,
        link_generation=0,
    )
    made.seal()
    db.session.add(made)
    db.session.flush()
    subject = f"delegation/{made.uid}"
    note("made", subject, who=who, now=now, event_id=event.id, after={"city": member.name})
    return made


def preview(kind: str, found: Row) -> Shown:
    """The letter as it would be sent to the city's first focal point now; in place of the secret stand three dots.

    Whoever has the secret speaks in that person's name, so not even organisers are shown it.
    """
    person = found.focal_points[0]
    invited = kind == INVITATION
    letter = letters.invitation(person, found.limit) if invited else letters.reminder(person, found.limit, "now")
    return Shown(found, f"{person.name} <{person.email}>", shown(letter, [person.link]))


def send(event: Event, kind: str, slugs: Collection[str], *, who: str, now: datetime) -> int:
    """Send this letter to those of the members whom it fits; to how many cities. Refused when it fits none."""
    ids = [each.delegation.id for each in chosen(event, slugs) if each.delegation and each.may_get(kind)]
    if not ids:
        raise Refused(_("None of these cities can get this letter now; it may have been sent already."))
    act = answering.invite if kind == INVITATION else answering.remind
    return act(event.id, ids, who=who, now=now)


def settle(delegation_id: int, required: bool, internal_note: str, *, who: str, now: datetime) -> None:
    """Whether the city owes a letter of authority, and what organisers note for each other."""
    delegation = focal.held(delegation_id)
    before = {"letter required": delegation.letter_required, "note": delegation.internal_note}
    after = {"letter required": required, "note": internal_note}
    if before == after:
        return
    delegation.letter_required, delegation.internal_note = required, internal_note
    subject = f"delegation/{delegation.uid}"
    note("settings", subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)


def posted(event: Event, member: Member) -> list[Message]:
    """Letters that went, or are to go, to the focal points of a city, latest first."""
    theirs = Message.key.like(f"%/{event.slug}/{member.slug}/%")
    found = select(Message).where(Message.event_id == event.id, theirs).order_by(Message.id.desc()).limit(50)
    return list(db.session.execute(found).scalars())


def journal_of(delegation: Delegation) -> list[Note]:
    """What the journal holds of a delegation, latest first."""
    lines = select(Note).where(Note.event_id == delegation.event_id, Note.subject == f"delegation/{delegation.uid}")
    return list(db.session.execute(lines.order_by(Note.at.desc(), Note.id.desc())).scalars())
