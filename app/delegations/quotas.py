"""Quotas: how many of each category and mode a delegation may enter (rule 9.1), taken by conditional updates.

Whoever takes both locks the place of the event first and the quota second, so that no two wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Exists, and_, bindparam, case, delete, select, update
from sqlalchemy.orm import joinedload

from app.db import claim, db
from app.delegations.models import Category, Delegation, Overflow, Quota
from app.events.models import Mode
from app.events.words import mode_word
from app.journal import note
from app.refused import Refused
from app.sentences import Sentence

Key = tuple[Category, Mode]
"""What is counted apart."""
BELOW_USE = Sentence(_l("The quota was set below its use.")).stored()
LEFT = Quota.taken < Quota.seats + Quota.granted
GONE = case((Quota.lowered > 0, 1), else_=0)
"""The part of a returned place that is lost, because the quota was lowered below its use."""


def take(delegation_id: int, category: Category, mode: Mode) -> None:
    """Take one place. Refused on "role" when the quota is used up; without a quota there is no limit."""
    taking = update(Quota).where(_of(delegation_id, category, mode), LEFT).values(taken=Quota.taken + 1)
    if claim(taking):
        return
    found = db.session.execute(select(Quota).where(_of(delegation_id, category, mode))).scalar_one_or_none()
    if found is not None:
        db.session.refresh(found)
        raise Refused(used_up(found), "role")


def limited() -> Exists:
    """Whether a "delegation" has a quota for a "category" and a "mode", as a condition of a query with these blanks."""
    mine = Quota.delegation_id == bindparam("delegation"), Quota.category == bindparam("category")
    return select(Quota.id).where(*mine, Quota.mode == bindparam("mode")).exists()


def free(delegation_id: int, category: Category, mode: Mode) -> None:
    """Give one place back; without a quota there is nothing to count."""
    giving = update(Quota).where(_of(delegation_id, category, mode), Quota.taken > 0)
    if claim(giving.values(taken=Quota.taken - 1, granted=Quota.granted - GONE, lowered=Quota.lowered - GONE)):
        return
    if db.session.execute(select(Quota.id).where(_of(delegation_id, category, mode))).first() is not None:
        raise RuntimeError(f"a place of the quota ({category}, {mode}) is given back that was never taken")


def shift(delegation_id: int, frees: Iterable[Key], takes: Iterable[Key]) -> None:
    """Give places back and take others, at once: what comes back to the quota it came from is not touched.

    Refused on "role" as `take`. Always in one order, so that two who shift do not wait for each other.
    """
    net = Counter(takes)
    net.subtract(frees)
    for (category, mode), number in sorted(net.items()):
        for _each in range(abs(number)):
            (take if number > 0 else free)(delegation_id, category, mode)


def of(delegation_id: int) -> list[Quota]:
    """The quotas of a delegation in the order of categories and modes. One query."""
    rows = list(db.session.execute(select(Quota).where(Quota.delegation_id == delegation_id)).scalars())
    categories, modes = list(Category), list(Mode)
    return sorted(rows, key=lambda row: (categories.index(row.category), modes.index(row.mode)))


def grant(quota_id: int, number: int, reason: str, *, who: str, now: datetime) -> Quota:
    """Allow so many places beyond the quota; number, reason and name are kept for good. Refused in words."""
    if number < 1:
        raise Refused(_("Grant at least one place."), "number")
    if not reason.strip():
        raise Refused(_("Say why: the reason is kept with the name of who granted it."), "reason")
    quota = _locked(quota_id)
    before = told(quota)
    quota.granted += number
    _write_down(quota, number, reason.strip(), who=who, now=now)
    _note("granted places", quota, who=who, now=now, before=before, reason=reason)
    return quota


def set_seats(
    delegation_id: int,
    category: Category,
    mode: Mode,
    seats: int | None,
    *,
    counted: int,
    who: str,
    now: datetime,
    reason: str = "",
) -> Quota | None:
    """Set how many the delegation may enter; None lifts the limit.

    `counted` is how many it has entered, for a quota that is new; the caller holds the delegation locked, so that
    nobody enters meanwhile (`registration.waiting.set_quota` does both). Lowering below use is allowed: those entered
    stay, nobody new comes, and the difference is written down. Refused when `seats` is below 0.
    """
    if seats is not None and seats < 0:
        raise Refused(_("A quota is 0 or more."), "seats")
    mine = _of(delegation_id, category, mode)
    quota = db.session.execute(
        select(Quota).where(mine).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    before = told(quota) if quota else None
    if seats is None:
        if quota is not None:
            _note("lifted quota", quota, who=who, now=now, before=before, reason=reason)
            db.session.execute(delete(Overflow).where(Overflow.quota_id == quota.id))
            db.session.delete(quota)
            db.session.flush()
        return None
    if quota is None:
        quota = Quota(delegation_id=delegation_id, category=category, mode=mode, seats=0)
        quota.taken, quota.granted, quota.lowered = counted, 0, 0
        db.session.add(quota)
    given = quota.granted - quota.lowered
    over = max(0, quota.taken - seats - given)
    quota.seats, quota.granted = seats, given + over
    rise, quota.lowered = over - quota.lowered, over
    db.session.flush()
    if rise > 0:
        _write_down(quota, rise, reason.strip() or BELOW_USE, who=who, now=now)
    _note("set quota", quota, who=who, now=now, before=before, reason=reason)
    return quota


def used_up(quota: Quota) -> str:
    """What is said when a quota is used up, with the way on: "Quota 4 of 4 ..."."""
    said: str = _(
        "The quota of your city is used up: %(taken)s of %(limit)s (%(category)s, %(mode)s). Ask the organisers for"
        " another place, or take somebody off the list first.",
        taken=quota.taken,
        limit=quota.seats + quota.granted,
        category=category_word(quota.category),
        mode=mode_word(quota.mode),
    )
    return said


def category_word(category: Category) -> str:
    said: dict[Category, str] = {
        Category.HEADS: _("head of delegation"),
        Category.DELEGATES: _("delegates"),
        Category.SUPPORT: _("support"),
        Category.ACCOMPANYING: _("accompanying people"),
        Category.MEDIA: _("media"),
    }
    return said[category]


def told(quota: Quota) -> dict[str, int]:
    """What the journal holds of a quota."""
    return {"seats": quota.seats, "taken": quota.taken, "granted": quota.granted}


def _of(delegation_id: int, category: Category, mode: Mode) -> ColumnElement[bool]:
    return and_(Quota.delegation_id == delegation_id, Quota.category == category, Quota.mode == mode)


def _locked(quota_id: int) -> Quota:
    query = select(Quota).where(Quota.id == quota_id).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _write_down(quota: Quota, number: int, reason: str, *, who: str, now: datetime) -> None:
    db.session.add(Overflow(quota_id=quota.id, number=number, reason=reason[:500], granted_by=who, granted_at=now))
    db.session.flush()


def _note(what: str, quota: Quota, *, who: str, now: datetime, before: dict[str, int] | None, reason: str) -> None:
    delegation = db.session.get_one(Delegation, quota.delegation_id, options=[joinedload(Delegation.member)])
    after = {"category": quota.category.value, "mode": quota.mode.value, **told(quota), "reason": reason}
    subject = f"delegation/{delegation.uid}"
    note(what, subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)
