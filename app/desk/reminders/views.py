"""The organisers' pages of reminders: to whom, what, when; what is next, what was last, and whom it would reach."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.announcing import letters, reminding, service
from app.announcing.criteria import in_words
from app.announcing.crowd import Crowd, Round
from app.announcing.models import Outcome, Rule
from app.announcing.moments import Ground, Occurrence, occurrences
from app.db import write
from app.desk.announcing.forms import ActForm, RuleForm, counted, form_of, titled, values_of, when_of
from app.desk.announcing.views import beginnings, chosen, frame, grouped
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Duty, duties
from app.outbox.openings import openings
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.web import answer, keeps_form, letter_page, not_found, undoable

log = logging.getLogger(__name__)
bp = Blueprint("reminders", __name__)
KEY = "reminding/"


@bp.get("/organise/<event>/reminders")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every rule: when it goes next, when it went last, whom it would reach now."""
    summit = load(event)
    return render_template(
        "desk/announcing/reminders.html",
        lines=reminding.table(summit, database.now()),
        fates=grouped(service.fates(summit.id, letters.REMINDER, len(KEY))),
        counted=lambda rule: counted(rule, titled(rule, summit)),
        outcomes=outcomes(),
        key=KEY,
        **desk(summit),
    )


def outcomes() -> dict[Outcome, str]:
    """What came of a moment without letters, in words."""
    return {
        Outcome.SENT: _("nobody fitted"),
        Outcome.OVER: _("not sent: what it reminds of was over"),
    }


@bp.route("/organise/<event>/reminders/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def new(event: str) -> ResponseReturnValue:
    """Set one."""
    summit = load(event)
    form = form_of(RuleForm, summit, **values_of(beginnings(summit, letters.REMINDER), "en", {}, 0))
    return _set(event, "", form, None)


@bp.route("/organise/<event>/reminders/<uid>/edit", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def edit(event: str, uid: str) -> ResponseReturnValue:
    """Change one. What went already is not sent again."""
    summit = load(event)
    row = _one(summit, uid)
    form = form_of(RuleForm, summit, **values_of(row.words, row.fallback, row.asked, row.version), **when_of(row))
    return _set(event, uid, form, row)


def _set(event: str, uid: str, form: Any, row: Rule | None) -> ResponseReturnValue:
    summit = load(event)
    form.prepare(summit, row)
    if form.validate_on_submit():
        with form.refusals():
            given, when, actor = form.written(), form.when(summit.zone), who()
            seen, key = form.version(), form.submit_key.data or ""
            made = write(
                lambda: reminding.store(load(event), uid, given, when, seen, key, who=actor, now=database.now())
            )
            _told(load(event), made.uid)
            return redirect(url_for("reminders.look", event=event, uid=made.uid), 303)
    opening = openings[letters.OPENINGS[letters.REMINDER]]
    return answer("desk/announcing/rule.html", form, uid=uid, **frame(opening), **desk(load(event)))


def _told(summit: Event, uid: str) -> None:
    """Whether the rule came in time."""
    line = next(each for each in reminding.table(summit, database.now()) if each.rule.uid == uid)
    if line.next is None:
        flash(line.why_not, "warning")
    else:
        flash(_("Set. This is whom it would reach now; who fits is asked again at its moment."), "success")


@bp.get("/organise/<event>/reminders/<uid>")
@staff(Role.ORGANISER)
def look(event: str, uid: str) -> ResponseReturnValue:
    """Whom a rule would reach now, and how its letter reads."""
    summit = load(event)
    row, what, found, why_not = _now(summit, uid)
    seen_as = chosen(found)
    later = [each.moment for each in occurrences(row, Ground(summit)) if each.moment > what.moment] if what else []
    return render_template(
        "desk/announcing/rule_look.html",
        row=row,
        what=what,
        why_not=why_not,
        later=later,
        counted=counted(row, titled(row, summit)),
        found=found,
        seen_as=seen_as,
        letter=reminding.letter_to(summit, row, what, seen_as) if seen_as and what else None,
        last=reminding.last_run(row),
        fates=grouped(service.fates(summit.id, letters.REMINDER, len(KEY))).get(uid, {}),
        outcomes=outcomes(),
        key=KEY,
        asked=in_words(summit, row.asked),
        tongues=TONGUES,
        **desk(summit),
    )


def _now(summit: Event, uid: str) -> tuple[Rule, Occurrence | None, Round, str]:
    """A rule, the moment it is shown for, whom that would reach now; or why it has none."""
    row, ground, now = _one(summit, uid), Ground(summit), database.now()
    try:
        found = occurrences(row, ground)
    except Refused as no:
        return row, None, Round(), no.message
    what = next((each for each in found if each.moment > now), found[-1])
    return row, what, reminding.list_of(Crowd(summit, now), row, what, ground), ""


@bp.get("/organise/<event>/reminders/<uid>/letter")
@staff(Role.ORGANISER)
def letter(event: str, uid: str) -> ResponseReturnValue:
    """The letter as its reader's mail program shows it, for a frame in which nothing runs."""
    summit = load(event)
    row, what, found, _why = _now(summit, uid)
    to = chosen(found)
    if to is None or what is None:
        not_found(_("Nobody would get this letter."))
    return letter_page(reminding.letter_to(summit, row, what, to).html)


@bp.post("/organise/<event>/reminders/<uid>/<any(stop, resume):act>")
@staff(Role.ORGANISER)
def switch(event: str, uid: str, act: str) -> ResponseReturnValue:
    """Let a rule rest, or go on."""
    _one(load(event), uid)
    do = reminding.stop if act == "stop" else reminding.resume
    actor = who()
    try:
        first = write(lambda: do(load(event), uid, who=actor, now=database.now()))
    except Refused as no:
        flash(no.message, "warning")
        return redirect(url_for("reminders.table", event=event), 303)
    said = _("Stopped: it reminds nobody until you let it go on.") if act == "stop" else _("It goes on.")
    if not first:
        flash(_("That was done already, so nothing was changed."), "info")
    else:
        back = url_for("reminders.switch", event=event, uid=uid, act="resume" if act == "stop" else "stop")
        undoable(said, back, label=_("Let it go on") if act == "stop" else _("Stop"))
    return redirect(url_for("reminders.table", event=event), 303)


@bp.route("/organise/<event>/reminders/<uid>/delete", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def delete(event: str, uid: str) -> ResponseReturnValue:
    """Throw a rule away that nobody was reminded by."""
    summit, form = load(event), ActForm()
    row = _one(summit, uid)
    if form.validate_on_submit():
        with form.refusals():
            actor = who()
            write(lambda: reminding.throw_away(load(event), uid, who=actor, now=database.now()))
            flash(_("The reminder is thrown away. Nobody was reminded."), "success")
            return redirect(url_for("reminders.table", event=event), 303)
    return answer("desk/announcing/delete.html", form, row=row, room="reminders", **desk(load(event)))


def _one(summit: Event, uid: str) -> Rule:
    try:
        return reminding.one(summit.id, uid)
    except LookupError:
        not_found(_("This summit has no such reminder."))


def remind_due(stop: threading.Event) -> int:
    """See to every reminder whose moment has come; one that fails does not hold up the others."""
    done, fault = 0, None
    for rule, moment in reminding.due(database.now()):
        if stop.is_set():
            break
        try:
            write(lambda rule=rule, moment=moment: reminding.carry_out(rule, moment, database.now()))  # type: ignore[misc]
            done += 1
        except Exception as each:
            log.exception("A reminder could not be dealt with.")
            fault = each
    if fault is not None:
        raise fault
    return done


duties.append(Duty("reminders", remind_due, every=timedelta(seconds=20)))
