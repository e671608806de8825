"""What clashes in a draft, as its organisers judge it, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

from flask_babel import gettext as _
from sqlalchemy import select

from app import journal
from app.agenda import acts
from app.agenda.models import Kind as SessionKind
from app.agenda.models import Waiver
from app.db import db
from app.planning import clashes, kinds
from app.planning.clashes import Clashes
from app.planning.kinds import Conflict, Judged, Kind, Severity
from app.refused import Refused
from app.schedule.plan import PAUSES, Plan

ROOMLESS = PAUSES | {SessionKind.VISIT}
"""Kinds that may do without a room."""
Found = Mapping[str, tuple[Judged, ...]]
"""Code of a session -> what is to be said of it, the gravest first; what concerns no session stands under ""."""


def of(event_id: int, plan: Plan) -> tuple[Judged, ...]:
    """All that is to be shown of this draft, the gravest first. One query, for the waivers."""
    return judged(plan, clashes.conflicts(plan.problem, plan.placings), waivers(event_id))


def both(event_id: int, before: Plan, now: Plan) -> tuple[Found, Found]:
    """The same of two drafts that differ in few sessions, by session. One query."""
    index, waived = Clashes(now.problem, now.placings), waivers(event_id)
    new = index.full()
    old = _turned_back(index, before, now)
    return by_session(judged(before, old, waived)), by_session(judged(now, new, waived))


def _turned_back(index: Clashes, before: Plan, now: Plan) -> tuple[Conflict, ...]:
    """What clashed before; where only sessions differ, by asking no more than what these touch."""
    ids = [[each.id for each in plan.problem.sessions] for plan in (before, now)]
    if replace(before.problem, sessions=now.problem.sessions) != now.problem or ids[0] != ids[1]:
        return clashes.conflicts(before.problem, before.placings)
    for old, new in zip(before.problem.sessions, now.problem.sessions, strict=True):
        if old is not new and old != new:
            index.replace(old)
    index.move_all(each for each in before.placings if each != index.placings[each.session])
    return index.full()


def judged(plan: Plan, found: Iterable[Conflict], waived: Mapping[str, Waiver]) -> tuple[Judged, ...]:
    """These conflicts as the organisers take them."""
    shown = list(worth_saying(plan, found))
    reasons = {each.key: waived[key].reason for each in shown if (key := mark(each)) in waived}
    return kinds.judge(shown, plan.settings.severities, reasons)


def worth_saying(plan: Plan, found: Iterable[Conflict]) -> Iterator[Conflict]:
    """Without what follows from how a draft is written: a block without times of its own is where its sessions are,
    and neither blocks nor visits nor pauses need a room."""
    for each in found:
        items = [plan.items[code] for code in each.sessions if code in plan.items]
        spread = any(item.code in plan.blocks and item.times is None for item in items)
        roomless = any(item.code in plan.blocks or item.kind in ROOMLESS for item in items)
        if spread and each.kind in {Kind.OUTSIDE_BLOCK, Kind.UNPLACED}:
            continue
        if roomless and each.kind is Kind.NO_ROOM:
            continue
        yield each


def index(plan: Plan) -> Clashes:
    """What can be asked what a move would bring."""
    return Clashes(plan.problem, plan.placings)


def by_session(found: Iterable[Judged]) -> Found:
    """The same under the code of each session concerned."""
    rows: dict[str, list[Judged]] = defaultdict(list)
    for each in found:
        for code in each.conflict.sessions or ("",):
            rows[code].append(each)
    return {code: tuple(each) for code, each in rows.items()}


def words(conflict: Conflict) -> str:
    """ "Rome is in “Session 5” and “Plenary” at the same time." """
    return kinds.sentence(conflict, lambda said: str(_(said)), "{:%H:%M}".format)


OF_THE_CITY = frozenset({Kind.SPEAKER_UNNAMED, Kind.MODE_OPEN, Kind.VIDEO_MISSING})
"""What goes with a city to whatever session it comes."""


def differing(before: Plan, after: Plan) -> tuple[list[Conflict], list[Conflict]]:
    """What clashes afterwards alone, and before alone, in two states of one draft."""
    old, new = (
        {_same(each): each for each in worth_saying(plan, clashes.conflicts(plan.problem, plan.placings))}
        for plan in (before, after)
    )
    return [each for key, each in new.items() if key not in old], [each for key, each in old.items() if key not in new]


def _same(each: Conflict) -> tuple[object, ...]:
    return (each.kind, each.who) if each.kind in OF_THE_CITY else each.key


def shown(plan: Plan, found: Iterable[Conflict]) -> list[Conflict]:
    """These conflicts without kinds that this event passes over."""
    return [each for each in found if plan.settings.severities[each.kind] is not Severity.IGNORE]


def mark(conflict: Conflict) -> str:
    """What names a conflict in a form and in the table of waivers; another hour, which may be worse, is another."""
    kind, subjects = conflict.key
    moments = "/".join(value.isoformat() for _name, value in conflict.facts if isinstance(value, datetime))
    return "|".join(filter(None, (kind.value, subjects, moments)))


def waivers(event_id: int) -> dict[str, Waiver]:
    """What the organisers accepted, by mark."""
    found = db.session.execute(select(Waiver).where(Waiver.event_id == event_id)).scalars()
    known = {each.value for each in Kind}
    return {row.key: row for row in found if row.key.partition("|")[0] in known}


def waive(event_id: int, key: str, reason: str, *, who: str, now: datetime) -> None:
    """Accept one clash, with the reason. Refused without one. Accepted again, the newer reason stands."""
    if not reason.strip():
        raise Refused(_("Say why: the reason is kept, and stands beside what is published."), "reason")
    acts.hold(event_id)
    row = db.session.execute(select(Waiver).where(Waiver.event_id == event_id, Waiver.key == key)).scalar_one_or_none()
    before = {"reason": row.reason} if row else None
    if row is None:
        row = Waiver(event_id=event_id, key=key, reason="", who="", at=now)
        db.session.add(row)
    row.reason, row.who, row.at = reason.strip(), who, now
    after = {"reason": row.reason}
    subject = f"clash/{key}"[:120]
    journal.note("clash accepted", subject, who=who, now=now, event_id=event_id, before=before, after=after)
    db.session.flush()


def waive_all(event_id: int, keys: Iterable[str], reason: str, *, who: str, now: datetime) -> None:
    """Accept several clashes for one reason. Refused without one."""
    for key in keys:
        waive(event_id, key, reason, who=who, now=now)


def insist(event_id: int, key: str, *, who: str, now: datetime) -> None:
    """Look at this clash again: its waiver is taken back. Twice is once."""
    acts.hold(event_id)
    row = db.session.execute(select(Waiver).where(Waiver.event_id == event_id, Waiver.key == key)).scalar_one_or_none()
    if row is None:
        return
    said = {"reason": row.reason, "accepted by": row.who}
    journal.note("clash no longer accepted", f"clash/{key}"[:120], who=who, now=now, event_id=event_id, before=said)
    db.session.delete(row)
    db.session.flush()


def concerned(before: Found, after: Found) -> set[str]:
    """The sessions of which something else is said now."""
    return {code for code in chain(before, after) if code and before.get(code) != after.get(code)}
