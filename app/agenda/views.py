"""The organisers' pages of the draft."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.accounts import Role, staff, who
from app.agenda import acts, draft, merging, service
from app.agenda.facts import videos_of
from app.agenda.forms import SessionForm, TableForm, row_values, session_values
from app.agenda.models import Session
from app.db import write
from app.events.models import Event
from app.events.views import desk, load
from app.web import answer, keeps_form, new_key, not_found, undoable

bp = Blueprint("agenda", __name__)


@bp.route("/organise/<event>/agenda", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def table(event: str) -> ResponseReturnValue:
    """The whole draft as one form."""
    summit = load(event)
    rows = draft.sessions(summit.id)
    form = TableForm(data={"rows": [row_values(row) for row in rows]})
    form.prepare(draft.rooms(summit.id))
    if form.validate_on_submit():
        with form.refusals():
            actor, now = who(), clock.now()
            changed, act = write(
                lambda: (service.save_table(summit, form.given(), who=actor, now=now), acts.last(summit.id))
            )
            _tell(summit, _saved(changed), act if changed else 0)
            return redirect(url_for("agenda.table", event=event), 303)
    if form.form_errors:
        rows = draft.sessions(summit.id)
        form.catch_up(rows)
    page = answer("agenda/table.html", form, **desk(summit), **_outlined(summit, rows, form))
    return (page[0], 409) if form.stale else page


def _outlined(event: Event, rows: list[Session], form: TableForm) -> dict[str, object]:
    """The days with their sessions, the row of the form for each, and what to look at, by code."""
    by_code = {each.form.code.data: each for each in form.rows}
    beside: dict[str, list[object]] = {}
    for caution in draft.cautions(event, rows):
        beside.setdefault(caution.code, []).append(caution)
    gone = [each for code, each in by_code.items() if code not in {row.code for row in rows}]
    return {"days": draft.outline(rows), "lines": by_code, "cautions": beside, "gone": gone}


def _tell(summit: Event, said: str, act: int) -> None:
    """Say what was done, with the button that takes back the act of this number; 0: nothing was done."""
    if not act:
        flash(said, "info")
        return
    back = url_for("schedule.take_back", event=summit.slug, number=act, way="undo")
    undoable(said, back, hidden={"from": "agenda"})


def _saved(changed: int) -> str:
    if not changed:
        return str(_("Nothing was different from what is stored, so nothing was saved."))
    return str(
        ngettext(
            "One session was changed. The public does not see it until it is published.",
            "%(num)s sessions were changed. The public does not see them until they are published.",
            changed,
        )
    )


def _added(title: str) -> str:
    return str(_("“%(title)s” is in the draft. The public does not see it until it is published.", title=title))


@bp.route("/organise/<event>/agenda/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def new(event: str) -> ResponseReturnValue:
    """A session more."""
    summit = load(event)
    form = SessionForm(data={"day": summit.starts_on})
    form.prepare(draft.options(summit.id), draft.blocks(summit.id))
    if form.validate_on_submit():
        with form.refusals():
            key, actor, now = form.submit_key.data or new_key(), who(), clock.now()
            made, act = write(
                lambda: (service.add(summit, form.details(), key, who=actor, now=now), acts.last(summit.id))
            )
            _tell(summit, _added(made.title), act)
            return redirect(url_for("agenda.table", event=event), 303)
    return answer(
        "agenda/session.html",
        form,
        **desk(summit),
        session=None,
        repeats=form.when().repeats(summit.zone),
        differing=[],
        by=None,
        action="",
    )


@bp.route("/organise/<event>/agenda/<code>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def session(event: str, code: str) -> ResponseReturnValue:
    """One session in full."""
    summit = load(event)
    if request.method == "POST" and not acts.versions(summit.id, [code]):
        return _gone(summit)
    found, blocks = _session(summit, code), draft.blocks(summit.id)
    form = SessionForm(
        data=session_values(found, blocks, videos_of(summit.id), summit.zone) | {"opened": acts.last(summit.id)}
    )
    form.take_stored()
    form.prepare(draft.options(summit.id), [each for each in blocks if each.code != code], code)
    if form.validate_on_submit():
        with form.refusals():
            actor, now = who(), clock.now()
            seen = form.seen()
            changed, act = write(
                lambda: (service.change(summit, code, form.details(), seen, who=actor, now=now), acts.last(summit.id))
            )
            _tell(summit, _saved(len(changed) and 1), act if changed else 0)
            return redirect(url_for("agenda.table", event=event), 303)
    versus = _versus(summit, code, form)
    if form.version.errors:
        found = _session(summit, code)
        form.version.data, form.opened.data = found.version, acts.last(summit.id)
    repeats = form.when().repeats(summit.zone)
    page = answer("agenda/session.html", form, **desk(summit), session=found, repeats=repeats, action="", **versus)
    return (page[0], 409) if form.overtaken else page


def _gone(summit: Event) -> ResponseReturnValue:
    """Somebody took the session off the draft while its form stood open: what was typed can be added as a new one."""
    form = SessionForm()
    form.stands_for_itself()
    form.prepare(draft.options(summit.id), draft.blocks(summit.id))
    form.form_errors.append(
        _("Somebody took this session off the draft meanwhile. What you typed stands here and can be added anew.")
    )
    page = answer(
        "agenda/session.html",
        form,
        **desk(summit),
        session=None,
        repeats=form.when().repeats(summit.zone),
        differing=[],
        by=None,
        action=url_for("agenda.new", event=summit.slug),
    )
    return page[0], 409


def _versus(event: Event, code: str, form: SessionForm) -> dict[str, object]:
    """What others stored beside what was typed, and by whom; nothing while nobody was quicker."""
    if form.overtaken is None:
        return {"differing": [], "by": None}
    base, by = acts.opened(event.id, code, form.since())
    sides = (base, form.overtaken.stored, form.overtaken.typed)
    return {"differing": merging.differing(form, *sides, draft.options(event.id)), "by": by}


def _session(event: Event, code: str) -> Session:
    try:
        return draft.by_code(event.id, code)
    except LookupError:
        not_found(_("No session of this name is in the draft. It may have been deleted."))
