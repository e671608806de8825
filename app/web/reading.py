"""Who reads: the zone and the language a page is made for, as far as the address says."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request
from flask_babel import gettext as _

from app import clock

LANGUAGES = {"en": "English"}
"""The languages in which the product speaks: code -> its own name."""


@dataclass(frozen=True)
class Reader:
    zone: str | None
    """The zone chosen by ?tz=, or None: the summit's own."""
    language: str
    note: str = ""
    """A sentence when what was asked for could not be had."""


def reader() -> Reader:
    """The reader of this request; worked out once."""
    if "reader" not in g:
        g.reader = _read(request.args.get("tz", ""), language())
    found: Reader = g.reader
    return found


def _read(zone: str, spoken: str) -> Reader:
    if not zone:
        return Reader(None, spoken)
    if not clock.is_zone(zone):
        return Reader(None, spoken, _("There is no time zone of that name; times are shown in the summit's own."))
    return Reader(zone, spoken)


def language() -> str:
    """The language of this request, as Flask-Babel asks for it; English outside of one and for unknown codes."""
    asked = request.args.get("lang", "") if request else ""
    return asked if asked in LANGUAGES else "en"


def init_app(app: Flask) -> None:
    @app.context_processor
    def _of_the_reader() -> dict[str, object]:
        if not request:
            return {"language": language()}
        return {
            "zone": reader().zone,
            "zone_note": reader().note,
            "language": language(),
            "languages": list(LANGUAGES.items()),
        }
