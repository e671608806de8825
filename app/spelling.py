"""What people write, as everything behind reads it: no letter bears more marks than any script gives it."""

from __future__ import annotations

import unicodedata

MARKS = 30
"""How many a letter may bear (UAX #15, Stream-Safe Text)."""
TURNED_INTO_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
"""Letters by their class, which are taken apart into marks."""


def sparing(text: str) -> str:
    """The text without the marks beyond `MARKS` of a letter; all that people write in earnest stays as it is.

    The time that normalising takes grows with the square of their number: a form full of them would hold a process up
    for minutes, in which it answers nobody.
    """
    if len(text) <= MARKS or text.isascii():
        return text
    kept, borne = [], 0
    for each in text:
        borne = borne + 1 if unicodedata.combining(each) or each in TURNED_INTO_MARKS else 0
        if borne <= MARKS:
            kept.append(each)
    return "".join(kept)
