"""What the organisers' queues show. The number of queries does not grow with what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app import clock, ical
from app.agenda.models import Appearance, Session
from app.db import db
from app.delegations.models import Answer, Category, Delegation, Quota
from app.events.models import Event, Mode
from app.events.words import mode_word
from app.network.models import Member
from app.planning import hours
from app.registration import approving, changes, places, replies
from app.registration.asked import Asked, Kind
from app.registration.line import category
from app.registration.models import COUNTED, ENDED, SEATED, Capacity, Delegate, State
from app.web.wording import clock_time, day_short


@dataclass(frozen=True)
class Sent:
    """A delegation that waits for the organisers."""

    delegation: Delegation
    people: int
    to_decide: int
    """How many of them wait for the organisers."""
    lacking: list[str]
    """What keeps it from being approved, in words."""


@dataclass(frozen=True)
class Request:
    """A change that waits for the organisers, and what it would come to."""

    line: replies.Line
    city: str
    zone: str
    """Where the person is, or would join from."""
    follows: list[tuple[str, str]] = field(default_factory=list)
    """What would follow: sentence and tone."""


Item = tuple[str, datetime, datetime]
"""A session: title, start, end."""


def sent(event_id: int) -> list[Sent]:
    """Delegations that wait for the organisers, by name. Three queries."""
    rows = db.session.execute(
        select(Delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id, Delegation.answer == Answer.SUBMITTED)
        .options(contains_eager(Delegation.member), selectinload(Delegation.modes))
        .order_by(Member.folded, Member.slug)
    ).scalars()
    return _sent(list(rows))


def city(event_id: int, slug: str) -> tuple[Delegation, Sent]:
    """One delegation with its city, and how it stands. Raises LookupError."""
    found = db.session.execute(
        select(Delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id, Member.slug == slug)
        .options(contains_eager(Delegation.member), selectinload(Delegation.modes))
    ).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no delegation of this event is of {slug!r}")
    return found, _sent([found])[0]


def _sent(rows: Sequence[Delegation]) -> list[Sent]:
    people = defaultdict[int, list[Delegate]](list)
    theirs = select(Delegate).where(
        Delegate.delegation_id.in_([each.id for each in rows]), Delegate.state.not_in(ENDED)
    )
    for person in db.session.execute(theirs.order_by(Delegate.id)).scalars() if rows else ():
        people[person.delegation_id].append(person)
    return [
        Sent(
            each,
            len(people[each.id]),
            sum(one.state == State.ENDORSED for one in people[each.id]),
            [approving.sentence(lack) for lack in approving.lacks(each, people[each.id])],
        )
        for each in rows
    ]


def asking_for_modes(event_id: int) -> list[Delegation]:
    """Delegations that ask for other modes after the deadline, by name, with their modes. Two queries."""
    rows = db.session.execute(
        select(Delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id, Delegation.modes_asked != "")
        .options(contains_eager(Delegation.member), selectinload(Delegation.modes))
        .order_by(Member.folded, Member.slug)
    )
    return list(rows.scalars())


def queue(event: Event) -> list[Request]:
    """The changes that wait for the organisers, who asked first first. At most four queries."""
    return _requests(event, changes.of_event(event.id))


def request(event: Event, number: int) -> Request:
    """One change that was asked for at this event, decided or not. Raises LookupError."""
    return _requests(event, [changes.find(number, event_id=event.id)])[0]


def _requests(event: Event, rows: Sequence[Asked]) -> list[Request]:
    if not rows:
        return []
    free = places.left(event.id)
    full = _full({each.delegation_id for each in rows})
    agenda = _sessions(event, {each.delegation_id for each in rows})
    made = []
    for row in rows:
        person = row.delegate
        member = person.delegation.member
        zone = str(row.more.get("zone") or person.zone or member.zone)
        follows = _follows(row, free, full)
        if row.waits and row.kind == Kind.MODE and row.wanted == Mode.ONLINE:
            follows += [_hour(item, zone, event.zone) for item in agenda.get(person.delegation_id, ())]
        made.append(Request(replies.line(row), member.name, zone, follows))
    return made


def _follows(row: Asked, free: dict[Mode, bool], full: set[tuple[int, Category, Mode]]) -> list[tuple[str, str]]:
    """What granting it would run into, or bring about."""
    person = row.delegate
    if not row.waits:
        return []
    if row.kind == Kind.HEAD:
        return [(_("%(name)s is the head no longer.", name=row.before), "plain")] if row.before else []
    mode = Mode(row.wanted) if row.kind == Kind.MODE else person.mode
    role = Capacity(row.wanted) if row.kind == Kind.ROLE else person.role
    where, found = mode_word(mode), []
    if mode != person.mode and person.state in SEATED and not free.get(mode, False):
        found.append((_("No place is left (%(where)s).", where=where), "bad"))
    moved = (category(role), mode) != (category(person.role), person.mode)
    if moved and person.state in COUNTED and (person.delegation_id, category(role), mode) in full:
        found.append((_("The quota of the city is used up (%(where)s).", where=where), "bad"))
    return found


def _hour(item: Item, zone: str, home: str) -> tuple[str, str]:
    """ "Session 5: 09:10–10:00 there", with the day where it is another one."""
    title, starts, ends = item
    at = {"title": title, "from": clock_time(starts, zone), "to": clock_time(ends, zone)}
    day = clock.local(starts, zone).date()
    said = _("%(title)s: %(from)s–%(to)s there", **at)
    if day != clock.local(starts, home).date():
        said = _("%(title)s: %(from)s–%(to)s there, %(day)s", day=day_short(day), **at)
    tones = {hours.Hours.GOOD: "good", hours.Hours.TOLERABLE: "warn", hours.Hours.BAD: "bad"}
    return said, tones[hours.verdict(starts, ends, zone)]


def _full(delegation_ids: set[int]) -> set[tuple[int, Category, Mode]]:
    """The quotas of these delegations that are used up."""
    used_up = select(Quota.delegation_id, Quota.category, Quota.mode).where(
        Quota.delegation_id.in_(delegation_ids), Quota.taken >= Quota.seats + Quota.granted
    )
    return {(row.delegation_id, row.category, row.mode) for row in db.session.execute(used_up)}


def _sessions(event: Event, delegation_ids: set[int]) -> dict[int, list[Item]]:
    """The sessions of the draft in which these delegations appear and whose times are set, by delegation."""
    rows = db.session.execute(
        select(Session, Delegation.id)
        .join(Appearance, Appearance.session_id == Session.id)
        .join(Delegation, Delegation.id == Appearance.delegation_id)
        .where(Appearance.delegation_id.in_(delegation_ids), Session.cancelled.is_(False))
        .order_by(Session.day, Session.starts, Session.position)
    )
    found = defaultdict[int, list[Item]](list)
    for session, delegation_id in rows:
        try:
            span = session.span(event.zone)
        except ical.Gap:
            continue  # publishing refuses it in words
        if span is not None:
            found[delegation_id].append((session.title, *span))
    return found
