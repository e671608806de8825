"""The pages on which organisers issue the participants' list for one of its two audiences."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.desk.board.views import KINDS
from app.desk.participants.forms import PRESENT, CompareForm, IssueForm
from app.events.models import Event, Mode
from app.events.views import desk, load
from app.events.words import mode_word
from app.publishing.participants import comparing, service
from app.publishing.participants.listing import Row, by_city, from_json, mark_of
from app.publishing.participants.models import Audience, ParticipantList
from app.registration.models import Capacity, Rank
from app.registration.news import rank_word, role_word
from app.web import answer, keeps_form, not_found
from app.web.tables import table_file

bp = Blueprint("lists", __name__)
AUDIENCES = "public,delegates"


@dataclass(frozen=True)
class State:
    """One state of a list: a revision with those who may be shown still, or the present one (`issued` is None)."""

    mark: str
    issued: ParticipantList | None
    rows: list[Row]
    gone: list[Row]


@bp.route(f"/organise/<event>/participants/<any({AUDIENCES}):audience>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def issue(event: str, audience: str) -> ResponseReturnValue:
    """The present state, what is new in it, and the button that issues it; and every revision so far."""
    summit, reader = load(event), Audience(audience)
    form = IssueForm()
    if form.validate_on_submit():
        with form.refusals():
            made = write(lambda: _issue(summit.id, reader, form))
            flash(_("Revision %(mark)s is issued.", mark=made.mark), "success")
            return redirect(url_for("lists.issue", event=event, audience=audience), 303)
    summit = load(event)
    rows, last = service.present(summit.id, reader), service.last(summit.id, reader)
    form.seen.data = mark_of(rows)
    found = comparing.differences(from_json(last.rows), rows) if last else []
    return answer(
        "desk/participants/issue.html",
        form,
        audience=audience,
        people=len(rows),
        cities=len(by_city(rows)),
        last=last,
        found=comparing.by_city(found),
        counts=comparing.counts(found),
        kinds=comparing.kind_words(),
        revisions=service.revisions(summit.id, reader),
        **desk(summit),
    )


def _issue(event_id: int, reader: Audience, form: IssueForm) -> ParticipantList:
    return service.issue(
        event_id,
        reader,
        provisional=form.kind.data == "provisional",
        remark=form.note.data,
        seen=form.seen.data or "",
        key=form.submit_key.data or "",
        who=who(),
        now=database.now(),
    )


@bp.get(f"/organise/<event>/participants/<any({AUDIENCES}):audience>/<mark>")
@staff(Role.ORGANISER)
def revision(event: str, audience: str, mark: str) -> ResponseReturnValue:
    """One revision, or the present state, to be read and printed."""
    summit = load(event)
    state = _state(summit, Audience(audience), mark)
    return render_template(
        "desk/participants/revision.html",
        audience=audience,
        state=state,
        cities=by_city(state.rows),
        roles={each.value: role_word(each) for each in Capacity},
        **desk(summit),
    )


@bp.get(f"/organise/<event>/participants/<any({AUDIENCES}):audience>/compare")
@staff(Role.ORGANISER)
def compare(event: str, audience: str) -> ResponseReturnValue:
    """What is different between any two revisions, or between one and the present state."""
    summit, reader = load(event), Audience(audience)
    form = CompareForm(request.args)
    form.prepare(service.revisions(summit.id, reader))
    if not form.before.choices:
        return redirect(url_for("lists.issue", event=event, audience=audience), 303)
    before, after = (_state(summit, reader, field.data) for field in (form.before, form.after))
    found = comparing.differences(_all(before), _all(after))
    return render_template(
        "desk/participants/compare.html",
        form=form,
        audience=audience,
        found=comparing.by_city(found),
        counts=comparing.counts(found),
        kinds=comparing.kind_words(),
        **desk(summit),
    )


@bp.get(f"/organise/<event>/participants/<any({AUDIENCES}):audience>/<mark>/list.<any({KINDS}):kind>")
@staff(Role.ORGANISER)
@fresh
def export(event: str, audience: str, mark: str, kind: str) -> ResponseReturnValue:
    """A revision, or the present state, as a file for a spreadsheet."""
    summit = load(event)
    state = _state(summit, Audience(audience), mark)
    header = (_("City"), _("Name"), _("Role"), _("Rank"), _("Position"), _("Mode"))
    return table_file(
        f"{summit.slug}-participants-{audience}-{state.mark}.{kind}", header, [_cells(each) for each in state.rows]
    )


def _cells(row: Row) -> list[str]:
    rank = rank_word(Rank(row.rank)) if row.rank else ""
    return [row.city, row.name, role_word(row.role), rank, row.position, mode_word(Mode(row.mode))]


def _state(summit: Event, audience: Audience, mark: str) -> State:
    """What stands under this mark; 404 in words when nothing does."""
    if mark == PRESENT:
        return State(mark, None, service.present(summit.id, audience), [])
    try:
        shown = service.shown(service.revision(summit.id, audience, mark))
    except LookupError:
        not_found(_("No revision of this list has this number."))
    return State(mark, shown.issued, shown.rows, shown.gone)


def _all(state: State) -> list[Row]:
    """The rows as they were issued."""
    return from_json(state.issued.rows) if state.issued else state.rows
