"""The world of all attacks, which is built once."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from app.web.kept import KeepingFlask
from tests.databases import States
from tests.trust.doors.survey import Survey, survey
from tests.trust.doors.world import World, build
from tests.trust.hearing import listening


@pytest.fixture(scope="session")
def built(standing: KeepingFlask, database: States, tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(standing, database, tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def surveyed(built: World) -> Survey:
    built.fresh()
    return survey(built)


@pytest.fixture(scope="module")
def heard(built: World) -> Iterator[io.StringIO]:
    """What the process says while a module knocks."""
    with listening(built.app) as stream:
        yield stream


@pytest.fixture
def world(built: World) -> World:
    built.fresh()
    return built
