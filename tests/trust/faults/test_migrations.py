"""F19: databases of earlier revisions, with what the product of that day wrote into them, brought to the present one.

`tests/data/earlier.tar.xz` holds a backup of each revision that was once the newest, made of what the code of its time
had done (tests/trust/earlier.py). Revisions that came in company never stood alone and have none.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import upgrade
from sqlalchemy.exc import IntegrityError

from app.care import archive as archives
from app.care import restore as restoring
from app.care import revisions, rows
from app.db import db
from app.web.kept import KeepingFlask
from tests.care.copies import machine, restore, second, sums
from tests.databases import SQLite, States
from tests.schemas import conditions, differences
from tests.trust.earlier import KEPT
from tests.trust.figures import Figures
from tests.trust.served import ROOT

with tarfile.open(KEPT) as _all:
    REVISIONS = sorted(Path(each).stem for each in _all.getnames())
SAMPLE = (REVISIONS[0], REVISIONS[-1])
"""What the ordinary tests bring up; `make trust` takes all."""
NEVER_ALONE = {
    **dict.fromkeys(("0005", "0006", "0007", "0008", "0009"), "0010"),
    **dict.fromkeys(("0013", "0014"), "0015"),
    **dict.fromkeys(("0023", "0024"), "0025"),
}
"""Revisions that were the newest of single commits of one hour, never of what was given to anybody to run, and the one
that they came with. Their steps are taken all the same on the way from the one before."""
PREVIOUS = "0026"
"""The last revision whose backup was not asked to hold something in every new column."""
MEANT = {
    ("releases", "programme"): "where a provider's meeting is was taken out of it",
    ("told", "entry"): "our own link to it was put in its place",
}
"""What a migration changes on purpose, in columns that were there before it."""


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier")
    with tarfile.open(KEPT) as whole:
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
        restore(app, file, "--send")  # letters are not held, which would change them
        figures.hold("F19", f"tables from {revision} with rows lost or changed", len(lost(app, file)), exactly=0)
        figures.hold("F19", f"differences of schema from {revision}", len(differences(app)), exactly=0)
        codes = [app.test_client().get(path).status_code for path in ("/readyz", "/gnets-2023/agenda")]
        assert codes == [200, 200]


@pytest.mark.one_database
def test_every_revision_is_kept_as_its_code_left_it() -> None:
    missing = set(revisions.known()) - set(REVISIONS) - NEVER_ALONE.keys()
    assert missing == set(), (
        f"tests/data/earlier.tar.xz has no database of {sorted(missing)}. Add to tests/trust/acts.py what fills the new"
        " columns, and for each revision run .venv/bin/python -m tests.trust.earlier REVISION (docs/architecture.md)."
    )
    assert set(REVISIONS) >= set(NEVER_ALONE.values())


def empty_columns(file: Path, before: set[str], now: set[str]) -> list[str]:
    """Of the columns that a revision added, those in which a backup says nothing."""
    said: set[str] = set()
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("tables/"):
                held = [json.loads(line) for line in archive.read(name).splitlines()]
                said |= {f"{Path(name).stem}.{key}" for row in held for key, value in row.items() if value is not None}
    return sorted(now - before - said)


@pytest.mark.one_database
def test_columns_that_a_revision_brought_hold_something(earlier: Path, database: States, tmp_path: Path) -> None:
    """A column without a value would come through any migration."""
    knew: dict[str, set[str]] = {}
    with empty(database, tmp_path / "new") as app, app.app_context():
        for each in (one for one in revisions.known() if one >= PREVIOUS):
            upgrade(revision=each)
            with db.engine.connect() as connection:
                knew[each] = {f"{of.name}.{column.name}" for of in rows.tables(connection) for column in of.columns}
    pairs = itertools.pairwise(knew)
    silent = {now: empty_columns(earlier / f"{now}.zip", knew[before], knew[now]) for before, now in pairs}
    assert {now: found for now, found in silent.items() if found} == {}, "tests/trust/acts.py fills them"
    assert empty_columns(earlier / f"{PREVIOUS}.zip", knew[PREVIOUS], knew["0027"]) != []  # the control


DYING = """
import os, signal, sys
from sqlalchemy import Engine, event
from flask_migrate import upgrade
from app import create_app
app, last, done = create_app(), int(sys.argv[1]), 0

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    global done
    changes = statement.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "DROP"))
    done += changes
    if changes and done == last:
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(Engine, "commit")
def die_before(connection):
    if done:
        print(done, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2:]:
    @event.listens_for(Engine, "after_cursor_execute")
    def keep(connection, *_):
        if done:
            connection.connection.driver_connection.commit()

with app.app_context():
    upgrade()
"""
"""An upgrade that is killed before so many statements that change something, or before it is committed; it then says
how many there were. With one word more each of them is committed by itself."""


def dies(app: KeepingFlask, after: int, *guardless: str) -> int:
    """The upgrade of a machine is killed there; how many statements it was to have been, if it came to its end."""
    names = ("INSTANCE", "DATABASE_URL", "BASE_URL")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
    ours |= {f"PLENARY_{name}": str(app.config[name]) for name in names}
    words = [sys.executable, "-c", DYING, str(after), *guardless]
    died = subprocess.run(words, cwd=ROOT, env=ours, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    return int(died.stdout or 0)


@contextmanager
def stands_at(states: States, folder: Path, file: Path) -> Iterator[KeepingFlask]:
    """A machine whose database is still of the revision of a backup."""
    with empty(states, folder) as app:
        with app.app_context(), archives.opened(file) as (archive, manifest):
            upgrade(revision=manifest.revision)
            with restoring._one_transaction(db.engine) as line, restoring._in_any_order(line):
                restoring._fill(line, archive, manifest)
            db.engine.dispose()
        yield app


def made(app: KeepingFlask) -> dict[str, object]:
    """What rows of each table come to, its columns, and what CHECKs and indexes ask."""
    with app.app_context(), db.engine.connect() as connection:
        columns = {f"columns of {each.name}": set(each.columns.keys()) for each in rows.tables(connection)}
        return {**sums(app), **columns, **conditions(connection)}


def changed(before: dict[str, object], now: dict[str, object]) -> set[str]:
    return {name for name in now.keys() | before.keys() if before.get(name) != now.get(name)}


def stood(app: KeepingFlask) -> str | None:
    with app.app_context(), db.engine.connect() as connection:
        return rows.revision(connection)


@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[-2]])
def test_a_migration_that_is_killed_has_changed_nothing_and_runs_again(
    revision: str, earlier: Path, database: States, tmp_path: Path, figures: Figures, full: bool
) -> None:
    """At its last moment, and at some by chance, the same each time."""
    file, chance = earlier / f"{revision}.zip", random.Random(revision)
    with stands_at(database, tmp_path / "new", file) as app:
        before, harmed = made(app), set[str]()
        statements = dies(app, 0)
        wanted = min(statements, 12 if full else 1)
        assert wanted > 0
        harmed |= changed(before, made(app))
        for after in chance.sample(range(1, statements + 1), wanted):
            dies(app, after)
            harmed |= changed(before, made(app))
        assert stood(app) == revision
        told = f"tables or rules changed by a migration from {revision} that was killed {wanted + 1} times"
        figures.hold("F19", told, len(harmed), exactly=0)
        with app.app_context():
            upgrade()
            assert revisions.pending(db.engine) == []
        assert (lost(app, file), differences(app)) == ([], [])


@pytest.mark.trust
@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[-2]])
def test_a_migration_of_many_transactions_leaves_tables_changed(
    revision: str, earlier: Path, database: States, tmp_path: Path
) -> None:
    """The control: what was done before it was killed has stayed."""
    with stands_at(database, tmp_path / "new", earlier / f"{revision}.zip") as app:
        before = made(app)
        dies(app, 0, "each by itself")
        assert changed(before, made(app)) != set()


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
