"""A summit in preparation."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.delegations.cities import Cities, gather


@pytest.fixture
def cities(app: KeepingFlask) -> Cities:
    return gather(app)
