"""Whether the tables of a database are those that the models mean.

Alembic's own comparison passes over CHECKs and over the conditions of indexes. Both are compared as the database itself
tells them, with what it tells of tables that are made from the models at once: each database says a condition in words
of its own.
"""

from __future__ import annotations

import re
from functools import lru_cache

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect

from app.db import db
from app.web.kept import KeepingFlask

LIST = re.compile(r"(IN \(|ARRAY\[)([^)\]]*)")
Conditions = dict[str, str]
"""Of a CHECK ("CHECK name of table") or an index ("index name of table") -> what must hold."""


def differences(app: KeepingFlask) -> list[str]:
    """Where tables are not what the models mean: columns, types, keys, indexes and their conditions, CHECKs."""
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection:
        return differing(connection)


def differing(connection: Connection) -> list[str]:
    """The same of what stands within a transaction."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = [str(each) for each in compare_metadata(context, db.metadata)]
    made = conditions(connection)
    meant = _on_sqlite() if connection.dialect.name == "sqlite" else _on_postgresql(connection)
    names = sorted(name for name in made.keys() | meant.keys() if made.get(name) != meant.get(name))
    return found + [f"{name} says {made.get(name)}, means {meant.get(name)}" for name in names]


def conditions(connection: Connection, schema: str | None = None) -> Conditions:
    """What CHECKs and indexes ask of rows, in the database's words."""
    there, dialect = inspect(connection), connection.dialect.name
    found: Conditions = {}
    for (_schema, table), checks in there.get_multi_check_constraints(schema=schema).items():
        found |= {f"CHECK {each['name']} of {table}": _plain(each["sqltext"], table) for each in checks}
    for (_schema, table), indexes in there.get_multi_indexes(schema=schema).items():
        for each in indexes:
            where = each.get("dialect_options", {}).get(f"{dialect}_where")
            if where is not None:
                found[f"index {each['name']} of {table}"] = _plain(str(where), table)
    return found


def _plain(sql: str, table: str) -> str:
    """Without what may be said or left out (quotes and tables round names, spaces), and lists in one order."""
    said = re.sub(r'"(\w+)"', r"\1", " ".join(sql.split()))
    said = re.sub(rf"\b{table}\.", "", said).replace("( ", "(").replace(" )", ")")
    return LIST.sub(lambda each: each[1] + ", ".join(sorted(each[2].split(", "))), said)


@lru_cache(maxsize=1)
def _on_sqlite() -> Conditions:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        db.metadata.create_all(connection)
        found = conditions(connection)
    engine.dispose()
    return found


MEANT: Conditions = {}


def _on_postgresql(connection: Connection) -> Conditions:
    """Made in a schema beside, which is taken back; once for all."""
    if not MEANT:
        with connection.begin_nested() as beside:
            connection.exec_driver_sql("CREATE SCHEMA meant; SET LOCAL search_path TO meant")
            db.metadata.create_all(connection, checkfirst=False)
            MEANT.update(conditions(connection, "meant"))
            beside.rollback()
    return MEANT
