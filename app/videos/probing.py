"""Measuring a file that somebody sent, in a process of its own, where a hostile file harms nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.planning import wire
from app.videos.facts import Facts

PROGRAM = (sys.executable, "-m", "app.videos.probe")
CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 1_800.0
"""Seconds by the clock after which it is ended; its own limits (app.videos.probe) are narrower."""
POLL = 1.0


class Failed(Exception):
    """The file could not be measured: the process crashed or reached a limit. The message is for the log."""


class Stopped(Exception):
    """It was asked to stop before it had measured."""


def probe(path: Path, go_on: Callable[[], bool] = lambda: True, patience: float = PATIENCE) -> Facts:
    """The facts of a file. Raises Failed when measuring crashed or took too long, Stopped once `go_on`, asked every
    second, says no, and FileNotFoundError when there is no such file.

    The process gets the open file, no address of it, and nothing of our environment.
    """
    with path.open("rb") as file:
        process = subprocess.Popen(
            PROGRAM,
            cwd=CHECKOUT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            said, complaint = _wait(process, go_on, time.monotonic() + patience)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
    if process.returncode != 0:
        raise Failed(f"Measuring ended with status {process.returncode}: {complaint.strip()[-500:]}")
    try:
        return wire.load(Facts, json.loads(said))
    except ValueError as wrong:
        raise Failed(f"Measuring gave no facts: {wrong}") from wrong


def _wait(process: subprocess.Popen[str], go_on: Callable[[], bool], until: float) -> tuple[str, str]:
    while True:
        try:
            return process.communicate(timeout=POLL)
        except subprocess.TimeoutExpired:
            if time.monotonic() > until:
                raise Failed("Measuring took too long.") from None
            if not go_on():
                raise Stopped from None
