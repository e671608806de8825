"""Dates known to the day, the month or the year alone, as ISO 8601 cut where knowledge ends: "2013-11".

One rule everywhere: a beginning counts from the first day it may mean, an end to the last, and what is not known is
open. So a month in which a post changed hands counts for both who held it.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.? (\d{4})")
_MONTHS = {name.lower(): f"{number:02}" for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}


def read(text: str) -> str:
    """What a person wrote ("2013", "2013-11", "2013/11/5", "Nov 2013"), cut to ISO 8601. Raises ValueError."""
    words = text.strip()
    if not words:
        return ""
    if (named := _NAMED.fullmatch(words)) and (month := _MONTHS.get(named[1].lower())):
        return f"{named[2]}-{month}"
    if (found := _ISO.fullmatch(words)) is None:
        raise ValueError(f"{words!r} is no date")
    iso = "-".join(part.zfill(2) for part in found.groups() if part)
    first_day(iso)
    return iso


def first_day(iso: str) -> date:
    """The first day that the date may mean: "2013-11" -> 1 November 2013. Raises ValueError for no date."""
    return date.fromisoformat((iso + "-01-01")[:10])


def last_day(iso: str) -> date:
    """The last day that the date may mean: "2013-11" -> 30 November 2013. Raises ValueError for no date."""
    if len(iso) == 10:
        return date.fromisoformat(iso)
    first = first_day(iso)
    return (
        date(first.year, 12, 31)
        if len(iso) == 4
        else first.replace(day=calendar.monthrange(first.year, first.month)[1])
    )


def in_order(since: str, until: str) -> bool:
    """Whether something may have lasted from `since` to `until`; either may be unknown."""
    return not (since and until) or first_day(since) <= last_day(until)


def lasts(day: date, since: str, until: str, over: bool = False) -> bool:
    """Whether the day lies between the two, by the rule above.

    `over`: it has ended. When nobody knows the day (`until` is empty) it counts on the days of its beginning alone, and
    on none when that is unknown too: what may be false is not said.
    """
    if over and not until:
        until = since
        if not since:
            return False
    return (not since or first_day(since) <= day) and (not until or day <= last_day(until))
