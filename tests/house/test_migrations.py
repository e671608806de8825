"""The tables that migrations make are the tables that the models mean."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy import CheckConstraint, insert, inspect
from sqlalchemy.exc import IntegrityError

from app.db import db, write
from app.network.models import Alias
from app.web.kept import KeepingFlask


def test_migrations_agree_with_models(app: KeepingFlask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_foreign_keys_hold_after_an_upgrade_in_the_same_process(app: KeepingFlask) -> None:
    with app.app_context():
        db.engine.dispose()
        upgrade()
        with pytest.raises(IntegrityError):
            write(lambda: db.session.execute(insert(Alias).values(member_id=404, name="Atlantis")))


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
