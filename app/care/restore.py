"""A backup brought back, into an instance and a database that hold nothing."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, text, update
from sqlalchemy.engine import Connection

from app.care import archive as archives
from app.care import revisions, rows
from app.care.archive import FOLDERS, KEY, Manifest
from app.outbox.models import Message, State
from app.refused import Refused

UNSURE = (State.QUEUED, State.RETRY, State.INFLIGHT, State.REFUSED)
"""Letters that may have gone after the backup was made."""
WHY = "Restored from a backup of {when}: it may have gone since. Release it if it did not."


@dataclass(frozen=True)
class Restored:
    """What came back."""

    manifest: Manifest
    held: int
    """Letters that wait for a person's word, since nobody knows whether they went after the backup."""


@dataclass(frozen=True)
class Place:
    """Where a backup is brought to."""

    engine: Engine
    instance: Path
    key: str
    """The key in use."""
    upgrade: Callable[[str], None]
    """Brings the database to a revision."""
    adopt: Callable[[str], None]
    """Makes another key the one in use: migrations derive secrets by it."""


def restore(place: Place, path: Path, *, hold: bool = True) -> Restored:
    """Bring an archive back: rows, files and key, as they were, then the database to the present revision.

    `hold` False lets letters go that had not gone when the backup was made: right only if nothing ran since. Refused
    when the archive is damaged, is of a newer Plenary, or there is something here already.
    """
    with archives.opened(path) as (archive, manifest):
        if manifest.revision not in revisions.known():
            raise Refused(
                f"{path.name} is of a newer Plenary (revision {manifest.revision}); this one knows revisions up to"
                f" {revisions.known()[-1]}. Update Plenary, then restore."
            )
        _empty(place)
        own_key = _key(place, archive, manifest)
        archives.verify(archive, manifest)
        if own_key:
            _put_key(place.instance, own_key)
            place.adopt(own_key)
        _make_tables(place, manifest.revision)
        head = revisions.known()[-1]
        with _files(place.instance, archive, manifest):
            with _one_transaction(place.engine) as connection:
                with _in_any_order(connection):
                    _fill(connection, archive, manifest)
                held = _hold(connection, manifest) if hold and manifest.revision == head else 0
            if manifest.revision != head:
                place.upgrade(head)
                with place.engine.connect().execution_options(write=True) as connection, connection.begin():
                    held = _hold(connection, manifest) if hold else 0
    return Restored(manifest, held)


def _empty(place: Place) -> None:
    """Refused when there is anything here that a backup would be mixed with."""
    for folder in FOLDERS:
        if any(each.is_file() for each in (place.instance / folder).rglob("*")):
            raise Refused(
                f"{place.instance / folder} holds files already; a backup is restored into an empty instance."
            )
    with place.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        if names and rows.REVISION not in names:
            raise Refused("The database holds tables that are not Plenary's; give it one of its own.")
        for table in rows.tables(connection):
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                raise Refused(
                    f"The database is not empty ({table.name} has rows); a backup is restored into an empty one."
                )


def _key(place: Place, archive: zipfile.ZipFile, manifest: Manifest) -> str:
    """The key to put into the instance folder; empty: the one in use stays. Refused when settings name another."""
    if KEY not in manifest.files:
        return ""
    kept = archive.read(KEY).decode()
    file = place.instance / KEY
    if kept == place.key:
        return ""
    if not file.exists() or file.read_text().strip() != place.key:
        raise Refused(
            "PLENARY_SECRET_KEY is set and is not the key of this backup, so no link sent before would be shown again."
            " Take the setting away (the backup brings its key), or give that key."
        )
    return kept


def _put_key(instance: Path, key: str) -> None:
    draft = instance / f".secret.restored.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        print(key, file=file)
    draft.replace(instance / KEY)


def _make_tables(place: Place, revision: str) -> None:
    """The tables of a revision, without a row; those that are there without rows give way."""
    with _one_transaction(place.engine) as connection:
        quote = connection.dialect.identifier_preparer.quote
        names = inspect(connection).get_table_names()
        end = " CASCADE" if connection.dialect.name == "postgresql" else ""
        for name in names:
            connection.exec_driver_sql(f"DROP TABLE {quote(name)}{end}")
    place.upgrade(revision)


@contextmanager
def _one_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that may take its time; SQLite looks at its end whether each row points at another."""
    with engine.connect().execution_options(write=True) as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = 0")
                yield connection
            return
        _heed_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if wrong := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3):
                    raise Refused(f"Rows of the backup point at nothing: {[tuple(each) for each in wrong]}.")
        finally:
            _heed_foreign_keys(connection, "ON")


def _heed_foreign_keys(connection: Connection, word: str) -> None:
    """Outside of any transaction, where alone SQLite hears it."""
    if (driver := connection.connection.driver_connection) is not None:
        driver.execute(f"PRAGMA foreign_keys={word}")


@contextmanager
def _in_any_order(connection: Connection) -> Iterator[None]:
    """Rows may come before those that they point at. On PostgreSQL foreign keys are taken off and put back, which the
    owner of tables may do, and which looks at every row."""
    if connection.dialect.name != "postgresql":
        yield
        return
    asked = text(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
    )
    found = connection.execute(asked).all()
    for table, name, _ in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Every row of the archive, and a second look at each table that it is now what it was."""
    targets = {each.name: each for each in rows.tables(connection)}
    if targets.keys() != manifest.tables.keys():
        odd = ", ".join(sorted(targets.keys() ^ manifest.tables.keys()))
        raise Refused(f"The archive and revision {manifest.revision} do not have the same tables: {odd}.")
    for name, target in targets.items():
        with archive.open(archives.member(name)) as file:
            rows.fill(connection, target, (line.rstrip(b"\n") for line in file))
        found, meant = rows.tally(connection, target), manifest.tables[name]
        if (found.rows, found.sum) != (meant.rows, meant.sum):
            raise Refused(
                f"{name} did not come back as it was ({found.rows} of {meant.rows} rows). Nothing was restored."
            )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(COUNT_ON)


COUNT_ON = """
DO $$ DECLARE s record; BEGIN
  FOR s IN SELECT table_name AS t, column_name AS c,
                  pg_get_serial_sequence(quote_ident(table_schema) || '.' || quote_ident(table_name), column_name) AS q
           FROM information_schema.columns WHERE table_schema = current_schema() LOOP
    IF s.q IS NOT NULL THEN
      EXECUTE format('SELECT setval(%%L, (SELECT coalesce(max(%%I), 0) + 1 FROM %%I), false)', s.q, s.c, s.t);
    END IF;
  END LOOP;
END $$
"""
"""PostgreSQL: let every count go on after the greatest number that a table holds."""


def _hold(connection: Connection, manifest: Manifest) -> int:
    """Letters that may have gone since wait for a person's word."""
    held = update(Message).where(Message.state.in_(UNSURE))
    why = WHY.format(when=manifest.made_at)
    return connection.execute(held.values(state=State.HELD, worker="", lease_until=None, error=why)).rowcount


@contextmanager
def _files(instance: Path, archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[None]:
    """Files of the archive in their place; gone again if what follows fails."""
    names = [name for name in manifest.files if name != KEY]
    written: list[Path] = []
    try:
        for name in names:
            path = instance / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(name) as source:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                written.append(path)
                with os.fdopen(handle, "wb") as into:
                    shutil.copyfileobj(source, into, archives.PIECE)
        yield
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
