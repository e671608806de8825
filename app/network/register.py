"""Reading the register: a network's members, found by any of their names, and what each held on a day.

Each function costs a fixed number of queries, however many members there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.db import db
from app.journal import Note
from app.network.dates import lasts
from app.network.models import Alias, Kind, Member, Network, Office, Standing, folded

LONGEST = 120
"""Characters of a search that are looked at."""


@dataclass(frozen=True)
class Counts:
    """How many members of each standing the register names, and how many the network states it has (None: unsaid)."""

    network: Network
    named: Mapping[Standing | None, int]

    @property
    def stated(self) -> dict[Standing, int | None]:
        return {Standing.FULL: self.network.full_members, Standing.ASSOCIATE: self.network.associate_members}

    @property
    def all_named(self) -> int:
        return sum(self.named.values())


@dataclass(frozen=True)
class Elsewhere:
    """The same city as a member of another network."""

    network: Network
    member: Member


def networks(of: Select[str]) -> list[Counts]:
    """The networks of these slugs by name, with their counts. Two queries."""
    rows = db.session.execute(select(Network).where(Network.slug.in_(of)).order_by(Network.name)).scalars().all()
    counted = _counted(select(Member.network_id, Member.standing, func.count()))
    return [Counts(each, counted.get(each.id, {})) for each in rows]


def network_by_slug(slug: str) -> Network:
    """The network of this slug. Raises LookupError. One query."""
    found = db.session.execute(select(Network).where(Network.slug == slug)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"there is no network called {slug!r}")
    return found


def counts(network: Network) -> Counts:
    """The counts of one network. One query."""
    asked = select(Member.network_id, Member.standing, func.count()).where(Member.network_id == network.id)
    return Counts(network, _counted(asked).get(network.id, {}))


def _counted(asked: Select[int, Standing | None, int]) -> dict[int, dict[Standing | None, int]]:
    """Those who left are history, and not counted."""
    grouped = asked.where(Member.until == "").group_by(Member.network_id, Member.standing)
    found: dict[int, dict[Standing | None, int]] = {}
    for network_id, standing, number in db.session.execute(grouped):
        found.setdefault(network_id, {})[standing] = number
    return found


def search(
    network_id: int, words: str = "", *, kind: Kind | None = None, standing: Standing | None = None
) -> list[Member]:
    """The members of a network that go by these words, by name, each with aliases, offices and past standings.

    Every word must stand in the name or in one and the same alias, whatever the accents, case and script: "malmo"
    finds Malmö, "sao" São Paulo, "サンパウロ" what has that alias. No words: all. Four queries.
    """
    asked = _whole().where(Member.network_id == network_id)
    wanted = [word for word in map(folded, words[:LONGEST].replace("-", " ").split()) if word]
    if wanted:
        alias = exists().where(Alias.member_id == Member.id, *(Alias.folded.contains(each) for each in wanted))
        asked = asked.where(or_(and_(*(Member.folded.contains(each) for each in wanted)), alias))
    elif words.strip():
        return []
    if kind is not None:
        asked = asked.where(Member.kind == kind)
    if standing is not None:
        asked = asked.where(Member.standing == standing)
    return list(db.session.execute(asked.order_by(Member.folded, Member.disambiguator, Member.id)).scalars())


def member(network_id: int, slug: str) -> Member:
    """One member of this network, whole. Raises LookupError. Four queries."""
    asked = _whole().where(Member.network_id == network_id, Member.slug == slug)
    found = db.session.execute(asked.execution_options(populate_existing=True)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"the network has no member called {slug!r}")
    return found


def _whole() -> Select[Member]:
    return select(Member).options(selectinload(Member.aliases), selectinload(Member.offices), selectinload(Member.past))


def standing_on(member: Member, day: date) -> Standing | None:
    """What the member was in its network on that day; None when it did not belong to it, or nobody said as what.

    Dates count by the rule of app.network.dates; on the days of a change, the later standing.
    """
    if lasts(day, member.since, member.until):
        return member.standing
    past = [each for each in member.past if lasts(day, each.since, each.until)]
    return max(past, key=lambda each: each.since).standing if past else None


def held_on(offices: Iterable[Office], day: date) -> list[str]:
    """The posts held on that day, by name; dates count by the rule of app.network.dates."""
    return sorted({each.name for each in offices if lasts(day, each.since, each.until, each.former)})


def offices_on(network_id: int, day: date) -> dict[str, list[Member]]:
    """Who held which post on that day: name of the post -> members by name. One query.

    In a month of which only is known that a post changed hands in it, both who held it are named.
    """
    rows = db.session.execute(
        select(Office)
        .join(Office.member)
        .options(contains_eager(Office.member))
        .where(Member.network_id == network_id)
        .order_by(Office.name, Member.folded, Member.id)
    ).scalars()
    found: dict[str, list[Member]] = {}
    for each in rows:
        if lasts(day, each.since, each.until, each.former) and each.member not in found.get(each.name, []):
            found.setdefault(each.name, []).append(each.member)
    return found


def elsewhere(member: Member, of: Select[str]) -> list[Elsewhere]:
    """The members of other networks, of these slugs, that are of this name, or go by it, in the same country. What a
    network holds in its register is told to those who look after that one alone. Four queries."""
    names = {member.folded, *(each.folded for each in member.aliases)} - {""}
    asked = (
        _whole()
        .join(Member.network)
        .options(contains_eager(Member.network))
        .where(
            Network.slug.in_(of),
            Member.network_id != member.network_id,
            Member.country == member.country,
            Member.kind == member.kind,
        )
        .where(
            or_(Member.folded.in_(names), exists().where(Alias.member_id == Member.id, Alias.folded == member.folded))
        )
        .order_by(Network.name, Member.id)
    )
    return [Elsewhere(each.network, each) for each in db.session.execute(asked).scalars()]


def subject(network: Network, slug: str) -> str:
    """How the journal names a member."""
    return f"member/{network.slug}/{slug}"


def journal_of(network: Network, slug: str) -> list[Note]:
    """What the journal holds of a member, latest first."""
    lines = select(Note).where(Note.subject == subject(network, slug))
    return list(db.session.execute(lines.order_by(Note.at.desc(), Note.id.desc())).scalars())
