"""The tables that migrations make are the tables that the models mean."""

from __future__ import annotations

from functools import partial

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.db import db, write
from app.network.models import Alias
from app.registration.models import Places
from app.web.kept import KeepingFlask
from tests.schemas import differences, differing


def test_migrations_agree_with_models(app: KeepingFlask) -> None:
    """Columns, keys, indexes and CHECKs, with what these ask of rows."""
    assert differences(app) == []


def test_conditions_of_other_words_would_be_noticed(app: KeepingFlask) -> None:
    """The control: a CHECK and an index that hold for other rows than the models mean, under the same names."""
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with connection.begin() as changing:
            with operations.batch_alter_table("places") as places:
                places.drop_constraint(operations.f("ck_places_counts"), type_="check")
                places.create_check_constraint(operations.f("ck_places_counts"), "taken >= 0 AND granted >= 0")
            operations.drop_index("ix_sign_ups_offers", "sign_ups")
            when = text("state = 'waitlisted'")
            name, columns = "ix_sign_ups_offers", ["offered_until"]
            operations.create_index(name, "sign_ups", columns, sqlite_where=when, postgresql_where=when)
            found = [each.partition(" says ")[0] for each in differing(connection)]
            changing.rollback()
    assert found == ["CHECK ck_places_counts of places", "index ix_sign_ups_offers of sign_ups"]


def test_foreign_keys_hold_after_an_upgrade_in_the_same_process(app: KeepingFlask) -> None:
    with app.app_context():
        db.engine.dispose()
        upgrade()
        with pytest.raises(IntegrityError):
            write(lambda: db.session.execute(insert(Alias).values(member_id=404, name="Atlantis")))


def test_places_that_would_break_their_check_are_put_right_and_give_no_seat(gnets: KeepingFlask) -> None:
    """What no code has written, in a database of before 0031: it is upgraded all the same."""
    numbers = select(Places.id, Places.seats, Places.granted, Places.lowered).order_by(Places.id).limit(3)
    with gnets.app_context():
        downgrade(revision="0030")
        one, two, three = (each.id for each in db.session.execute(numbers))
        for number, lowered in ((one, 3), (two, -1), (three, 1)):
            wrong = update(Places).where(Places.id == number).values(seats=9, granted=2, lowered=lowered)
            write(partial(db.session.execute, wrong))
        db.session.remove()
        upgrade()
        stored = [tuple(each) for each in db.session.execute(numbers)]
    assert stored == [(one, 9, 2, 2), (two, 9, 2, 0), (three, 9, 2, 1)]
