"""One summit and one server for all faults of a run, and the same with its guards taken away for their controls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.trust.clients import Browser, Crowd
from tests.trust.grounds import Ground, ground
from tests.trust.invariants import Found, examine
from tests.trust.served import Served, documented, served


@dataclass
class Storm:
    """A served summit and the people who came to it."""

    ground: Ground
    house: Served

    def crowd(self, at_once: int = 32, patience: float = 120.0) -> Crowd:
        return Crowd(self.ground.cast, self.house.port, at_once=at_once, patience=patience)

    def browser(self, comes_from: str) -> Browser:
        return Browser(self.house.port, comes_from, 120.0)

    def examine(self, crowd: Crowd | None = None) -> Found:
        told = crowd.tally.told if crowd else ()
        return examine(self.ground.url, self.ground.cast.event_id, told)


@pytest.fixture(scope="session")
def storm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    """The product as it is, with as many processes and threads as deploy/ starts."""
    folder = tmp_path_factory.mktemp("storm")
    with (
        ground(request.config.getoption("--database"), folder) as made,
        served(made.settings, folder, **documented()) as house,
    ):
        yield Storm(made, house)


@contextmanager
def broken(request: pytest.FixtureRequest, folder: Path, *guards: str) -> Iterator[Storm]:
    """The same without these guards, for a control."""
    with (
        ground(request.config.getoption("--database"), folder) as made,
        served(made.settings, folder, broken=guards, **documented()) as house,
    ):
        yield Storm(made, house)


@pytest.fixture(scope="session")
def unforgiving(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    """For what passes, no second try and no kind answer; and a disk that is full when told."""
    folder = tmp_path_factory.mktemp("unforgiving")
    with broken(request, folder, "lost_lines", "disk") as made:
        yield made


@pytest.fixture(scope="session")
def careless(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    """Without the guards that each show in a number of its own."""
    folder = tmp_path_factory.mktemp("careless")
    with broken(request, folder, "capacity", "idempotency", "outbox_tx") as made:
        yield made
