"""The page of pictures beside the board, and the tables behind them as files."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app import db as database
from app.accounts import Role, staff
from app.desk.pictures import drawing, figures
from app.desk.pictures.known import fill_words, group_words, known, mode_words
from app.desk.pictures.tables import TABLES, hours_table, table
from app.events.views import desk, load
from app.schedule import afar, plan
from app.web.tables import table_file

bp = Blueprint("pictures", __name__)
FILES = ",".join([*TABLES, "hours"])


@bp.get("/organise/<event>/board/pictures")
@staff(Role.ORGANISER)
def page(event: str) -> ResponseReturnValue:
    """How the summit stands: answers, ways, regions, speaking time, hours, visits, the map; each with its table."""
    summit = load(event)
    found = known(summit, database.now())
    heat = afar.heat(plan.of(summit))
    modes, people = drawing.modes(found)
    by_region, by_kind = drawing.speaking(found)
    return render_template(
        "desk/pictures.html",
        answers=drawing.answers(found),
        deadline=found.deadline,
        modes=modes,
        people=people,
        days=drawing.days(found),
        mode_words=mode_words(),
        regions=drawing.regions(found),
        by_region=by_region,
        by_kind=by_kind,
        fills=drawing.fills(found),
        fill_notes=drawing.fill_notes(found),
        fill_words=fill_words(),
        hours=drawing.hours(heat, summit.zone),
        marks=drawing.marks(found),
        missing=[row.name for row in found.rows if found.spots[row.slug].latitude is None],
        groups=figures.grouped(found.rows),
        words={each.value: word for each, word in group_words().items()},
        tables={name: table(name, found) for name in TABLES} | {"hours": hours_table(heat, summit.zone)},
        **desk(summit),
    )


@bp.get(f"/organise/<event>/board/pictures/<any({FILES}):name>.<any(csv,xlsx):kind>")
@staff(Role.ORGANISER)
def export(event: str, name: str, kind: str) -> ResponseReturnValue:
    """The table behind one picture as a file for a spreadsheet."""
    summit = load(event)
    if name == "hours":
        told = hours_table(afar.heat(plan.of(summit)), summit.zone)
    else:
        told = table(name, known(summit, database.now()))
    return table_file(f"{summit.slug}-{name}.{kind}", told.header, told.rows)
