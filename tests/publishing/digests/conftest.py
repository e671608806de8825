"""The cast's summit, published once, in a context for services; no client is used while it is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.web.kept import KeepingFlask
from tests.registration.cast import Cast, assemble


@pytest.fixture
def cast(app: KeepingFlask) -> Iterator[Cast]:
    made = assemble(app)
    with app.app_context():
        yield made
