"""Dates, times, zones and lists in words, as templates and letters use them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_interval, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_percent
from babel.units import format_unit
from flask import Flask, current_app, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import clock
from app.web.addresses import absolute, here, in_language, of_page, this_page
from app.web.speech import spoken

POINTING = re.compile(r"\b(left|right|forward|backward|reply|indent)\b")


def language() -> str:
    """The language that words are being put in: that of the page, or of the letter."""
    return str(spoken() or "en")


def stamp(value: date | time | datetime) -> str:
    """As machines read it in the `datetime` of a <time>, to the second: "2023-02-28T11:50:00+09:00"."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime | time) else value.isoformat()


def day(value: date, weekday: bool = True) -> str:
    """As in "Tuesday 28 February"."""
    return _date(value, "EEEE d MMMM" if weekday else "d MMMM")


def day_short(value: date) -> str:
    """As in "Tue 28 Feb"."""
    return _date(value, "EEE d MMM")


def day_full(value: date) -> str:
    """As in "Tuesday 28 February 2023"."""
    return _date(value, "EEEE d MMMM y")


def clock_time(value: datetime, zone: str) -> str:
    """As in "09:15", as a clock in `zone` shows it."""
    local = clock.local(value, zone)
    return _on_the_clock(local.hour, local.minute, language())


def date_in(value: datetime, zone: str) -> date:
    """The date that a calendar on the wall in `zone` shows."""
    return clock.local(value, zone).date()


def moment(value: datetime, zone: str) -> str:
    """As in "20 February 2023 at 18:05 (Tokyo)"."""
    local = clock.local(value, zone)
    said = {"day": _date(local.date(), "d MMMM y"), "time": clock_time(value, zone), "zone": zone_name(zone)}
    return str(_("%(day)s, %(time)s (%(zone)s)", **said))


def span_of_days(first: date, last: date) -> str:
    """As in "27 February - 1 March 2023", with an en dash, naming month and year once where they agree."""
    if first == last:
        return _date(last, "d MMMM y")
    if language() in REORDERED:
        return format_interval(first, last, "yMMMMd", locale=language())
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_date(last, 'd MMMM y')}"
    start = "d MMMM" if first.year == last.year else "d MMMM y"
    return f"{_date(first, start)} – {_date(last, 'd MMMM y')}"


def zone_name(zone: str) -> str:
    """The city a zone is named after, in the reader's language: "Tokyo"."""
    return _zone_name(zone, language())


def country(code: str) -> str:
    """The name of a country by its ISO 3166-1 code, in the reader's language (CLDR)."""
    name: str = Locale(language()).territories.get(code, code)
    return name


def in_days(days: int) -> str:
    """As in "in 12 days" (CLDR), as js/countdown.js puts it too."""
    return format_timedelta(
        timedelta(days=days), granularity="day", threshold=1e9, add_direction=True, locale=language()
    )


def size(octets: int) -> str:
    """As in "1.2 GB", by 1024; at least one kB."""
    power, unit = next(each for each in SIZES if octets >= 1024 ** each[0] or each[0] == 1)
    value = max(1, round(octets / 1024**power, 1 if power == 3 else None))
    return str(format_unit(value, f"digital-{unit}", length="short", locale=language()))


SIZES = ((3, "gigabyte"), (2, "megabyte"), (1, "kilobyte"))


def percent(share: float) -> str:
    """A number of hundredths, as in "45%"."""
    return str(format_percent(share / 100, locale=language()))


def language_name(code: str) -> str:
    """The name of a language by its code, in the reader's own (CLDR)."""
    return str(Locale.parse(code, sep="-").get_display_name(language()) or code)


COMMAS = {"ar": "، ", "ja": "、"}


def comma() -> str:
    """What stands between words in a row, as the language writes it; where no "and" is wanted (`listed`)."""
    return COMMAS.get(language(), ", ")


def listed(words: Sequence[str]) -> str:
    """As in "A, B and C"."""
    return format_list(list(words), locale=language())


UNNAMED = {
    "UTC": "UTC",
    "Etc/UTC": "UTC",
    "America/Sao_Paulo": "São Paulo",
    "America/Argentina/Buenos_Aires": "Buenos Aires",
    "Europe/Tirane": "Tirana",
}
"""Zones whose city the locale data leave without its name."""


REORDERED = {
    "ja": {
        "EEEE d MMMM y": "y年M月d日EEEE",
        "EEEE d MMMM": "M月d日EEEE",
        "EEE d MMM": "M月d日(EEE)",
        "d MMMM y": "y年M月d日",
        "d MMMM": "M月d日",
    },
    "ko": {
        "EEEE d MMMM y": "y년 M월 d일 EEEE",
        "EEEE d MMMM": "M월 d일 EEEE",
        "EEE d MMM": "M월 d일 (EEE)",
        "d MMMM y": "y년 M월 d일",
        "d MMMM": "M월 d일",
    },
    "es": {
        "EEEE d MMMM y": "EEEE, d 'de' MMMM 'de' y",
        "EEEE d MMMM": "EEEE, d 'de' MMMM",
        "d MMMM y": "d 'de' MMMM 'de' y",
        "d MMMM": "d 'de' MMMM",
    },
    "ar": {"EEEE d MMMM y": "EEEE، d MMMM y", "EEEE d MMMM": "EEEE، d MMMM", "EEE d MMM": "EEE، d MMM"},
}
"""Languages that put a date together in another way (CLDR), by the pattern they replace."""


@lru_cache(maxsize=1)
def _other_names() -> dict[str, list[str]]:
    """A zone's name -> those it had before, under some of which the locale data know it."""
    found: dict[str, list[str]] = {}
    for old, new in get_global("zone_aliases").items():
        found.setdefault(new, []).append(old)
        found.setdefault(old, []).append(new)
    return found


@lru_cache(maxsize=4096)
def _zone_name(zone: str, spoken: str) -> str:
    named = Locale.parse(spoken).time_zones
    for each in (zone, *_other_names().get(zone, ())):
        if "city" in (found := named.get(each, {})):
            return str(found["city"])
    if zone in UNNAMED:
        return UNNAMED[zone]
    name: str = get_timezone_location(ZoneInfo(zone), locale=spoken, return_city=True)
    return name


@lru_cache(maxsize=4096)
def _formatted(value: date, pattern: str, spoken: str) -> str:
    return format_date(value, pattern, locale=spoken)


@lru_cache(maxsize=4096)
def _on_the_clock(hour: int, minute: int, spoken: str) -> str:
    return format_time(time(hour, minute), "HH:mm", locale=spoken)


def _date(value: date, pattern: str) -> str:
    spoken = language()
    return _formatted(value, REORDERED.get(spoken, {}).get(pattern, pattern), spoken)


def marked(words: str) -> str:
    """The words with their language, where it is known and not that of the page (WCAG 3.1.2)."""
    spoken = getattr(words, "language", "")
    if not spoken or spoken == language():
        return words
    return Markup('<bdi lang="{}">{}</bdi>').format(spoken, str(words))


@lru_cache
def icon(name: str) -> Markup:
    """An inline SVG of Bootstrap Icons, hidden from screen readers: a word always stands with it.

    One that points along the line points the other way where lines run from right to left.
    """
    path = Path(current_app.static_folder or "") / "vendor" / "bootstrap-icons" / "icons" / f"{name}.svg"
    drawing = path.read_text(encoding="utf-8")
    inner = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
    kind = "icon turns" if POINTING.search(name) else "icon"
    box = 'viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false"'
    return Markup(  # noqa: S704 (the drawing is a file of ours, not a person's text)
        f'<svg class="{kind}" {box}>{inner}</svg>'
    )


@lru_cache
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content, so that browsers may keep it for a year."""
    content = (Path(current_app.static_folder or "") / name).read_bytes()
    return url_for("static", filename=name, v=hashlib.blake2b(content, digest_size=6).hexdigest())


def init_app(app: Flask) -> None:
    for each in (
        stamp,
        day,
        day_short,
        day_full,
        date_in,
        moment,
        listed,
        country,
        language_name,
        in_days,
        size,
        percent,
    ):
        app.add_template_filter(each)
    app.add_template_filter(marked, "lang")
    app.add_template_filter(clock_time, "clock")
    for word in (span_of_days, zone_name, icon, asset, here, absolute, in_language, of_page, this_page, comma):
        app.add_template_global(word)
