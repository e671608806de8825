"""Rows brought up to a file, and counted as they change."""

from __future__ import annotations

from typing import Any

from app.db import Base, db


class Tally:
    """What loading has changed so far, and what there is to say about it."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._changed: set[Base] = set()

    @property
    def changed(self) -> int:
        """Rows that were added, altered or removed; each counts once."""
        return len(self._changed)

    def put(self, row: Base, **wanted: Any) -> None:
        """Give a row these values. A new row is added to the session; one that has them already is left alone."""
        new = row not in db.session
        differing = {name: value for name, value in wanted.items() if new or getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        if new:
            db.session.add(row)
        if new or differing:
            self._changed.add(row)

    def drop(self, row: Base) -> None:
        """Remove a row."""
        db.session.delete(row)
        self._changed.add(row)

    def stays(self, number: int, one: str, many: str) -> None:
        """Note what the register holds beyond the file."""
        what = f"1 other {one} is not in the file and stays." if number == 1 else ""
        self.notes.append(what or f"{number} other {many} are not in the file and stay.")
