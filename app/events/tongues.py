"""What a programme says in other languages than its own, and which words a reader gets of them.

Pure. Where a language has no words for something, the languages that follow it are asked, and the main one last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from app.network.models import folded

FIELDS: Mapping[str, tuple[str, ...]] = {
    "summit": ("title", "motto", "venue", "format", "note", "times_note"),
    "theme": ("name",),
    "room": ("name",),
    "city": ("name",),
    "session": ("title", "note", "description"),
    "visit": ("title", "description", "meeting_point"),
    "outcome": ("title", "summary"),
}
"""What can be said in several languages: of each kind of thing its fields, as they are called in a programme."""
BESIDES: Mapping[str, tuple[str, ...]] = {"visit": ("rules",)}
"""Fields that no release holds: people read of them how they are now."""
PROPER = "city"
"""The kind whose originals are names: they belong to no language, and are read as they stand."""
Name = tuple[str, str, str]
"""Kind, key and field."""
Teller = Callable[[str, str, str, str], str]
"""Kind, key, field and original -> what a reader gets."""


class Said(str):
    """Words of which the language is known, so that pages can tell it; equal to the same words without."""

    language: str

    def __new__(cls, words: str, language: str) -> Self:
        made = super().__new__(cls, words)
        made.language = language
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.language

    def split(self, *by: Any, **most: Any) -> list[str]:
        """As of any text; each part knows its language too."""
        return [Said(each, self.language) for each in super().split(*by, **most)]


@dataclass(frozen=True)
class Tongue:
    """One language that a programme speaks besides its own."""

    language: str
    after: tuple[str, ...] = ()
    """The languages asked next where it has no words, before the main one."""
    words: tuple[tuple[str, str, str, str], ...] = ()
    """(kind, key, field, text), in order."""

    def only(self, things: Collection[tuple[str, str]]) -> Tongue:
        """The same with the words for these things alone, each by kind and key."""
        return replace(self, words=tuple(each for each in self.words if each[:2] in things))

    @property
    def by_name(self) -> dict[Name, str]:
        return {(kind, key, field): text for kind, key, field, text in self.words}


def teller(main: str, tongues: Iterable[Tongue], language: str) -> Teller:
    """Says things to readers of `language`: in it, else in the languages that follow it, else as they stand."""
    spoken = {each.language: each for each in tongues}
    after = spoken[language].after if language in spoken else ()
    chain = [(each, spoken[each].by_name) for each in (language, *after) if each in spoken]

    def tell(kind: str, key: str, field: str, original: str) -> str:
        if not original:
            return original
        for each, words in chain:
            if text := words.get((kind, key, field)):
                return Said(text, each)
        return original if kind == PROPER else Said(original, main)

    return tell


@lru_cache(maxsize=4096)
def known_city(name: str, zone: str, main: str, language: str) -> str:
    """What the locale data call the city that a time zone is named after; nothing for any other city."""
    try:
        place = ZoneInfo(zone)
        here, there = (get_timezone_location(place, locale=each, return_city=True) for each in (main, language))
    except (LookupError, ValueError):
        return ""
    return str(there) if folded(here) == folded(name) and there != name else ""
