"""F19: databases of earlier revisions, with what the product of that day wrote into them, brought to the present one.

`tests/data/earlier.tar.xz` holds a backup of each revision that was once the newest, made of what `flask prepare` of
its time had made. Revisions that came in company never stood alone and have none.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import upgrade
from sqlalchemy import CheckConstraint, Table, inspect
from sqlalchemy.exc import IntegrityError

from app.care import archive as archives
from app.care import restore as restoring
from app.care import revisions, rows
from app.db import db
from app.web.kept import KeepingFlask
from tests.care.copies import machine, restore, second, sums
from tests.databases import SQLite, States
from tests.trust.figures import Figures

ROOT = Path(__file__).resolve().parents[3]
EARLIER = ROOT / "tests" / "data" / "earlier.tar.xz"
with tarfile.open(EARLIER) as _all:
    REVISIONS = sorted(Path(each).stem for each in _all.getnames())
SAMPLE = (REVISIONS[0], REVISIONS[-1])
"""What the ordinary tests bring up; `make trust` takes all."""
MEANT = {
    ("releases", "programme"): "where a provider's meeting is was taken out of it",
    ("told", "entry"): "our own link to it was put in its place",
}
"""What a migration changes on purpose, in columns that were there before it."""


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier")
    with tarfile.open(EARLIER) as whole:
        whole.extractall(folder, filter="data")
    return folder


@contextmanager
def empty(states: States, folder: Path) -> Iterator[KeepingFlask]:
    """A machine with nothing on it, on the kind of database of the tests."""
    if isinstance(states, SQLite):
        with machine(folder) as made:
            yield made
        return
    with second(states) as url, machine(folder, url) as made:
        yield made


def differences(app: KeepingFlask) -> list[str]:
    """Where tables are not what the models mean: columns, indexes and their conditions, CHECKs."""
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [str(each) for each in compare_metadata(context, db.metadata)]
        there = inspect(connection)
        for table in db.metadata.tables.values():
            meant = {each.name for each in table.constraints if isinstance(each, CheckConstraint)}
            made = {each["name"] for each in there.get_check_constraints(table.name)}
            found += [f"CHECK {name} of {table.name}" for name in sorted(map(str, meant ^ made))]
            found += _partial(table, there.get_indexes(table.name), connection.dialect.name)
    return found


def _partial(table: Table, made: Sequence[Any], dialect: str) -> list[str]:
    """Indexes that hold for some rows alone, by name."""
    meant = {each.name for each in table.indexes if each.dialect_options[dialect]["where"] is not None}
    has = {each["name"] for each in made if each.get("dialect_options", {}).get(f"{dialect}_where") is not None}
    return [f"condition of {name}" for name in sorted(map(str, meant ^ has))]


def told(line: bytes, columns: set[str]) -> str:
    row = json.loads(line)
    return hashlib.sha256(json.dumps([row[each] for each in sorted(columns)]).encode()).hexdigest()


def lost(app: KeepingFlask, file: Path) -> list[str]:
    """Tables whose rows of then are not there now as they were, by the columns that both have."""
    found = []
    with app.app_context(), rows.snapshot(db.engine) as connection, zipfile.ZipFile(file) as archive:
        for table in rows.tables(connection):
            name = archives.member(table.name)
            then = archive.read(name).splitlines() if name in archive.namelist() else []
            if not then:
                continue
            meant = {column for of, column in MEANT if of == table.name}
            both = set(json.loads(then[0])) & {each.name for each in table.columns} - meant
            now = Counter(told(each, both) for each in rows.lines(connection, table))
            if now != Counter(told(each, both) for each in then):
                found.append(table.name)
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_of_an_earlier_revision_are_all_there(
    revision: str, earlier: Path, database: States, tmp_path: Path, figures: Figures, full: bool
) -> None:
    if not full and revision not in SAMPLE:
        pytest.skip("make trust takes every revision")
    file = earlier / f"{revision}.zip"
    with empty(database, tmp_path / "new") as app:
        restore(app, file)
        figures.hold("F19", f"tables from {revision} with rows lost or changed", len(lost(app, file)), exactly=0)
        figures.hold("F19", f"differences of schema from {revision}", len(differences(app)), exactly=0)
        codes = [app.test_client().get(path).status_code for path in ("/readyz", "/gnets-2023/agenda")]
        assert codes == [200, 200]


def test_a_fresh_database_is_what_the_models_mean(app: KeepingFlask) -> None:
    assert differences(app) == []


DYING = """
import os, signal, sys
from sqlalchemy import Engine, event
from flask_migrate import upgrade
from app import create_app
app, left = create_app(), [int(sys.argv[1])]
@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    left[0] -= statement.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "DROP"))
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    upgrade()
"""


@pytest.mark.parametrize("after", [40, 200])
def test_a_migration_that_is_killed_has_changed_nothing_and_runs_again(
    after: int, earlier: Path, database: States, tmp_path: Path, figures: Figures
) -> None:
    file = earlier / f"{REVISIONS[0]}.zip"
    with empty(database, tmp_path / "new") as app:
        with app.app_context(), archives.opened(file) as (archive, manifest):
            upgrade(revision=manifest.revision)
            with restoring._one_transaction(db.engine) as line, restoring._in_any_order(line):
                restoring._fill(line, archive, manifest)
            db.engine.dispose()
        before = sums(app)
        names = ("INSTANCE", "DATABASE_URL", "BASE_URL")
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
        ours |= {f"PLENARY_{name}": str(app.config[name]) for name in names}
        words = [sys.executable, "-c", DYING, str(after)]
        died = subprocess.run(words, cwd=ROOT, env=ours, capture_output=True, text=True, check=False)
        assert died.returncode == -signal.SIGKILL, died.stderr
        with app.app_context(), db.engine.connect() as connection:
            assert rows.revision(connection) == manifest.revision
        changed = {name for name, each in sums(app).items() if before.get(name) != each}
        figures.hold("F19", "tables changed by a migration that was killed", len(changed), exactly=0)
        with app.app_context():
            upgrade()
            assert revisions.pending(db.engine) == []
        assert (lost(app, file), differences(app)) == ([], [])


def test_with_foreign_keys_on_a_rebuilt_table_takes_others_along(rehearsal: KeepingFlask, database: States) -> None:
    """The control, of what app/migrations/env.py keeps off: SQLite deletes what points at a table that is dropped."""
    if not isinstance(database, SQLite):
        pytest.skip("PostgreSQL changes tables where they stand")
    before = {name: number for name, (number, _) in sums(rehearsal).items()}
    with rehearsal.app_context(), db.engine.connect().execution_options(write=True) as connection:
        operations = Operations(MigrationContext.configure(connection))
        try:
            with connection.begin(), operations.batch_alter_table("sessions", recreate="always"):
                pass
        except IntegrityError:
            return
    assert {name: number for name, (number, _) in sums(rehearsal).items()} != before
