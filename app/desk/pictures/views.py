"""The page of pictures beside the board, and the tables behind them as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, sheets
from app import db as database
from app.accounts import Role, staff
from app.delegations.deadlines import limits
from app.desk.board import service as board
from app.desk.board.needs import Row
from app.desk.pictures import figures, service
from app.desk.pictures.figures import Group, Spot
from app.events.models import Due, Event, Mode
from app.events.views import desk, load
from app.events.words import mode_word
from app.network.regions import region_of
from app.web import charts
from app.web.wording import country, day_short, moment

bp = Blueprint("pictures", __name__)
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True)
class Table:
    """What a picture shows, in words and figures."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Known:
    """All that the pictures are drawn from."""

    event: Event
    rows: Sequence[Row]
    spots: Mapping[str, Spot]
    people: Mapping[Mode, int]
    history: Mapping[str, Sequence[tuple[datetime, int]]]
    now: datetime


@bp.get("/organise/<event>/board/pictures")
@staff(Role.ORGANISER)
def page(event: str) -> ResponseReturnValue:
    """How the cities stand: over time, by mode, by region, on the map; each with its table."""
    known = _known(load(event))
    modes, regions = _modes(known), _regions(known)
    deadline = limits(known.event.id).get(Due.ANSWER)
    begun = min(points[0][0] for points in known.history.values())
    marks = [deadline.at] if deadline else []
    until = max([known.now, *(at for at in marks if (at - known.now).days < LOOKS_AHEAD)])
    return render_template(
        "desk/pictures.html",
        steps=charts.steps(known.history, begun, until, marks),
        begun=begun,
        until=until,
        deadline=deadline,
        modes=charts.bars([(_upper(mode_word(mode)), {mode.value: cities}) for mode, cities, _people in modes]),
        people=[number for _mode, _cities, number in modes],
        regions=charts.bars([(_region(key), {each.value: n for each, n in found.items()}) for key, found in regions]),
        marks=_marks(known),
        missing=[row.name for row in known.rows if known.spots[row.slug].latitude is None],
        groups=figures.grouped(known.rows),
        words={each.value: word for each, word in _words().items()},
        lines=_lines(),
        tables={name: _table(name, known) for name in TABLES},
        until_word=day_short(clock.local(until, known.event.zone).date()),
        begun_word=day_short(clock.local(begun, known.event.zone).date()),
        **desk(known.event),
    )


LOOKS_AHEAD = 60
"""A deadline so many days ahead is still drawn."""


@bp.get("/organise/<event>/board/pictures/<any(answers,modes,regions,map):name>.<any(csv,xlsx):kind>")
@staff(Role.ORGANISER)
def export(event: str, name: str, kind: str) -> ResponseReturnValue:
    """The table behind one picture as a file for a spreadsheet."""
    summit = load(event)
    table = _table(name, _known(summit))
    octets = (sheets.write_csv if kind == "csv" else sheets.write_xlsx)(table.header, table.rows)
    filed = f'attachment; filename="{summit.slug}-{name}.{kind}"'
    return Response(octets, content_type=TYPES[kind], headers={"Content-Disposition": filed})


TABLES = ("answers", "modes", "regions", "map")


def _known(summit: Event) -> Known:
    now = database.now()
    history = figures.history(*service.moves(summit), now)
    return Known(summit, board.rows(summit, now), service.spots(summit), service.people(summit), history, now)


def _modes(known: Known) -> list[tuple[Mode, int, int]]:
    return figures.by_mode(known.rows, known.people)


def _regions(known: Known) -> list[tuple[str, dict[Group, int]]]:
    return figures.by_region(known.rows, known.spots)


def _marks(known: Known) -> list[tuple[float, float, str, str]]:
    """(x, y, group, name) of each city whose place is known; those that come are drawn last, above the others."""
    order, found = list(Group)[::-1], []
    for row in sorted(known.rows, key=lambda row: order.index(figures.group_of(row.answer))):
        spot = known.spots[row.slug]
        if spot.latitude is not None and spot.longitude is not None:
            place = charts.on_world(spot.latitude, spot.longitude)
            found.append((*place, figures.group_of(row.answer).value, row.name))
    return found


def _table(name: str, known: Known) -> Table:
    return {"answers": _answers_table, "modes": _modes_table, "regions": _regions_table, "map": _map_table}[name](known)


def _answers_table(known: Known) -> Table:
    """One row for each moment at which any of the figures changed."""
    moments = sorted({at for points in known.history.values() for at, _value in points})

    def value(line: str, at: datetime) -> str:
        return str(next(number for since, number in reversed(known.history[line]) if since <= at))

    rows = [[moment(at, known.event.zone), *(value(line, at) for line in figures.LINES)] for at in moments]
    return Table([_("From"), *(_upper(word) for word in _lines().values())], rows)


def _modes_table(known: Known) -> Table:
    rows = [[_upper(mode_word(mode)), str(cities), str(people)] for mode, cities, people in _modes(known)]
    return Table([_("Way of taking part"), _("Cities"), _("People")], rows)


def _regions_table(known: Known) -> Table:
    words = _words()
    rows = [[_region(key), *(str(found[each]) for each in Group)] for key, found in _regions(known)]
    return Table([_("Region"), *(words[each] for each in Group)], rows)


def _map_table(known: Known) -> Table:
    words = _words()
    rows = []
    for row in known.rows:
        spot = known.spots[row.slug]
        place = ["" if each is None else f"{each:.2f}" for each in (spot.latitude, spot.longitude)]
        rows.append([row.name, words[figures.group_of(row.answer)], _region(_of(spot)), *place])
    return Table([_("City"), _("Answer"), _("Region"), _("Latitude"), _("Longitude")], rows)


def _of(spot: Spot) -> str:
    return region_of(spot.country)


def _region(key: str) -> str:
    return country(key) if key else str(_("Elsewhere"))


def _words() -> dict[Group, str]:
    return {
        Group.COMES: _("Takes part"),
        Group.WAITS: _("Not answered yet"),
        Group.LAPSED: _("Lapsed"),
        Group.NOT: _("Declined or withdrawn"),
        Group.NEW: _("Not invited yet"),
    }


def _lines() -> dict[str, str]:
    return {"invited": _("invited"), "accepted": _("accepted"), "declined": _("declined or withdrawn")}


def _upper(word: str) -> str:
    return word[:1].upper() + word[1:]
