"""Issuing the participants' list, and reading it.

What was issued never changes; what is shown of it follows the consent of now. Whoever takes it back, or no longer
takes part, is gone from every page, print and file at the next request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import defer

from app import tokens
from app.db import db
from app.delegations.models import TAKES_PART, Answer, Delegation
from app.events.models import Event
from app.journal import note
from app.network.models import Member
from app.publishing.participants.listing import Row, from_json, in_order, mark_of, to_json
from app.publishing.participants.models import Audience, ParticipantList
from app.refused import Refused
from app.registration.models import COUNTED, Delegate, State

AGREED = {Audience.PUBLIC: Delegate.listed, Audience.DELEGATES: Delegate.shared}
"""The tick that lets a person be shown to an audience."""


@dataclass(frozen=True)
class Shown:
    """A revision as it may be shown now: without those who agree no longer, whom only the organisers still see."""

    issued: ParticipantList
    rows: list[Row]
    gone: list[Row]


@dataclass(frozen=True)
class Figures:
    """Cities invited and accepted, people registered and approved, each as the product defines it (rule 9.21)."""

    invited: int
    accepted: int
    registered: int
    approved: int


def present(event_id: int, audience: Audience) -> list[Row]:
    """The list as it would be issued now, in order: everybody approved who agreed. One query."""
    found = db.session.execute(
        select(
            *(Delegate.uid, Member.slug, Member.name.label("city"), Delegate.honorific, Delegate.name),
            *(Delegate.position, Delegate.role, Delegate.rank, Delegate.mode, Delegate.deputy_place),
        )
        .join(Delegation, Delegation.id == Delegate.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(_may_be_shown(event_id, audience))
    )
    return in_order(
        Row(
            uid=each.uid,
            slug=each.slug,
            city=each.city,
            name=f"{each.honorific} {each.name}".strip(),
            position=each.position,
            role=each.role.value,
            rank=each.rank.value if each.rank else "",
            mode=each.mode.value,
            deputy_place=each.deputy_place,
        )
        for each in found
    )


def issue(
    event_id: int, audience: Audience, *, provisional: bool, remark: str, seen: str, key: str, who: str, now: datetime
) -> ParticipantList:
    """Issue the next revision for this audience: P1, P2 ... or 1, 2 ... The same form sent twice issues one.

    Refused when nobody is in the list, when nothing has changed since the last one of its kind, or when the list is no
    longer the one `seen`.
    """
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    sealed = tokens.digest(f"participants/{event_id}/{key}")
    first = db.session.execute(_of(event_id, audience).where(ParticipantList.submit_key == sealed)).scalar_one_or_none()
    if first is not None:
        return first
    rows = present(event_id, audience)
    if mark_of(rows) != seen:
        raise Refused(_("The list has changed since you looked. Please look at it again; what you typed is kept."))
    if not rows:
        raise Refused(_("Nobody is in this list yet, so there is nothing to issue."))
    last = _last(event_id, audience, provisional)
    if last is not None and from_json(last.rows) == rows:
        raise Refused(_("Nothing has changed since revision %(mark)s.", mark=last.mark))
    made = ParticipantList(
        event_id=event_id,
        audience=audience,
        number=last.number + 1 if last else 1,
        provisional=provisional,
        note=remark,
        issued_at=now,
        issued_by=who,
        submit_key=sealed,
        rows=to_json(rows),
    )
    db.session.add(made)
    db.session.flush()
    after = {"audience": audience.value, "revision": made.mark, "people": len(rows), "note": remark}
    note("issued participants' list", f"event/{event_id}", who=who, now=now, event_id=event_id, after=after)
    return made


def revisions(event_id: int, audience: Audience) -> list[ParticipantList]:
    """Every revision for this audience, the latest first, without rows. One query."""
    query = _of(event_id, audience).options(defer(ParticipantList.rows, raiseload=True))
    return list(db.session.execute(query.order_by(ParticipantList.id.desc())).scalars())


def last(event_id: int, audience: Audience) -> ParticipantList | None:
    """The revision issued last, provisional or final. One query."""
    query = _of(event_id, audience).order_by(ParticipantList.id.desc()).limit(1)
    return db.session.execute(query).scalar_one_or_none()


def revision(event_id: int, audience: Audience, mark: str) -> ParticipantList:
    """The revision of this mark, "P2" or "3". Raises LookupError. One query."""
    provisional, number = mark.startswith("P"), mark.removeprefix("P")
    if not (number.isascii() and number.isdecimal() and len(number) < 8):
        raise LookupError(f"{mark!r} is no mark of a revision")
    query = _of(event_id, audience).where(
        ParticipantList.provisional == provisional, ParticipantList.number == int(number)
    )
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no revision of this list is called {mark!r}")
    return found


def newest(event_id: int, audience: Audience) -> Shown | None:
    """The newest final revision as it may be shown now; None when none is issued. Two queries."""
    found = _last(event_id, audience, provisional=False)
    return shown(found) if found is not None else None


def shown(issued: ParticipantList) -> Shown:
    """A revision as it may be shown now. One query."""
    may = set(db.session.execute(select(Delegate.uid).where(_may_be_shown(issued.event_id, issued.audience))).scalars())
    rows = from_json(issued.rows)
    return Shown(issued, [each for each in rows if each.uid in may], [each for each in rows if each.uid not in may])


def figures(event_id: int) -> Figures:
    """How many cities were invited and accepted, how many people are registered and approved. Two queries."""
    asked = _count(Delegation.answer != Answer.DRAFT)
    cities = select(asked, _count(Delegation.answer.in_(TAKES_PART))).where(Delegation.event_id == event_id)
    people = select(_count(Delegate.state.in_(COUNTED)), _count(Delegate.state == State.APPROVED)).where(
        Delegate.event_id == event_id
    )
    (invited, accepted), (registered, approved) = (db.session.execute(each).one() for each in (cities, people))
    return Figures(int(invited), int(accepted), int(registered), int(approved))


def _count(fact: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows the fact is true of."""
    return func.coalesce(func.sum(case((fact, 1), else_=0)), 0)


def _may_be_shown(event_id: int, audience: Audience) -> ColumnElement[bool]:
    return and_(Delegate.event_id == event_id, Delegate.state == State.APPROVED, AGREED[audience])


def _of(event_id: int, audience: Audience) -> Select[ParticipantList]:
    return select(ParticipantList).where(ParticipantList.event_id == event_id, ParticipantList.audience == audience)


def _last(event_id: int, audience: Audience, provisional: bool) -> ParticipantList | None:
    query = _of(event_id, audience).where(ParticipantList.provisional == provisional)
    return db.session.execute(query.order_by(ParticipantList.number.desc()).limit(1)).scalar_one_or_none()
