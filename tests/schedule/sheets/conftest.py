"""Refusals speak a language, so they need an application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.web.kept import KeepingFlask
from tests.desk.office import desks, rome, tokyo


@pytest.fixture
def spoken(standing: KeepingFlask) -> Iterator[None]:
    with standing.app_context():
        yield


__all__ = ["desks", "rome", "tokyo"]
