"""What calendars say of a session beside what organisers wrote: kept as what it means, worded for each reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask_babel import force_locale
from flask_babel import gettext as _

from app import ical
from app.outbox.tongues import locale_of
from app.publishing.phrases import PARTS, mode_word, part_word

Line = tuple[str, ...]
"""What kind of line it is, and what it speaks of: plain strings, as `ical.Item.said` keeps them."""


def text(words: str) -> Line:
    """What somebody wrote, in the language in which it is said."""
    return "text", words


def untimed() -> Line:
    """The hour is not known yet."""
    return ("untimed",)


def person(part: str, name: str, position: str, mode: str) -> Line:
    """Somebody appears in it as this."""
    return "person", part, name, position, mode


def order(cities: Iterable[tuple[str, str]]) -> Line:
    """Who speaks after whom: the name of each city and how it takes part."""
    return "order", *(each for city in cities for each in city)


def delegation(city: str) -> str:
    """What the calendar of a city's office holds, in the present language."""
    return str(_("delegation of %(city)s", city=city))


def online() -> str:
    """What the calendar of all that needs no journey holds, in the present language."""
    return str(_("what can be joined online"))


def spoken(entries: Iterable[ical.Entry], language: str) -> list[ical.Entry]:
    """The entries in this language, as far as organisers wrote in it; the description of one told before descriptions
    waited stays as it is."""
    words = _words(language)
    return [_spoken(each.spoken(language), words) for each in entries]


@dataclass(frozen=True)
class _Words:
    """The patterns of one language, looked up once for many lines."""

    untimed: str
    order: str
    as_part: str
    with_mode: str
    comma: str
    semicolon: str
    parts: dict[str, str]
    modes: dict[str, str]


def _words(language: str) -> _Words:
    with force_locale(locale_of(language)):
        parts = {each: part_word(each) for each in PARTS}
        return _Words(
            untimed=_("Time to be announced."),
            order=_("In speaking order: %(cities)s"),
            as_part=_("%(part)s: %(name)s"),
            with_mode=_("%(name)s (%(mode)s)"),
            comma=_(", "),
            semicolon=_("; "),
            parts=parts | {"keynote": _("Keynote")},
            modes={each: mode_word(each) for each in ("venue", "online", "video", "")},
        )


def _spoken(entry: ical.Entry, words: _Words) -> ical.Entry:
    item = entry.item
    if not item.said:
        return entry
    description = "\n".join(_line(each, words) for each in item.said)
    return replace(entry, item=replace(item, description=description, said=()))


def _line(line: Line, words: _Words) -> str:
    match line:
        case ("untimed",):
            return words.untimed
        case ("person", part, name, position, mode):
            called = words.comma.join(filter(None, (name, position)))
            if mode in ("online", "video"):
                called = words.with_mode % {"name": called, "mode": words.modes[mode]}
            return words.as_part % {"part": words.parts.get(part, part.capitalize()), "name": called}
        case ("order", *told):
            cities = zip(told[::2], told[1::2], strict=True)
            named = (words.with_mode % {"name": name, "mode": words.modes[mode]} for name, mode in cities)
            return words.order % {"cities": words.semicolon.join(named)}
    return line[-1]
