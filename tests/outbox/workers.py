"""Workers that are killed: `python -m tests.outbox.workers` keeps some alive and ends one by SIGKILL when told to.

Their clock runs fast, so that pauses of minutes and leases pass in moments. Each line on standard input is one death,
and its end ends it all. It forks the workers, because starting Python anew would take longer than a worker lives.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.db import db
from app.outbox import deliver, renderers
from tests.outbox.cast import NOW, greeting

ROOT = Path(__file__).resolve().parents[2]
SPEED = 300.0
"""How many seconds pass for the workers in one of ours: a lease of five minutes is over in one."""


def fast(begun: float) -> datetime:
    """What the workers' clock says, which began to run at `begun` of the system's."""
    return NOW + timedelta(seconds=(time.time() - begun) * SPEED)


def work(app: Flask, begun: float) -> None:
    """Deliver until killed."""
    random.seed()  # or all would wait for the database in step
    with app.app_context():
        while True:
            if not deliver(fast(begun), 6):
                time.sleep(0.01)


def born(app: Flask, begun: float) -> int:
    """A new worker; its process id."""
    child = os.fork()
    if not child:
        try:
            work(app, begun)
        finally:
            os._exit(1)
    return child


def reap(app: Flask, begun: float, number: int, seed: int) -> None:
    """Keep `number` workers alive, and kill one at each line of standard input until that is closed."""
    chance = random.Random(seed)
    alive = [born(app, begun) for _ in range(number)]
    for _line in sys.stdin:
        end(alive.pop(chance.randrange(number)))
        alive.append(born(app, begun))
    for child in alive:
        end(child)


def end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@contextmanager
def dying(settings: dict[str, Any], number: int = 2, seed: int = 0) -> Iterator[Callable[[], None]]:
    """Workers on an application with these settings, and what kills one of them at each call, whatever it is doing."""
    told = json.dumps({"settings": settings, "begun": time.time(), "number": number, "seed": seed})
    words = [sys.executable, "-m", "tests.outbox.workers", told]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdin is not None

        def kill() -> None:
            print(file=keeper.stdin, flush=True)

        yield kill  # leaving closes the input, and waits
    assert keeper.returncode == 0


def main(told: dict[str, Any]) -> None:
    renderers["greeting"] = greeting
    app = create_app(told["settings"])
    with app.app_context():
        deliver(fast(told["begun"]), 5)  # what is made ready here once, each worker finds ready
        db.session.remove()
        db.engine.dispose()  # and no two processes share a connection
    reap(app, told["begun"], told["number"], told["seed"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
