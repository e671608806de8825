"""Asking the solver: it runs as a program of its own, so that no web process ever loads it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.planning import wire
from app.planning.proposals import Outcome, Progress, Request

PROGRAM = (sys.executable, "-m", "app.planning.solve")
CHECKOUT = Path(__file__).resolve().parents[2]
GRACE = 30.0
"""Seconds beyond its time after which a solver that does not end is ended."""


class Failed(Exception):
    """The solver ended without an answer; the message is for the organisers' log."""


def solved(
    request: Request,
    heard: Callable[[Progress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    poll: float = 0.2,
) -> Outcome:
    """Ask, pass on what is heard meanwhile, and wait for the answer. Raises Failed when there is none.

    `stop` is asked every `poll` seconds; once it says yes the solver ends with the best it has.
    """
    with _started(request) as process:
        ready = threading.Event()
        patience = request.seconds + GRACE
        watch = threading.Thread(target=_watch, args=(process, ready, stop, poll, patience), daemon=True)
        watch.start()
        found = None
        for kind, value in _lines(process):
            ready.set()
            if kind == "progress":
                heard(wire.load(Progress, value))
            elif kind == "outcome":
                found = wire.load(Outcome, value)
        complaint = process.stderr.read() if process.stderr else ""
        status = process.wait()
        watch.join()
    if found is None:
        raise Failed(complaint.strip() or f"The solver ended with status {status}.")
    return found


@contextmanager
def _started(request: Request) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        PROGRAM,
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        with process:
            if process.stdin is not None:
                with suppress(BrokenPipeError):  # it did not start; it has said why
                    process.stdin.write(json.dumps(wire.dump(request)))
                    process.stdin.close()
            yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _lines(process: subprocess.Popen[str]) -> Iterator[tuple[str, object]]:
    for line in process.stdout or ():
        ((kind, value),) = json.loads(line).items()
        yield kind, value


def _watch(
    process: subprocess.Popen[str], ready: threading.Event, stop: Callable[[], bool], poll: float, patience: float
) -> None:
    """Pass on the wish to stop, once and not before it can be heard; end a solver that has long outlived its time."""
    waited, asked = 0.0, False
    while True:
        try:
            process.wait(poll)
            return
        except subprocess.TimeoutExpired:
            waited += poll
        if not asked and ready.is_set() and stop():
            process.terminate()
            asked = True
        if waited > patience:
            process.kill()
