"""One value for several cities: what it would change, changing it, and undoing it. All of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import tokens
from app.db import db
from app.delegations.models import Delegation
from app.desk.together.edits import Edit, Value, made
from app.desk.together.models import EDITS, BulkAct, BulkRow, Kind
from app.events.models import Event, Mode
from app.journal import Note, note
from app.network.models import Member
from app.refused import Refused
from app.registration import places

MOST = 30
"""How many of the last acts a page lists."""


@dataclass(frozen=True)
class City:
    """A delegation as acts over several know it."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class Line:
    """What an edit does to one city: before and after, or why it cannot be done."""

    city: City
    before: Value
    after: Value = None
    refused: str = ""

    @property
    def changes(self) -> bool:
        return not self.refused and self.before != self.after


@dataclass(frozen=True)
class Undone:
    """What came of undoing: the cities that are as before, and those that were changed since and stay."""

    back: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """One of the last acts: the journal's line, and what it was when it can be opened."""

    note: Note
    act: BulkAct | None


def cities(event_id: int, slugs: Collection[str]) -> list[City]:
    """The delegations of these members at this event, by name; names that are none are passed over. One query."""
    found = db.session.execute(
        select(Delegation.id, Member.slug, Member.name)
        .join(Member, Member.id == Delegation.member_id)
        .where(Delegation.event_id == event_id, Member.slug.in_(slugs))
        .order_by(Member.folded, Member.slug)
    )
    return [City(*row) for row in found]


def plan(event_id: int, edit: Edit, found: Sequence[City], now: datetime) -> list[Line]:
    """What the edit would do to each of these cities, in their order. A fixed number of queries."""
    held = edit.held(event_id, [each.id for each in found], now)
    return [_line(edit, each, held[each.id]) for each in found if each.id in held]


def _line(edit: Edit, city: City, before: Value) -> Line:
    try:
        return Line(city, before, edit.wanted(before))
    except Refused as no:
        return Line(city, before, before, no.message)


def mark(edit: Edit, lines: Sequence[Line]) -> str:
    """By which one knows whether what is done is what was looked at."""
    told = [edit.kind.value, edit.asked(), [[each.city.slug, each.before, each.after, each.refused] for each in lines]]
    return tokens.digest(json.dumps(told, sort_keys=True))


def apply(
    event_id: int, edit: Edit, slugs: Collection[str], seen: str, key: str, *, who: str, now: datetime
) -> BulkAct:
    """Set the value for all of these cities for which it is possible and new; the same form sent twice is one act.

    Refused when nothing would change, and when it is not what was looked at (`seen`, as `mark` gives it) any more.
    """
    lock(event_id)
    if (known := _by_key(event_id, key)) is not None:
        return known
    found = cities(event_id, slugs)
    hold([each.id for each in found])
    lines = plan(event_id, edit, found, now)
    if mark(edit, lines) != seen:
        raise Refused(_("Something has changed since you looked. Please look again."))
    if not any(each.changes for each in lines):
        raise Refused(_("Nothing would change for any of these cities."))
    act = keep(event_id, edit.kind, edit.asked(), key, who=who, now=now)
    edit.put({each.city.id: each.after for each in lines if each.changes}, who, now)
    for each in lines:
        if each.changes or each.refused:
            db.session.add(_row(act, each))
    done = [each.city.name for each in lines if each.changes]
    told(f"changed {edit.kind.value} together", event_id, act, done, who=who, now=now)
    db.session.flush()
    return act


def _row(act: BulkAct, line: Line) -> BulkRow:
    row = BulkRow(act_id=act.id, delegation_id=line.city.id, before=line.before, after=line.after)
    row.refused = line.refused[:500]
    return row


def undo(event_id: int, code: str, *, who: str, now: datetime) -> Undone:
    """Bring back what held before, where nobody has set another value since. Undone twice is undone once.

    Raises LookupError when the event has no such act. Refused for what cannot be undone.
    """
    lock(event_id)
    act, rows = by_code(event_id, code)
    if act.kind not in EDITS:
        raise Refused(_("Letters and approvals cannot be taken back."))
    if act.undone_at is None:
        _undo(event_id, act, [row for row, _city in rows if not row.refused], who, now)
    return Undone(
        tuple(city.name for row, city in rows if row.reverted),
        tuple(city.name for row, city in rows if row.reverted is False),
    )


def _undo(event_id: int, act: BulkAct, rows: Sequence[BulkRow], who: str, now: datetime) -> None:
    edit = made(act.kind, act.asked)
    ids = [each.delegation_id for each in rows]
    hold(ids)
    held = edit.held(event_id, ids, now)
    for each in rows:
        each.reverted = edit.same(held[each.delegation_id], each.after)
    edit.restore({each.delegation_id: each.before for each in rows if each.reverted}, who, now)
    act.undone_at, act.undone_by = now, who
    names = {each.id: each.name for each in _named(ids)}
    back, left = ([names[each.delegation_id] for each in rows if each.reverted is way] for way in (True, False))
    told(f"undid {act.kind.value} together", event_id, act, back, who=who, now=now, left=left)
    db.session.flush()


def keep(event_id: int, kind: Kind, asked: dict[str, object], key: str, *, who: str, now: datetime) -> BulkAct:
    """The row of a new act, stored."""
    act = BulkAct(event_id=event_id, kind=kind, asked=asked, submit_key=tokens.digest(f"{event_id}/{key}"))
    act.done_at, act.done_by, act.undone_by = now, who, ""
    db.session.add(act)
    db.session.flush()
    return act


def told(
    what: str, event_id: int, act: BulkAct, names: Collection[str], *, who: str, now: datetime, **more: object
) -> None:
    """One line of the journal for the whole of an act."""
    slug = db.session.execute(select(Event.slug).where(Event.id == event_id)).scalar_one()
    after = {"cities": sorted(names), "act": act.code} | {name: value for name, value in more.items() if value}
    note(what, f"event/{slug}", who=who, now=now, event_id=event_id, after=after)


def lock(event_id: int) -> None:
    """One act over several cities of an event at a time; whoever only refers to the event does not wait."""
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))
    places.lock(event_id, list(Mode))  # before any delegation, as wherever quotas are set


def hold(ids: Collection[int]) -> None:
    """Lock these delegations, always in one order."""
    query = select(Delegation.id).where(Delegation.id.in_(ids)).order_by(Delegation.id)
    db.session.execute(query.with_for_update()).all()


def done_before(event_id: int, key: str) -> BulkAct | None:
    """The act that this form has done already, if it was sent before."""
    return _by_key(event_id, key)


def _by_key(event_id: int, key: str) -> BulkAct | None:
    query = select(BulkAct).where(BulkAct.submit_key == tokens.digest(f"{event_id}/{key}"))
    return db.session.execute(query).scalar_one_or_none()


def by_code(event_id: int, code: str) -> tuple[BulkAct, list[tuple[BulkRow, City]]]:
    """An act of this event with its lines, by city. Raises LookupError. Two queries."""
    act = db.session.execute(
        select(BulkAct).where(BulkAct.event_id == event_id, BulkAct.code == code)
    ).scalar_one_or_none()
    if act is None:
        raise LookupError(f"no act of this event is called {code!r}")
    rows = db.session.execute(
        select(BulkRow, Delegation.id, Member.slug, Member.name)
        .join(Delegation, Delegation.id == BulkRow.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(BulkRow.act_id == act.id)
        .order_by(Member.folded, Member.slug, BulkRow.id)
    )
    return act, [(row, City(key, slug, name)) for row, key, slug, name in rows]


def _named(ids: Collection[int]) -> list[City]:
    query = select(Delegation.id, Member.slug, Member.name).join(Member, Member.id == Delegation.member_id)
    return [City(*row) for row in db.session.execute(query.where(Delegation.id.in_(ids)).order_by(Member.folded))]


def last(event_id: int) -> list[Told]:
    """The last acts over several cities, latest first. Two queries."""
    lines = select(Note).where(Note.event_id == event_id, Note.what.like("% together")).order_by(Note.id.desc())
    notes = list(db.session.execute(lines.limit(MOST)).scalars())
    codes = {str(each.after["act"]) for each in notes if each.after and "act" in each.after}
    acts = db.session.execute(select(BulkAct).where(BulkAct.code.in_(codes))).scalars()
    by_name = {each.code: each for each in acts}
    return [Told(each, by_name.get(str((each.after or {}).get("act")))) for each in notes]
