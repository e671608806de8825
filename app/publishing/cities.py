"""The cities of a programme as pages count them and place them on a map."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Mode
from app.events.words import mode_word
from app.publishing.programme import City
from app.web import charts


class Counted(NamedTuple):
    """How many cities there are, and how many take part in each mode; a city in two modes counts in both."""

    cities: int
    venue: int
    online: int
    video: int
    several: int
    unsaid: int


def count_modes(cities: tuple[City, ...]) -> Counted:
    """Cities are counted once, however many modes they have; the modes are counted beside them."""
    modes = {mode: sum(mode in each.modes for each in cities) for mode in ("venue", "online", "video")}
    several = sum(len(each.modes) > 1 for each in cities)
    return Counted(len(cities), **modes, several=several, unsaid=sum(not each.modes for each in cities))


def counted(cities: tuple[City, ...]) -> str:
    """As in "34 cities: 26 at the venue, 6 online, 4 by video message; 2 in two modes"."""
    all_of = count_modes(cities)
    modes = [
        (all_of.venue, mode_word(Mode.VENUE)),
        (all_of.online, mode_word(Mode.ONLINE)),
        (all_of.video, mode_word(Mode.VIDEO)),
        (all_of.unsaid, _("to be confirmed")),
    ]
    total = ngettext("%(num)s city", "%(num)s cities", all_of.cities)
    parts = str(_(", ")).join(f"{number} {words}" for number, words in modes if number)
    twice = ngettext("%(num)s in two modes", "%(num)s in two modes", all_of.several) if all_of.several else ""
    return str(_("; ")).join(filter(None, (f"{total}: {parts}" if parts else total, twice)))


def on_map(cities: tuple[City, ...]) -> list[tuple[float, float, str, str]]:
    """(x, y, kind, name) of each city whose place is known; the rarest kinds are drawn last, above the others.

    The kind is the mode, "several" for more than one, and "unsaid".
    """
    order = ("unsaid", "venue", "several", "online", "video")
    found = [(*charts.on_world(*each.spot), kind_of(each), each.name) for each in cities if each.spot]
    return sorted(found, key=lambda mark: order.index(mark[2]))


def kind_of(city: City) -> str:
    """Which mark stands for a city on the map."""
    return "several" if len(city.modes) > 1 else city.modes[0] if city.modes else "unsaid"
