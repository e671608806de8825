"""How long a search may take."""

from __future__ import annotations

import threading
import time


class Stop:
    """Somebody's wish to stop, and the time by which a search ends anyway."""

    def __init__(self, seconds: float) -> None:
        self.began = time.monotonic()
        self.until = self.began + seconds
        self.asked = threading.Event()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        return 0.0 if self.asked.is_set() else max(0.0, self.until - time.monotonic())
