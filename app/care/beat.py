"""The worker's sign of life: a file that it touches while it goes round its duties."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app

from app.jobs import Duty, duties

FILE = "plenary.worker"
EVERY = timedelta(seconds=10)
SILENT = timedelta(minutes=5)
"""After which a worker counts as gone: the longest that one piece of work may take, with some to spare."""


def last(instance: Path) -> datetime | None:
    """When the worker of this machine was last at work; None: never."""
    with suppress(OSError):
        return datetime.fromtimestamp((instance / FILE).stat().st_mtime, UTC)
    return None


def _beat(_stop: threading.Event) -> int:
    with suppress(OSError):
        (Path(current_app.config["INSTANCE"]) / FILE).touch(mode=0o600)
    return 0


duties.append(Duty("sign of life", _beat, every=EVERY))
