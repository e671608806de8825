"""What a piece of work costs by itself, whatever else the machine or the process does meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

TRIES = 3


def takes_less(seconds: float, act: Callable[[], object]) -> bool:
    """Whether `act` takes its own thread less of the processor, in one of a few tries.

    One alone may have to clear away what all tests before it left behind.
    """
    for _try in range(TRIES):
        begun = thread_time()
        act()
        if thread_time() - begun < seconds:
            return True
    return False
