"""On which themes a city would speak, and whether it asks to: told by its office, or by organisers for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import journal
from app.db import db
from app.delegations import focal
from app.delegations.deadlines import is_late
from app.delegations.models import STANDING, TAKES_PART, Delegation, ThemeWishes
from app.events.models import Due, Theme
from app.network.models import Member
from app.refused import Refused

RANKS = ("first", "second", "third")
"""The columns and the fields of the form, the dearest theme first."""


@dataclass(frozen=True)
class Told:
    """What one city asked of the agenda, as it is shown; empty where it asked nothing."""

    slug: str
    city: str
    zone: str
    themes: Mapping[str, str]
    """Slug -> name of the themes, the dearest first."""
    asked_at: datetime | None
    told_by: str
    told_at: datetime | None
    late: bool


def listed(event_id: int, delegation_id: int | None = None) -> list[Told]:
    """Every city that takes part, by name, with `delegation_id` that one alone, with what it asked. One query."""
    themes = [aliased(Theme) for _rank in RANKS]
    found = (
        select(Member.slug, Member.name, Member.zone, ThemeWishes)
        .add_columns(*(column for each in themes for column in (each.slug, each.name)))
        .select_from(Delegation)
        .join(Delegation.member)
        .outerjoin(ThemeWishes, ThemeWishes.delegation_id == Delegation.id)
        .where(Delegation.event_id == event_id, Delegation.answer.in_(TAKES_PART))
        .order_by(Member.folded, Member.id)
    )
    for rank, each in zip(RANKS, themes, strict=True):
        found = found.outerjoin(each, getattr(ThemeWishes, f"{rank}_id") == each.id)
    if delegation_id is not None:
        found = found.where(Delegation.id == delegation_id)
    return [_told(row) for row in db.session.execute(found)]


def _told(row: Any) -> Told:
    slug, city, zone, wishes, *pairs = row
    themes = {key: name for key, name in zip(pairs[::2], pairs[1::2], strict=True) if key is not None}
    if wishes is None:
        return Told(slug, city, zone, themes, None, "", None, False)
    return Told(slug, city, zone, themes, wishes.asked_at, wishes.told_by, wishes.told_at, wishes.late)


def themes_of(event_id: int) -> dict[str, str]:
    """Slug -> name of the themes that can be asked for, in the organisers' order. One query."""
    found = select(Theme.slug, Theme.name).where(Theme.event_id == event_id).order_by(Theme.position, Theme.id)
    return {row.slug: row.name for row in db.session.execute(found)}


def stored(delegation_id: int) -> tuple[tuple[str, ...], bool]:
    """The slugs of the themes that a city asked for, the dearest first, and whether it asks to speak. Two queries."""
    row = db.session.get(ThemeWishes, delegation_id)
    if row is None:
        return (), False
    ids = _ids(row)
    found = db.session.execute(select(Theme.id, Theme.slug).where(Theme.id.in_(ids)))
    slugs = {each.id: each.slug for each in found}
    return tuple(slugs[key] for key in ids), row.asked_at is not None


def tell(delegation_id: int, themes: Sequence[str], asks: bool, *, by_city: bool, who: str, now: datetime) -> bool:
    """Store what a city asks: up to three themes by their slugs, empty ones passed over. Whether anything is new.

    A city that asks to speak keeps the moment at which it first did, until it asks no more. Refused beside the field of
    a theme that stands twice or is gone, when the city takes no part, and for the city itself (`by_city`) after a hard
    deadline for saying who comes; what it tells after a soft one is marked as late.
    """
    delegation = focal.held(delegation_id)
    if delegation.answer not in STANDING:
        raise Refused(_("%(city)s does not take part at present.", city=delegation.member.name))
    late = by_city and is_late(delegation, Due.NOMINATION, now)
    ids = _wanted(delegation.event_id, themes)
    row = db.session.get(ThemeWishes, delegation_id, populate_existing=True)
    before = (_ids(row), row.asked_at is not None) if row else ((), False)
    if before == (ids, asks):
        return False
    if row is None:
        row = ThemeWishes(delegation_id=delegation_id)
        db.session.add(row)
    for rank, key in zip(RANKS, (*ids, None, None, None), strict=False):
        setattr(row, f"{rank}_id", key)
    row.asked_at = (row.asked_at or now) if asks else None
    row.told_by, row.told_at, row.late = who, now, late
    db.session.flush()
    slugs = dict(db.session.execute(select(Theme.id, Theme.slug).where(Theme.event_id == delegation.event_id)).all())
    old, new = (
        {"themes": [slugs[key] for key in keys], "asks to speak": asked} for keys, asked in (before, (ids, asks))
    )
    subject, event_id = f"delegation/{delegation.uid}", delegation.event_id
    journal.note("theme wishes", subject, who=who, now=now, event_id=event_id, before=old, after=new)
    return True


def _ids(row: ThemeWishes) -> tuple[int, ...]:
    return tuple(key for rank in RANKS if (key := getattr(row, f"{rank}_id")) is not None)


def _wanted(event_id: int, themes: Sequence[str]) -> tuple[int, ...]:
    known = dict(db.session.execute(select(Theme.slug, Theme.id).where(Theme.event_id == event_id)).all())
    found: list[int] = []
    for rank, slug in zip(RANKS, themes, strict=False):
        if not slug:
            continue
        if slug not in known:
            raise Refused(_("This theme is no longer there. Choose another."), rank)
        if known[slug] in found:
            raise Refused(_("You have chosen this theme already. Choose another, or none."), rank)
        found.append(known[slug])
    return tuple(found)
