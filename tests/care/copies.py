"""Backups made and brought back by the product's own commands, and a second database of each kind to bring them to."""

from __future__ import annotations

import json
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.care import rows
from app.db import db, write
from app.web.kept import KeepingFlask
from tests.databases import States


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)


def back_up(app: Flask, file: Path, *words: str) -> Path:
    answer = run(app, "backup", str(file), *words)
    assert answer.exit_code == 0, answer.output
    return file


def restore(app: Flask, file: Path, *words: str) -> Result:
    answer = run(app, "restore", str(file), *words)
    assert answer.exit_code == 0, answer.output
    return answer


@contextmanager
def machine(folder: Path, url: str = "", **settings: Any) -> Iterator[KeepingFlask]:
    """A second installation, with nothing in it; without a `url` its database is the file of its own."""
    app = create_app({"INSTANCE": str(folder), "DATABASE_URL": url, "BASE_URL": "http://localhost", **settings})
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def second(states: States) -> Iterator[str]:
    """The address of an empty PostgreSQL beside that of the tests."""
    name = f"copy_{secrets.token_hex(4)}"
    with psycopg.connect(states.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield states.url.replace("/plenary?", f"/{name}?")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def sums(app: Flask) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and what they come to."""
    with app.app_context(), rows.snapshot(db.engine) as connection:
        tallies = {each.name: rows.tally(connection, each) for each in rows.tables(connection)}
    return {name: (each.rows, each.sum) for name, each in tallies.items()}


def manifest(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        found: dict[str, Any] = json.loads(archive.read("manifest.json"))
        return found


def rewrite(source: Path, target: Path, changes: dict[str, bytes | None]) -> Path:
    """An archive with some of its files changed or, by None, left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            octets = changes[name] if name in changes else old.read(name)
            if octets is not None:
                new.writestr(name, octets)
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name] or b"")
    return target


@contextmanager
def without(app: Flask, table: str) -> Iterator[None]:
    """The database lacks this table meanwhile. It comes back: tests put rows as they were, and no tables."""

    def called(old: str, new: str) -> None:
        with app.app_context():
            write(lambda: db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}")))

    called(table, "gone")
    try:
        yield
    finally:
        called("gone", table)
