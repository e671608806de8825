"""Changes that are asked for instead of made: after approval, and after a deadline (rules 9.13 to 9.15 of the domain).

What stood before stays in force until the change is granted, which goes through the same hands as any other change and
may find that there is no place left: then it goes on waiting. Each of the acts that ask makes at once what nobody has
to agree to, and tells what waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import Select, select, update

from app.db import db
from app.delegations import deadlines
from app.delegations.deadlines import Limits
from app.events.models import Approval, Due, Mode
from app.journal import note
from app.refused import Refused
from app.registration import changes, leading, notices, replies, rows, service, states
from app.registration.asked import Asked, Decider, Kind, Outcome
from app.registration.models import ENDED, Capacity, Delegate, State
from app.registration.service import Details

DUE = {Kind.MODE: Due.MODE, Kind.NAME: Due.NAMES, Kind.HEAD: Due.HEAD}
"""The deadline after which a change of this kind is asked for, if it is a hard one."""
BY_NAME = ("family_name", "given_name")
"""What is told with a name and waits with it."""
BY_MODE = ("mobile", "zone", "platform_name", "video_language")
"""What is told with a mode and waits with it; what somebody needs to eat and get about is not kept, and told later."""


def change(
    delegate_id: int, details: Details, version: int, now: datetime, *, who: str = "", by_office: bool = False
) -> tuple[Delegate, list[Asked]]:
    """As `service.change`, by the person or, `by_office`, by the city's office (`who`); name and mode are only asked
    for where somebody has to agree."""
    delegate = rows.one(delegate_id)
    limits = deadlines.limits(delegate.event_id, delegate.delegation_id)
    waits: dict[Kind, tuple[str, dict[str, Any]]] = {}
    kept = details
    if details.mode != delegate.mode and _decider(delegate, Kind.MODE, limits, now, by_office=by_office):
        waits[Kind.MODE] = details.mode.value, {name: getattr(details, name) for name in BY_MODE}
        kept = replace(kept, mode=delegate.mode, **_stored(delegate, *BY_MODE), **_needs(delegate))
    if details.name != delegate.name and _decider(delegate, Kind.NAME, limits, now, by_office=by_office):
        waits[Kind.NAME] = details.name, {name: getattr(details, name) for name in BY_NAME}
        kept = replace(kept, name=delegate.name, **_stored(delegate, *BY_NAME))
    renamed = kept.name != delegate.name
    done = service.change(delegate_id, kept, version, now, who=who)
    if renamed:
        _mark_late(done, limits, Due.NAMES, now)
    asked = [
        _ask(
            done,
            kind,
            wanted,
            _present(done, kind),
            more,
            limits=limits,
            who=who or done.signed,
            now=now,
            by_office=by_office,
        )
        for kind, (wanted, more) in waits.items()
    ]
    return done, asked


def correct(
    delegate_id: int, name: str, mode: Mode, version: int, *, who: str, now: datetime
) -> tuple[Delegate, list[Asked]]:
    """The office changes somebody's name and mode, or asks for it. Refused on "version" when it was changed since."""
    delegate = rows.one(delegate_id)
    service.stands(delegate)
    service.seen(delegate, version)
    service.not_over(delegate.event, now)
    limits = deadlines.limits(delegate.event_id, delegate.delegation_id)
    told, asked = dict[str, Any](), list[Asked]()
    for kind, wanted in ((Kind.NAME, name), (Kind.MODE, mode.value)):
        if wanted == _present(delegate, kind):
            continue
        if _decider(delegate, kind, limits, now, by_office=True):
            present = _present(delegate, kind)
            asked.append(_ask(delegate, kind, wanted, present, {}, limits=limits, who=who, now=now, by_office=True))
        else:
            _mark_late(delegate, limits, DUE[kind], now)
            told[kind.value] = wanted
    if told:
        service.amend(delegate_id, told, who=who, now=now)
        delegate.delegation.altered()
    return delegate, asked


def name_head(
    delegate_id: int,
    *,
    who: str,
    now: datetime,
    former: Literal[Capacity.DELEGATE, Capacity.DEPUTY] = Capacity.DELEGATE,
) -> tuple[Delegate, Asked | None]:
    """As `leading.name_head`, by the office; asked for where one of the two is approved already, or it is late."""
    chosen, present = _with_head(delegate_id)
    limits = deadlines.limits(chosen.event_id, chosen.delegation_id)
    if chosen.role == Capacity.HEAD or not _decider(chosen, Kind.HEAD, limits, now, by_office=True, other=present):
        return leading.name_head(delegate_id, who=who, now=now, former=former), None
    before = present.name if present else ""
    asked = _ask(
        chosen, Kind.HEAD, former.value, before, {}, limits=limits, who=who, now=now, by_office=True, other=present
    )
    others = select(Asked.id).where(
        Asked.delegation_id == chosen.delegation_id,
        Asked.kind == Kind.HEAD,
        Asked.outcome == Outcome.WAITING,
        Asked.id != asked.id,
    )
    _overtake(others, now)  # a delegation has one head
    return chosen, asked


def change_role(delegate_id: int, role: Capacity, *, who: str, now: datetime) -> tuple[Delegate, Asked | None]:
    """As `leading.change_role`, by the office; asked for where the person is approved already."""
    if role == Capacity.HEAD:
        return name_head(delegate_id, who=who, now=now)
    chosen, _head = _with_head(delegate_id)
    limits = deadlines.limits(chosen.event_id, chosen.delegation_id)
    if role == chosen.role or not _decider(chosen, Kind.ROLE, limits, now, by_office=True):
        return leading.change_role(delegate_id, role, who=who, now=now), None
    return chosen, _ask(
        chosen, Kind.ROLE, role.value, chosen.role.value, {}, limits=limits, who=who, now=now, by_office=True
    )


def grant(asked_id: int, *, who: str, now: datetime) -> Asked:
    """What was asked for holds from now on. Twice is once; what is decided already stays so.

    Refused in words when there is no place or quota for it, or the person's registration no longer stands.
    """
    row = _locked(asked_id)
    if not row.waits:
        return row
    delegate, more = row.delegate, dict(row.more)
    _close(row, Outcome.GRANTED, who, now)
    try:
        HANDS[row.kind](row, more, who, now)
    except Refused as no:
        raise Refused(_no_place(row) if no.field == "mode" else no.message) from no
    if row.decider == Decider.CITY:
        delegate.delegation.altered()
    if row.kind == Kind.ROLE:
        notices.new_role(delegate, now, who=who)
    _note("granted a change", row, who, now)
    replies.granted(row, delegate, now)
    return row


def refuse(asked_id: int, reason: str, *, who: str, now: datetime) -> Asked:
    """Everything stays as it was; the person and the city read why. Twice is once. Refused on "reason" without one."""
    row = _locked(asked_id)
    if not row.waits:
        return row
    if not reason.strip():
        raise Refused(_("Say why: the person and the city read it."), "reason")
    row.reason = reason.strip()
    _close(row, Outcome.REFUSED, who, now)
    _note("refused a change", row, who, now)
    replies.refused(row, row.delegate, now)
    return row


def take_back(asked_id: int, *, who: str, now: datetime) -> Asked:
    """Whoever asked does not want it any more. Twice is once."""
    row = _locked(asked_id)
    if row.waits:
        _close(row, Outcome.TAKEN_BACK, who, now)
        _note("took a change back", row, who, now)
    return row


def _decider(
    delegate: Delegate,
    kind: Kind,
    limits: Limits,
    now: datetime,
    *,
    by_office: bool = False,
    other: Delegate | None = None,
) -> Decider | None:
    """Who has to agree to such a change; None: nobody. `other` is concerned by it too."""
    if _is_late(delegate, kind, limits, now):
        return Decider.ORGANISERS
    approved = State.APPROVED in {delegate.state, other.state if other else None}
    if kind == Kind.MODE or not approved or delegate.event.approval == Approval.NONE:
        return None
    if delegate.event.approval == Approval.BOTH:
        return Decider.ORGANISERS
    return None if by_office else Decider.CITY


def _is_late(delegate: Delegate, kind: Kind, limits: Limits, now: datetime) -> bool:
    """Whether a hard deadline is past. A head who steps down is a change of the head."""
    due = Due.HEAD if kind == Kind.ROLE and delegate.role == Capacity.HEAD else DUE.get(kind)
    limit = limits.get(due) if due else None
    return limit is not None and limit.hard and limit.over(now)


def _mark_late(delegate: Delegate, limits: Limits, due: Due, now: datetime) -> None:
    """After a soft deadline."""
    limit = limits.get(due)
    delegate.late = delegate.late or (limit is not None and limit.over(now))


def _ask(
    delegate: Delegate,
    kind: Kind,
    wanted: str,
    before: str,
    more: Mapping[str, Any],
    *,
    limits: Limits,
    who: str,
    now: datetime,
    by_office: bool = False,
    other: Delegate | None = None,
) -> Asked:
    """The change that now waits: the one there is, if it is the same, or a new one in its place."""
    service.not_over(delegate.event, now)
    decider = _decider(delegate, kind, limits, now, by_office=by_office, other=other)
    mine = Asked.delegate_id == delegate.id, Asked.kind == kind, Asked.outcome == Outcome.WAITING
    query = changes.whole().where(*mine).execution_options(populate_existing=True)
    present = db.session.execute(query).scalar_one_or_none()
    if present is not None:
        if (present.wanted, present.more) == (wanted, dict(more)):
            return present
        _close(present, Outcome.OVERTAKEN, who, now)
    row = Asked(
        event_id=delegate.event_id,
        delegation_id=delegate.delegation_id,
        delegate_id=delegate.id,
        kind=kind,
        wanted=wanted,
        before=before,
        more=dict(more),
        asked_by=who[:200],
        asked_at=now,
        late=_is_late(delegate, kind, limits, now),
        decider=decider or Decider.ORGANISERS,
        outcome=Outcome.WAITING,
        decided_by="",
        reason="",
    )
    row.delegate = delegate
    db.session.add(row)
    db.session.flush()
    _note("asked for a change", row, who, now)
    if row.decider == Decider.CITY:
        replies.asked(row, delegate, now)
    return row


def _locked(asked_id: int) -> Asked:
    """The change as stored now, locked after the delegation and the person, as all other acts lock them."""
    found = select(Asked.delegate_id, Asked.delegation_id).where(Asked.id == asked_id)
    delegate_id, delegation_id = db.session.execute(found).one()
    leading.hold(delegation_id)
    delegate = rows.one(delegate_id)
    query = select(Asked).where(Asked.id == asked_id).with_for_update(of=Asked)
    row = db.session.execute(query.execution_options(populate_existing=True)).scalar_one()
    row.delegate = delegate
    return row


def _close(row: Asked, outcome: Outcome, who: str, now: datetime) -> None:
    row.outcome, row.decided_by, row.decided_at, row.more = outcome, who[:200], now, {}
    db.session.flush()


def _with_head(delegate_id: int) -> tuple[Delegate, Delegate | None]:
    """Somebody of a delegation, and its present head. Refused when the registration no longer stands."""
    delegation_id = db.session.execute(select(Delegate.delegation_id).where(Delegate.id == delegate_id)).scalar_one()
    leading.hold(delegation_id)
    chosen = rows.one(delegate_id)
    if chosen.state in ENDED:
        raise Refused(_("This person's registration no longer stands."), "role")
    head = select(Delegate).where(
        Delegate.delegation_id == delegation_id, Delegate.role == Capacity.HEAD, Delegate.state.not_in(ENDED)
    )
    return chosen, db.session.execute(head).scalar_one_or_none()


def _present(delegate: Delegate, kind: Kind) -> str:
    return delegate.mode.value if kind == Kind.MODE else delegate.name


def _stored(delegate: Delegate, *names: str) -> dict[str, Any]:
    return {name: getattr(delegate, name) for name in names}


def _needs(delegate: Delegate) -> dict[str, Any]:
    needs = delegate.needs
    return {"dietary": needs.dietary, "access": needs.access} if needs else {"dietary": "", "access": ""}


def _put_mode(row: Asked, more: dict[str, Any], who: str, now: datetime) -> None:
    service.amend(row.delegate_id, more | {"mode": row.wanted}, who=who, now=now)


def _put_name(row: Asked, more: dict[str, Any], who: str, now: datetime) -> None:
    service.amend(row.delegate_id, more | {"name": row.wanted}, who=who, now=now)


def _put_role(row: Asked, _more: dict[str, Any], who: str, now: datetime) -> None:
    leading.change_role(row.delegate_id, Capacity(row.wanted), who=who, now=now, granted=True)


def _put_head(row: Asked, _more: dict[str, Any], who: str, now: datetime) -> None:
    deputy = row.wanted == Capacity.DEPUTY
    former: Literal[Capacity.DEPUTY, Capacity.DELEGATE] = Capacity.DEPUTY if deputy else Capacity.DELEGATE
    leading.name_head(row.delegate_id, who=who, now=now, former=former, granted=True)
    mine = Asked.delegate_id == row.delegate_id, Asked.kind == Kind.ROLE, Asked.outcome == Outcome.WAITING
    _overtake(select(Asked.id).where(*mine), now)


HANDS: dict[Kind, Callable[[Asked, dict[str, Any], str, datetime], None]] = {
    Kind.MODE: _put_mode,
    Kind.NAME: _put_name,
    Kind.ROLE: _put_role,
    Kind.HEAD: _put_head,
}


def _no_place(row: Asked) -> str:
    said: str = _(
        "No place is left (%(mode)s), or others wait for one. Grant a place first, or refuse; until then the request"
        " goes on waiting.",
        mode=replies.value_word(row.kind, row.wanted),
    )
    return said


def _overtaken(change: states.Change, now: datetime) -> None:
    """Nothing is left to decide of somebody whose registration has ended, nor of a mode that is another one now."""
    if change.before is None:
        return  # who is new has asked for nothing
    mine = select(Asked.id).where(Asked.delegate_id == change.delegate.id, Asked.outcome == Outcome.WAITING)
    if change.after in ENDED:
        _overtake(mine, now)
    elif change.mode_before != change.mode_after:
        _overtake(mine.where(Asked.kind == Kind.MODE), now)


def _overtake(which: Select[Any], now: datetime) -> None:
    done = {"outcome": Outcome.OVERTAKEN, "decided_at": now, "more": {}}
    ids = list(db.session.execute(which).scalars())
    if ids:
        changing = update(Asked).where(Asked.id.in_(ids)).values(done)
        db.session.execute(changing.execution_options(synchronize_session="fetch"))


states.consequences.append(_overtaken)


def _note(what: str, row: Asked, who: str, now: datetime) -> None:
    subject, kind = f"delegate/{row.delegate.uid}", row.kind.value
    before, after = {kind: row.before}, {kind: row.wanted} | ({"reason": row.reason} if row.reason else {})
    if row.kind == Kind.HEAD:
        after[kind] = row.delegate.name
    note(what, subject, who=who, now=now, event_id=row.event_id, before=before, after=after)
