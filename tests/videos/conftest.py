"""A summit to which some cities speak by video."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.delegations.cities import Cities, gather
from tests.videos.cast import Sender, Senders, take_part


@pytest.fixture
def cities(app: KeepingFlask) -> Cities:
    return gather(app)


@pytest.fixture
def senders(cities: Cities) -> Senders:
    return take_part(cities)


@pytest.fixture
def milan(senders: Senders) -> Sender:
    """Milan's program, which sends its video."""
    return Sender(senders.cities.app.test_client(), senders.link("Milan"))
