"""Events that stood before there was a site have one that nobody has changed yet; going back loses no event."""

from __future__ import annotations

from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app.db import db
from app.web.kept import KeepingFlask
from tests.databases import States

COUNTED = "SELECT count(*) FROM events JOIN releases ON releases.event_id = events.id"


def test_an_event_gets_a_site_and_keeps_all_it_had(before: KeepingFlask, database: States) -> None:
    with before.app_context():
        upgrade(revision="0026")
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT site FROM events")).scalar_one() == 0
            assert connection.execute(text(COUNTED)).scalar_one() == 1
        db.engine.dispose()
        downgrade(revision="0025")
        with db.engine.connect() as connection:
            assert connection.execute(text(COUNTED)).scalar_one() == 1
            assert "articles" not in inspect(connection).get_table_names()
            assert "site" not in {each["name"] for each in inspect(connection).get_columns("events")}
    database.release()
