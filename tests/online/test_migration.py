"""A database that told providers' links comes to tell our own pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import Column, Connection, MetaData, Table, text

from app import tokens
from app.db import db
from app.registration.models import join_secret
from app.web.kept import KeepingFlask
from tests.databases import States

LINK = "https://meet.example/hall"
PROGRAMME = {"sessions": [{"code": "session-2", "online": LINK}, {"code": "reception", "online": ""}]}
ENTRY: dict[str, Any] = {"item": {"uid": "a", "online": LINK}, "sequence": 2, "changed_at": "2023-02-01T00:00:00+00:00"}
UNLINKED: dict[str, Any] = {
    "item": {"uid": "b", "online": ""},
    "sequence": 0,
    "changed_at": "2023-02-01T00:00:00+00:00",
}


@pytest.fixture
def before(standing: KeepingFlask, database: States) -> Iterator[KeepingFlask]:
    """A database as it stood before, with a release and a delegate; afterwards it is whole again."""
    database.release()
    database.clear()
    try:
        with standing.app_context():
            upgrade(revision="0017")
            with db.engine.connect().execution_options(write=True) as connection, connection.begin():
                fill(connection)
        yield standing
    finally:
        database.release()
        database.clear()
        with standing.app_context():
            upgrade()
        database.release()


ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("networks", {"slug": "g-nets", "name": "G-NETS"}),
    (
        "members",
        {"network_id": 1, "slug": "rome", "name": "Rome", "folded": "rome", "kind": "city", "standing": "full"},
    ),
    ("events", {"slug": "summit", "network_id": 1, "approval": "none", "release": 1, "planning": {}, "stated": {}}),
    ("delegations", {"event_id": 1, "member_id": 1, "answer": "accepted", "uid": "rome"}),
    (
        "delegates",
        {"event_id": 1, "delegation_id": 1, "uid": "anna", "state": "approved", "mode": "online", "role": "delegate"},
    ),
    ("releases", {"event_id": 1, "number": 1, "programme": PROGRAMME}),
    ("told", {"event_id": 1, "code": "session-2", "entry": ENTRY}),
    ("told", {"id": 2, "event_id": 1, "code": "reception", "entry": UNLINKED}),
)


def fill(connection: Connection) -> None:
    """One row each; where a column needs a value besides, something of its kind."""
    for name, values in ROWS:
        table = Table(name, MetaData(), autoload_with=connection)
        row = {each.name: blank(each) for each in table.columns if not each.nullable and each.server_default is None}
        connection.execute(table.insert().values(row | {"id": 1} | values))


def blank(column: Column[Any]) -> Any:
    kind = column.type.python_type
    if kind is datetime:
        return datetime(2023, 1, 1, tzinfo=UTC if getattr(column.type, "timezone", False) else None)
    return {bool: False, int: 0, str: "", date: date(2023, 2, 27), dict: {}}.get(kind, "")


def test_what_was_told_of_links_is_told_of_our_pages(before: KeepingFlask, database: States) -> None:
    with before.app_context():
        upgrade(revision="0025")
        with db.engine.connect() as connection:
            programme = json_of(connection, "SELECT programme FROM releases")
            linked, unlinked = (json_of(connection, f"SELECT entry FROM told WHERE id = {n}") for n in (1, 2))
            sealed = connection.execute(text("SELECT join_hash, join_generation FROM delegates")).one()
        expected = tokens.digest(join_secret("anna", 0))
    database.release()
    assert programme == {
        "sessions": [{"code": "session-2", "joinable": True}, {"code": "reception", "joinable": False}]
    }
    assert linked["item"] == {"uid": "a", "online": "", "joinable": True}
    assert (linked["sequence"], linked["changed_at"] > ENTRY["changed_at"]) == (3, True)
    assert unlinked == UNLINKED | {"item": UNLINKED["item"] | {"joinable": False}}
    assert tuple(sealed) == (expected, 0)


def json_of(connection: Connection, query: str) -> Any:
    found = connection.execute(text(query)).scalar_one()
    return json.loads(found) if isinstance(found, str) else found
