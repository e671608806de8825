"""Tokyo runs the rehearsal, Rome the archive; nothing is written around either yet."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from app.db import db, write
from app.site.models import Article
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, give_desks
from tests.online.test_migration import before

__all__ = ["before"]


@pytest.fixture
def bare(rehearsal: KeepingFlask) -> KeepingFlask:
    """The product with both summits and organisers for each, without what the demonstration writes."""

    def act() -> None:
        db.session.execute(delete(Article))

    give_desks(rehearsal)
    with rehearsal.app_context():
        write(act)
    rehearsal.extensions["sites"].clear()
    return rehearsal


@pytest.fixture
def tokyo(bare: KeepingFlask) -> Organiser:
    return Organiser(bare, "tokyo")


@pytest.fixture
def rome(bare: KeepingFlask) -> Organiser:
    return Organiser(bare, "rome")
