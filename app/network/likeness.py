"""Whether two names may be one, written differently: pure, and quick enough to compare each row with all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.network.models import folded

GENERIC = frozenset(
    "city of the town municipality municipal metropolitan metro government prefecture county council district special"
    " capital administration provincial province state and".split()
)
"""Words that offices add to the name of their place: "Seoul Metropolitan Government"."""


@dataclass(frozen=True)
class Known:
    """The ways in which one thing is called, folded, with what makes comparing quick."""

    names: frozenset[str]
    fuzzy: tuple[tuple[str, int, str], ...]
    """Of each name: itself, a bit for each letter in it, and its figures."""


def known_as(name: str, aliases: Iterable[str] = ()) -> Known:
    """A name with its aliases; the bare name, without generic words, counts as one."""
    own = {folded(name), bare(name)} - {""}
    return Known(frozenset(own | {folded(each) for each in aliases} - {""}), tuple(_marked(each) for each in own))


def bare(name: str) -> str:
    """A folded name without the words that offices add to it; the whole when nothing else is left."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold())
    return folded("".join(each for each in words if each not in GENERIC)) or folded(name)


def alike(one: Known, other: Known) -> bool:
    """Whether they share a name or alias, or are called nearly alike: one letter apart, two in a long name.

    Names whose figures differ ("Ward 12", "Ward 13") are not alike.
    """
    if one.names & other.names:
        return True
    return any(_near(a, b) for a in one.fuzzy for b in other.fuzzy)


def _marked(name: str) -> tuple[str, int, str]:
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) % 61)
    return name, bits, "".join(filter(str.isdecimal, name))


def _near(one: tuple[str, int, str], other: tuple[str, int, str]) -> bool:
    a, b = one[0], other[0]
    shorter = min(len(a), len(b))
    most = 0 if shorter < 4 else 1 if shorter < 8 else 2
    if abs(len(a) - len(b)) > most or (one[1] ^ other[1]).bit_count() > 2 * most or one[2] != other[2]:
        return False
    return distance(a, b, most) <= most


def distance(a: str, b: str, most: int) -> int:
    """How many letters must be put in, taken out or changed to make one of the other; `most` + 1 when it is more.

    Levenshtein's distance, worked out in a band of 2 * most + 1 (Ukkonen 1985).
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    above = {j: j for j in range(min(len(b), most) + 1)}
    far = most + 1
    for i, letter in enumerate(a, 1):
        row = {}
        for j in range(max(0, i - most), min(len(b), i + most) + 1):
            if j == 0:
                row[j] = i
                continue
            change = above.get(j - 1, far) + (letter != b[j - 1])
            row[j] = min(change, above.get(j, far) + 1, row.get(j - 1, far) + 1)
        if min(row.values()) > most:
            return far
        above = row
    return min(above.get(len(b), far), far)
