"""The application as tests serve it: its settings come as JSON in an environment variable of the tests' own, and the
guards named there are taken away in this process, which is how a control shows that a proof sees what it looks for."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.web.kept import KeepingFlask

TOLD = "SERVED_BY_TESTS"
"""The environment variable."""
WORKING = "working"
"""The folder in which each process that has loaded the application leaves its number."""


def load() -> KeepingFlask:
    """The application as told."""
    from app import create_app
    from app.house import settle
    from tests.trust.broken import BREAKS

    told: dict[str, Any] = json.loads(os.environ[TOLD])
    made = create_app(told["settings"])
    for name in told["broken"]:
        BREAKS[name]()
    settle()
    if "serving" in sys.argv[0]:
        Path(told["folder"], WORKING, str(os.getpid())).touch()
    return made


if TOLD in os.environ:
    application = load()
