"""The small summit, published."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.web.kept import KeepingFlask
from tests.registration.cast import Cast, assemble


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


@pytest.fixture
def rehearsal_client(rehearsal: KeepingFlask) -> FlaskClient:
    return rehearsal.test_client()
