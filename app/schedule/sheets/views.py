"""The draft as a file for a spreadsheet, and a file of sessions looked through and stored."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import clock
from app.accounts import Role, staff, who
from app.agenda import acts
from app.agenda.models import Act
from app.db import db, write
from app.events.models import Event
from app.events.views import desk, load
from app.schedule.arranging import mark
from app.schedule.models import AgendaFile
from app.schedule.sheets import service, words
from app.schedule.sheets.forms import StoreForm
from app.schedule.sheets.judging import Outcome, judge
from app.schedule.words import DEEDS
from app.web import answer, keeps_form, not_found, undoable
from app.web.tables import TableForm, table_file

bp = Blueprint("sheets", __name__)


@bp.get("/organise/<event>/schedule/agenda.<any(csv, xlsx):kind>")
@staff(Role.ORGANISER)
def export(event: str, kind: str) -> ResponseReturnValue:
    """The whole draft as a file that may be changed and sent back."""
    summit = load(event)
    header, rows = service.table(summit)
    return table_file(f"{summit.slug}-agenda.{kind}", header, rows)


@bp.route("/organise/<event>/schedule/file", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def upload(event: str) -> ResponseReturnValue:
    """Send a file; nothing is stored but the file."""
    form = TableForm.awaited()
    summit = load(event)
    if form.validate_on_submit():
        with form.refusals():
            sheet, user, now = form.sheet(), current_user.id, clock.now()
            kept = write(lambda: service.keep(summit, sheet, form.name, user_id=user, now=now))
            return redirect(url_for("sheets.look", event=event, code=kept.code), 303)
    return answer("schedule/sheets/upload.html", form, rows=service.ROWS, columns=words.columns(), **desk(summit))


@bp.route("/organise/<event>/schedule/file/<code>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def look(event: str, code: str) -> ResponseReturnValue:
    """What the file would do, row by row, what would clash then, and the button that stores it."""
    summit = load(event)
    _kept(summit, code)
    form = StoreForm()
    if form.validate_on_submit():
        with form.refusals():
            seen, actor = form.seen.data or "", who()
            act = write(lambda: _store(summit, code, seen, actor))
            undoable(_stored(act), url_for("schedule.take_back", event=event, number=act.number, way="undo"))
            return redirect(url_for("schedule.board", event=event, _anchor="history"), 303)
    since = acts.since(summit.id, form.since()) if form.seen.errors else []
    file, last = _kept(summit, code), acts.last(summit.id)
    draft = service.draft_of(summit)
    found = judge(file.sheet, draft, file.code)
    form.seen.data, form.last.data = mark(found.changes), str(last)
    values = {"file": file, "found": found, "outcomes": Outcome, "then": service.then(found, draft)}
    return answer("schedule/sheets/look.html", form, **values, since=since, deeds=DEEDS, **desk(summit))


def _store(event: Event, code: str, seen: str, actor: str) -> Act:
    file = _kept(event, code)
    act = service.store(event, file.sheet, file.code, seen, who=actor, now=clock.now())
    db.session.delete(file)
    return act


def _stored(act: Act) -> str:
    new = sum(each.before is None for each in acts.changes_of(act))
    said = ngettext("%(num)s session is stored.", "%(num)s sessions are stored.", len(act.changes))
    if new:
        said += " " + ngettext("%(num)s of them is new.", "%(num)s of them are new.", new)
    return f"{said} {_('It was one change.')}"


def _kept(event: Event, code: str) -> AgendaFile:
    try:
        return service.kept(event, code, user_id=current_user.id, now=clock.now())
    except LookupError:
        not_found(
            _("This file was stored already, or has waited for more than a day. Look at the board, and send it again.")
        )
