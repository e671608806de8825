"""The organisers' pages of releases, and the duty that makes those whose moment has come."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.desk.releases import service
from app.desk.releases.forms import CompareForm, PlanForm, RestoreForm, TakeBackForm
from app.desk.service import calendar, releases
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Duty, duties
from app.publishing import checks, planned, restoring
from app.publishing.digests.letters import on_their_way
from app.publishing.models import Release
from app.publishing.restoring import SetBack
from app.publishing.service import Word, preview
from app.publishing.wording import summary, tell
from app.refused import Refused
from app.web import answer, keeps_form, letter_page, new_key, not_found, reader
from app.web.wording import moment

bp = Blueprint("releases", __name__)
log = logging.getLogger(__name__)


@bp.get("/organise/<event>/releases")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every release, and what to do with it."""
    summit = load(event)
    return render_template(
        "desk/releases.html",
        releases=releases(summit.id),
        waiting=planned.waiting(summit.id),
        under_way=on_their_way(summit, summit.release),
        **desk(summit),
    )


@bp.get("/organise/<event>/releases/compare")
@staff(Role.ORGANISER)
def compare(event: str) -> ResponseReturnValue:
    """What is different between any two."""
    summit = load(event)
    made = releases(summit.id)
    if not made:
        return redirect(url_for("releases.table", event=event), 303)
    form = CompareForm(request.args)
    form.prepare([each.number for each in made])
    found = service.compare(summit, int(form.first.data), int(form.second.data))
    told = tell(found.found, summit.zone, reader().zone or "")
    return render_template(
        "desk/compare.html", form=form, compared=found, told=told, sum=summary(found.found), **desk(summit)
    )


@bp.get("/organise/<event>/releases/<int(max=100000):number>/calls")
@staff(Role.ORGANISER)
def calls(event: str, number: int) -> ResponseReturnValue:
    """Whom to call about a release, because what it changed for them began within a day."""
    summit = load(event)
    try:
        release, found = service.calls(summit, number)
    except LookupError:
        not_found(_("There is no release of this number."))
    return render_template("desk/calls.html", release=release, calls=found, **desk(summit))


@bp.get("/organise/<event>/publish/letters/<whom>")
@staff(Role.ORGANISER)
def letter_shown(event: str, whom: str) -> ResponseReturnValue:
    """A letter that publishing would send, as its mail program shows it, for a frame in which nothing runs."""
    summit = load(event)
    try:
        return letter_page(service.letter_to(summit, preview(summit.id, database.now()).step, whom).html)
    except (LookupError, Refused):
        not_found(_("Publishing would send this person no letter now."))


@bp.route("/organise/<event>/releases/<int(max=100000):number>/restore", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def restore(event: str, number: int) -> ResponseReturnValue:
    """Make the programme of an older release the newest."""
    summit = load(event)
    form = RestoreForm()
    if form.validate_on_submit():
        with form.refusals():
            made = _restored(summit, number, form)
            said = _("Release %(made)s says what release %(number)s said.", made=made.number, number=number)
            flash(said, "success")
            return redirect(url_for("releases.table", event=event), 303)
    summit = load(event)
    back = _back(summit, number)
    form.seen.data = back.shown.seen
    draft, obstacle = _set_back(summit, back)
    shown = back.shown
    return answer(
        "desk/restore.html",
        form,
        number=number,
        back=back,
        draft=draft,
        obstacle=obstacle,
        told=tell(shown.differences, summit.zone, reader().zone or ""),
        sum=summary(shown.differences),
        entries=calendar(shown),
        letters=service.letters_of(summit, shown.step),
        grave=checks.grave(summit.id),
        **desk(summit),
    )


def _restored(summit: Event, number: int, form: RestoreForm) -> Release:
    word = Word(who(), form.note.data or "", form.reason.data or "", bool(form.minor.data))
    with_draft, seen, now = bool(form.draft.data), form.seen.data or "", database.now()

    def act() -> Release:
        return restoring.restore(summit, number, word, with_draft=with_draft, now=now, seen=seen)

    try:
        return write(act)
    except LookupError:
        not_found(_("There is no release of this number."))


def _back(summit: Event, number: int) -> restoring.Back:
    try:
        return restoring.preview(summit, number, database.now())
    except LookupError:
        not_found(_("There is no release of this number."))


def _set_back(summit: Event, back: restoring.Back) -> tuple[SetBack | None, str]:
    """What it would do to the draft, or the sentence that says why it cannot be."""
    try:
        return restoring.set_back(summit, back.shown.programme, back.options), ""
    except Refused as no:
        return None, no.message


@bp.route("/organise/<event>/publish/later", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def plan(event: str) -> ResponseReturnValue:
    """Publish the draft at a set moment."""
    summit = load(event)
    form = PlanForm(data={"day": summit.starts_on})
    if form.validate_on_submit():
        with form.refusals():
            key, now, actor = form.submit_key.data or new_key(), database.now(), who()
            wish = form.wish(summit.zone, key)
            made = write(lambda: planned.plan(summit, wish, who=actor, now=now))
            said = _("What the draft says then is published on %(moment)s.", moment=moment(made.at, summit.zone))
            flash(said, "success")
            return redirect(url_for("desk.publish", event=event), 303)
    summit = load(event)
    return answer(
        "desk/plan.html",
        form,
        twice=form.twice(summit.zone),
        waiting=planned.waiting(summit.id),
        grave=_grave(summit),
        **desk(summit),
    )


def _grave(summit: Event) -> list[checks.Finding]:
    """What the draft could be published with only for a reason; nothing while it cannot be published at all."""
    try:
        return checks.grave(summit.id)
    except Refused:
        return []


@bp.route("/organise/<event>/publish/later/<uid>/take-back", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def take_back(event: str, uid: str) -> ResponseReturnValue:
    """Publish nothing at that moment."""
    summit = load(event)
    form = TakeBackForm()
    if form.validate_on_submit():
        with form.refusals():
            now, actor = database.now(), who()
            write(lambda: planned.take_back(summit.id, uid, who=actor, now=now))
            flash(_("The planned release is taken back. Nothing is published by itself."), "success")
            return redirect(url_for("desk.publish", event=event), 303)
    summit = load(event)
    found = planned.by_uid(summit.id, uid)
    if found is None:
        not_found(_("This planned release is not there."))
    return answer("desk/take_back.html", form, planned=found, **desk(summit))


def publish_due(stop: threading.Event) -> int:
    """Make every planned release whose moment has come; one that fails does not hold up the others."""
    done, fault = 0, None
    for key in planned.due(database.now()):
        if stop.is_set():
            break
        try:
            write(lambda key=key: planned.carry_out(key, database.now()))  # type: ignore[misc]
            done += 1
        except Exception as each:
            log.exception("A planned release could not be dealt with.")
            fault = each
    if fault is not None:
        raise fault
    return done


duties.append(Duty("releases", publish_due, every=timedelta(seconds=5)))
