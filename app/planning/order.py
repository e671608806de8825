"""Who speaks after whom: the rules of 9.9, and what stays as a hand left it.

A drawn order rests on a seed that is kept, so that anybody can draw it again: each name's lot is the SHA-256 of seed
and id. A result is stored and never sorted again on display; whoever comes new goes last until a rule is run again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256


class Rule(StrEnum):
    """How an order came about."""

    HOST = "host first, then A to Z"
    ALPHABET = "A to Z"
    RANK = "rank, then A to Z"
    DRAW = "draw"
    REQUEST = "time of request"
    HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody to be put in order. Rank 1 is the highest, 0 unknown and last; `asked` is the time of request."""

    id: str
    name: str
    host: bool = False
    rank: int = 0
    asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A speaking order as stored: the rule it came from, its seed if drawn, and whether a hand changed it since."""

    ids: tuple[str, ...]
    rule: Rule = Rule.HAND
    seed: str = ""
    edited: bool = False


UNMARKED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
"""Letters that Unicode does not take apart, as English readers look for them."""

OWN_LETTERS = {
    "sv": ("å", "ä", "ö"),
    "fi": ("å", "ä", "ö"),
    "da": ("æ", "ø", "å"),
    "nb": ("æ", "ø", "å"),
    "no": ("æ", "ø", "å"),
    "et": ("õ", "ä", "ö", "ü"),
}
"""Letters that follow Z in these languages instead of standing beside the plain one (CLDR collation)."""
AFTER = {
    "es": {"ñ": "n"},
    "pl": {"ą": "a", "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z"},
}
"""Letters that follow a certain one."""

LAST = "\U0010ffff"


@lru_cache(maxsize=4096)
def letters(name: str, locale: str = "en") -> tuple[str, ...]:
    """A name as it is looked up in a list: accents, capitals and signs ignored, save the locale's own letters."""
    language = locale.replace("-", "_").partition("_")[0]
    own = {letter: f"z{LAST}{place}" for place, letter in enumerate(OWN_LETTERS.get(language, ()))}
    own |= {letter: f"{plain}{LAST}" for letter, plain in AFTER.get(language, {}).items()}
    shown = unicodedata.normalize("NFC", name).casefold()
    spelt = "".join(own.get(letter) or _plain(letter) for letter in shown)
    return tuple(spelt.split())


def _plain(letter: str) -> str:
    if letter in "'’‘`.":
        return ""
    if not (letter.isalnum() or unicodedata.combining(letter)):
        return " "
    whole = unicodedata.normalize("NFKD", letter.translate(UNMARKED))
    return "".join(each for each in whole if not unicodedata.combining(each))


def lot(seed: str, speaker: str) -> str:
    """The lot that a seed draws for somebody: hexadecimal, the smallest speaks first."""
    return sha256(f"{seed}\n{speaker}".encode()).hexdigest()


def arrange(speakers: Iterable[Speaker], rule: Rule, locale: str = "en", seed: str = "") -> Order:
    """All of them in the order of the rule. By hand leaves them as they come; a draw needs a seed.

    Raises ValueError for a draw without one.
    """
    everybody = list(speakers)
    if rule is Rule.DRAW and not seed:
        raise ValueError("A draw needs a seed, which is kept with the result.")
    if rule is not Rule.HAND:
        everybody.sort(key=_key(rule, locale, seed))
    return Order(tuple(each.id for each in everybody), rule, seed if rule is Rule.DRAW else "")


def _key(rule: Rule, locale: str, seed: str) -> Callable[[Speaker], tuple[object, ...]]:
    def alphabet(each: Speaker) -> tuple[object, ...]:
        return letters(each.name, locale), each.name, each.id

    latest = datetime.max.replace(tzinfo=UTC)
    return {
        Rule.HOST: lambda each: (not each.host, *alphabet(each)),
        Rule.ALPHABET: alphabet,
        Rule.RANK: lambda each: (each.rank == 0, each.rank, *alphabet(each)),
        Rule.DRAW: lambda each: (lot(seed, each.id), each.id),
        Rule.REQUEST: lambda each: (each.asked or latest, *alphabet(each)),
    }[rule]


def moved(order: Order, speaker: str, place: int) -> Order:
    """The order after a hand put somebody at this place (from 0); says so unless all is by hand anyway."""
    rest = [each for each in order.ids if each != speaker]
    rest.insert(place, speaker)
    ids = tuple(rest)
    return Order(ids, order.rule, order.seed, order.edited or (ids != order.ids and order.rule is not Rule.HAND))


def kept(order: Order, present: Sequence[str]) -> Order:
    """The order for those who are there now: who left is gone, who came new goes last, nobody else moves."""
    there = set(present)
    stayed = [each for each in order.ids if each in there]
    new = [each for each in present if each not in set(order.ids)]
    return Order((*stayed, *new), order.rule, order.seed, order.edited)


def matching(speakers: Sequence[Speaker], ids: Sequence[str], locale: str = "en") -> Rule:
    """The plainest rule that gives this order: host first, A to Z, or else by hand."""
    for rule in (Rule.HOST, Rule.ALPHABET):
        if arrange(speakers, rule, locale).ids == tuple(ids):
            return rule
    return Rule.HAND
