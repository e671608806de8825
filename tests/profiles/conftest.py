"""The small summit, ready for registration."""

from __future__ import annotations

import pytest

from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.registration.cast import Cast, assemble
from tests.registration.people import register


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


@pytest.fixture
def anna(cast: Cast) -> Delegate:
    """Anna Bianchi of Rome, approved."""
    return register(cast, "Anna Bianchi")


@pytest.fixture
def path(cast: Cast, anna: Delegate) -> str:
    """Where Anna tells about herself."""
    with cast.app.app_context():
        return f"/d/{anna.link}/about"
