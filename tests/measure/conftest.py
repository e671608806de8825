"""The walk over every page, which is made once for all that is measured."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.databases import States
from tests.measure.walk import Walk, walk


@pytest.fixture(scope="module")
def walked(standing: KeepingFlask, database: States, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    database.restore("rehearsal")
    return walk(standing, tmp_path_factory.mktemp("clips"))
