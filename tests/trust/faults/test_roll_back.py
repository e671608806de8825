"""F24, the way back: the code of an earlier revision goes on with the tables of the present one, as docs/operations.md
promises to whoever rolls back, and to processes that have not been replaced yet.

What that code needs is kept in the migrations and in backups of its day: every table and column that it knew is there,
and a row that says nothing of later columns can be stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import upgrade
from sqlalchemy.exc import IntegrityError, StatementError

from app.care import archive as archives
from app.care import restore as restoring
from app.care import revisions, rows
from app.db import db
from app.web.kept import KeepingFlask
from tests.databases import States
from tests.trust.faults.test_migrations import REVISIONS, earlier, empty
from tests.trust.figures import Figures

__all__ = ["earlier"]
FIRST = "0025"
"""The earliest revision whose code can go on: that of earlier ones says nothing of delegates.join_hash, which is
unique, and before 0014 nothing of messages.domain, which must be given."""
KEPT = [each for each in REVISIONS if each >= FIRST]
"""Those of which there is a backup; the ordinary tests take the earliest and that before the present one."""
Columns = dict[tuple[str, str], Mapping[str, Any]]
"""By table and name, as the database tells of them."""


def columns() -> Columns:
    """Every column that stands in the database."""
    with db.engine.connect() as connection:
        found = sa.inspect(connection).get_multi_columns()
    return {(name, each["name"]): each for (_, name), of in found.items() if name != rows.REVISION for each in of}


def missed(then: Columns, now: Columns) -> list[str]:
    """What code that knows `then` alone would stumble over."""
    tables = {table for table, _name in then}
    found = [f"{table}.{name} is gone" for table, name in sorted(then.keys() - now.keys())]
    for (table, name), each in sorted(now.items()):
        before = then.get((table, name))
        if before is None:
            must = not each["nullable"] and each.get("default") is None and table in tables
            found += [f"{table}.{name} must be given"] if must else []
        elif before["nullable"] and not each["nullable"]:
            found.append(f"{table}.{name} may not be empty any more")
    return found


class _Enough(Exception):
    """What was stored is taken back."""


def unstored(app: KeepingFlask, file: Path) -> list[str]:
    """The tables into which the rows of a backup cannot be put as the code of its day puts them, and why."""
    found: list[str] = []
    with (
        suppress(_Enough),
        app.app_context(),
        archives.opened(file) as (archive, manifest),
        restoring._one_transaction(db.engine) as line,
        restoring._in_any_order(line),
    ):
        there = {each.name: each for each in rows.tables(line)}
        for name in manifest.tables:
            said = archive.read(archives.member(name)).splitlines()
            if not said:
                continue
            known = json.loads(said[0]).keys()
            target = sa.table(name, *(sa.column(each.name, each.type) for each in there[name].c if each.name in known))
            try:
                with line.begin_nested():
                    rows.fill(line, target, said)
            except (IntegrityError, StatementError) as no:
                found.append(f"{name}: {no.args[0]}")
        if found:
            raise _Enough
    return found


def test_what_code_of_any_revision_knows_is_there(database: States, tmp_path: Path, figures: Figures) -> None:
    known: dict[str, Columns] = {}
    with empty(database, tmp_path / "new") as app, app.app_context():
        for revision in revisions.known():
            upgrade(revision=revision)
            known[revision] = columns()
        now = known[revision]
    wrong = {each: found for each, then in known.items() if each >= FIRST and (found := missed(then, now))}
    assert wrong == {}
    figures.hold("F24", "earlier revisions whose code lacks something in the present tables", len(wrong), exactly=0)


@pytest.mark.parametrize("revision", KEPT)
def test_code_of_an_earlier_revision_can_store_its_rows(
    revision: str, earlier: Path, database: States, tmp_path: Path, figures: Figures, full: bool
) -> None:
    if not full and revision not in (KEPT[0], KEPT[-2]):
        pytest.skip("make trust takes every revision")
    with empty(database, tmp_path / "new") as app:
        with app.app_context():
            upgrade()
        wrong = unstored(app, earlier / f"{revision}.zip")
    assert wrong == []
    figures.hold("F24", f"tables that take no rows from code of revision {revision}", len(wrong), exactly=0)


def test_code_of_before_that_would_be_noticed(earlier: Path, database: States, tmp_path: Path) -> None:
    """The control: what was done once, and is not to be done again."""
    with empty(database, tmp_path / "new") as app:
        with app.app_context():
            upgrade()
        assert [each.partition(":")[0] for each in unstored(app, earlier / "0021.zip")] == ["delegates"]


def test_a_column_that_must_be_given_would_be_noticed(database: States, earlier: Path, tmp_path: Path) -> None:
    """The control: a migration that adds a column without a default, and takes one away."""
    with empty(database, tmp_path / "new") as app:
        with app.app_context():
            upgrade()
            then = columns()
            with db.engine.connect().execution_options(write=True) as connection, connection.begin():
                operations = Operations(MigrationContext.configure(connection))
                with operations.batch_alter_table("members") as members:
                    members.add_column(sa.Column("must", sa.Integer(), nullable=False))
                    members.drop_column("country_printed")
            assert missed(then, columns()) == ["members.country_printed is gone", "members.must must be given"]
        assert [each.partition(":")[0] for each in unstored(app, earlier / f"{REVISIONS[-1]}.zip")] == ["members"]
