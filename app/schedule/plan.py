"""The draft as a problem of planning: read once, with a fixed number of queries, and frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from app import ical
from app.agenda.models import Absence, Appearance, Kind, Pin, Session
from app.agenda.moves import USUAL
from app.db import db
from app.delegations.models import TAKES_PART, Delegation, DelegationMode
from app.events.models import Event, Mode, Person, Room, Theme
from app.network.models import Member
from app.planning import model
from app.planning.model import Placing, Problem, Span, Why
from app.registration.models import ENDED, Capacity, Delegate, State
from app.schedule import settings
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
class Plan:
    """The draft of one event at one moment."""

    problem: Problem
    placings: tuple[Placing, ...]
    items: Mapping[str, Item]
    """By code, in the organisers' order; cancelled ones too, which the problem does not hold."""
    titles: Mapping[str, str]
    blocks: frozenset[str]
    """The codes of sessions that hold others."""
    rooms: tuple[Named, ...]
    themes: Mapping[int, Named]
    settings: Settings
    zone: str
    days: tuple[date, ...]


def of(event: Event) -> Plan:
    """The draft as it stands. Ten queries, however many sessions there are."""
    chosen = settings.read(event.planning)
    rows = _sessions(event.id)
    seats = _appearances(event.id)
    rooms = list(db.session.execute(select(Room).where(Room.event_id == event.id).order_by(Room.position)).scalars())
    away = _absences(event.id)
    spans = _spans(rows, event.zone)
    everybody = _at_venue(event.id)
    standing = [row for row in rows if not row.cancelled]
    codes = {row.id: row.code for row in rows}
    themes = {row.id: row for row in db.session.execute(select(Theme).where(Theme.event_id == event.id)).scalars()}
    items = {row.code: _item(row) for row in rows}
    problem = Problem(
        grid=_grid(event, standing, spans, chosen),
        sessions=tuple(_session(row, spans, seats, codes, themes, everybody) for row in standing),
        rooms=tuple(_room(each, away[f"room:{each.id}"]) for each in rooms),
        cities=tuple(_cities(event, away)),
        people=tuple(_people(event, away)),
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
        themes={key: Named(key, row.name, row.tone) for key, row in themes.items()},
        settings=chosen,
        zone=event.zone,
        days=_days(event, items.values()),
    )


def _sessions(event_id: int) -> list[Any]:
    columns = (
        *(Session.id, Session.code, Session.kind, Session.number, Session.title, Session.parent_id, Session.theme_id),
        *(
            Session.room_id,
            Session.day,
            Session.starts,
            Session.ends,
            Session.fold,
            Session.position,
            Session.cancelled,
        ),
        *(Session.length, Session.needs, Session.audience, Session.after_code, Session.pin, Session.version),
        Session.visibility,
    )
    found = select(*columns).where(Session.event_id == event_id).order_by(Session.position, Session.id)
    return list(db.session.execute(found).all())


def _appearances(event_id: int) -> dict[int, list[model.Appearance]]:
    """Who appears in each session, by its id, a city through its head unless another is named.

    Of a city that does not come only the draft keeps what was planned.
    """
    head = aliased(Delegate)
    found = db.session.execute(
        select(
            *(Appearance.session_id, Appearance.part, Appearance.mode, Appearance.position, Appearance.minutes),
            *(Member.slug, Person.code, Delegation.answer, func.coalesce(Delegate.uid, head.uid).label("uid")),
        )
        .join(Session, Appearance.session_id == Session.id)
        .outerjoin(Delegation, Appearance.delegation_id == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .outerjoin(Person, Appearance.person_id == Person.id)
        .outerjoin(Delegate, Appearance.speaker_id == Delegate.id)
        .outerjoin(
            head, (head.delegation_id == Delegation.id) & (head.role == Capacity.HEAD) & head.state.not_in(ENDED)
        )
        .where(Session.event_id == event_id)
        .order_by(Appearance.session_id, Appearance.position)
    )
    seats: dict[int, list[model.Appearance]] = defaultdict(list)
    for row in found:
        if row.answer is None or row.answer in TAKES_PART:
            seats[row.session_id].append(
                model.Appearance(
                    who=f"city:{row.slug}" if row.slug else f"person:{row.code}",
                    part=row.part.value,
                    mode=model.Mode(row.mode.value) if row.mode else None,
                    order=row.position,
                    minutes=row.minutes,
                    speaker=f"delegate:{row.uid}" if row.uid else "",
                )
            )
    return seats


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
    seats: Mapping[int, list[model.Appearance]],
    codes: Mapping[int, str],
    themes: Mapping[int, Theme],
    everybody: int,
) -> model.Session:
    span = spans.get(row.code)
    for_all = row.kind in FOR_ALL
    return model.Session(
        id=row.code,
        title=row.title,
        kind=row.kind.value,
        theme=themes[row.theme_id].slug if row.theme_id else "",
        length=span.minutes if span else row.length or USUAL,
        needs=frozenset(row.needs),
        expected=row.audience if row.audience is not None else everybody if for_all else 0,
        parent=codes.get(row.parent_id or 0, ""),
        pin=PINS[row.pin],
        roles=ROLES.get(row.kind, frozenset()),
        visibility=row.visibility.value,
        appearances=tuple(seats.get(row.id, ())),
        after=(row.after_code,) if row.after_code else (),
        alone=for_all,
    )


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


def _absences(event_id: int) -> dict[str, list[model.Absence]]:
    """ "room:4", "city:rome", "person:ishii" -> when they cannot be had."""
    found = db.session.execute(
        select(Absence.room_id, Absence.starts, Absence.ends, Absence.only, Absence.note, Member.slug, Person.code)
        .outerjoin(Delegation, Absence.delegation_id == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .outerjoin(Person, Absence.person_id == Person.id)
        .where(Absence.event_id == event_id)
    )
    away: dict[str, list[model.Absence]] = defaultdict(list)
    for row in found:
        key = f"room:{row.room_id}" if row.room_id else f"city:{row.slug}" if row.slug else f"person:{row.code}"
        why = Why.ONLINE if row.only == Mode.ONLINE else Why.AWAY
        away[key].append(model.Absence(Span(row.starts, row.ends), why, row.note))
    return away


def _cities(event: Event, away: Mapping[str, list[model.Absence]]) -> Iterable[model.City]:
    """Every city that takes part, by name; its rank is that of its head."""
    modes: dict[int, set[model.Mode]] = defaultdict(set)
    asked = select(DelegationMode.delegation_id, DelegationMode.mode).join(
        Delegation, DelegationMode.delegation_id == Delegation.id
    )
    for delegation, mode in db.session.execute(asked.where(Delegation.event_id == event.id)):
        modes[delegation].add(model.Mode(mode.value))
    found = db.session.execute(
        select(Delegation.id, Member.id.label("member"), Member.slug, Member.name, Member.zone)
        .join(Member, Delegation.member_id == Member.id)
        .where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
        .order_by(Member.folded)
    )
    for row in found:
        key = f"city:{row.slug}"
        yield model.City(
            id=key,
            name=row.name,
            zone=row.zone,
            modes=frozenset(modes[row.id]),
            absences=tuple(away.get(key, ())),
            host=row.member == event.host_id,
        )


def _people(event: Event, away: Mapping[str, list[model.Absence]]) -> Iterable[model.Person]:
    """Whom the organisers name, and the people who speak for cities."""
    found = db.session.execute(
        select(Person.code, Person.name, Member.slug, Member.zone)
        .outerjoin(Member, Person.member_id == Member.id)
        .where(Person.event_id == event.id)
    )
    for row in found:
        key = f"person:{row.code}"
        yield model.Person(
            id=key,
            name=row.name,
            zone=row.zone or event.zone,
            absences=tuple(away.get(key, ())),
            city=f"city:{row.slug}" if row.slug else "",
        )
    for each in db.session.execute(_speaking().where(Delegate.event_id == event.id)):
        zone = each.zone or each.home
        yield model.Person(id=f"delegate:{each.uid}", name=each.name, zone=zone, city=f"city:{each.slug}")


def _speaking() -> Select[Any]:
    """The heads of delegations, and who else is named as a speaker."""
    named = select(Appearance.speaker_id).where(Appearance.speaker_id.is_not(None))
    return (
        select(Delegate.uid, Delegate.name, Delegate.zone, Delegate.delegation_id, Delegate.role)
        .add_columns(Member.slug, Member.zone.label("home"))
        .join(Delegation, Delegate.delegation_id == Delegation.id)
        .join(Member, Delegation.member_id == Member.id)
        .where(Delegate.state.not_in(ENDED), or_(Delegate.role == Capacity.HEAD, Delegate.id.in_(named)))
    )


def _at_venue(event_id: int) -> int:
    """How many people are approved for the venue."""
    ask = select(func.count()).where(
        Delegate.event_id == event_id, Delegate.mode == Mode.VENUE, Delegate.state == State.APPROVED
    )
    return db.session.execute(ask).scalar_one()


def _days(event: Event, items: Iterable[Item]) -> tuple[date, ...]:
    """The days of the summit, and any other on which something stands."""
    return tuple(sorted({*_range(event.starts_on, event.ends_on), *(each.day for each in items if each.day)}))


def _range(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def moved(plan: Plan, lengths: Mapping[str, int]) -> Problem:
    """The problem with other lengths of some sessions, for a look at what a move would do."""
    sessions = tuple(replace(each, length=lengths.get(each.id, each.length)) for each in plan.problem.sessions)
    return replace(plan.problem, sessions=sessions)


def start_of(plan: Plan, day: date, clock: time) -> datetime:
    """The instant at which the event's clocks show this. Raises ical.Gap for an hour that they skip."""
    return ical.wall(day, clock, plan.zone)
