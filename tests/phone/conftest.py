"""The small summit, ready for registration."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.registration.cast import Cast, assemble


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)
