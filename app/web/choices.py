"""Names as readers look for them: in the order of their alphabet; countries, languages and zones named by CLDR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from babel import Locale
from babel.core import get_global
from flask import Flask
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from app import clock
from app.planning.order import letters
from app.web.wording import language, zone_name

Thing = TypeVar("Thing")
NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of two letters that name no country."""
AREAS: dict[str, Any] = {
    "Africa": "002",
    "America": "019",
    "Antarctica": "AQ",
    "Arctic": _l("Arctic Ocean"),
    "Asia": "142",
    "Atlantic": _l("Atlantic Ocean"),
    "Australia": "AU",
    "Europe": "150",
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific Ocean"),
}
"""The areas of zones people live in -> the territory they are called after (CLDR), or their name."""


def alphabet(name: str) -> tuple[object, ...]:
    """By what a name is put in order in the language spoken now; equal names stay apart by their spelling."""
    return letters(name, language()), name


def in_order(things: Iterable[Thing], name: Callable[[Thing], str]) -> list[Thing]:
    """Sorted by what they are called, as the language spoken now has it."""
    return sorted(things, key=lambda each: alphabet(name(each)))


def by_name(things: Iterable[Any], attribute: str = "name") -> list[Any]:
    """For templates: sorted by an attribute that is a name."""
    return in_order(things, lambda each: str(getattr(each, attribute)))


def countries() -> tuple[tuple[str, str], ...]:
    """(code, name) of every country (ISO 3166-1), in the language spoken now and in its order."""
    return _countries(language())


def tongues() -> tuple[tuple[str, str], ...]:
    """(code, name) of every language with a code of two letters, in the language spoken now and in its order."""
    return _tongues(language())


def zones() -> Sequence[tuple[str, tuple[tuple[str, str], ...]]]:
    """(area, ((zone, city), ...)) of all zones one may live in, each by its newest name; as above."""
    return _zones(language())


@lru_cache(maxsize=16)
def _countries(spoken: str) -> tuple[tuple[str, str], ...]:
    names = Locale(spoken).territories.items()
    known = ((code, name) for code, name in names if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY)
    return tuple(in_order(known, lambda each: each[1]))


@lru_cache(maxsize=16)
def _tongues(spoken: str) -> tuple[tuple[str, str], ...]:
    names = Locale(spoken).languages.items()
    return tuple(in_order(((code, name) for code, name in names if len(code) == 2), lambda each: each[1]))


@lru_cache(maxsize=16)
def _zones(spoken: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    names = Locale(spoken).territories
    found: dict[str, dict[str, str]] = {area: {} for area in AREAS}
    known, older = clock.zones(), get_global("zone_aliases")
    for zone in sorted(known):
        area = zone.partition("/")[0]
        if area in found and older.get(zone) not in known:
            found[area][zone] = zone_name(zone)
    areas = [
        (str(names.get(called, called)) if isinstance(called, str) else str(called), found[area])
        for area, called in AREAS.items()
    ]
    return tuple(
        (area, tuple(in_order(held.items(), lambda each: each[1])))
        for area, held in in_order(areas, lambda each: each[0])
    )


def zone_options() -> Sequence[SelectChoice]:
    """The same as the options of a select, under the names of their areas."""
    return _zone_options(language())


@lru_cache(maxsize=16)
def _zone_options(spoken: str) -> tuple[SelectChoice, ...]:
    return tuple(SelectChoice(zone, city, optgroup=area) for area, held in _zones(spoken) for zone, city in held)


def forget() -> None:
    """Name all of them anew, for whoever changes the words."""
    for each in (_countries, _tongues, _zones, _zone_options):
        each.cache_clear()


def init_app(app: Flask) -> None:
    app.add_template_filter(by_name)
