"""The draft as it would be published: one event's rows read and frozen into a `Programme`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import ical
from app.agenda import models as agenda
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event, Mode, Translation
from app.events.models import Outcome as OutcomeRow
from app.events.models import Person as PersonRow
from app.events.tongues import FIELDS, Tongue, known_city
from app.network.models import Member
from app.publishing.programme import (
    Appearance,
    City,
    Outcome,
    Person,
    Programme,
    Room,
    Section,
    Session,
    Summit,
    Theme,
    Visit,
)
from app.refused import Refused
from app.visits import models as visits

MODES = [mode.value for mode in Mode]
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


def compose(event_id: int, release: int, now: datetime) -> Programme:
    """The programme that the draft of this event amounts to. Refused when a time in it does not exist.

    Nine queries, and one for its words in other languages when it has any.
    """
    event = db.session.execute(
        select(Event)
        .where(Event.id == event_id)
        .options(
            joinedload(Event.network),
            joinedload(Event.host),
            selectinload(Event.themes),
            selectinload(Event.rooms),
            selectinload(Event.people).joinedload(PersonRow.member),
            selectinload(Event.outcomes),
        )
    ).scalar_one()
    whole = Programme(
        release=release,
        published_at=now,
        summit=summit_of(event),
        themes=tuple(Theme(each.slug, each.name, each.tone) for each in event.themes),
        rooms=tuple(Room(each.id, each.name) for each in event.rooms),
        cities=_cities(event),
        people=tuple(_person(each) for each in event.people),
        sessions=_sessions(event),
        visits=_visits(event),
        outcomes=tuple(_outcome(each) for each in event.outcomes),
        language=event.language,
    )
    return replace(whole, tongues=_tongues(event, whole))


def translations(event_id: int) -> list[Translation]:
    """Everything that is said in other languages than the main one, spoken or not. One query."""
    mine = select(Translation).where(Translation.event_id == event_id).order_by(Translation.id)
    return list(db.session.execute(mine).scalars())


def _tongues(event: Event, whole: Programme) -> tuple[Tongue, ...]:
    """The words of each language for what the programme holds; cities are called as locale data know them, unless
    somebody wrote otherwise."""
    asked = {code: tuple(after) for code, after in event.languages.items() if code != event.language}
    if not asked:
        return ()
    written = {(each.language, each.kind, each.key, each.field): each.text for each in translations(event.id)}

    def word(language: str, kind: str, key: str, field: str, thing: Any) -> str:
        known = known_city(thing.name, thing.zone, event.language, language) if kind == "city" else ""
        return written.get((language, kind, key, field), known) if getattr(thing, field) else ""

    return tuple(
        Tongue(
            code,
            asked[code],
            tuple(
                (kind, key, field, text)
                for kind, key, thing in whole.things
                for field in FIELDS[kind]
                if (text := word(code, kind, key, field, thing))
            ),
        )
        for code in sorted(asked)
    )


def summit_of(event: Event) -> Summit:
    """The event's own facts; its network and host are loaded."""
    here = event.latitude is not None and event.longitude is not None
    return Summit(
        slug=event.slug,
        title=event.title,
        network=event.network.name,
        network_name=event.network.full_name,
        edition=event.edition,
        motto=event.motto,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        zone=event.zone,
        place=event.host.name if event.host else "",
        venue=event.venue,
        format=event.format,
        note=event.note,
        times_note=event.times_note,
        geo=(event.latitude, event.longitude) if here else None,  # type: ignore[arg-type]
        stated=tuple(event.stated.items()),
    )


def _cities(event: Event) -> tuple[City, ...]:
    found = db.session.execute(
        select(Delegation)
        .where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
        .options(joinedload(Delegation.modes), contains_eager(Delegation.member))
        .join(Delegation.member)
        .order_by(Delegation.position, Member.name)
    )
    return tuple(_city(each, event.host_id) for each in found.unique().scalars())


def _city(delegation: Delegation, host_id: int | None) -> City:
    member = delegation.member
    placed = member.latitude is not None and member.longitude is not None
    return City(
        slug=member.slug,
        name=member.name,
        kind=member.kind.value,
        country=member.country if member.country_printed else "",
        zone=member.zone,
        modes=tuple(sorted((each.mode.value for each in delegation.modes), key=MODES.index)),
        host=member.id == host_id,
        note=delegation.note,
        spot=(member.latitude, member.longitude) if placed else None,  # type: ignore[arg-type]
    )


def _person(row: PersonRow) -> Person:
    return Person(row.code, row.name, row.honorific, tuple(row.positions), row.member.slug if row.member else "")


def _sessions(event: Event) -> tuple[Session, ...]:
    rows = db.session.execute(
        select(agenda.Session)
        .where(agenda.Session.event_id == event.id)
        .options(
            joinedload(agenda.Session.theme),
            joinedload(agenda.Session.room),
            selectinload(agenda.Session.appearances).options(
                joinedload(agenda.Appearance.person),
                joinedload(agenda.Appearance.delegation).joinedload(Delegation.member),
            ),
        )
    ).scalars()
    by_id = {row.id: row for row in rows}
    codes = {row.id: row.code for row in by_id.values()}
    dropped = {row.id for row in by_id.values() if row.cancelled}
    frozen = {row.id: _session(row, event.zone, codes, row.parent_id in dropped) for row in by_id.values()}
    return tuple(frozen[each] for each in _in_order(by_id, frozen))


def _in_order(rows: dict[int, agenda.Session], frozen: dict[int, Session]) -> list[int]:
    """By day, then start, then the organisers' own order. A block stands where the first of its sessions does."""
    first: dict[int, datetime] = {}
    for key, row in rows.items():
        if (starts := frozen[key].starts) is not None:
            for each in {key, row.parent_id or key}:
                first[each] = min(first.get(each, starts), starts)

    def place(key: int) -> tuple[date, bool, datetime, int]:
        return rows[key].day or date.max, key not in first, first.get(key, EARLIEST), rows[key].position

    return sorted(rows, key=place)


def _session(row: agenda.Session, zone: str, codes: dict[int, str], block_cancelled: bool) -> Session:
    """What stands in a cancelled block is cancelled with it."""
    try:
        span = row.span(zone)
    except ical.Gap as gap:
        raise Refused(f"{row.title}: {gap}") from gap
    return Session(
        code=row.code,
        uid=row.uid,
        kind=row.kind.value,
        title=row.title,
        number=row.number,
        parent=codes[row.parent_id] if row.parent_id else "",
        theme=row.theme.slug if row.theme else "",
        day=row.day,
        starts=span[0] if span else None,
        ends=span[1] if span else None,
        room=row.room.name if row.room else "",
        joinable=bool(row.room and row.room.link),
        visibility=row.visibility.value,
        note=row.note,
        description=row.description,
        cancelled=row.cancelled or block_cancelled,
        appearances=tuple(_appearance(each) for each in row.appearances if _comes(each)),
    )


def _comes(row: agenda.Appearance) -> bool:
    """Whether it is a person's, or that of a city which takes part; of others the draft keeps what was planned."""
    return row.delegation is None or row.delegation.answer in TAKES_PART


def _appearance(row: agenda.Appearance) -> Appearance:
    return Appearance(
        part=row.part.value,
        city=row.delegation.member.slug if row.delegation else "",
        person=row.person.code if row.person else "",
        mode=row.mode.value if row.mode else "",
        position=row.shown_position,
        topic=row.topic,
    )


def _visits(event: Event) -> tuple[Visit, ...]:
    rows = db.session.execute(
        select(visits.Visit).where(visits.Visit.event_id == event.id).order_by(visits.Visit.position)
    ).scalars()
    return tuple(_visit(row, event.zone) for row in rows)


def _visit(row: visits.Visit, zone: str) -> Visit:
    try:
        span = row.span(zone)
    except ical.Gap as gap:
        raise Refused(f"{row.title}: {gap}") from gap
    return Visit(
        code=row.code,
        title=row.title,
        day=row.day,
        starts=span[0] if span else None,
        ends=span[1] if span else None,
        meeting_point=row.meeting_point,
        description=row.description,
        seats=row.seats,
        host=row.host,
        map_link=row.map_link,
        languages=tuple(row.languages),
        cancelled=row.cancelled_at is not None,
    )


def _outcome(row: OutcomeRow) -> Outcome:
    return Outcome(
        code=row.code,
        kind=row.kind,
        title=row.title,
        summary=row.summary,
        announced_by=row.announced_by,
        parties=tuple(row.parties),
        day=row.day,
        sections=tuple(
            Section(each["heading"], each.get("theme", ""), tuple(each.get("points", ())), each.get("paragraphs"))
            for each in row.sections
        ),
    )
