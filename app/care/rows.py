"""All rows of a database as lines of JSON that mean the same on SQLite and on PostgreSQL.

Tables are read as they stand in the database and not as the models mean them, so that a database of an earlier
revision is read too. A line is one row: an object of its columns in the order of their names. Instants are written in
UTC, octets in base64, and what a JSON column holds as the text that stands there, so that nothing of it is said anew.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    TableClause,
    Text,
    Time,
    bindparam,
    cast,
    column,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

REVISION = "alembic_version"
PORTION = 500
"""Rows in memory at a time."""


@dataclass
class Tally:
    """How many rows a table has and a sum over them that does not depend on their order, of which no two databases have
    the same idea."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line).digest(), "big")) % 2**256

    @property
    def sum(self) -> str:
        """Of the SHA-256 of every line, modulo 2**256: 64 hexadecimal figures."""
        return f"{self.total:064x}"


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection to which the database stands still, whatever others write meanwhile; it holds nobody up."""
    with engine.connect().execution_options(snapshot=True) as connection, connection.begin():
        yield connection.execution_options(stream_results=True)


def revision(connection: Connection) -> str | None:
    """The migration at which the database stands; None: at none."""
    if not inspect(connection).has_table(REVISION):
        return None
    found: str | None = connection.execute(select(column("version_num")).select_from(table(REVISION))).scalar()
    return found


def tables(connection: Connection) -> list[TableClause]:
    """Every table, by name, but for Alembic's own."""
    found = inspect(connection).get_multi_columns()
    ours = {name: columns for (_, name), columns in found.items() if name != REVISION}
    return [
        table(name, *(column(each["name"], each["type"]) for each in sorted(ours[name], key=lambda each: each["name"])))
        for name in sorted(ours)
    ]


def lines(connection: Connection, source: TableClause) -> Iterator[bytes]:
    """Each row of a table as its line, without its end, in any order; only a portion of them is in memory."""
    asked = [cast(each, Text).label(each.name) if isinstance(each.type, JSON) else each for each in source.columns]
    writers = {each.name: _writer(each.type) for each in source.columns}
    for row in connection.execute(select(*asked).select_from(source).execution_options(yield_per=PORTION)):
        said = {name: None if value is None else writers[name](value) for name, value in row._mapping.items()}
        yield json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def tally(connection: Connection, source: TableClause) -> Tally:
    """What the rows of a table come to."""
    found = Tally()
    for line in lines(connection, source):
        found.add(line)
    return found


def fill(connection: Connection, target: TableClause, given: Iterable[bytes]) -> None:
    """Insert rows from their lines, a portion at a time. KeyError for a line that lacks a column."""
    dialect = connection.dialect.name
    readers = {each.name: _reader(each.type, dialect) for each in target.columns}
    kinds = {each.name: Text() if isinstance(each.type, JSON) else each.type for each in target.columns}
    bound: dict[str, Any] = {name: bindparam(f"v_{name}", type_=kind) for name, kind in kinds.items()}
    if dialect == "postgresql":
        bound |= {each.name: cast(bound[each.name], JSON) for each in target.columns if isinstance(each.type, JSON)}
    bare = table(target.name, *(column(name, kind) for name, kind in kinds.items()))
    put = insert(bare).values(bound)
    source = iter(given)
    while portion := list(itertools.islice(source, PORTION)):
        rows = map(json.loads, portion)
        values = [
            {f"v_{name}": None if row[name] is None else read(row[name]) for name, read in readers.items()}
            for row in rows
        ]
        connection.execute(put, values)


def _same(value: Any) -> Any:
    return value


def _instant(value: datetime) -> str:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """How a value of this type is said in JSON."""
    if isinstance(kind, DateTime):
        return _instant
    if isinstance(kind, (Date, Time)):
        return lambda value: value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: b64encode(value).decode()
    return _same


def _reader(kind: TypeEngine[Any], dialect: str) -> Callable[[Any], Any]:
    """How what was said in JSON becomes a value of this type."""
    if isinstance(kind, DateTime):
        aware = datetime.fromisoformat
        return aware if dialect == "postgresql" else lambda value: aware(value).replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Time):
        return time.fromisoformat
    if isinstance(kind, LargeBinary):
        return b64decode
    return _same
