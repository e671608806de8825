"""Processes that die by SIGKILL at random, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

LEAST, MOST = 0.3, 0.7
"""Seconds between two deaths."""


@contextmanager
def dying(kill: Callable[[Random], object], seed: int = 1) -> Iterator[None]:
    """Meanwhile `kill` is called again and again; it ends one process that chance picks, or lets all live."""
    chance, over = Random(seed), threading.Event()

    def reap() -> None:
        while not over.wait(chance.uniform(LEAST, MOST)):
            kill(chance)

    killer = threading.Thread(target=reap)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()
