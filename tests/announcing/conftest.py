"""The cast's summit, published once, in a context for services; no client is used while it is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.web.kept import KeepingFlask
from tests.announcing.cast import settle
from tests.registration.cast import Cast, assemble


@pytest.fixture
def cast(app: KeepingFlask) -> Iterator[Cast]:
    """With people: Rome's head and focal point, Lancaster's delegate, Milan's; Seoul's at the congress alone."""
    made = assemble(app)
    with app.app_context():
        settle()
        yield made
