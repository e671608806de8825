"""Countries and their time zones, by what people call them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from app import clock
from app.network.models import folded

GROUPS = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Territories of CLDR that are no country."""
OTHER_NAMES = {
    "Hong Kong": "HK",
    "Macao": "MO",
    "Macau": "MO",
    "Republic of Korea": "KR",
    "Korea, Republic of": "KR",
    "Korea": "KR",
    "USA": "US",
    "U.S.A.": "US",
    "United States of America": "US",
    "UK": "GB",
    "Great Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "PR China": "CN",
    "People's Republic of China": "CN",
    "Chinese Taipei": "TW",
    "Russian Federation": "RU",
    "Lao PDR": "LA",
    "Turkey": "TR",
    "Czech Republic": "CZ",
    "Ivory Coast": "CI",
    "Myanmar": "MM",
    "Burma": "MM",
    "Palestine": "PS",
    "State of Palestine": "PS",
    "UAE": "AE",
    "The Netherlands": "NL",
    "Macedonia": "MK",
    "Iran, Islamic Republic of": "IR",
    "Iran (Islamic Republic of)": "IR",
    "Bolivia (Plurinational State of)": "BO",
    "Venezuela (Bolivarian Republic of)": "VE",
    "Republic of Moldova": "MD",
    "United Republic of Tanzania": "TZ",
    "Syrian Arab Republic": "SY",
    "Democratic Republic of the Congo": "CD",
    "Swaziland": "SZ",
    "Cape Verde": "CV",
}
"""Names that official lists use besides those of CLDR."""


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The ISO 3166-1 codes (CLDR's territories without its groups and private codes)."""
    return frozenset(code for code in map(str, Locale("en").territories) if code.isalpha() and len(code) == 2) - GROUPS


@lru_cache(maxsize=1)
def _named() -> dict[str, str]:
    names = Locale("en").territories
    found = {folded(names[code]): code for code in sorted(countries())}
    return found | {folded(name): code for name, code in OTHER_NAMES.items()}


def country_of(written: str) -> str | None:
    """The code of a country written as its code or as its name in English; None when it is neither."""
    words = written.strip()
    if len(words) == 2 and words.upper() in countries():
        return words.upper()
    return _named().get(folded(words))


@lru_cache(maxsize=512)
def zones_of(country: str) -> tuple[str, ...]:
    """The time zones of a country, in the order of their names."""
    return tuple(sorted(zone for zone, code in get_global("zone_territories").items() if code == country))


def zone_of(country: str, name: str) -> str:
    """The zone of a place when nobody says it: the country's only one, or the one named after it; "" if neither."""
    zones = [zone for zone in zones_of(country) if clock.is_zone(zone)]
    if len(zones) == 1:
        return zones[0]
    return next((zone for zone in zones if folded(zone.rsplit("/", 1)[-1]) == folded(name)), "")
