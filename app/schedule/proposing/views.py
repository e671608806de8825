"""The planner on the organisers' desk: ask, watch, compare, adopt; sliders; why a session stands where it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, get_template_attribute, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import Role, staff, who
from app.db import Busy, write
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Bench, Duty, duties
from app.planning.proposals import Request, Task
from app.refused import Refused
from app.schedule import plan, settings
from app.schedule.models import OVER, Proposal, State
from app.schedule.plan import Plan
from app.schedule.proposing import beside as compare
from app.schedule.proposing import explaining, service, words, working
from app.schedule.proposing.forms import AskForm, LevelsForm, LongerForm, WhereForm, field
from app.web import answer, keeps_form, new_key, not_found, one_line

bp = Blueprint("proposing", __name__)

bench = Bench("planner", lambda: working.due(clock.now()) is not None, lambda stop: working.take_up(write, stop))
duties.append(Duty("proposals", bench.turn, every=timedelta(seconds=1)))


@bp.route("/organise/<event>/schedule/proposals", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def table(event: str) -> ResponseReturnValue:
    """What the planner was asked, and a form to ask it."""
    summit = load(event)
    form = AskForm()
    if form.validate_on_submit():
        with form.refusals():
            task, seconds = Task(form.task.data), int(form.seconds.data)
            asked = service.frozen(summit, plan.of(summit), task, seconds)
            return _asked(summit, asked, form.submit_key.data or new_key())
    rows = [(row, _said(row, settings.read(summit.planning))) for row in service.listed(summit.id)]
    return answer("schedule/proposing/table.html", form, rows=rows, **_words(), **desk(summit))


def _asked(summit: Event, asked: Request, key: str, about: str = "") -> ResponseReturnValue:
    """Store the question, and go where its answer will be."""
    number, actor, now = summit.id, who(), clock.now()
    row = write(lambda: service.ask(number, asked, key[:64], who=actor, now=now, about=about))
    return redirect(url_for("proposing.one", event=summit.slug, uid=row.uid), 303)


def _words() -> dict[str, Any]:
    return {"tasks": words.TASKS, "states": words.STATES, "over": OVER}


def _said(row: Proposal, chosen: settings.Settings) -> str:
    """How far a proposal is, in words."""
    if row.state is State.WAITING:
        return str(_("It is taken up as soon as the worker is free."))
    if row.state is State.FAILED:
        return str(_("The planner gave no answer. Ask again; whoever runs Plenary finds the reason in its log."))
    told = service.heard(row)
    if told is None and row.state in OVER:
        return str(_("Stopped.") if row.state is State.STOPPED else _("Worked out."))
    return words.progress(told, row.placed_after, chosen.wishes)


@bp.get("/organise/<event>/schedule/proposals/<uid>")
@staff(Role.ORGANISER)
def one(event: str, uid: str) -> ResponseReturnValue:
    """How far a proposal is; once it is over, the proposal beside today's draft."""
    summit = load(event)
    return _page(summit, _row(summit, uid))


def _row(summit: Event, uid: str, *, light: bool = False) -> Proposal:
    row = service.find(summit.id, uid, light=light)
    if row is None:
        not_found(_("This proposal is no longer kept: the last %(kept)s are.", kept=service.KEPT))
    return row


def _page(summit: Event, row: Proposal, status: int = 200) -> ResponseReturnValue:
    now = plan.of(summit)
    values: dict[str, Any] = {
        "row": row,
        "said": _said(row, now.settings),
        "beside": None,
        "longer": None,
        "given_up": (),
    }
    if row.state in OVER and row.result is not None:
        values |= _answer(summit, now, row)
    values |= {"plan": now, "rooms_by_id": {each.id: each.name for each in now.rooms}, "rule_name": words.name}
    page = render_template("schedule/proposing/one.html", **values, **_words(), **desk(summit))
    return page, status


def _answer(summit: Event, now: Plan, row: Proposal) -> dict[str, Any]:
    """What the page of a proposal that is over shows. One that cannot be read any more says so."""
    try:
        asked, found = service.read(row)
        if found is None:
            return {}
        values: dict[str, Any] = {"outcome": found, "said": words.outcome(row.task, found, asked.wishes)}
        if row.task is Task.GIVE_UP:
            return values | {"given_up": [explaining.given_up(now, each) for each in found.given_up]}
        compared = compare.beside(summit, now, asked, found)
        longer = LongerForm(formdata=None) if row.task is Task.PROPOSE and not found.optimal else None
        remarks = {each.rule: [explaining.remark(now, one) for one in each.remarks] for each in compared.wishes}
        return values | {"beside": compared, "longer": longer, "remarks": remarks}
    except Refused as no:
        return {"said": no.message}


@bp.get("/organise/<event>/schedule/proposals/<uid>/progress")
@staff(Role.ORGANISER)
def progress(event: str, uid: str) -> ResponseReturnValue:
    """How far it is, for a page that stands open."""
    summit = load(event)
    row = _row(summit, uid, light=True)
    draw = get_template_attribute("schedule/proposing/progress.html", "progress")
    chosen = settings.read(summit.planning)
    html = draw(row, _said(row, chosen), service.heard(row), words.STATES, words.name)
    return jsonify(over=row.state in OVER, html=str(html))


@bp.post("/organise/<event>/schedule/proposals/<uid>/stop")
@staff(Role.ORGANISER)
def stop(event: str, uid: str) -> ResponseReturnValue:
    """Stop, and keep the best found so far."""
    summit, actor, now = load(event), who(), clock.now()
    row = _row(summit, uid)
    write(lambda: service.stop(summit.id, row.uid, who=actor, now=now))
    return redirect(url_for("proposing.one", event=event, uid=uid), 303)


@bp.post("/organise/<event>/schedule/proposals/<uid>/longer")
@staff(Role.ORGANISER)
@keeps_form
def longer(event: str, uid: str) -> ResponseReturnValue:
    """Go on from the result for longer, as a proposal of its own."""
    summit = load(event)
    row = _row(summit, uid)
    form = LongerForm()
    if form.validate_on_submit():
        with form.refusals():
            asked = service.again(row, int(form.seconds.data))
            return _asked(summit, asked, form.submit_key.data or new_key())
    for errors in form.errors.values():
        flash(str(errors[0]), "error")
    return _page(summit, row, 503 if form.busy else 422)


@bp.post("/organise/<event>/schedule/proposals/<uid>/adopt")
@staff(Role.ORGANISER)
def adopt(event: str, uid: str) -> ResponseReturnValue:
    """Put a proposal into the draft as one act, which the board can take back."""
    summit, actor, now = load(event), who(), clock.now()
    row = _row(summit, uid)
    number, code = summit.id, row.uid
    try:
        ready = _ready(summit, row)
        act = write(lambda: service.adopt(number, code, ready, who=actor, now=now))
    except Refused as no:
        flash(no.message, "error")
        return _page(summit, _row(summit, uid), 422)
    except Busy:
        flash(_("So many are writing just now that this could not be stored. Please try again."), "error")
        return _page(summit, _row(summit, uid), 503)
    if act is not None and act.undone:
        flash(_("It was adopted before and taken back since. “Do it again” below brings it back."), "info")
    else:
        flash(_("Adopted. “Undo this” below undoes it in one step."), "success")
    return redirect(url_for("schedule.board", event=event, _anchor="history"), 303)


def _ready(summit: Event, row: Proposal) -> service.Ready:
    """What adopting would change; nothing for one that was adopted before."""
    if row.act is not None:
        return service.Ready((), 0)
    asked, found = service.read(row)
    if found is None or row.state not in OVER or row.task is Task.GIVE_UP:
        raise Refused(_("There is nothing to adopt here."))
    return compare.ready(summit, asked, found)


@bp.route("/organise/<event>/schedule/levels", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def levels(event: str) -> ResponseReturnValue:
    """How much each rule of a good plan weighs here."""
    summit = load(event)
    form = LevelsForm(data=LevelsForm.of(settings.read(summit.planning).wishes))
    if form.validate_on_submit():
        with form.refusals():
            number, steps, actor, now = summit.id, form.steps(), who(), clock.now()
            write(lambda: service.set_levels(number, steps, who=actor, now=now))
            flash(_("Stored. The next proposal is weighed by these."), "success")
            return redirect(url_for("proposing.table", event=event), 303)
    groups = [(heading, [(field(rule), form[field(rule)]) for rule in rules]) for heading, rules in words.GROUPS]
    return answer("schedule/proposing/levels.html", form, groups=groups, **desk(summit))


@bp.route("/organise/<event>/schedule/sessions/<code>/why", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def why(event: str, code: str) -> ResponseReturnValue:
    """Why a session stands here, why not there, why nowhere. Asking stores nothing."""
    summit = load(event)
    now = plan.of(summit)
    if code not in now.items:
        not_found(_("No session of this name is in the draft. It may have been deleted."))
    form = WhereForm(data={"day": _day(now, code)})
    form.prepare(now)
    values: dict[str, Any] = {"why": None, "there": None, "no": "", "code": code, "title": now.titles[code]}
    try:
        values["why"] = explaining.why(summit, now, code)
        if form.validate_on_submit():
            with form.refusals():
                values["there"] = explaining.there(summit, now, code, form.placing(now, code))
    except Refused as no:
        values["no"] = no.message
    rooms = {str(each.id): each.name for each in now.rooms}
    return answer("schedule/proposing/why.html", form, plan=now, rooms_by_id=rooms, **values, **desk(summit))


def _day(now: Plan, code: str) -> str:
    day = now.items[code].day
    return day.isoformat() if day else ""


@bp.post("/organise/<event>/schedule/sessions/<code>/give-up")
@staff(Role.ORGANISER)
def give_up(event: str, code: str) -> ResponseReturnValue:
    """Ask for the smallest set of rules to give up so that everything finds a place."""
    summit = load(event)
    now = plan.of(summit)
    if code not in now.items:
        not_found(_("No session of this name is in the draft. It may have been deleted."))
    try:
        asked = service.frozen(summit, now, Task.GIVE_UP, service.EXPLAINING, seed=1)
        return _asked(summit, asked, one_line(request.form.get("once")) or new_key(), about=code)
    except Refused as no:
        flash(no.message, "error")
        return redirect(url_for("proposing.why", event=event, code=code), 303)
