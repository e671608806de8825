"""What a table may refer to (rooms, themes, cities, people, sessions), found by any of the names it goes by. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from flask_babel import gettext as _

from app.network.likeness import Known, alike, known_as
from app.network.models import folded
from app.refused import Refused

Key = TypeVar("Key", bound=Hashable)
FEW = 12
"""So many names are listed in a refusal, rather than leaving the reader to look them up."""


@dataclass(frozen=True)
class Named(Generic[Key]):
    """Something with a name; `ref` is what nothing else of its kind is called, `also` what it goes by besides."""

    key: Key
    name: str
    ref: str = ""
    also: tuple[str, ...] = ()


class Called(Generic[Key]):
    """Things of one kind. Names are compared as the register does it: accents, case, spaces and punctuation aside."""

    def __init__(self, things: Iterable[Named[Key]]) -> None:
        self._things = {each.key: each for each in things}
        self._refs = {each.ref: each.key for each in self._things.values() if each.ref}
        self._names: dict[str, list[Key]] = {}
        self._folded: dict[str, list[Key]] = {}
        for key, each in self._things.items():
            self._names.setdefault(each.name, []).append(key)
            for name in {folded(word) for word in (each.name, each.ref, *each.also)} - {""}:
                self._folded.setdefault(name, []).append(key)

    @cached_property
    def _known(self) -> dict[Key, Known]:
        return {key: known_as(each.name, (each.ref, *each.also)) for key, each in self._things.items()}

    def find(self, words: str) -> Sequence[Key]:
        """All that go by these words: by reference, else by the very name, else by any name however spelled."""
        if words in self._refs:
            return [self._refs[words]]
        exact = self._names.get(words, [])
        return exact if len(exact) == 1 else self._folded.get(folded(words), exact)

    def written(self, key: Key) -> str:
        """What leads back to it: the name, or the reference where the name does not, or would read as several."""
        each = self._things[key]
        plain = ";" not in each.name and self.find(each.name) == [key]
        return each.name if plain or not each.ref else each.ref

    def one(self, words: str, unknown: str) -> Key:
        """The one that goes by these words. Refused when none does, with `unknown` and what there is, or several do."""
        found = self.find(words)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(self.written(key) for key in found)
            said = _("“%(words)s” may be any of: %(names)s. Write one of these instead.", words=words, names=names)
            raise Refused(said)
        raise Refused(" ".join(filter(None, (unknown, self._near(words)))))

    def _near(self, words: str) -> str:
        """What may be meant, or what there is."""
        typed = known_as(words)
        near = next((key for key, known in self._known.items() if alike(typed, known)), None)
        if near is not None:
            return str(_("Is “%(name)s” meant?", name=self.written(near)))
        if 0 < len(self._things) <= FEW:
            return str(_("There are: %(names)s.", names=", ".join(self.written(key) for key in self._things)))
        return ""


@dataclass(frozen=True)
class Book:
    """What the sessions of one event may refer to, by the ids of rooms, themes, delegations and people."""

    rooms: Called[int]
    themes: Called[int]
    cities: Called[int]
    people: Called[int]
