"""Bringing the register up to a file: every row gets a verdict before anything is stored, and doubt is the organiser's.

Rows are known again by the ID column, or else by name, country and kind. A name that is nearly another, or another's
alias, is never merged by itself: somebody says that it is new, or which member it is. Cells left empty change nothing,
aliases and offices that the file does not name stay, and nobody is removed; so a file loaded twice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import sent
from app.db import db
from app.journal import note
from app.network import service
from app.network.columns import COLUMNS, Entry, Fault, entry, guess, row_of, shown
from app.network.likeness import Known, alike, known_as
from app.network.models import Kind, Member, MemberFile, Network, Standing, folded
from app.network.places import zone_of
from app.network.register import search
from app.network.service import Details, details_of
from app.refused import Refused
from app.sheets import Sheet, measure

ROWS = 500
"""Members that a file may hold."""
NEW = "new"
"""The choice for a doubtful row that it is a new member; a slug says which member it is, "" leaves it out."""
DETAILS = frozenset(each.name for each in fields(Details))


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


@dataclass(frozen=True)
class Verdict:
    """What a row says and what becomes of it; `number` is its own in the file."""

    number: int
    name: str
    outcome: Outcome
    details: Details | None = None
    """What the member will be; None for a row that is doubtful or wrong."""
    member: Member | None = None
    changes: tuple[tuple[str, str, str], ...] = ()
    """(column, before, after)."""
    like: tuple[Member, ...] = ()
    """Members that it may be, when doubtful."""
    twin: int | None = None
    """The earlier row of the file that it may be, when doubtful."""
    faults: tuple[Fault, ...] = ()
    chosen: str = ""
    doubted: bool = False
    """Whether it is, or was before somebody chose, doubtful."""


@dataclass(frozen=True)
class Plan:
    """The verdicts on all rows, in their order."""

    verdicts: tuple[Verdict, ...]

    def of(self, outcome: Outcome) -> list[Verdict]:
        return [each for each in self.verdicts if each.outcome is outcome]

    @property
    def mark(self) -> str:
        """What a page carries to see whether the register changed since it was shown."""
        said = repr(
            [(each.number, each.outcome, each.changes, each.member and each.member.id) for each in self.verdicts]
        )
        return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


@dataclass
class _Candidate:
    """A member, or an earlier row, that a row may be about."""

    known: Known
    details: Details
    member: Member | None
    number: int | None = None


def keep(network: Network, sheet: Sheet, filename: str, *, user_id: int, now: datetime) -> MemberFile:
    """Keep a table that was sent, with its columns guessed. Refused when it is no table of members."""
    measure(sheet, ROWS)
    reading = {"columns": guess(sheet.header), "kind": "", "standing": ""}
    row = MemberFile(network_id=network.id, reading=reading)
    return sent.keep(row, sheet, filename or "members", user_id=user_id, now=now)


def kept(network: Network, code: str, *, user_id: int, now: datetime) -> MemberFile:
    """The table that this user sent to this network, as `sent.kept`."""
    return sent.kept(MemberFile, MemberFile.network_id == network.id, code, user_id=user_id, now=now)


def read_as(file: MemberFile, columns: Sequence[str], kind: str, standing: str) -> None:
    """Say what each column is, and what a row is that does not say. Refused when a name is missing, or given twice."""
    if "name" not in columns and "slug" not in columns:
        raise Refused(_("Say which column holds the members’ names."), "columns")
    given = [each for each in columns if each]
    if len(set(given)) < len(given):
        twice = next(each for each in given if given.count(each) > 1)
        raise Refused(_("Two columns cannot both be “%(field)s”.", field=COLUMNS[twice]), "columns")
    file.reading = {"columns": list(columns), "kind": kind, "standing": standing}
    db.session.flush()


def plan(file: MemberFile, choices: Mapping[int, str]) -> Plan:
    """What loading the file would do, row by row. Four queries.

    `choices`: number of a doubtful row -> NEW, a slug, or "" to leave it out.
    """
    members = search(file.network_id)
    stood = [
        _Candidate(known_as(each.name, (a.name for a in each.aliases)), details_of(each), each) for each in members
    ]
    judge = _Judge(stood, file.reading.get("kind") or Kind.CITY, file.reading.get("standing") or None)
    verdicts = []
    for number, cells in zip(file.numbers, file.rows, strict=True):
        row = entry(cells, file.reading["columns"], file.header)
        verdicts.append(judge.verdict(number, row, choices.get(number, "")))
    return Plan(tuple(verdicts))


class _Judge:
    """Judges rows one after the other, remembering who was spoken of already."""

    def __init__(self, stood: list[_Candidate], kind: str, standing: str | None) -> None:
        self.stood = stood
        self.kind = Kind(kind)
        self.standing = Standing(standing) if standing else None
        self.by_slug = {each.member.slug: each for each in stood if each.member}
        self.spoken: dict[int, int] = {}
        """Id of a member -> the row that is about it."""

    def verdict(self, number: int, row: Entry, chosen: str) -> Verdict:
        name = str(row.values.get("name") or row.values.get("slug") or _("Row %(number)s", number=number))
        if row.faults:
            return Verdict(number, name, Outcome.WRONG, faults=row.faults)
        found = self._by_id(row)
        doubts: list[_Candidate] = []
        if found is None:
            found, doubts = self._by_name(row)
        if doubts:
            known = {each.member.slug: each for each in doubts if each.member}
            if chosen not in known and chosen != NEW:
                return self._doubtful(number, name, doubts)
            found = known.get(chosen)
        try:
            made = self._changed(number, name, row, found, bool(doubts)) if found else self._new(number, name, row)
        except Refused as no:
            fault = Fault(COLUMNS.get(no.field or "", ""), no.message)
            made = Verdict(number, name, Outcome.WRONG, faults=(fault,))
        like = tuple(each.member for each in doubts if each.member)
        return replace(made, chosen=chosen, doubted=True, like=like) if doubts else made

    def _by_id(self, row: Entry) -> _Candidate | None:
        return self.by_slug.get(row.values.get("slug", ""))

    def _by_name(self, row: Entry) -> tuple[_Candidate | None, list[_Candidate]]:
        """The one of this very name, country and kind; or else those that it may be."""
        given = row.values
        if "name" not in given:
            return None, []
        name, where = folded(given["name"]), folded(given.get("disambiguator", ""))
        country, kind = given.get("country"), given.get("kind")
        here = [each for each in self.stood if country in (None, each.details.country)]
        same = [each for each in here if folded(each.details.name) == name]
        if where:
            placed = [each for each in same if folded(each.details.disambiguator) == where]
            same = placed or [each for each in same if not each.details.disambiguator]
        exact = [each for each in same if kind in (None, each.details.kind)]
        if len(exact) == 1:
            return exact[0], []
        if same:
            return None, same
        known = known_as(given["name"], given.get("aliases", ()))
        named_so = {id(each) for each in here if folded(each.details.name) == name}
        return None, [each for each in here if id(each) not in named_so and alike(known, each.known)]

    def _doubtful(self, number: int, name: str, doubts: Iterable[_Candidate]) -> Verdict:
        twin = next((each.number for each in doubts if each.number is not None), None)
        like = tuple(each.member for each in doubts if each.member)
        return Verdict(number, name, Outcome.DOUBTFUL, like=like, twin=twin, doubted=True)

    def _changed(self, number: int, name: str, row: Entry, found: _Candidate, by_choice: bool) -> Verdict:
        member = found.member
        if member is None or member.id in self.spoken:
            other = self.spoken[member.id] if member else found.number
            raise Refused(_("Row %(row)s is about the same member.", row=other))
        self.spoken[member.id] = number
        before = found.details
        given = {key: value for key, value in row.values.items() if key in DETAILS}
        aliases = [*before.aliases, *given.pop("aliases", ())]
        if by_choice and folded(given.get("name", "")) != folded(before.name):
            aliases.append(given.pop("name"))
        elif row.values.get("slug") != member.slug:
            given.pop("name", None)
        own = {folded(given.get("name", before.name)), ""} | {folded(each) for each in before.aliases}
        fresh = [each for each in dict.fromkeys(aliases[len(before.aliases) :]) if folded(each) not in own]
        terms = {(each.name, each.since): each for each in (*before.offices, *given.pop("offices", ()))}
        after = replace(before, **given, aliases=(*before.aliases, *fresh), offices=tuple(terms.values()))
        service.check(after)
        if after.key != before.key:
            service.check_beside(after, [each.details for each in self.stood if each is not found])
        found.details = after
        changes = tuple(
            (COLUMNS.get(field, field), shown(old), shown(new))
            for field, old, new in service.differences(before, after)
        )
        outcome = Outcome.CHANGED if changes else Outcome.SAME
        return Verdict(number, name, outcome, details=after, member=member, changes=changes)

    def _new(self, number: int, name: str, row: Entry) -> Verdict:
        given: dict[str, Any] = {key: value for key, value in row.values.items() if key in DETAILS}
        if "name" not in given:
            raise Refused(_("No member has this ID, and the row has no name."), "slug")
        if "country" not in given:
            raise Refused(_("A new member needs a country."), "country")
        given.setdefault("kind", self.kind)
        given.setdefault("standing", self.standing)
        given.setdefault("zone", zone_of(given["country"], given["name"]))
        if not given["zone"]:
            said = _("This country has several time zones. Say which is meant, as Area/City: “America/New_York”.")
            raise Refused(said, "zone")
        details = Details(**given)
        service.check(details)
        namesakes = [each for each in self.stood if folded(each.details.name) == folded(details.name)]
        twin = next((each for each in namesakes if each.number and each.details.key == details.key), None)
        if twin is not None:
            raise Refused(_("Row %(row)s is about the same member.", row=twin.number))
        service.check_beside(details, [each.details for each in namesakes])
        self.stood.append(_Candidate(known_as(details.name, details.aliases), details, None, number))
        return Verdict(number, name, Outcome.NEW, details=details)


def load(
    network: Network, file: MemberFile, choices: Mapping[int, str], seen: str, *, who: str, now: datetime
) -> Mapping[Outcome, int]:
    """Store what the plan says, and forget the file; how many rows had which outcome.

    Doubtful rows without a choice and wrong rows are left out. Refused when the plan is not the one that was `seen`.
    """
    db.session.execute(select(Network.id).where(Network.id == network.id).with_for_update())
    found = plan(file, choices)
    if (plan(file, {}) if choices else found).mark != seen:
        raise Refused(_("The register changed since this page was opened. Here is what the file would do now."), "seen")
    taken = {each.slug for each in search(network.id)}
    for each in found.verdicts:
        if each.outcome is Outcome.NEW and each.details:
            service.insert(network, each.details, taken, who=who, now=now)
        elif each.outcome is Outcome.CHANGED and each.details and each.member:
            service.alter(network, each.member, each.details, who=who, now=now)
    counts = {outcome: len(found.of(outcome)) for outcome in Outcome}
    if counts[Outcome.NEW] or counts[Outcome.CHANGED]:
        after = {"file": file.filename, "new": counts[Outcome.NEW], "changed": counts[Outcome.CHANGED]}
        note("members imported", f"network/{network.slug}", who=who, now=now, after=after)
    db.session.delete(file)
    db.session.flush()
    return counts


def table(network: Network) -> tuple[list[str], list[list[str]]]:
    """The whole register as head and rows; a file of it, loaded again, changes nothing."""
    return list(COLUMNS.values()), [row_of(each.slug, details_of(each)) for each in search(network.id)]
