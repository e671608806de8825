"""The rows of a participants' list and their order: plain values, and plain functions of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from typing import Any

from app.network.models import folded
from app.registration.models import Capacity, Rank

ROLES, RANKS = list(Capacity), list(Rank)
LAST = 10_000


@dataclass(frozen=True)
class Row:
    """One person, as a list shows them: nothing in it is private."""

    uid: str
    """By which the same person is known in two revisions; never shown."""
    slug: str
    """The city's, with its `city` name."""
    city: str
    name: str
    position: str
    role: str
    rank: str
    mode: str
    deputy_place: int | None = None

    @property
    def is_head(self) -> bool:
        return self.role == Capacity.HEAD


@dataclass(frozen=True)
class City:
    """One city with its people, in their order."""

    slug: str
    name: str
    people: tuple[Row, ...]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Cities from A to Z, accents ignored; in each the head, the deputies in order, then by rank, then by name."""
    return sorted(rows, key=_place)


def by_city(rows: Sequence[Row]) -> list[City]:
    """The rows, which are in order, under their cities; each city once."""
    groups = groupby(rows, key=lambda each: (each.slug, each.city))
    return [City(slug, name, tuple(people)) for (slug, name), people in groups]


def to_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [asdict(each) for each in rows]


def from_json(stored: Iterable[dict[str, Any]]) -> list[Row]:
    """The rows of a revision, whatever else a later product may have stored with them."""
    known = {each.name for each in fields(Row)}
    return [Row(**{name: value for name, value in each.items() if name in known}) for each in stored]


def mark_of(rows: Iterable[Row]) -> str:
    """Tells one state of a list from another."""
    octets = json.dumps(to_json(rows), ensure_ascii=False, sort_keys=True).encode()
    return hashlib.blake2b(octets, digest_size=12).hexdigest()


def _place(row: Row) -> tuple[str, str, int, int, int, str, str]:
    first = ROLES.index(Capacity(row.role)) if row.role in {Capacity.HEAD, Capacity.DEPUTY} else len(ROLES)
    deputy = row.deputy_place or LAST
    rank = RANKS.index(Rank(row.rank)) if row.rank else LAST
    return folded(row.city), row.slug, first, deputy, rank, folded(row.name), row.uid
