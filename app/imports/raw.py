"""A file as JSON gave it: found one's way about in without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, time
from typing import Any

from app.events.models import Mode
from app.network.models import folded

Thing = dict[str, Any]


def thing(parent: object, key: str) -> Thing:
    """The object under this key; an empty one where there is none."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def listed(parent: object, key: str, at: str) -> Iterator[tuple[str, Any]]:
    """Place and value of everything in the list under this key; `at` is the parent's own place."""
    found = parent.get(key) if isinstance(parent, dict) else None
    for index, each in enumerate(found if isinstance(found, list) else ()):
        yield f"{at}/{key}/{index}", each


def things(parent: object, key: str, at: str) -> Iterator[tuple[str, Thing]]:
    """The same, of objects alone."""
    return ((place, each) for place, each in listed(parent, key, at) if isinstance(each, dict))


def word(parent: Thing, key: str) -> str:
    """The text under this key, or ""."""
    found = parent.get(key)
    return found if isinstance(found, str) else ""


def words(parent: Thing, key: str) -> tuple[str, ...]:
    return tuple(each for _, each in listed(parent, key, "") if isinstance(each, str))


def day(parent: Thing, key: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(word(parent, key))
    return None


def clock(parent: Thing, key: str) -> time | None:
    with suppress(ValueError):
        return time.fromisoformat(word(parent, key))
    return None


def items(event: Thing) -> Iterator[tuple[str, Thing, Thing | None]]:
    """Place, item and the block around it, of every agenda item in order."""
    for place, item in things(event, "agenda", "/event"):
        yield place, item, None
        for within, session in things(item, "sessions", place):
            yield within, session, item


def inheriting(item: Thing, block: Thing | None) -> Thing:
    """The item with the day and the theme of the block around it, where it gives none of its own."""
    return {name: block[name] for name in ("day", "theme") if name in block} | item if block else item


class Cities:
    """The members of a file, each found by any of its names, however spelled."""

    def __init__(self, members: Iterable[Thing]) -> None:
        self.names: dict[str, str] = {}
        self._found: dict[str, str] = {}
        for member in members:
            slug, name = word(member, "id"), word(member, "name")
            self.names.setdefault(slug, name)
            for each in (name, *words(member, "aliases")):
                self._found.setdefault(folded(each), slug)

    def find(self, written: str) -> str | None:
        """The slug of the member that goes by this name."""
        return self._found.get(folded(written)) if folded(written) else None


def modes(event: Thing, cities: Cities) -> dict[str, tuple[Mode, ...]]:
    """The delegations: slug -> modes, in the order in which they are named first."""
    delegations = thing(event, "delegations")
    found: dict[str, tuple[Mode, ...]] = {}
    for mode in Mode:
        for written in words(delegations, mode.value):
            if (slug := cities.find(written)) is not None and mode not in found.get(slug, ()):
                found[slug] = (*found.get(slug, ()), mode)
    return found
