"""Days and clock times as people and spreadsheets write them. What could be two days or two times is refused. Pure."""

from __future__ import annotations

import re
from datetime import date, time

from flask_babel import gettext as _

from app.network.models import folded
from app.refused import Refused
from app.web.wording import day_full

MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
OPEN = frozenset({"", "tba", "tbc", "tbd", "tobeannounced", "tobeconfirmed"})
"""What stands for no day or time, folded; a dash folds to nothing."""

MIDNIGHT = r"(?:[ T]00:00(?::00)?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{MIDNIGHT}")
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/](\d{{1,2}})[-/](\d{{4}}){MIDNIGHT}")
WEEKDAY = r"(?:([A-Za-z]{3,9})\.?,?\s+)?"
YEAR = r"(?:,?[\s\-./]+(\d{4}|\d{2}))?"
DAY_FIRST = re.compile(rf"{WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s\-/]*(?:of )?([A-Za-z]{{3,9}})\.?{YEAR}")
MONTH_FIRST = re.compile(rf"{WEEKDAY}([A-Za-z]{{3,9}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?{YEAR}")
CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?::00)?)?\s*([ap])?\.?(?(3)m\.?)", re.IGNORECASE)
BARE = re.compile(r"\d{1,2}(\.\d)?")


def is_open(cell: str) -> bool:
    """Whether the cell says that there is no day or time yet."""
    return folded(cell) in OPEN


def day(cell: str, near: date) -> date:
    """The day that a cell names; one without a year is the nearest to `near`.

    "2023-02-28", "28.2.2023", "28/02/2023", "Tue 28 Feb", "Feb 28, 2023", "28-Feb-23" are read. Refused in words for
    anything else, for "03/01/2023", which is two days, and for a weekday that is another.
    """
    if found := YEAR_FIRST.fullmatch(cell):
        year, month, number = map(int, found.groups())
        return _day(cell, year, month, number)
    if found := DOTTED.fullmatch(cell):
        number, month, year = map(int, found.groups())
        return _day(cell, year, month, number)
    if found := YEAR_LAST.fullmatch(cell):
        return _either_way(cell, *map(int, found.groups()))
    if found := DAY_FIRST.fullmatch(cell):
        weekday, number_, month_, year_ = found.groups()
    elif found := MONTH_FIRST.fullmatch(cell):
        weekday, month_, number_, year_ = found.groups()
    else:
        raise _no_day(cell)
    return _named(cell, weekday, int(number_), month_, year_, near)


def _either_way(cell: str, one: int, two: int, year: int) -> date:
    if one != two and one <= 12 and two <= 12:
        first, second = (_day(cell, year, *each).isoformat() for each in ((one, two), (two, one)))
        said = _("“%(cell)s” may be %(one)s or %(two)s. Write the one that is meant.", cell=cell, one=first, two=second)
        raise Refused(said)
    return _day(cell, year, one, two) if one <= 12 else _day(cell, year, two, one)


def _named(cell: str, weekday: str | None, number: int, month: str, year: str | None, near: date) -> date:
    place = _of(MONTHS, month)
    if place is None:
        raise _no_day(cell)
    if year:
        found = _day(cell, int(year) + (2000 if len(year) == 2 else 0), place + 1, number)
    else:
        found = min(_of_any_year(cell, place + 1, number, near), key=lambda each: abs(each - near))
    if weekday and _of(DAYS, weekday) != found.weekday():
        said = _("“%(cell)s” is no day: that date falls on another weekday, %(day)s.", cell=cell, day=day_full(found))
        raise Refused(said)
    return found


def _of_any_year(cell: str, month: int, number: int, near: date) -> list[date]:
    """The days of this name in the years around; 29 February in those that have it."""
    found = []
    for year in range(near.year - 4, near.year + 5):
        try:
            found.append(date(year, month, number))
        except ValueError:
            continue
    if not found:
        raise _no_day(cell)
    return found


def _of(names: list[str], word: str) -> int | None:
    """The place of the name that begins so: "Sept", "Tues", "Wednesday"; no two begin with the same three letters."""
    return next((place for place, name in enumerate(names) if name.startswith(word.lower())), None)


def _day(cell: str, year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as fault:
        raise _no_day(cell) from fault


def _no_day(cell: str) -> Refused:
    return Refused(_("“%(cell)s” is no day. Write year, month and day: 2023-02-28.", cell=cell))


def clock(cell: str) -> time:
    """The time on the clock that a cell names: "09:30", "9.30", "9:30 AM", "9 pm", or what a cell of time holds.

    Refused in words for anything else; "9.3", which a spreadsheet makes of 9.30, and "9" could be two times.
    """
    if BARE.fullmatch(cell):
        raise Refused(_("“%(cell)s” may be more than one time. Write hour and minutes: 09:30.", cell=cell))
    found = CLOCK.fullmatch(cell)
    if found is None:
        raise _no_clock(cell)
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise _no_clock(cell)
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError as fault:
        raise _no_clock(cell) from fault


def _no_clock(cell: str) -> Refused:
    return Refused(_("“%(cell)s” is no time. Write the time in 24 hours: 09:30.", cell=cell))
