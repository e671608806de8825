"""The small summit with room at the venue for everybody."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.registration.cast import Cast, assemble
from tests.visits.cast import roomy


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))
