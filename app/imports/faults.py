"""What is wrong with an event file, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `place` is a JSON Pointer (RFC 6901); empty, it is the file as a whole."""

    place: str
    message: str
    """A sentence."""

    def __str__(self) -> str:
        return f"{self.place or 'The file'}: {self.message}"


class Faulty(Exception):
    """An event file that cannot be loaded, with everything that is wrong with it, in order of place.

    Nothing has been written.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        number = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        super().__init__(f"The event file has {number}; nothing was loaded.")
        self.faults = tuple(sorted(dict.fromkeys(faults), key=lambda fault: _place(fault.place)))


def pointer(*steps: str | int) -> str:
    """The JSON Pointer of these steps (RFC 6901 3): "/event/agenda/0"."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _place(place: str) -> list[tuple[bool, int, str]]:
    """What to sort places by: the tenth item stands after the second."""
    steps = place.split("/")[1:]
    return [(step.isdecimal(), int(step) if step.isdecimal() else 0, step) for step in steps]
