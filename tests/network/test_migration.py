"""The register of members comes to a database that already holds networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.web.kept import KeepingFlask
from tests.databases import States

ROWS = (
    "INSERT INTO networks (id, slug, name, full_name, region) VALUES (1, 'citynet', 'CITYNET', 'CITYNET', '')",
    *(
        "INSERT INTO members (id, network_id, slug, name, kind, standing, country, country_printed, disambiguator,"
        f" zone, region, note) VALUES ({n}, 1, '{slug}', '{name}', 'city', 'full', '{home}', true, '', 'UTC', '', '')"
        for n, slug, name, home in (
            (1, "seoul", "Seoul", "KR"),
            (2, "malmo", "Malmö", "SE"),
            (3, "malmoe", "MALMÖ", "SE"),
            (4, "lodz", "Łódź", "PL"),
        )
    ),
    "INSERT INTO aliases (id, member_id, name) VALUES (1, 1, 'Séoul')",
    "INSERT INTO offices (id, member_id, name, since, until, former) VALUES (1, 1, 'chair', '2013-11', '', false)",
)
MEMBERS = "SELECT slug, folded, disambiguator, since, until FROM members ORDER BY id"


@pytest.fixture
def before(standing: KeepingFlask, database: States) -> Iterator[KeepingFlask]:
    """A database as the first release left it, with members in it; afterwards it is whole again."""
    database.release()
    database.clear()
    with standing.app_context():
        upgrade(revision="0001")
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            for each in ROWS:
                connection.execute(text(each))
    yield standing
    database.release()
    database.clear()
    with standing.app_context():
        upgrade()
    database.release()


def asked(app: KeepingFlask, query: str) -> list[tuple[object, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def upgraded(app: KeepingFlask, database: States) -> None:
    """Migrate, as a start of the product does, and begin anew."""
    with app.app_context():
        upgrade(revision="0002")
    database.release()


def told(app: KeepingFlask, statement: str) -> None:
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(text(statement))


def test_names_that_are_there_are_folded_and_twins_told_apart(before: KeepingFlask, database: States) -> None:
    upgraded(before, database)
    assert asked(before, MEMBERS) == [
        ("seoul", "seoul", "", "", ""),
        ("malmo", "malmo", "", "", ""),
        ("malmoe", "malmo", "malmoe", "", ""),
        ("lodz", "lodz", "", "", ""),
    ]
    assert asked(before, "SELECT folded FROM aliases") == [("seoul",)]
    assert asked(before, "SELECT name, since FROM offices") == [("chair", "2013-11")]


def test_what_must_never_be_is_still_kept_out(before: KeepingFlask, database: States) -> None:
    upgraded(before, database)
    kept_out = []
    wrongs = (
        "UPDATE members SET kind = 'village' WHERE id = 1",
        "UPDATE members SET standing = 'none' WHERE id = 1",
        "UPDATE members SET folded = '' WHERE id = 1",
        "UPDATE members SET since = '2014', until = '2013' WHERE id = 1",
        "UPDATE members SET disambiguator = '' WHERE id = 3",
        "UPDATE members SET network_id = 9 WHERE id = 1",
        "UPDATE offices SET until = '2013-10' WHERE id = 1",
        "DELETE FROM members WHERE id = 1",
    )
    for wrong in wrongs:
        try:
            told(before, wrong)
        except IntegrityError:
            kept_out.append(wrong)
    assert kept_out == list(wrongs)
    told(before, "UPDATE offices SET since = '2013-11-05', until = '2013-11' WHERE id = 1")


def test_the_way_back_leaves_the_members(before: KeepingFlask) -> None:
    with before.app_context():
        upgrade(revision="0002")
        downgrade(revision="0001")
        tables = set(inspect(db.engine).get_table_names())
        db.session.remove()
    assert tables & {"past_standings", "member_files"} == set()
    assert asked(before, "SELECT name FROM members ORDER BY id") == [("Seoul",), ("Malmö",), ("MALMÖ",), ("Łódź",)]
