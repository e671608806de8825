"""Sentences that are stored: kept in English, and worded for whoever reads them later.

What a request says is in the language of who pressed; a row is read by others, in theirs. So the journal's names of
who acted, reasons that we give ourselves and remarks of that kind are stored as `Sentence.stored` makes them, and
shown through `spoken` (in templates `|spoken`). What people wrote passes through unchanged.
"""

from __future__ import annotations

import re
from functools import lru_cache

from flask import Flask
from flask_babel import gettext
from flask_babel.speaklater import LazyString

_PLACE = re.compile(r"%\((\w+)\)s")
_known: list[Sentence] = []


class Sentence:
    """One sentence, with named places for values: `Sentence(_l("the office of %(city)s"))`.

    Made once, when its room is loaded, so that what is stored can be recognised again.
    """

    def __init__(self, source: LazyString) -> None:
        self.source = str(source)
        """In English, for nobody reads while rooms are loaded."""
        parts = _PLACE.split(self.source)
        whole = "".join(f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
        self.pattern = re.compile(whole, re.DOTALL)
        _known.append(self)
        _recognised.cache_clear()

    def stored(self, **values: object) -> str:
        """As it is kept, with these values in their places."""
        return self.source % values if values else self.source

    def said(self, **values: object) -> str:
        """In the language spoken now."""
        return str(gettext(self.source, **values))


def spoken(text: str) -> str:
    """What was stored, in the language spoken now; unchanged when it is no sentence of ours."""
    found = _recognised(text)
    return found[0].said(**dict(found[1])) if found else text


@lru_cache(maxsize=4096)
def _recognised(text: str) -> tuple[Sentence, tuple[tuple[str, str], ...]] | None:
    for each in _known:
        if match := each.pattern.fullmatch(text):
            return each, tuple(match.groupdict().items())
    return None


def init_app(app: Flask) -> None:
    app.add_template_filter(spoken)
