"""The pictures themselves: what is known, as the geometry of app/web/charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app import clock
from app.desk.pictures import figures
from app.desk.pictures.known import Known, line_words, region_word, upper
from app.desk.pictures.tables import hour_words, kind_word
from app.events.words import mode_word
from app.schedule.afar import Heat, Row
from app.web import charts
from app.web.charts import Bars, Fan, HeatMap, Steps
from app.web.wording import day_full, day_short

LOOKS_AHEAD = 60
"""A deadline so many days ahead is still drawn."""
MOST = 40
"""Cities that one picture of hours shows; the table has all."""


@dataclass(frozen=True)
class Answers:
    """The picture of answers over time, and what is said of it."""

    chart: Steps
    names: dict[str, str]
    first: str
    last: str
    said: str
    """What is foreseen, in words; empty: nothing is."""


def answers(known: Known) -> Answers:
    """Answers over time, with the deadline and what is foreseen until then."""
    begun = min(points[0][0] for points in known.history.values())
    ahead, deadline = known.foreseen, known.deadline
    drawn = [deadline.at] if deadline and (deadline.at - known.now).days < LOOKS_AHEAD else []
    until = max([known.now, *drawn])
    fan = Fan(known.now, ahead.answered, ahead.at, ahead.low, ahead.high) if ahead and drawn else None
    zone = known.event.zone
    names = line_words() | {"declined": _("declined")}
    return Answers(
        charts.steps(known.history, begun, until, drawn, known.now, fan),
        names,
        _day(begun, zone),
        _day(until, zone),
        foreseen(known),
    )


def foreseen(known: Known) -> str:
    """ "At this pace 29 to 33 of 34 cities will have answered by 1 February."; empty: nothing is foreseen."""
    ahead = known.foreseen
    if ahead is None:
        return ""
    day = day_full(clock.local(ahead.at, known.event.zone).date())
    if ahead.low == ahead.high:
        return str(
            _("At this pace %(low)s of %(of)s will have answered by %(day)s.", low=ahead.low, of=ahead.of, day=day)
        )
    return str(
        _(
            "At this pace %(low)s to %(high)s of %(of)s will have answered by %(day)s.",
            low=ahead.low,
            high=ahead.high,
            of=ahead.of,
            day=day,
        )
    )


def modes(known: Known) -> tuple[Bars, list[int]]:
    """Cities by way of taking part; beside each, how many people."""
    found = figures.by_mode(known.rows, known.people)
    chart = charts.bars([(upper(mode_word(mode)), {mode.value: cities}) for mode, cities, _people in found])
    return chart, [number for _mode, _cities, number in found]


def days(known: Known) -> Bars:
    """Cities in sessions, by day and way of taking part."""
    found = figures.by_day(known.days, known.event.starts_on, known.event.ends_on)
    return charts.bars([(day_short(day), counts) for day, counts in found])


def regions(known: Known) -> Bars:
    """Cities by region and answer."""
    found = figures.by_region(known.rows, known.spots)
    return charts.bars([(region_word(key), {each.value: n for each, n in counts.items()}) for key, counts in found])


def speaking(known: Known) -> tuple[Bars, Bars]:
    """Minutes that the draft gives, by region, and by kind of member."""
    places = [(region_word(key), {"minutes": n}) for key, n in figures.minutes_by_region(known.spoken)]
    kinds = [(kind_word(kind), {"minutes": n}) for kind, n in figures.minutes_by_kind(known.spoken)]
    return charts.bars(places), charts.bars(kinds)


def fills(known: Known) -> Bars:
    """Places taken and free of each visit, and who waits for one."""
    found = known.fills
    return charts.bars(
        [(each.title, {"taken": each.taken, "free": each.free or 0, "waiting": each.waiting}) for each in found]
    )


def fill_notes(known: Known) -> list[str]:
    """What stands at the end of each row of `fills`."""
    return [
        _("%(have)s of %(of)s", have=each.taken, of=each.taken + each.free)
        if each.free is not None
        else str(each.taken)
        for each in known.fills
    ]


def marks(known: Known) -> list[tuple[float, float, str, str]]:
    """(x, y, group, name) of each city whose place is known; those that come are drawn last, above the others."""
    order, found = list(figures.Group)[::-1], []
    for row in sorted(known.rows, key=lambda row: order.index(figures.group_of(row.answer))):
        spot = known.spots[row.slug]
        if spot.latitude is not None and spot.longitude is not None:
            place = charts.on_world(spot.latitude, spot.longitude)
            found.append((*place, figures.group_of(row.answer).value, row.name))
    return found


@dataclass(frozen=True)
class Day:
    """The hours of one day of the summit on the clocks of those who join online."""

    id: str
    title: str
    chart: HeatMap
    left_out: int
    """How many cities stand in the table alone."""


def hours(found: Sequence[Heat], zone: str) -> list[Day]:
    """A map of hours for each day: those who appear online on it, or all where nobody does; the worst off first."""
    return [_hours(each, zone) for each in found if each.rows]


def _hours(heat: Heat, zone: str) -> Day:
    rows = [row for row in heat.rows if row.busy] or list(heat.rows)
    rows, words = rows[::-1], hour_words()
    columns = [f"{clock.local(at, zone):%H}" for at in heat.starts]
    chart = charts.heat(columns, [(row.name, _fields(row, words)) for row in rows[:MOST]])
    return Day(heat.day.isoformat(), day_full(heat.day), chart, max(0, len(rows) - MOST))


def _fields(row: Row, words: dict[str, str]) -> list[tuple[str, str, str, bool]]:
    busy = _("in a session")
    return [
        (
            cell.hours.value,
            f"{cell.local:%H}",
            f"{cell.local:%H:%M}, {words[cell.hours.value]}" + (f", {busy}" if cell.start in row.busy else ""),
            cell.start in row.busy,
        )
        for cell in row.cells
    ]


def _day(at: datetime, zone: str) -> str:
    return day_short(clock.local(at, zone).date())
