"""The draft as a problem of planning: read once, with a fixed number of queries, and frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app import ical
from app.agenda.models import Kind, Pin, Session
from app.agenda.moves import USUAL
from app.db import db
from app.events.models import Event, Room, Theme
from app.planning import model
from app.planning.model import Placing, Problem, Span
from app.schedule import attending, settings
from app.schedule.settings import Settings

ROLES = {
    Kind.SESSION: frozenset({"moderator"}),
    Kind.FORUM: frozenset({"moderator"}),
    Kind.KEYNOTE: frozenset({"keynote"}),
}
"""Who a session of this kind cannot do without."""
FOR_ALL = frozenset({Kind.CEREMONY, Kind.KEYNOTE, Kind.PLENARY, Kind.ANNOUNCEMENT, Kind.SIGNING, Kind.CLOSING})
"""Kinds to which everybody comes: nothing else should run beside them, and the room must hold everybody."""
PAUSES = frozenset({Kind.BREAK, Kind.MEAL})
PINS = {Pin.NONE: model.Pin.FREE, Pin.DAY: model.Pin.DAY, Pin.TIME: model.Pin.TIME, Pin.PLACE: model.Pin.PLACE}
GRID = 5
"""Minutes between two starts that an organiser may choose on the board."""


@dataclass(frozen=True)
class Named:
    """A room, theme or city as the board calls it."""

    id: int
    name: str
    tone: int = 0
    slug: str = ""
    """Of a theme: as sessions and wishes name it."""


@dataclass(frozen=True)
class Item:
    """What the board knows of a session beyond the problem of planning."""

    code: str
    kind: Kind
    number: int | None
    version: int
    day: date | None
    position: int
    theme: int | None
    room: int | None
    pinned: bool
    cancelled: bool
    times: tuple[time, time] | None
    """Wall times in the event's zone; None while they are to be announced."""


@dataclass(frozen=True)
class Frame:
    """Where a session may stand."""

    rooms: tuple[Named, ...]
    days: tuple[date, ...]


@dataclass(frozen=True)
class Plan(Frame):
    """The draft of one event at one moment."""

    problem: Problem
    placings: tuple[Placing, ...]
    items: Mapping[str, Item]
    """By code, in the organisers' order; cancelled ones too, which the problem does not hold."""
    titles: Mapping[str, str]
    blocks: frozenset[str]
    """The codes of sessions that hold others."""
    themes: Mapping[int, Named]
    settings: Settings
    zone: str


def frame(event: Event) -> Frame:
    """The rooms, and the days of the summit and any other on which something stands. Two queries."""
    rooms = select(Room.id, Room.name).where(Room.event_id == event.id).order_by(Room.position)
    days = select(Session.day).where(Session.event_id == event.id, Session.day.is_not(None)).distinct()
    named = tuple(Named(row.id, row.name) for row in db.session.execute(rooms))
    return Frame(rooms=named, days=_days(event, db.session.execute(days).scalars()))


def item(event: Event, code: str) -> Item | None:
    """One session as the board knows it. One query."""
    row = db.session.execute(_columns(event.id).where(Session.code == code)).one_or_none()
    return None if row is None else _item(row)


def of(event: Event) -> Plan:
    """The draft as it stands. Ten queries, however many sessions there are."""
    return built(event, _sessions(event.id), attending.appearances(event.id))


def built(event: Event, rows: Sequence[Any], seats: Mapping[int, Sequence[model.Appearance]]) -> Plan:
    """The plan of these sessions, in the organisers' order, and of who appears in each by its id. Eight queries.

    A row has the columns of a session that `_sessions` reads.
    """
    chosen = settings.read(event.planning)
    rooms = list(db.session.execute(select(Room).where(Room.event_id == event.id).order_by(Room.position)).scalars())
    away = attending.absences(event)
    spans = _spans(rows, event.zone)
    registered = attending.at_venue(event.id)
    standing = [row for row in rows if not row.cancelled]
    codes = {row.id: row.code for row in rows}
    themes = {row.id: row for row in db.session.execute(select(Theme).where(Theme.event_id == event.id)).scalars()}
    items = {row.code: _item(row) for row in rows}
    problem = Problem(
        grid=_grid(event, standing, spans, chosen),
        sessions=tuple(_session(row, spans, seats, codes, themes, registered) for row in standing),
        rooms=tuple(_room(each, away[f"room:{each.id}"]) for each in rooms),
        cities=tuple(attending.cities(event, away, {key: row.slug for key, row in themes.items()})),
        people=tuple(attending.people(event, away)),
        walking=chosen.walking,
        limits=chosen.limits,
        most=chosen.most,
    )
    return Plan(
        problem=problem,
        placings=tuple(_placing(row, spans) for row in standing),
        items=items,
        titles={row.code: row.title for row in rows},
        blocks=frozenset(codes[row.parent_id] for row in rows if row.parent_id in codes),
        rooms=tuple(Named(each.id, each.name) for each in rooms),
        themes={key: Named(key, row.name, row.tone, row.slug) for key, row in themes.items()},
        settings=chosen,
        zone=event.zone,
        days=_days(event, (each.day for each in items.values())),
    )


def _columns(event_id: int) -> Any:
    return select(
        *(Session.id, Session.code, Session.kind, Session.number, Session.title, Session.parent_id, Session.theme_id),
        *(Session.room_id, Session.day, Session.starts, Session.ends, Session.fold, Session.position),
        *(Session.cancelled, Session.length, Session.needs, Session.audience, Session.after_code, Session.pin),
        *(Session.same_day_code, Session.apart, Session.version, Session.visibility),
    ).where(Session.event_id == event_id)


def _sessions(event_id: int) -> list[Any]:
    return list(db.session.execute(_columns(event_id).order_by(Session.position, Session.id)).all())


def _spans(rows: Iterable[Any], zone: str) -> dict[str, Span]:
    """Code -> the instants at which a session begins and ends. A block without times spans what stands within it."""
    spans: dict[str, Span] = {}
    within: dict[int, list[Span]] = defaultdict(list)
    for row in rows:
        if row.day and row.starts and row.ends:
            try:
                starts, ends = (ical.wall(row.day, each, zone, int(row.fold)) for each in (row.starts, row.ends))
            except ical.Gap:
                continue  # an hour that the clocks skip: it has no place until it is moved
            spans[row.code] = Span(starts, ends)
            if row.parent_id and not row.cancelled:
                within[row.parent_id].append(spans[row.code])
    for row in rows:
        if row.code not in spans and within[row.id]:
            spans[row.code] = Span(min(each.start for each in within[row.id]), max(each.end for each in within[row.id]))
    return spans


def _session(
    row: Any,
    spans: Mapping[str, Span],
    seats: Mapping[int, Sequence[model.Appearance]],
    codes: Mapping[int, str],
    themes: Mapping[int, Theme],
    registered: Mapping[str, int],
) -> model.Session:
    span = spans.get(row.code)
    for_all = row.kind in FOR_ALL
    appear = tuple(seats.get(row.id, ()))
    return model.Session(
        id=row.code,
        title=row.title,
        kind=row.kind.value,
        theme=themes[row.theme_id].slug if row.theme_id else "",
        length=span.minutes if span else row.length or USUAL,
        needs=frozenset(row.needs),
        expected=_expected(appear, registered, for_all) if row.audience is None else row.audience,
        parent=codes.get(row.parent_id or 0, ""),
        pin=PINS[row.pin],
        roles=ROLES.get(row.kind, frozenset()),
        visibility=row.visibility.value,
        appearances=appear,
        after=(row.after_code,) if row.after_code else (),
        same_day=(row.same_day_code,) if row.same_day_code else (),
        apart=tuple(row.apart),
        alone=for_all,
    )


def _expected(appear: Iterable[model.Appearance], registered: Mapping[str, int], for_all: bool) -> int:
    """How many come where nobody said it: all who registered for the venue, or those whose cities appear there."""
    if for_all:
        return sum(registered.values())
    there = {each.who for each in appear if each.mode is model.Mode.VENUE}
    return sum(registered.get(who, 0) for who in there)


def _placing(row: Any, spans: Mapping[str, Span]) -> Placing:
    span = spans.get(row.code)
    return Placing(row.code, span.start if span else None, str(row.room_id) if row.room_id else None)


def _item(row: Any) -> Item:
    return Item(
        code=row.code,
        kind=row.kind,
        number=row.number,
        version=row.version,
        day=row.day,
        position=row.position,
        theme=row.theme_id,
        room=row.room_id,
        pinned=row.pin != Pin.NONE,
        cancelled=row.cancelled,
        times=(row.starts, row.ends) if row.starts and row.ends else None,
    )


def _grid(event: Event, rows: Iterable[Any], spans: Mapping[str, Span], chosen: Settings) -> model.Grid:
    edges = (
        (_edge(day, chosen.opens, event.zone), _edge(day, chosen.closes, event.zone))
        for day in _range(event.starts_on, event.ends_on)
    )
    windows = tuple(Span(opens, closes) for opens, closes in edges if opens < closes)
    breaks = tuple(spans[row.code] for row in rows if row.kind in PAUSES and row.code in spans)
    return model.Grid(zone=event.zone, windows=windows, breaks=breaks, step=GRID)


def _edge(day: date, clock: time, zone: str) -> datetime:
    """When the clocks show this; in an hour that they skip, when they go on."""
    try:
        return ical.wall(day, clock, zone)
    except ical.Gap as gap:
        return ical.wall(gap.following.date(), gap.following.time(), zone)


def _room(row: Room, away: Iterable[model.Absence]) -> model.Room:
    """Hours in which it cannot be had cut what it is open; nothing known means open all the time."""
    return model.Room(
        id=str(row.id),
        name=row.name,
        seats=row.seats,
        equipment=frozenset(row.equipment) if row.equipment else None,
        open=_open(sorted((each.span for each in away), key=lambda span: span.start)),
        changeover=row.changeover,
        building=row.building,
    )


FOREVER = timedelta(days=10_000)


def _open(shut: list[Span]) -> tuple[Span, ...] | None:
    if not shut:
        return None
    free, since = [], shut[0].start - FOREVER
    for each in shut:
        if since < each.start:
            free.append(Span(since, each.start))
        since = max(since, each.end)
    return (*free, Span(since, since + FOREVER))


def _days(event: Event, taken: Iterable[date | None]) -> tuple[date, ...]:
    """The days of the summit, and any other on which something stands."""
    return tuple(sorted({*_range(event.starts_on, event.ends_on), *filter(None, taken)}))


def _range(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def start_of(plan: Plan, day: date, clock: time) -> datetime:
    """The instant at which the event's clocks show this. Raises ical.Gap for an hour that they skip."""
    return ical.wall(day, clock, plan.zone)
