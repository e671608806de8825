"""A backup brings back whatever rows the tables can hold: by chance, in every table, with values at the ends of what
their types allow. Rows that a CHECK or a UNIQUE refuses, or a CHECK cannot add up, are drawn again."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Connection, Table
from sqlalchemy.exc import DataError, IntegrityError

from app.care import rows
from app.db import Instant, db
from app.web.kept import KeepingFlask
from tests.care.copies import back_up, restore, sums
from tests.databases import States
from tests.trust.faults.test_migrations import empty
from tests.trust.figures import Figures

EACH = 6
"""Rows of a table."""
TRIES = 400
"""How often a row is drawn before its table is given up."""
LETTERS = "aZ 0'\"\\%{}\n\r\t\x01\x7f\x85\u2028\u202eéßي한글漢字🗼𠮷\ufffe"
NUMBERS = (0, 1, 2, 3, 5, 90, 2**31 - 1)
DOUBLES = (0.0, -0.0, 1 / 3, 139.6917, -1e-300, 1.7976931348623157e308, 5e-324)
EARLY, LATE = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ENDS: dict[type[Any], Callable[[datetime], tuple[Any, ...]]] = {
    Instant: lambda moment: (EARLY, LATE, moment, moment, moment),
    sa.Date: lambda moment: (date.min, date.max, moment.date(), moment.date()),
    sa.Time: lambda moment: (time.min, time.max, moment.time(), moment.time()),
    sa.Boolean: lambda moment: (True, False),
    sa.Float: lambda moment: DOUBLES,
    sa.BigInteger: lambda moment: (*NUMBERS, 2**63 - 1),
    sa.Integer: lambda moment: NUMBERS,
}
"""What a type may hold: the ends of it, and what is drawn with them."""


class Drawing:
    """Rows for the tables of one database; keeps what rows that come later may point at."""

    def __init__(self, connection: Connection, chance: random.Random) -> None:
        self.connection = connection
        self.chance = chance
        self.stored: dict[str, list[dict[str, Any]]] = {}

    def fill(self, table: Table, wanted: int) -> None:
        there = self.stored.setdefault(table.name, [])
        for _each in range(TRIES):
            if len(there) == wanted:
                return
            row = {each.name: self.value(each) for each in table.columns if each is not table.autoincrement_column}
            for key in table.foreign_key_constraints:
                row |= self._pointing(key)
            try:
                with self.connection.begin_nested():
                    done = self.connection.execute(sa.insert(table).values(row))
            except (DataError, IntegrityError):
                continue
            made = zip(table.primary_key.columns.keys(), done.inserted_primary_key or (), strict=True)
            there.append(row | dict(made))

    def _pointing(self, key: sa.ForeignKeyConstraint) -> dict[str, Any]:
        """The columns of a key, as one of the rows has them that it may point at; or empty, where they may be."""
        others = self.stored.get(key.referred_table.name, [])
        loose = all(each.nullable for each in key.columns)
        if not others or (loose and self.chance.random() < 0.4):
            return dict.fromkeys(key.column_keys)
        row = self.chance.choice(others)
        return {each.parent.name: row[each.column.name] for each in key.elements}

    def value(self, column: Column[Any]) -> Any:
        if column.nullable and self.chance.random() < 0.4:
            return None
        kind = column.type
        if isinstance(kind, sa.Enum):
            return self.chance.choice(list(kind.enum_class or kind.enums))
        if isinstance(kind, sa.JSON):
            return self._told(3)
        if isinstance(kind, sa.LargeBinary):
            return self.chance.randbytes(self.chance.randrange(40))
        if isinstance(kind, (sa.String, sa.Text)):
            return self._text(column)
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.chance.randrange(10**14))
        for of, ends in ENDS.items():
            if isinstance(kind, of):
                return self.chance.choice(ends(moment))
        raise AssertionError(f"No values are known for {column}")

    def _text(self, column: Column[Any]) -> str:
        """Words of any letters as long as there is room, or what a CHECK of the table speaks of."""
        if self.chance.random() < 0.4:
            rules = [str(each.sqltext) for each in column.table.constraints if isinstance(each, CheckConstraint)]
            spoken: list[str] = re.findall(r"'(\w[\w-]*)'", " ".join(rules))
            return self.chance.choice(["", *spoken])
        room = getattr(column.type, "length", None) or 300
        return "".join(self.chance.choices(LETTERS, k=self.chance.choice((1, 7, room))))[:room].lower()

    def _told(self, deep: int) -> Any:
        words = "".join(self.chance.choices(LETTERS, k=5))
        if not deep or self.chance.random() < 0.3:
            return self.chance.choice((None, True, 0, -1, 2**53, 0.1, "", words))
        if self.chance.random() < 0.5:
            return [self._told(deep - 1) for _each in range(self.chance.randrange(3))]
        return {f"{words}{each}": self._told(deep - 1) for each in range(self.chance.randrange(3))}


@pytest.mark.parametrize("seed", [1, *(pytest.param(each, marks=pytest.mark.trust) for each in range(2, 9))])
def test_random_rows_of_every_table_come_back(
    app: KeepingFlask, database: States, tmp_path: Path, figures: Figures, seed: int
) -> None:
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection, connection.begin():
        drawing = Drawing(connection, random.Random(seed))
        for table in db.metadata.sorted_tables:
            drawing.fill(table, EACH)
    before = sums(app)
    assert [name for name, (number, _) in before.items() if not number] == []
    file = back_up(app, tmp_path / "copy.zip")
    with empty(database, tmp_path / "new") as copy:
        restore(copy, file, "--send")
        after = sums(copy)
    differ = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    figures.hold("F18", f"tables of {len(before)} whose random rows did not come back", len(differ), exactly=0)


@pytest.mark.one_database
def test_a_row_that_comes_back_otherwise_would_be_noticed(app: KeepingFlask) -> None:
    """The control: a space at the end of one value of one row."""
    table = db.metadata.tables["networks"]
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection, connection.begin() as act:
        Drawing(connection, random.Random(1)).fill(table, 2)
        before = rows.tally(connection, table).sum
        one = sa.select(sa.func.min(table.c.id)).scalar_subquery()
        connection.execute(sa.update(table).where(table.c.id == one).values(region=table.c.region + " "))
        assert rows.tally(connection, table).sum != before
        act.rollback()
