"""How Alembic runs our migrations: on the application's own engine, one transaction for all.

SQLite rebuilds a table to change it. With foreign keys on, dropping the old table would delete every row that points
at it, so they are off before the transaction begins, and checked before it ends.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

database = current_app.extensions["migrate"].db


def keep_foreign_keys(connection: Connection, word: str) -> None:
    """Outside of any transaction, where alone SQLite heeds it."""
    if (driver := connection.connection.driver_connection) is not None:
        driver.execute(f"PRAGMA foreign_keys={word}")


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        keep_foreign_keys(connection, "OFF")
    try:
        # SQLite takes tables back too, since our driver begins nothing by itself; Alembic does not count on that.
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=sqlite,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not sqlite:  # a great table takes longer than a visitor would wait
                connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = 0")
            context.run_migrations()
            if sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"The migration would leave rows that point at nothing: {orphans}")
    finally:
        connection.rollback()  # within a transaction SQLite would not heed the next line
        if sqlite:
            keep_foreign_keys(connection, "ON")


with database.engine.connect().execution_options(write=True) as opened:
    migrate(opened)
