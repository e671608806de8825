"""Background work: a loop that calls duties.

What there is to do is always a row of ours, claimed by its duty with one UPDATE, so no broker and no second database is
needed: any number of workers may run, and a killed one loses nothing.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from flask import Flask, current_app

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """Something the worker does again and again."""

    name: str
    act: Callable[[threading.Event], int]
    """Does a portion, and tells how much it was: 0 when there was nothing to do. Called in an application context; once
    the event is set it ends with the piece in hand."""
    every: timedelta
    """How long to leave it alone after it found nothing to do."""


duties: list[Duty] = []
"""What the worker does; each room that has work for it adds to the list when imported."""

IDLE = 0.5
"""Seconds between two looks at what is due."""
LOOKS_UP = 1.0
"""Seconds after which the main thread looks whether a signal came: one given to another thread does not wake it."""
LONGEST_PAUSE = 300.0
"""Seconds after which a duty that fails is tried again at the latest."""


class Turn:
    """When a duty is next due, in seconds of the monotonic clock, and how often it failed in a row."""

    def __init__(self, duty: Duty) -> None:
        self.duty = duty
        self.due = 0.0
        self.pause = 0.0
        self.faults = 0

    def take(self, app: Flask, stop: threading.Event) -> None:
        """Do the duty once. A fault is logged and lengthens the pause; it ends nothing."""
        try:
            with app.app_context():  # its end gives the database session back
                done = self.duty.act(stop)
        except Exception:
            self.faults += 1
            self.pause = min(self.duty.every.total_seconds() + 2.0 ** min(self.faults, 16), LONGEST_PAUSE)
            log.exception("The duty %r failed; it is tried again in %.0f s.", self.duty.name, self.pause)
        else:
            self.faults = 0
            self.pause = 0.0 if done else self.duty.every.total_seconds()
        self.due = time.monotonic() + self.pause


class Bench:
    """Long work of one kind, a piece at a time beside the other duties, so that letters go out meanwhile.

    `due` says whether a piece waits; `piece` does one. Both are called in an application context; a fault is logged,
    and it is for the row of the piece to offer it again.
    """

    def __init__(self, name: str, due: Callable[[], bool], piece: Callable[[threading.Event], object]) -> None:
        self._name, self._due, self._piece = name, due, piece
        self._thread: threading.Thread | None = None

    def turn(self, stop: threading.Event) -> int:
        """The duty: begin with what is due, unless something is at work. Always 0: there is nothing to hurry for.

        The process does not end before the piece in hand has.
        """
        if (self._thread is None or not self._thread.is_alive()) and self._due():
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            self._thread = threading.Thread(target=self._work, args=(app, stop), name=self._name, daemon=False)
            self._thread.start()
        return 0

    def join(self) -> None:
        """Wait for what is at work."""
        if self._thread is not None:
            self._thread.join()

    def _work(self, app: Flask, stop: threading.Event) -> None:
        try:
            with app.app_context():
                self._piece(stop)
        except Exception:
            log.exception("A piece of %r failed; it is tried again.", self._name)


def work(stop: threading.Event, app: Flask, tasks: Sequence[Duty] | None = None) -> None:
    """Do `tasks` (all duties, if not given) in turn, each when due, until `stop` is set."""
    turns = [Turn(duty) for duty in (duties if tasks is None else tasks)]
    while not stop.is_set():
        for turn in turns:
            if turn.due <= time.monotonic() and not stop.is_set():
                turn.take(app, stop)
        soonest = min((turn.due for turn in turns), default=time.monotonic() + IDLE)
        stop.wait(max(0.0, min(IDLE, soonest - time.monotonic())))


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT, then finish the piece in hand. A second signal ends the process at once.

    The loop runs beside the main thread, because a signal's handler must not touch an event its own thread waits on.
    """
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(stop, app), name="worker", daemon=True)

    def ask(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    worker.start()
    while worker.is_alive():
        worker.join(LOOKS_UP)
