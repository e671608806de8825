"""What proofs share: their figures, and whether they run at full length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.figures import Figures


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the proofs run at full length, as `make trust` asks; the ordinary tests run a sample of each."""
    return request.config.getoption("--trust") is not None


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    file = request.config.getoption("--trust")
    return Figures(request.config.getoption("--database"), Path(file).absolute() if file else None)
