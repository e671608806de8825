"""The tables that migrations make are the tables that the models mean."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from app.db import db
from app.web.kept import KeepingFlask


def test_migrations_agree_with_models(app: KeepingFlask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_make_every_check_of_the_models(app: KeepingFlask) -> None:
    """Alembic's own comparison passes over CHECK constraints."""
    with app.app_context():
        meant = {
            (table.name, constraint.name)
            for table in db.metadata.tables.values()
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        made = {
            (table, check["name"])
            for table in inspect(db.engine).get_table_names()
            for check in inspect(db.engine).get_check_constraints(table)
        }
        assert meant - made == set()
