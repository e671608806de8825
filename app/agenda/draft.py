"""Reading the draft: its sessions in the order of the agenda, one of them, and what to look at in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import ical
from app.agenda import warnings
from app.agenda.models import Appearance, Kind, Session
from app.db import db
from app.delegations.models import Delegation, DelegationMode
from app.events.models import Event, Mode, Person, Room, Theme
from app.network.models import Member
from app.planning import hours


@dataclass(frozen=True)
class Place:
    """A session in the outline of a day, and whether it stands within a block."""

    session: Session
    within: bool
    block: bool
    """Whether other sessions stand within it."""


@dataclass(frozen=True)
class Options:
    """What a session of this event may refer to, by id, slug or code, in the organisers' order; cities by name."""

    rooms: Mapping[int, str]
    themes: Mapping[str, Theme]
    cities: Mapping[str, Delegation]
    people: Mapping[str, Person]
    sessions: Mapping[str, str]
    """Their titles by code."""


def sessions(event_id: int) -> list[Session]:
    """Every session of the draft, with its appearances and their cities. Three queries, however many there are."""
    appearances = selectinload(Session.appearances).joinedload(Appearance.delegation)
    found = db.session.execute(
        select(Session)
        .where(Session.event_id == event_id)
        .order_by(Session.position, Session.id)
        .options(appearances.joinedload(Delegation.member), appearances.selectinload(Delegation.modes))
    )
    return list(found.scalars())


def by_code(event_id: int, code: str) -> Session:
    """One session of this event, with room, theme and who appears. Raises LookupError."""
    if not code.isprintable():
        raise LookupError(f"{code!r} is no code")
    appearances = selectinload(Session.appearances)
    found = db.session.execute(
        select(Session)
        .where(Session.event_id == event_id, Session.code == code)
        .options(
            joinedload(Session.room),
            joinedload(Session.theme),
            appearances.joinedload(Appearance.delegation).joinedload(Delegation.member),
            appearances.joinedload(Appearance.person),
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no session of this event is called {code!r}")
    return found


def outline(rows: Iterable[Session]) -> list[tuple[date | None, list[Place]]]:
    """The sessions by day, each block followed by the sessions within it; what has no day comes last.

    Within a day by start, then in the organisers' order; a block stands where the first of its sessions does.
    """
    rows = list(rows)
    within: dict[int, list[Session]] = {}
    for row in rows:
        if row.parent_id is not None:
            within.setdefault(row.parent_id, []).append(row)
    top = sorted((row for row in rows if row.parent_id is None), key=lambda row: _place(row, within.get(row.id, [])))
    days = []
    for day, group in groupby(top, key=lambda row: row.day):
        places = []
        for row in group:
            children = sorted(within.get(row.id, []), key=lambda child: _place(child, []))
            places.append(Place(row, within=False, block=bool(children)))
            places += [Place(child, within=True, block=False) for child in children]
        days.append((day, places))
    return days


def _place(row: Session, within: Sequence[Session]) -> tuple[date, datetime, int, int]:
    starts = [
        datetime.combine(each.day, each.starts)
        for each in (row, *within)
        if each.day is not None and each.starts is not None
    ]
    return row.day or date.max, min(starts, default=datetime.max), row.position, row.id  # noqa: DTZ901 (as above)


def cautions(event: Event, rows: Iterable[Session]) -> tuple[warnings.Caution, ...]:
    """What to look at in these sessions of the event, which `sessions` has loaded."""
    rows = list(rows)
    codes = {row.id: row.code for row in rows}
    items = [_item(row, event.zone, codes) for row in rows if not row.cancelled]
    return warnings.cautions(items, event.starts_on, event.ends_on)


def _item(row: Session, zone: str, codes: Mapping[int, str]) -> warnings.Item:
    span = _span(row, zone)
    return warnings.Item(
        code=row.code,
        title=row.title,
        parent=codes.get(row.parent_id or 0, ""),
        day=row.day,
        starts=span[0] if span else None,
        ends=span[1] if span else None,
        cities=tuple(_city(each.delegation, each.mode) for each in row.appearances if each.delegation),
    )


def _city(delegation: Delegation, mode: Mode | None) -> warnings.City:
    modes = {mode} if mode else {each.mode for each in delegation.modes}
    member = delegation.member
    return warnings.City(member.slug, member.name, member.zone, online=Mode.ONLINE in modes)


def bad_hours(event: Event) -> dict[int, int]:
    """In how many sessions each delegation (by its id) would join online at a bad hour by its own clocks (rule 9.7).

    A mode that is to be confirmed counts as online where the delegation takes part so. Delegations that join no
    session online whose time is set are left out. One query.
    """
    online = and_(DelegationMode.delegation_id == Delegation.id, DelegationMode.mode == Mode.ONLINE)
    found = db.session.execute(
        select(Session, Delegation.id, Member.zone)
        .join(Appearance, Appearance.session_id == Session.id)
        .join(Delegation, Delegation.id == Appearance.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Session.event_id == event.id, Session.cancelled.is_(False), Session.starts.is_not(None))
        .where(or_(Appearance.mode == Mode.ONLINE, and_(Appearance.mode.is_(None), exists().where(online))))
    )
    counted: dict[int, set[int]] = {}
    for row, key, zone in found:
        if span := _span(row, event.zone):
            bad = counted.setdefault(key, set())
            if hours.verdict(*span, zone) == hours.Hours.BAD:
                bad.add(row.id)
    return {key: len(bad) for key, bad in counted.items()}


def _span(row: Session, zone: str) -> tuple[datetime, datetime] | None:
    try:
        return row.span(zone)
    except ical.Gap:
        return None  # publishing refuses it in words


def rooms(event_id: int) -> dict[int, str]:
    """The names of the event's rooms by id, in the organisers' order."""
    found = db.session.execute(select(Room.id, Room.name).where(Room.event_id == event_id).order_by(Room.position))
    return {row.id: row.name for row in found}


def options(event_id: int) -> Options:
    """All that a session may refer to. Five queries."""
    themes = db.session.execute(select(Theme).where(Theme.event_id == event_id).order_by(Theme.position)).scalars()
    people = db.session.execute(select(Person).where(Person.event_id == event_id).order_by(Person.position)).scalars()
    cities = db.session.execute(
        select(Delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id)
        .options(contains_eager(Delegation.member))
        .order_by(Member.folded, Member.id)
    ).scalars()
    titles = select(Session.code, Session.title).where(Session.event_id == event_id)
    titles = titles.order_by(Session.day, Session.starts, Session.position, Session.id)
    return Options(
        rooms=rooms(event_id),
        themes={each.slug: each for each in themes},
        cities={each.member.slug: each for each in cities},
        people={each.code: each for each in people},
        sessions={row.code: row.title for row in db.session.execute(titles)},
    )


def blocks(event_id: int) -> list[Session]:
    """The sessions that others may stand within: blocks, and whatever others stand within already."""
    inhabited = select(Session.parent_id).where(Session.event_id == event_id, Session.parent_id.is_not(None))
    found = db.session.execute(
        select(Session)
        .where(Session.event_id == event_id, Session.parent_id.is_(None))
        .where(or_(Session.kind == Kind.BLOCK, Session.id.in_(inhabited)))
        .order_by(Session.day, Session.position)
    )
    return list(found.scalars())
