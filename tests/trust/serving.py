"""Granian with the modules of the product loaded before its processes are forked: one that comes in the place of a
killed one then answers in half the time, and a storm on a busy machine goes on."""

from __future__ import annotations

from granian.cli import entrypoint

import app.house  # noqa: F401
import tests.trust.broken  # noqa: F401

if __name__ == "__main__":
    entrypoint()  # type: ignore[no-untyped-call]
