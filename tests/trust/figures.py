"""What a proof found, kept as lines of JSON that `make trust` reads for its table.

A number that says whether something was lost is held: the test fails beyond its bound. A time or a rate is measured:
it depends on the machine, so it is compared with what is wished for in the table alone, and no test fails by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    of: str
    """The attack (A1-A40), fault (F1-F25) or proof (P1-P7) whose figure it is; a wish for speed is S1 and so on."""
    what: str
    """What was counted or timed, in a few words: `registrations lost`."""
    value: float
    bound: str
    """`= 0`, `≤ 8` or `≥ 15`."""
    kept: bool
    unit: str = ""
    database: str = ""

    def __str__(self) -> str:
        told = f"{self.of}: {self.what}: {self.value:g} {self.unit}".rstrip()
        return f"{told} (should be {self.bound})" + (f" on {self.database}" if self.database else "")


class Figures:
    """Takes the figures of one run; `file` None: they are held to their bounds and forgotten."""

    def __init__(self, database: str, file: Path | None) -> None:
        self.database = database
        self.file = file

    def hold(
        self,
        of: str,
        what: str,
        value: float,
        *,
        exactly: float | None = None,
        most: float | None = None,
        least: float | None = None,
        unit: str = "",
    ) -> None:
        """Note a number that proves something; AssertionError beyond its bound, of which exactly one is given."""
        figure = self._note(of, what, value, exactly, most, least, unit)
        assert figure.kept, str(figure)

    def measure(
        self, of: str, what: str, value: float, *, most: float | None = None, least: float | None = None, unit: str
    ) -> None:
        """Note a time, a rate or a size of this machine, beside what is wished for."""
        self._note(of, what, value, None, most, least, unit)

    def _note(
        self,
        of: str,
        what: str,
        value: float,
        exactly: float | None,
        most: float | None,
        least: float | None,
        unit: str,
    ) -> Figure:
        bounds = {"=": exactly, "≤": most, "≥": least}
        ((sign, limit),) = ((sign, limit) for sign, limit in bounds.items() if limit is not None)
        kept = {"=": value == limit, "≤": value <= limit, "≥": value >= limit}[sign]
        figure = Figure(of, what, value, f"{sign} {limit:g}", kept, unit, self.database)
        if self.file is not None:
            line = json.dumps(asdict(figure), ensure_ascii=False) + "\n"
            with self.file.open("ab", buffering=0) as file:
                os.write(file.fileno(), line.encode())  # one write, so that processes beside each other mix no lines
        return figure


def read(file: Path) -> Iterable[Figure]:
    """The figures of a run, in the order in which they were found."""
    with file.open(encoding="utf-8") as lines:
        return [Figure(**json.loads(line)) for line in lines]
