"""The columns of the table: what each is called, how a session is written into its cells, what a cell means. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import gettext as _

from app import sheets
from app.agenda.facts import Facts
from app.agenda.models import Kind, Pin, Visibility
from app.network.models import folded
from app.refused import Refused
from app.schedule.sheets import company, moments
from app.schedule.sheets.naming import Book, Called
from app.web import lines, one_line

COLUMNS = {
    "code": "Code",
    "kind": "Kind",
    "number": "Number",
    "title": "Title",
    "parent": "Block",
    "theme_id": "Theme",
    "room_id": "Room",
    "day": "Day",
    "starts": "Starts",
    "ends": "Ends",
    "length": "Minutes needed",
    "people": "People",
    "cities": "Cities",
    "visibility": "Visibility",
    "needs": "Needs",
    "audience": "Expected audience",
    "after_code": "After",
    "same_day_code": "Same day as",
    "apart": "Apart from",
    "pin": "Pin",
    "note": "Note",
    "description": "Description",
    "cancelled": "Cancelled",
    "version": "Version",
}
"""Fact -> the head of its column. Heads and words are data, so they are not translated."""
SPELLINGS = {
    "code": "id sessionid sessioncode",
    "kind": "type sessiontype",
    "number": "no nr sessionnumber",
    "title": "name session sessiontitle",
    "theme_id": "track",
    "room_id": "hall",
    "day": "date",
    "starts": "start begins begin starttime from",
    "ends": "end endtime until to",
    "length": "length duration minutes",
    "people": "moderators moderator",
    "cities": "city participatingcities",
    "needs": "equipment",
    "audience": "audience",
    "note": "notes",
    "cancelled": "canceled",
}
"""Fact -> what its column may be called, folded, besides its own head."""
KINDS = {each: folded(each.value) for each in Kind} | {
    Kind.VIDEOS: "videos videomessages videomessage",
    Kind.BLOCK: "block blockofsessions",
    Kind.SOCIAL: "social socialevent",
    Kind.BILATERAL: "bilateral bilateralmeeting",
    Kind.VISIT: "visit sitevisit",
}
VISIBILITIES = {each: folded(each.value) for each in Visibility} | {
    Visibility.PUBLIC: "public everybody",
    Visibility.HEADS: "heads headsofdelegation",
}
PINS = {each: folded(each.value) for each in Pin}
TICKS = dict.fromkeys("yes true 1 x y cancelled canceled".split(), True)
TICKS |= dict.fromkeys(["no", "false", "0", "n", ""], False)
LISTED = re.compile(r"[;,\n]")
WORD = 40
"""Characters of a piece of equipment."""
MOST_PEOPLE = 1_000_000
MOST_MINUTES = 1440


@dataclass(frozen=True)
class Known:
    """What cells may refer to; `near` is the first day of the summit, by which a day without a year is understood."""

    book: Book
    sessions: Called[str]
    blocks: Called[str]
    near: date


def fields(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """The fact of each column by what it is called, "" for none, and the heads of those that are passed over.

    A column under its own head comes before one under another spelling. Refused when two are the same all the same, and
    when neither code nor title is there, so that no row says what it is.
    """
    heads = {folded(head): each for each, head in COLUMNS.items()}
    own = [heads.get(folded(head), "") for head in header]
    spelled = {each: name for name, words in SPELLINGS.items() if name not in own for each in words.split()}
    found = [each or spelled.get(folded(head), "") for each, head in zip(own, header, strict=True)]
    given = [each for each in found if each]
    if len(set(given)) < len(given):
        twice = next(each for each in given if given.count(each) > 1)
        raise Refused(_("Two columns are “%(head)s”. Take one of them out.", head=COLUMNS[twice]))
    if not {"code", "title"} & set(given):
        raise Refused(_("There is no column “Code” or “Title”, so no row says which session it is."))
    return found, [head for head, each in zip(header, found, strict=True) if head and not each]


def row_of(facts: Facts, version: int, book: Book) -> list[str]:
    """A session as a row under COLUMNS, as reading gives it back."""
    return [str(version) if name == "version" else cell(name, facts, book) for name in COLUMNS]


def cell(name: str, facts: Facts, book: Book) -> str:
    """One fact of a session as its cell shows it; "" for none."""
    if name == "people":
        said = company.shown(facts.seats, book.people, cities=False)
    elif name == "cities":
        said = company.shown(facts.seats, book.cities, cities=True)
    elif name == "theme_id":
        said = book.themes.written(facts.theme_id) if facts.theme_id else ""
    elif name == "room_id":
        said = book.rooms.written(facts.room_id) if facts.room_id else ""
    else:
        value = getattr(facts, name)
        said = "" if value is Pin.NONE else _plain(value)
    return sheets.plain(said)


def _plain(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case tuple():
            return "; ".join(value)
        case time():
            return f"{value:%H:%M}"
    return str(value)


def read(name: str, words: str, known: Known) -> Any:
    """What a cell that is not empty says of this fact. Refused in words."""
    return READERS[name](words, known)


EMPTY: Mapping[str, Any] = {
    "number": None,
    "parent": "",
    "theme_id": None,
    "room_id": None,
    "day": None,
    "starts": None,
    "ends": None,
    "length": None,
    "people": (),
    "cities": (),
    "needs": (),
    "audience": None,
    "after_code": "",
    "same_day_code": "",
    "apart": (),
    "pin": Pin.NONE,
    "note": "",
    "description": "",
    "cancelled": False,
}
"""What an empty cell makes of a fact."""


def emptied(name: str) -> Any:
    """What an empty cell says of this fact. Refused where a session cannot be without."""
    if name not in EMPTY:
        said = {
            "title": _("A session needs a title."),
            "kind": _("A session needs a kind: %(known)s.", known=", ".join(Kind)),
            "visibility": _("Say who may know of it: %(known)s.", known=", ".join(Visibility)),
        }
        raise Refused(said[name])
    return EMPTY[name]


Reader = Callable[[str, Known], Any]


def _one_of(words: Mapping[Any, str]) -> Reader:
    values = {word: value for value, spelled in words.items() for word in spelled.split()}

    def reader(cell: str, known: Known) -> Any:
        if folded(cell) not in values:
            raise Refused(_("“%(cell)s” is none of: %(known)s.", cell=cell, known=", ".join(words)))
        return values[folded(cell)]

    return reader


def _number(least: int, most: int, unit: str = "") -> Reader:
    shape = re.compile(rf"(\d{{1,9}})(?: ?(?:{unit}))?\.?" if unit else r"(\d{1,9})")

    def reader(cell: str, known: Known) -> int:
        found = shape.fullmatch(cell)
        if found is None or not least <= int(found[1]) <= most:
            raise Refused(
                _("“%(cell)s” is no whole number from %(least)s to %(most)s.", cell=cell, least=least, most=most)
            )
        return int(found[1])

    return reader


def _text(most: int, *, one: bool) -> Reader:
    def reader(cell: str, known: Known) -> str:
        said = one_line(cell) if one else lines(cell)
        if len(said) > most:
            raise Refused(_("At most %(num)s characters.", num=most))
        return said

    return reader


def _needs(cell: str, known: Known) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(" ".join(each.split()) for each in LISTED.split(cell) if each.strip()))
    if any(len(each) > WORD for each in words):
        raise Refused(_("A need has at most %(num)s characters; several are parted by semicolons.", num=WORD))
    return words


def _ticked(cell: str, known: Known) -> bool:
    if folded(cell) not in TICKS:
        raise Refused(_("“%(cell)s” is neither yes nor no.", cell=cell))
    return TICKS[folded(cell)]


def _room(cell: str, known: Known) -> int:
    return known.book.rooms.one(cell, _("“%(cell)s” is none of the rooms of this summit.", cell=cell))


def _theme(cell: str, known: Known) -> int:
    return known.book.themes.one(cell, _("“%(cell)s” is none of the themes of this summit.", cell=cell))


def _block(cell: str, known: Known) -> str:
    return known.blocks.one(cell, _("“%(cell)s” is none of the blocks, by code or title.", cell=cell))


def _session(cell: str, known: Known) -> str:
    return known.sessions.one(cell, _("“%(cell)s” is no session, by code or title.", cell=cell))


def _sessions(cell: str, known: Known) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_session(each.strip(), known) for each in LISTED.split(cell) if each.strip()))


READERS: Mapping[str, Reader] = {
    "kind": _one_of(KINDS),
    "number": _number(1, 999),
    "title": _text(200, one=True),
    "parent": _block,
    "theme_id": _theme,
    "room_id": _room,
    "day": lambda cell, known: None if moments.is_open(cell) else moments.day(cell, known.near),
    "starts": lambda cell, known: None if moments.is_open(cell) else moments.clock(cell),
    "ends": lambda cell, known: None if moments.is_open(cell) else moments.clock(cell),
    "length": _number(1, MOST_MINUTES, "min|mins|minutes?"),
    "people": lambda cell, known: company.read(cell, known.book.people, cities=False),
    "cities": lambda cell, known: company.read(cell, known.book.cities, cities=True),
    "visibility": _one_of(VISIBILITIES),
    "needs": _needs,
    "audience": _number(0, MOST_PEOPLE),
    "after_code": _session,
    "same_day_code": _session,
    "apart": _sessions,
    "pin": _one_of(PINS),
    "note": _text(300, one=True),
    "description": _text(5000, one=False),
    "cancelled": _ticked,
}
