"""All that a process says at every level, as it would stand in its log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.care import logs
from app.web.kept import KeepingFlask


@contextmanager
def listening(app: KeepingFlask, form: str = "text") -> Iterator[io.StringIO]:
    """What is logged meanwhile, requests among it, as lines of text or of JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines() if form == "json" else logs.Words())
    root, before = logging.getLogger(), logging.getLogger().level
    watched = app.extensions["watched"]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    watched.tell = lambda facts: logs.requests.info("request", extra={"facts": facts})
    try:
        yield stream
    finally:
        watched.tell = None
        root.removeHandler(handler)
        root.setLevel(before)
