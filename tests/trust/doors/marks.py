"""A marker in what belongs to each tenant, so that wherever one comes up it says whose it is and what (A2).

Every column in which words of somebody stand is marked in every row, but for what is said to everybody (circles.py).
"""

from __future__ import annotations

import gzip
import io
import quopri
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Column, Table
from werkzeug.test import TestResponse

from app.db import db
from app.videos.models import READY
from tests.pages import unpacked
from tests.trust.attacks.poison import every, within
from tests.trust.doors.circles import circle
from tests.trust.doors.tenants import Row, Tenants, Whose

FILLED = ("summit", "rehearsal", "crowd")
"""The events of the first organiser: what one does not hold, another does."""
OTHER = "parallel"
"""The event of the other organiser, of another network."""
HERE = {*FILLED, "harbours", "g-nets"}
"""What the first organiser has a desk for: these events, and their networks."""
THERE = {OTHER, "congress", "citynet"}
ADDRESSES = {
    "delegates.email",
    "focal_points.email",
    "unsubscribed.address",
    "messages.to",
    "users.email",
    "video_messages.contact_email",
}
"""Columns of addresses, which stand for nothing else here."""


class Mark(NamedTuple):
    """What a marker says: whose, and where it stands."""

    whose: Whose
    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {'/'.join(filter(None, self.whose))}"


@dataclass(frozen=True)
class Rights:
    """Where somebody has which part."""

    desk: frozenset[str] | set[str] = frozenset()
    logistics: frozenset[str] | set[str] = frozenset()
    visa: frozenset[str] | set[str] = frozenset()
    office: Whose | None = None
    """The city that they speak for."""
    person: Whose | None = None
    also: Whose | None = None
    """What else is as theirs as what they told of themselves: a vehicle, a film of a city."""
    account: str = ""
    stage: str = ""

    def parts(self, whose: Whose) -> Iterator[str]:
        """What somebody is to a tenant."""
        for name, events in (("desk", self.desk), ("logistics", self.logistics), ("visa", self.visa)):
            if whose.event in events:
                yield from (name, "staff")
        if self.office is not None and whose[:2] == self.office[:2]:
            yield "office"
        if whose in {self.person, self.also}:
            yield "self"
        if self.person is not None and whose[:2] == self.person[:2]:
            yield "city"
        if self.stage and self.stage == whose.event:
            yield "stage"
        if self.account and self.account == whose.person:
            yield "account"
        here = self.office or self.person or self.also
        if here is not None and here.event == whose.event:
            yield "guests"


ROME, YORK = Whose("summit", "rome"), Whose("summit", "new-york")
ANNA, HEAD, BERTA = ROME._replace(person="anna"), ROME._replace(person="head"), YORK._replace(person="berta")
ALL = HERE | THERE | {"gnets-2023"}
RIGHTS: Mapping[str, Rights] = {
    "anybody": Rights(),
    "delegate A": Rights(person=ANNA, also=Whose("summit", "", "bus-1")),
    "delegate B": Rights(person=BERTA),
    "head A": Rights(person=HEAD),
    "focal A": Rights(office=ROME),
    "focal B": Rights(office=YORK),
    "moderator": Rights(stage="rehearsal"),
    "volunteer": Rights(also=Whose("summit", "", "another-bus")),
    "video sender": Rights(also=Whose("crowd", "city-0")),
    "several roles": Rights(desk=ALL, logistics=ALL, visa=ALL, office=ROME, person=ANNA, account="tokyo"),
    "organiser 1": Rights(desk=HERE, account="osaka"),
    "organiser 2": Rights(desk=THERE, account="busan"),
    "organiser 2, at home": Rights(desk=THERE, account="busan"),
    "logistics": Rights(logistics=set(FILLED), account="nagoya"),
    "visa": Rights(visa=set(FILLED), account="kyoto"),
}
MUST_SEE: Mapping[str, set[tuple[str, str]]] = {
    "delegate A": {("anna", "delegates.mobile")},
    "delegate B": {("berta", "delegates.mobile")},
    "head A": {("head", "delegates.mobile")},
    "focal A": {("rome", "focal_points.name"), ("anna", "delegates.position")},
    "focal B": {("new-york", "focal_points.name"), ("berta", "delegates.position")},
    "several roles": {("anna", "visa_data.number"), ("anna", "logistics.hotel_name"), ("rehearsal", "sessions.note")},
    "organiser 1": {("summit", "notes.after"), ("anna", "delegates.email")},
    "organiser 2, at home": {
        ("parallel", "members.note"),
        ("parallel", "notes.who"),
        ("city-0", "delegations.internal_note"),
    },
    "logistics": {("anna", "logistics.hotel_name"), ("anna", "needs.access")},
    "visa": {("anna", "visa_data.number")},
}
"""What they do come upon, of which person, city or event; else nothing would be proven by what they do not."""
SPELT = re.compile(r"zq([a-z0-9-]*)_([a-z0-9-]*)_([a-z0-9-]*)\.([a-z_]+)\.([a-z_]+)\.\d+qz", re.IGNORECASE)
"""A key drawn at random may hold zq and qz too, but no full stops."""


def spelt(mark: Mark, number: int) -> str:
    return f"zq{'_'.join(mark.whose)}.{mark.table}.{mark.column}.{number}qz"


def marked() -> list[tuple[Table, Column[Any]]]:
    """All columns of words, and of addresses, that are not everybody's."""
    tables = db.metadata.tables
    more = [
        (tables[name], tables[name].columns[column]) for name, column in (each.split(".") for each in sorted(ADDRESSES))
    ]
    return [(table, column) for table, column in [*every(), *more] if circle(table.name, column.name)]


def put(people: Mapping[int, str]) -> None:
    """Mark what every tenant holds; `people`: id of a delegate -> how they are called here."""
    tenants = Tenants(people)
    for table, column in marked():
        for number, row in enumerate(tenants.rows[table.name]):
            whose = _called(table, row, tenants.whose(table, row))
            if row[column.name] is not None and any(whose) and _is_private(table, column, row, whose):
                _put(table, column, row, spelt(Mark(whose, table.name, column.name), number))


def _called(table: Table, row: Row, whose: Whose) -> Whose:
    """A vehicle is known to those who ride in it and to who counts them, by the name it had."""
    return whose._replace(person=re.sub(r"[^a-z0-9]+", "-", row["name"].lower())) if table.name == "vehicles" else whose


def _is_private(table: Table, column: Column[Any], row: Row, whose: Whose) -> bool:
    """What was shown to everybody is not, nor how somebody is called who works for all events. People of a crowd who
    may be one and the same keep their names, since a page asks whether they are."""
    if table.name == "articles":
        return row["shown_at"] is None
    if table.name == "video_messages" and column.name in {"speaker_name", "speaker_position"}:
        return row["state"] not in READY
    if table.name == "delegates" and column.name in {"name", "email"}:
        return not row["name"].startswith("Person ")
    return table.name != "users" or bool(whose.event)


def _put(table: Table, column: Column[Any], row: Row, text: str) -> None:
    new: Any = text if isinstance(column.type, sa.String) else within(row[column.name], lambda _number: text, 0)
    if f"{table.name}.{column.name}" in ADDRESSES:
        new = f"{text}@example.org"
    elif column.name.endswith("link"):
        new = f"https://e.example/{text}"
    held = [each == row[each.name] for each in table.primary_key.columns]
    try:
        with db.session.begin_nested():
            db.session.execute(sa.update(table).where(*held).values({column.name: new}))
    except sa.exc.IntegrityError:  # what this row may not say, since something else is not so
        return


def known() -> set[Mark]:
    """The markers that stand in the database."""
    found: set[Mark] = set()
    for _table, column in marked():
        for value in db.session.execute(sa.select(column)).scalars():
            found |= read(str(value))
    return found


def read(text: str) -> set[Mark]:
    """The markers in a text."""
    return {
        Mark(Whose(*(each.lower() for each in found[:3])), found[3].lower(), found[4].lower())
        for found in SPELT.findall(text)
    }


def allowed(rights: Rights, mark: Mark) -> bool:
    """Whether somebody with these rights may read what is marked so."""
    those = circle(mark.table, mark.column)
    return those is not None and not those.isdisjoint(rights.parts(mark.whose))


def may_see(name: str, mark: Mark) -> bool:
    return allowed(RIGHTS[name], mark)


def missed(name: str, seen: Iterable[Mark]) -> set[tuple[str, str]]:
    """What somebody has to come upon and did not."""
    there = {(part, f"{each.table}.{each.column}") for each in seen for part in each.whose}
    return MUST_SEE.get(name, set()) - there


def found(answer: TestResponse) -> set[Mark]:
    """The markers in an answer, whatever kind of file it is."""
    return {each for text in texts(unpacked(answer), answer.headers) for each in read(text)}


def texts(octets: bytes, headers: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    """All that can be read in a file: archives and letters unpacked, folded lines joined."""
    yield "\n".join(f"{name}: {value}" for name, value in headers)
    if octets[:2] == b"\x1f\x8b":
        octets = gzip.decompress(octets)
    if octets[:2] == b"PK":  # .xlsx is one too
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            for each in archive.namelist():
                yield from texts(archive.read(each))
        return
    text = octets.decode("utf-8", "replace")
    yield from (text, text.replace("\r\n ", ""), quopri.decodestring(octets).decode("utf-8", "replace"))
    if b"MIME-Version:" in octets[:2000]:  # a letter as it was sent
        for part in message_from_bytes(octets, policy=policy.default).walk():
            inside = part.get_payload(decode=True)
            yield from texts(inside, part.items()) if isinstance(inside, bytes) else ()
