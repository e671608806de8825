"""The organisers' pages of the allocation: work it out, look at it beside what people have today, adopt it."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, fresh, held, staff, who
from app.db import write
from app.desk.allotting import service, words
from app.desk.allotting.forms import AdoptForm, RunForm
from app.events.models import Event
from app.events.views import desk, load
from app.visits import allotting, fitting, freezing
from app.visits.allotting import SEEDS, Run
from app.web import answer, keeps_form, new_key, not_found
from app.web.tables import table_file

bp = Blueprint("allotting", __name__)
HERE = "/organise/<event>/allocations"
NUMBER = f"{HERE}/<int(max=2147483647):number>"


@bp.route(HERE, methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def table(event: str) -> ResponseReturnValue:
    """What people wish for, all runs so far, and a form to work it out. The work is done before anything is written."""
    summit = load(event)
    form = RunForm()
    if form.validate_on_submit():
        with form.refusals():
            seed = secrets.randbelow(SEEDS) if form.seed.data is None else form.seed.data
            key, sent = summit.id, (form.submit_key.data or new_key())[:64]
            found = allotting.work_out(freezing.freeze(summit, seed, database.now()))
            row = write(lambda: allotting.keep(key, seed, found, sent, who=who(), now=database.now()))
            return redirect(url_for("allotting.one", event=event, number=row.id), 303)
    summit = load(event)
    values = {"demand": service.demand(summit, database.now()), "runs": allotting.runs(summit.id)}
    return answer("desk/allotting/table.html", form, **values, **desk(summit))


@bp.route(NUMBER, methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def one(event: str, number: int) -> ResponseReturnValue:
    """One run beside what people have today; adopted as it stands here, or not at all."""
    summit = load(event)
    run = _run(summit, number)
    form = AdoptForm()
    if form.validate_on_submit():
        with form.refusals():
            onto_lists = bool(form.onto_lists.data)
            done = write(lambda: allotting.adopt(summit, number, onto_lists=onto_lists, who=who(), now=database.now()))
            said = ngettext("One person has a place now.", "%(num)s people have a place now.", done)
            flash(f"{said} {_('Everybody is told by letter.')}", "success")
            return redirect(url_for("allotting.one", event=event, number=number), 303)
    summit = load(event)
    run = _run(summit, number)
    return answer("desk/allotting/one.html", form, **_shown(summit, run), **desk(summit))


def _run(summit: Event, number: int) -> Run:
    try:
        return allotting.read(summit.id, number)
    except LookupError:
        not_found(_("There is no such allocation."))


def _shown(summit: Event, run: Run) -> dict[str, Any]:
    now = database.now()
    lines = service.lines(summit.id, run)
    show = request.args.get("show", "")
    fresh = freezing.freeze(summit, run.row.seed, now).print == run.row.report["print"]
    visits = {str(each.id): each for each in service.every(summit.id)}
    page = service.page(lines, show, request.args.get("page", 1, type=int))
    return {
        "run": run,
        "fresh": fresh,
        "page": page,
        "counts": {kind: len(service.chosen(lines, kind)) for kind in service.KINDS},
        "visits": visits,
        "places": {key: fitting.empty(each).places for key, each in visits.items()},
        "cities": {str(each.delegate.delegation_id): each.delegate.delegation.member.name for each in lines},
        "words": words,
        "sees_needs": Role.LOGISTICS in held(),
    }


@bp.get(f"{NUMBER}.<any(csv,xlsx):kind>")
@staff(Role.ORGANISER)
@fresh
def export(event: str, number: int, kind: str) -> ResponseReturnValue:
    """Everybody of a run, as a file for a spreadsheet."""
    summit = load(event)
    run = _run(summit, number)
    titles = {str(each.id): each.title for each in service.every(summit.id)}
    header = (
        *(_("City"), _("Name"), _("Reference"), _("People together"), _("Today"), _("Visit"), _("Vehicle")),
        *(_("Wish"), _("Lot"), _("Why not a better wish")),
    )
    rows = [_row(each, titles) for each in service.lines(summit.id, run)]
    return table_file(f"{summit.slug}-allocation-{number}.{kind}", header, rows)


def _row(line: service.Line, titles: dict[str, str]) -> list[str]:
    delegate, given = line.delegate, line.given
    sees_needs = Role.LOGISTICS in held()
    against = "; ".join(f"{titles.get(visit, '')}: {words.why(reason, sees_needs)}" for visit, reason in given.why)
    return [
        *(delegate.delegation.member.name, delegate.called, delegate.reference, str(line.party)),
        *(words.so_far(line.before), line.visit.title if line.visit else "", line.vehicle),
        *(str(given.wish or ""), str(given.turn or ""), against),
    ]
