"""A draft with some of its sessions elsewhere: as it would be, or as it was. Nothing is read and nothing stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from app import ical
from app.agenda.facts import Facts
from app.agenda.moves import USUAL
from app.planning.model import Placing, Session, Span
from app.schedule.plan import PAUSES, Item, Plan


def overlaid(plan: Plan, wanted: Iterable[Placing]) -> Plan:
    """The plan with these placings in the place of its own."""
    new = {each.session: each for each in wanted}
    return replace(plan, placings=tuple(new.get(each.session, each) for each in plan.placings))


def respanned(plan: Plan) -> Plan:
    """The plan with each block that has no times of its own brought to where its sessions are."""
    starts = {each.session: each.start for each in plan.placings}
    within: dict[str, list[Session]] = {}
    for each in plan.problem.sessions:
        block = plan.items.get(each.parent)
        if block is not None and block.times is None and starts[each.id]:
            within.setdefault(each.parent, []).append(each)
    spans: dict[str, tuple[datetime, datetime]] = {}
    for code, held in within.items():
        both = [(start, start + timedelta(minutes=each.length)) for each in held if (start := starts[each.id])]
        spans[code] = min(one for one, _end in both), max(end for _one, end in both)
    lengths = {code: int((end - start).total_seconds()) // 60 for code, (start, end) in spans.items()}
    sessions = tuple(replace(each, length=lengths.get(each.id, each.length)) for each in plan.problem.sessions)
    placings = tuple(
        replace(each, start=spans[each.session][0]) if each.session in spans else each for each in plan.placings
    )
    return replace(plan, problem=replace(plan.problem, sessions=sessions), placings=placings)


def stood(plan: Plan, moved: Iterable[Facts]) -> Plan:
    """The plan with these sessions at the day, the times and in the room of their facts; all else as it is."""
    facts = {each.code: each for each in moved if each.code in plan.items}
    spans = {code: span for code, each in facts.items() if (span := _span(each, plan.zone))}
    placings = tuple(
        Placing(
            each.session,
            spans[each.session].start if each.session in spans else None,
            str(facts[each.session].room_id) if facts[each.session].room_id else None,
        )
        if each.session in facts
        else each
        for each in plan.placings
    )
    sessions = tuple(
        replace(each, length=spans[each.id].minutes if each.id in spans else facts[each.id].length or USUAL)
        if each.id in facts
        else each
        for each in plan.problem.sessions
    )
    items = {code: _item(item, facts[code]) if code in facts else item for code, item in plan.items.items()}
    found = replace(plan, problem=replace(plan.problem, sessions=sessions), placings=placings, items=items)
    return _with_breaks(respanned(found))


def _span(facts: Facts, zone: str) -> Span | None:
    if facts.day is None or facts.starts is None or facts.ends is None:
        return None
    try:
        return Span(*(ical.wall(facts.day, each, zone, int(facts.fold)) for each in (facts.starts, facts.ends)))
    except ical.Gap:
        return None


def _item(item: Item, facts: Facts) -> Item:
    times = (facts.starts, facts.ends) if facts.starts and facts.ends else None
    return replace(item, day=facts.day, room=facts.room_id, times=times)


def _with_breaks(plan: Plan) -> Plan:
    """Meals and breaks are what the day keeps free, wherever they are."""
    at = {each.session: each.start for each in plan.placings}
    breaks = tuple(
        Span(start, start + timedelta(minutes=each.length))
        for each in plan.problem.sessions
        if plan.items[each.id].kind in PAUSES and (start := at[each.id])
    )
    return replace(plan, problem=replace(plan.problem, grid=replace(plan.problem.grid, breaks=breaks)))
