"""Whether the disk still takes something."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

LEAST = 100 * 1024 * 1024
"""Octets below which the disk is as good as full: a database needs room to tidy up in."""


def free(folder: Path) -> int:
    """Octets that are left where the folder lies."""
    return shutil.disk_usage(folder).free


def writable(folder: Path) -> str:
    """Write a little and take it away again. Why that fails, in the system's words; empty when it does not."""
    probe = folder / f"plenary.probe.{os.getpid()}"
    try:
        with os.fdopen(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(b"0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        return fault.strerror or type(fault).__name__
    finally:
        with suppress(OSError):
            probe.unlink()
    return ""
