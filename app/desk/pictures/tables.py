"""The tables behind the pictures: on the page, and as files for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app import clock
from app.desk.pictures import figures
from app.desk.pictures.figures import LINES, Group
from app.desk.pictures.known import Known, fill_words, group_words, line_words, mode_words, region_word, upper
from app.events.words import mode_word
from app.network.forms import KINDS
from app.network.models import Kind
from app.network.regions import region_of
from app.schedule.afar import Heat
from app.web.wording import day_short, moment


@dataclass(frozen=True)
class Table:
    """What a picture shows, in words and figures."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def table(name: str, known: Known) -> Table:
    """The table behind one of `TABLES`."""
    return TABLES[name](known)


def _answers(known: Known) -> Table:
    """One row for each moment at which any of the figures changed, and one for what is foreseen."""
    moments = sorted({at for points in known.history.values() for at, _value in points})

    def value(line: str, at: datetime) -> str:
        return str(next(number for since, number in reversed(known.history[line]) if since <= at))

    rows = [[moment(at, known.event.zone), *(value(line, at) for line in LINES), ""] for at in moments]
    if (ahead := known.foreseen) is not None:
        rows.append([moment(ahead.at, known.event.zone), "", "", "", f"{ahead.low}–{ahead.high}"])
    return Table([_("From"), *(upper(word) for word in line_words().values()), _("Answered, foreseen")], rows)


def _modes(known: Known) -> Table:
    found = figures.by_mode(known.rows, known.people)
    rows = [[upper(mode_word(mode)), str(cities), str(people)] for mode, cities, people in found]
    return Table([_("Way of taking part"), _("Cities"), _("People")], rows)


def _days(known: Known) -> Table:
    words = mode_words()
    found = figures.by_day(known.days, known.event.starts_on, known.event.ends_on)
    return Table(
        [_("Day"), *words.values()],
        [[day_short(day), *(str(counts[each]) for each in words)] for day, counts in found],
    )


def _regions(known: Known) -> Table:
    words = group_words()
    rows = [
        [region_word(key), *(str(found[each]) for each in Group)]
        for key, found in figures.by_region(known.rows, known.spots)
    ]
    return Table([_("Region"), *(words[each] for each in Group)], rows)


def _speaking(known: Known) -> Table:
    regions = [[_("Region"), region_word(key), str(n)] for key, n in figures.minutes_by_region(known.spoken)]
    kinds = [[_("Kind of member"), kind_word(kind), str(n)] for kind, n in figures.minutes_by_kind(known.spoken)]
    return Table([_("By"), _("Who speaks"), _("Minutes")], [*regions, *kinds])


def kind_word(kind: Kind | None) -> str:
    """The kind of a member; of None, that it is nobody's."""
    return str(KINDS[kind] if kind else _("Of no member"))


def _fill(known: Known) -> Table:
    words = fill_words()
    rows = [
        [each.title, str(each.taken), "" if each.free is None else str(each.free), str(each.waiting)]
        for each in known.fills
    ]
    return Table([_("Visit"), *(upper(words[each]) for each in ("taken", "free", "waiting"))], rows)


def _map(known: Known) -> Table:
    words = group_words()
    rows = []
    for row in known.rows:
        spot = known.spots[row.slug]
        place = ["" if each is None else f"{each:.2f}" for each in (spot.latitude, spot.longitude)]
        rows.append([row.name, words[figures.group_of(row.answer)], region_word(region_of(spot.country)), *place])
    return Table([_("City"), _("Answer"), _("Region"), _("Latitude"), _("Longitude")], rows)


TABLES: dict[str, Callable[[Known], Table]] = {
    "answers": _answers,
    "modes": _modes,
    "days": _days,
    "regions": _regions,
    "speaking": _speaking,
    "visits": _fill,
    "map": _map,
}


def hours_table(found: Sequence[Heat], zone: str) -> Table:
    """The local hours of cities online: a row for each of them on each day, a column for each hour of the summit."""
    words = hour_words()
    clocks = sorted({clock.local(at, zone).strftime("%H:%M") for day in found for at in day.starts})
    rows = []
    for day in found:
        for row in day.rows:
            cells = {
                clock.local(cell.start, zone).strftime("%H:%M"): f"{cell.local:%H:%M} {words[cell.hours.value]}"
                for cell in row.cells
            }
            rows.append([row.name, day_short(day.day), *(cells.get(each, "") for each in clocks)])
    return Table([_("City"), _("Day"), *clocks], rows)


def hour_words() -> dict[str, str]:
    """How an hour is for who joins from home."""
    return {"good": _("good"), "tolerable": _("early or late"), "bad": _("at night")}
