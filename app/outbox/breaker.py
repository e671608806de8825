"""What a worker remembers between batches, so that the mail server's faults are not taken for those of the letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

IN_A_ROW = 5
"""Refusals over as many different addresses, with no success between, that mean the server refuses us, not them."""
CUTS = 3
"""Broken lines in a row after which it is left alone for a moment: it may be taking letters and not saying so."""
SHORT = timedelta(minutes=1)
LONG = timedelta(minutes=15)


@dataclass
class Breaker:
    closed_until: datetime | None = None
    """No letter is tried before."""
    refused: dict[str, list[int]] = field(default_factory=dict)
    """Addresses refused since the last success, with the letters to them."""
    doubted: bool = False
    """The server refused so many in a row that one more is enough to pause again."""
    cuts: int = 0

    def closed(self, now: datetime) -> bool:
        return self.closed_until is not None and now < self.closed_until

    def close(self, now: datetime, pause: timedelta) -> None:
        self.closed_until = now + pause

    def sent(self) -> None:
        self.refused.clear()
        self.doubted, self.cuts = False, 0

    def refuse(self, letter: int, address: str, now: datetime) -> list[int]:
        """Note a refusal. The letters to queue again, when it is the server that refuses and delivery pauses; or []."""
        self.cuts = 0
        self.refused.setdefault(address, []).append(letter)
        self.doubted = self.doubted or len(self.refused) >= IN_A_ROW
        if not self.doubted:
            return []
        again = [each for letters in self.refused.values() for each in letters]
        self.refused.clear()
        self.close(now, LONG)
        return again

    def cut(self, now: datetime) -> None:
        """Note a broken line."""
        self.cuts += 1
        if self.cuts >= CUTS:
            self.close(now, SHORT)
