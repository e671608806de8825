"""One question on standard input, answers line by line on standard output: see app.planning.proposals."""

from __future__ import annotations

import json
import signal
import sys
from importlib import import_module
from typing import Any

from app.planning import wire
from app.planning.proposals import Outcome, Request, Task
from app.planning.rules import VERSION
from app.planning.solve import at_once
from app.planning.solve.lines import say
from app.planning.solve.stop import Stop

TASKS = "app.planning.solve.tasks"
"""Loads OR-Tools, which takes longer than what is said before."""


def answer(request: Request, stop: Stop) -> Outcome:
    """The answer: without OR-Tools where that does, else with it."""
    if request.task is Task.PROPOSE:
        first = at_once.first(request, stop)
        found: Outcome = loaded(stop).better(request, stop, first)
    elif request.task is Task.REPAIR:
        mended = at_once.repair(request, stop)
        found = loaded(stop).mend(request, stop, mended) if isinstance(mended, int) else mended
    else:
        found = loaded(stop).TASKS[request.task](request, stop)
    return found


def loaded(stop: Stop) -> Any:
    """The tasks that need OR-Tools; what loading takes does not count against the time to search."""
    before = stop.seconds
    tasks = import_module(TASKS)
    stop.until += stop.seconds - before
    return tasks


def main() -> int:
    """Answer the question; 2 and a sentence when it cannot be read."""
    try:
        request = wire.load(Request, json.loads(sys.stdin.read()))
    except ValueError as wrong:
        sys.stderr.write(f"The question cannot be read: {wrong}\n")
        return 2
    stop = Stop(request.seconds)
    signal.signal(signal.SIGTERM, lambda *_: stop.asked.set())
    say("ready", VERSION)
    say("outcome", answer(request, stop))
    return 0


if __name__ == "__main__":
    sys.exit(main())
