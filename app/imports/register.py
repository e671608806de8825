"""The network, its members, the event and what belongs to it, brought up to a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import db
from app.delegations.models import Answer, Delegation, DelegationMode
from app.events.models import Event, Outcome, Person, Room, Theme, new_uid
from app.imports import values
from app.imports.tally import Tally
from app.network.models import Alias, Member, Network, Office, folded
from app.refused import Refused

Members = dict[str, Member]
"""By slug."""
Part = TypeVar("Part", Theme, Room, Person, Outcome)


@dataclass(frozen=True)
class Parts:
    """What sessions refer to, by the slug, name or code by which the file does."""

    themes: dict[str, Theme]
    rooms: dict[str, Room]
    people: dict[str, Person]


def network(wanted: values.Network, tally: Tally) -> tuple[Network, Members]:
    """The network of this slug with those of its members that the file names."""
    row = db.session.execute(
        select(Network)
        .where(Network.slug == wanted.slug)
        .options(selectinload(Network.members).options(selectinload(Member.aliases), selectinload(Member.offices)))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    row = row or Network(slug=wanted.slug, members=[])
    tally.put(row, **_fields(wanted, "members"))
    db.session.flush()
    known = {each.slug: each for each in row.members}
    for each in wanted.members:
        _not_there_under_another_id(each, row.members)
    members = {each.slug: _member(row, known.get(each.slug), each, tally) for each in wanted.members}
    db.session.flush()
    return row, members


def _not_there_under_another_id(wanted: values.Member, members: Iterable[Member]) -> None:
    name = (folded(wanted.name), wanted.country, wanted.kind, wanted.disambiguator)
    for each in members:
        if each.slug != wanted.slug and (each.folded, each.country, each.kind, each.disambiguator) == name:
            raise Refused(
                f"“{wanted.name}” is a member already, under the id “{each.slug}”; the file calls it “{wanted.slug}”."
            )


def _member(network: Network, row: Member | None, wanted: values.Member, tally: Tally) -> Member:
    """Aliases and offices that the file does not name stay."""
    row = row or Member(network_id=network.id, aliases=[], offices=[])
    tally.put(row, **_fields(wanted, "aliases", "offices"))
    known = {each.name for each in row.aliases}
    for name in wanted.aliases:
        if name not in known:
            tally.put(Alias(member=row), name=name)
    offices = {(each.name, each.since): each for each in row.offices}
    for office in wanted.offices:
        tally.put(offices.get((office.name, office.since)) or Office(member=row), **asdict(office))
    return row


def event(
    row: Event | None, source: values.EventFile, network: Network, members: Members, times_note: str, tally: Tally
) -> Event:
    """The event itself. Settings of registration are not touched here."""
    wanted = source.event
    row = row or Event(uid=new_uid())
    tally.put(
        row,
        **_fields(wanted, "host", "stated", "reply_to", "language", "languages"),
        network_id=network.id,
        host_id=members[wanted.host].id if wanted.host else None,
        stated=dict(wanted.stated or {}),
        times_note=times_note,
        **({"reply_to": wanted.reply_to} if wanted.reply_to else {}),
    )
    db.session.flush()
    return row


def parts(event: Event, source: values.EventFile, members: Members, tally: Tally) -> Parts:
    """Themes, rooms, people and outcomes, in the order of the file."""
    themes = {each.slug: each for each in _of(Theme, event)}
    rooms = {each.name: each for each in _of(Room, event)}
    people = {each.code: each for each in _of(Person, event)}
    outcomes = {each.code: each for each in _of(Outcome, event)}
    for place, theme in enumerate(source.themes, 1):
        row = themes.setdefault(theme.slug, Theme(event_id=event.id))
        tally.put(row, position=place, **_fields(theme))
    for place, room in enumerate(source.rooms, 1):
        link = {"link": room.link} if room.link else {}
        tally.put(rooms.setdefault(room.name, Room(event_id=event.id)), position=place, **_fields(room, "link"), **link)
    for place, person in enumerate(source.people, 1):
        tally.put(
            people.setdefault(person.code, Person(event_id=event.id)),
            position=place,
            **_fields(person, "city", "positions"),
            positions=list(person.positions),
            member_id=members[person.city].id if person.city else None,
        )
    for place, outcome in enumerate(source.outcomes, 1):
        tally.put(
            outcomes.setdefault(outcome.code, Outcome(event_id=event.id)),
            position=place,
            **_fields(outcome, "sections", "parties"),
            parties=list(outcome.parties),
            sections=[asdict(each) | {"points": list(each.points)} for each in outcome.sections],
        )
    db.session.flush()
    return Parts(themes, rooms, people)


def delegations(event: Event, source: values.EventFile, members: Members, tally: Tally) -> dict[str, Delegation]:
    """Delegations by the slug of their member, each with exactly the modes the file gives. Secrets are made once."""
    rows = db.session.execute(
        select(Delegation)
        .where(Delegation.event_id == event.id)
        .options(selectinload(Delegation.modes))
        .execution_options(populate_existing=True)
    ).scalars()
    known = {each.member_id: each for each in rows}
    found = {}
    for place, (slug, modes) in enumerate((source.delegations or {}).items(), 1):
        member = members[slug]
        row = found[slug] = known.pop(member.id) if member.id in known else _made(event, member)
        tally.put(row, position=place)
        for stale in [each for each in row.modes if each.mode not in modes]:
            row.modes.remove(stale)
            tally.drop(stale)
        for mode in modes:
            if mode not in {each.mode for each in row.modes}:
                added = DelegationMode()
                tally.put(added, mode=mode)
                row.modes.append(added)
    if known:
        tally.stays(len(known), "delegation of this event", "delegations of this event")
    db.session.flush()
    return found


def _made(event: Event, member: Member) -> Delegation:
    row = Delegation(
        uid=new_uid(),
        event_id=event.id,
        member_id=member.id,
        answer=Answer.APPROVED if member.id == event.host_id else Answer.ACCEPTED,
        code_generation=0,
        link_generation=0,
        modes=[],
    )
    row.seal()
    return row


def _of(kind: type[Part], event: Event) -> Iterable[Part]:
    return db.session.execute(select(kind).where(kind.event_id == event.id)).scalars()


def _fields(wanted: Any, *apart: str) -> dict[str, Any]:
    """The fields of a frozen value that are called as the columns are."""
    return {name: each for name, each in vars(wanted).items() if name not in apart}
