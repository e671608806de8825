"""What is stored by a statement of its own is a row as any other: known at once, and gone with what is undone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.db import db, write
from app.network.models import Network
from app.refused import Refused
from app.storing import store


class Locked(Exception):
    sqlite_errorcode = 5
    sqlstate = "55P03"


def made(name: str) -> Network:
    row = Network(slug=name.lower(), name=name, full_name=name)
    store(row)
    return row


def names() -> list[str]:
    return list(db.session.execute(select(Network.name).order_by(Network.id)).scalars())


def once_more(act: Callable[[], None]) -> None:
    """Write, with a fault that passes before the first commit."""
    faults = iter([OperationalError("", {}, Locked())])

    def twice() -> None:
        act()
        for fault in faults:
            raise fault

    write(twice)


def test_it_is_known_by_its_number_and_changes_like_others(app: Flask) -> None:
    def act() -> None:
        row = made("G-NETS")
        assert db.session.get(Network, row.id) is row
        row.full_name = "Global City Network"

    with app.app_context():
        write(act)
        stored = db.session.execute(select(Network)).scalar_one()
        assert (stored.name, stored.full_name) == ("G-NETS", "Global City Network")


def test_a_change_that_is_tried_again_stores_it_once(app: Flask) -> None:
    """The second row may get the number of the first."""
    held: list[Network] = []
    with app.app_context():
        once_more(lambda: held.extend(made(each) for each in ("G-NETS", "CITYNET")))
        assert (names(), len(held)) == (["G-NETS", "CITYNET"], 4)


@pytest.mark.parametrize("again", [write, once_more])
def test_a_savepoint_that_is_undone_takes_what_it_stored_and_no_more(app: Flask, again: Callable[..., None]) -> None:
    def act() -> None:
        first = made("G-NETS")
        with db.session.begin_nested():
            kept = made("C40")
        with suppress(Refused), db.session.begin_nested():
            gone = made("UCLG")
            raise Refused("no")
        after = made("CITYNET")
        assert [each in db.session for each in (first, kept, gone, after)] == [True, True, False, True]
        assert db.session.get(Network, after.id) is after

    with app.app_context():
        again(act)
        assert names() == ["G-NETS", "C40", "CITYNET"]


def test_what_is_committed_stays_known_when_another_change_is_undone(app: Flask) -> None:
    with app.app_context():
        row = write(lambda: made("G-NETS"))
        db.session.rollback()
        assert row in db.session


def test_what_lacks_a_value_is_not_stored_as_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(KeyError, match="full_name"):
        write(lambda: store(Network(slug="g-nets", name="G-NETS")))
