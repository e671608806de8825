"""The board as the database holds it. Each function costs a fixed number of queries, whatever the number of cities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Exists, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import contains_eager

from app import clock
from app.agenda import draft
from app.db import db
from app.delegations.models import Answer, Delegation, DelegationMode, FocalPoint, Quota
from app.desk import service as desk
from app.desk.board.needs import Row
from app.events.models import Event, Mode
from app.journal import Note, note
from app.network.models import Alias, Member, folded
from app.office.undelivered import by_delegation
from app.profiles.models import Profile
from app.refused import Refused
from app.registration.changes import counts as asked_for
from app.registration.models import COUNTED, ENDED, Capacity, Delegate, State
from app.videos.models import ENDED as DONE_WITH
from app.videos.models import READY, VideoMessage
from app.videos.models import State as Video

REVIEWED = "reviewed changes"
MOST = 200
"""Lines of the journal that one page shows."""


@dataclass(frozen=True)
class People:
    """How many people of one city stand where."""

    registered: int = 0
    approved: int = 0
    waitlisted: int = 0
    to_decide: int = 0


@dataclass(frozen=True)
class Participant:
    """One approved person, as the list of participants has it."""

    city: str
    city_slug: str
    reference: str
    name: str
    role: Capacity
    deputy_place: int | None
    position: str
    organisation: str
    mode: Mode
    listed: bool
    """They agreed to stand in the public list."""
    own_script: str
    pronunciation: str


def rows(event: Event, now: datetime) -> list[Row]:
    """Every delegation of the event as the board shows it, by name. Twelve queries."""
    people, modes, quotas = _people(event.id), _modes(event.id), _quotas(event.id)
    aliases, sessions = _aliases(event.id), desk.sessions_of(event.id)
    videos, lost = _videos(event.id), by_delegation(event.id)
    asked, hours = asked_for(event.id), draft.bad_hours(event)
    over, made = clock.local(now, event.zone).date() > event.ends_on, []
    for each in _cities(event.id):
        stand = people.get(each.id, People())
        taken, quota = quotas.get(each.id, (0, None))
        made.append(
            Row(
                slug=each.slug,
                name=each.name,
                zone=each.zone,
                answer=each.answer,
                over=over,
                names=(folded(each.name), *aliases[each.member_id]),
                reachable=each.reachable,
                undelivered=lost.get(each.id, 0),
                silent=_silent(each.answer, each.invited_at, now),
                modes=tuple(mode for mode in Mode if mode in modes[each.id]),
                videos=videos.get(each.id, ""),
                modes_asked=bool(each.modes_asked),
                requests=asked.get(each.id, 0),
                changes=each.changes_pending,
                head=each.head or "",
                head_approved=each.head_state == State.APPROVED,
                letter_required=each.letter_required,
                letter_held=each.letter_id is not None,
                registered=stand.registered,
                approved=stand.approved,
                quota_taken=taken,
                quota=quota,
                waitlisted=stand.waitlisted,
                to_decide=stand.to_decide,
                sessions=tuple(sessions.get(each.id, ())),
                bad_hours=hours.get(each.id),
            )
        )
    return made


def _cities(event_id: int) -> Sequence[Any]:
    """What a delegation, its city and its head are, by the name of the city."""
    return db.session.execute(
        select(
            *(Delegation.id, Delegation.answer, Delegation.invited_at, Delegation.modes_asked),
            *(Delegation.changes_pending, Delegation.letter_required, Delegation.letter_id),
            *(Delegation.member_id, Member.slug, Member.name, Member.zone),
            *(Delegate.name.label("head"), Delegate.state.label("head_state"), _reachable().label("reachable")),
        )
        .join(Delegation.member)
        .outerjoin(Delegate, _heads())
        .where(Delegation.event_id == event_id)
        .order_by(Member.folded, Member.slug)
    ).all()


def _silent(answer: Answer, invited_at: datetime | None, now: datetime) -> int | None:
    return max(0, (now - invited_at).days) if answer == Answer.INVITED and invited_at else None


def _people(event_id: int) -> dict[int, People]:
    def number(*states: State) -> object:
        return func.sum(case((Delegate.state.in_(states), 1), else_=0))

    counted = db.session.execute(
        select(
            Delegate.delegation_id,
            number(*COUNTED),  # type: ignore[call-overload]
            number(State.APPROVED),
            number(State.WAITLISTED),
            number(State.ENDORSED),
        )
        .where(Delegate.event_id == event_id)
        .group_by(Delegate.delegation_id)
    )
    return {key: People(*numbers) for key, *numbers in counted}


def _heads() -> ColumnElement[bool]:
    """What joins to a delegation the one who leads it, if anybody does."""
    leads = and_(Delegate.role == Capacity.HEAD, Delegate.state.not_in(ENDED))
    return and_(Delegate.delegation_id == Delegation.id, leads)


def _modes(event_id: int) -> dict[int, set[Mode]]:
    query = select(DelegationMode.delegation_id, DelegationMode.mode).join(
        Delegation, Delegation.id == DelegationMode.delegation_id
    )
    found: dict[int, set[Mode]] = defaultdict(set)
    for key, mode in db.session.execute(query.where(Delegation.event_id == event_id)):
        found[key].add(mode)
    return found


BEHIND: dict[str, frozenset[Video]] = {
    "overdue": frozenset({Video.OVERDUE}),
    "back": frozenset({Video.FAILED, Video.CHANGES_REQUESTED}),
    "owed": frozenset({Video.EXPECTED}),
    "come": frozenset({Video.UPLOADED, Video.CHECKING, Video.IN_REVIEW}),
    "ready": READY,
}
"""How videos stand, what is furthest back first."""


def _videos(event_id: int) -> dict[int, str]:
    """Delegation -> how the video stands that is furthest back of those expected of it. One query."""
    found = select(VideoMessage.delegation_id, VideoMessage.state).where(
        VideoMessage.event_id == event_id, VideoMessage.delegation_id.is_not(None), VideoMessage.state.not_in(DONE_WITH)
    )
    states: dict[int, set[Video]] = defaultdict(set)
    for row in db.session.execute(found):
        states[row.delegation_id].add(row.state)
    return {key: next(word for word, each in BEHIND.items() if each & some) for key, some in states.items()}


def _quotas(event_id: int) -> dict[int, tuple[int, int]]:
    """(taken, allowed) of each delegation that has any quota, over categories and modes."""
    counted = db.session.execute(
        select(Quota.delegation_id, func.sum(Quota.taken), func.sum(Quota.seats + Quota.granted - Quota.lowered))
        .join(Delegation, Delegation.id == Quota.delegation_id)
        .where(Delegation.event_id == event_id)
        .group_by(Quota.delegation_id)
    )
    return {key: (int(taken), int(allowed)) for key, taken, allowed in counted}


def _reachable() -> Exists:
    """Whether anybody speaks for a delegation."""
    return exists().where(FocalPoint.delegation_id == Delegation.id, FocalPoint.active)


def _aliases(event_id: int) -> dict[int, list[str]]:
    mine = and_(Delegation.member_id == Alias.member_id, Delegation.event_id == event_id)
    found: dict[int, list[str]] = defaultdict(list)
    for key, name in db.session.execute(select(Alias.member_id, Alias.folded).join(Delegation, mine)):
        found[key].append(name)
    return found


def city(event_id: int, slug: str) -> Delegation:
    """The delegation of this city with its member. Raises LookupError. One query."""
    query = select(Delegation).join(Delegation.member).options(contains_eager(Delegation.member))
    row = db.session.execute(query.where(Delegation.event_id == event_id, Member.slug == slug)).scalar_one_or_none()
    if row is None:
        raise LookupError(f"no delegation of this event is of {slug!r}")
    return row


def changes(delegation: Delegation) -> list[Note]:
    """What the journal holds of a delegation and its people since changes were last looked at, latest first.

    Two queries.
    """
    mine = f"delegation/{delegation.uid}"
    people = select(literal("delegate/").concat(Delegate.uid)).where(Delegate.delegation_id == delegation.id)
    last = select(func.max(Note.id)).where(Note.subject == mine, Note.what == REVIEWED)
    after = db.session.execute(last).scalar() or 0
    lines = select(Note).where(Note.id > after, or_(Note.subject == mine, Note.subject.in_(people)))
    return list(db.session.execute(lines.order_by(Note.id.desc()).limit(MOST)).scalars())


def review(delegation_id: int, seen: str, *, who: str, now: datetime) -> None:
    """The changes up to the line `seen` of the journal were looked at. Refused when there are later ones."""
    query = select(Delegation).where(Delegation.id == delegation_id).with_for_update()
    row = db.session.execute(query.execution_options(populate_existing=True)).scalar_one()
    if mark(changes(row)) != seen:
        raise Refused(_("More has changed since you looked. Please look again."))
    if row.changes_pending and not row.modes_asked:
        row.changes_pending = False
        note(REVIEWED, f"delegation/{row.uid}", who=who, now=now, event_id=row.event_id)


def mark(lines: Sequence[Note]) -> str:
    """Which line of the journal is the latest of these."""
    return str(lines[0].id) if lines else ""


def participants(event_id: int) -> list[Participant]:
    """Everybody approved: by city, in each the head, the deputies in their order, then the others. One query."""
    found = db.session.execute(
        select(
            *(Member.name, Member.slug, Delegate.reference, Delegate.honorific, Delegate.name.label("person")),
            *(Delegate.role, Delegate.deputy_place, Delegate.position, Delegate.organisation),
            *(Delegate.mode, Delegate.listed, Profile.own_script, Profile.pronunciation),
        )
        .join(Delegation, Delegation.id == Delegate.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .outerjoin(Profile, Profile.delegate_id == Delegate.id)
        .where(Delegate.event_id == event_id, Delegate.state == State.APPROVED)
    )
    people = [
        Participant(
            city=row.name,
            city_slug=row.slug,
            reference=row.reference,
            name=f"{row.honorific} {row.person}".strip(),
            role=row.role,
            deputy_place=row.deputy_place,
            position=row.position,
            organisation=row.organisation,
            mode=row.mode,
            listed=row.listed,
            own_script=row.own_script or "",
            pronunciation=row.pronunciation or "",
        )
        for row in found
    ]
    return sorted(people, key=_protocol)


ORDER = list(Capacity)


def _protocol(one: Participant) -> tuple[str, str, int, int, str, str]:
    place = one.deputy_place if one.deputy_place is not None else 1_000
    return folded(one.city), one.city_slug, ORDER.index(one.role), place, folded(one.name), one.reference
