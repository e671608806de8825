"""Entries made ready to be written again and again: in order, each with what tells it from every other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b

from app.ical.entries import Entry

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
Place = tuple[datetime, str]
"""Start and UID: by them entries stand in a file."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry with its place in the order and its mark, which is equal exactly when the entry is."""

    entry: Entry
    place: Place
    mark: bytes


def leaf(entry: Entry) -> Leaf:
    mark = blake2b(repr(entry.to_json()).encode(), digest_size=16).digest()
    return Leaf(entry, (entry.item.begins, entry.item.uid), mark)


@dataclass(frozen=True, slots=True)
class Years:
    """The zones in which times are written, and the years of these times; None when none is."""

    zones: frozenset[str] = frozenset()
    first: int | None = None
    last: int | None = None

    def __or__(self, other: Years) -> Years:
        years = [each for each in (self.first, self.last, other.first, other.last) if each is not None]
        return Years(self.zones | other.zones, min(years, default=None), max(years, default=None))


class Sheaf:
    """Leaves in the order of a file. Whatever is asked of all of them together is worked out once."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        """Raises ValueError when two of them share a UID."""
        self.leaves = tuple(sorted(leaves, key=lambda each: each.place))
        if len(self.uids) < len(self.leaves):
            raise ValueError("Two entries of one calendar share a UID.")

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Sheaf:
        return cls(leaf(each) for each in entries)

    def __len__(self) -> int:
        return len(self.leaves)

    @cached_property
    def uids(self) -> frozenset[str]:
        return frozenset(each.entry.item.uid for each in self.leaves)

    @cached_property
    def entries(self) -> list[Entry]:
        return [each.entry for each in self.leaves]

    @cached_property
    def mark(self) -> bytes:
        """Equal exactly when all the entries are."""
        return blake2b(b"".join(each.mark for each in self.leaves), digest_size=16).digest()

    @cached_property
    def newest(self) -> datetime:
        """The newest change of its entries; the beginning of 1970 when there are none."""
        return max((each.entry.changed_at for each in self.leaves), default=BEGINNING)

    @cached_property
    def years(self) -> Years:
        """Of the times that are written by the clocks of a zone."""
        local = [each.entry.item for each in self.leaves if each.entry.item.is_local]
        years = [at.year for item in local for at in (item.begins, item.finishes)]
        return Years(frozenset(item.zone for item in local), min(years, default=None), max(years, default=None))
