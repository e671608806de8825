"""The organisers' pages of staff."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import db as database
from app.accounts import Role, fresh, second, service, staff, staff_home, staffing, who
from app.accounts.staffing import Colleague
from app.db import write
from app.desk.staff.forms import HINTS, ROLES, AccountForm, InviteForm, RolesForm
from app.events.models import Event
from app.events.views import desk, load
from app.outbox.tongues import tongue
from app.web import Form, answer, keeps_form, not_found
from app.web.reading import choose

bp = Blueprint("staff", __name__)


@bp.route("/organise/<event>/staff", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def table(event: str) -> ResponseReturnValue:
    """Who works for the event; one more is invited by letter."""
    key, form = load(event).id, InviteForm()
    if form.validate_on_submit():
        with form.refusals():
            email, roles, actor, spoken = form.email.data, form.chosen(), who(), form.language.data
            me, now = current_user.id, database.now()
            done = write(lambda: staffing.invite(key, email, roles, by=me, who=actor, now=now, language=spoken))
            flash(_("%(name)s works for this event. A letter says so.", name=done.called), "success")
            return redirect(url_for("staff.table", event=event), 303)
    summit = load(event)
    return answer(
        "desk/staff.html", form, people=staffing.of_event(summit.id), words=ROLES, hints=HINTS, **desk(summit)
    )


@bp.route("/organise/<event>/staff/<int(max=2147483647):user_id>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def person(event: str, user_id: int) -> ResponseReturnValue:
    """What one of them looks after; with nothing ticked they work for the event no more."""
    summit = load(event)
    key, found = summit.id, _colleague(summit, user_id)
    form = RolesForm(data=RolesForm.of(found.roles))
    if form.validate_on_submit():
        with form.refusals():
            roles, actor, me = form.chosen(), who(), current_user.id
            write(lambda: staffing.set_roles(key, user_id, roles, by=me, who=actor, now=database.now()))
            flash(_("Stored: this is what %(name)s looks after.", name=found.called), "success")
            stays = user_id != current_user.id or Role.ORGANISER in {*roles, *found.everywhere}
            return redirect(url_for("staff.table", event=event) if stays else url_for("desk.home"), 303)
    summit = load(event)
    return answer("desk/colleague.html", form, person=_colleague(summit, user_id), hints=HINTS, **desk(summit))


@bp.route("/organise/<event>/staff/<int(max=2147483647):user_id>/lost", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def lost(event: str, user_id: int) -> ResponseReturnValue:
    """Somebody lost the phone or the key that they sign in with: their second step is taken off."""
    summit = load(event)
    key, found, form = summit.id, _colleague(summit, user_id), Form()
    if form.validate_on_submit():
        with form.refusals():
            me, actor = current_user.id, who()
            write(lambda: second.reset_by(me, user_id, key, who=actor, now=database.now()))
            flash(_("Done. A letter tells %(name)s.", name=found.called), "success")
            return redirect(url_for("staff.table", event=event), 303)
    summit = load(event)
    return answer("desk/colleague_lost.html", form, person=found, **desk(summit))


@bp.route("/organise/account", methods=["GET", "POST"])
@staff_home()
@keeps_form
def account() -> ResponseReturnValue:
    """What the reader chooses for themselves: how they are called, and the language of pages and letters."""
    key = current_user.id
    form = AccountForm(data={"name": current_user.name, "language": tongue(current_user.language)})
    if form.validate_on_submit():
        with form.refusals():
            name, spoken, actor = form.name.data or "", form.language.data, who()
            write(lambda: service.settle(key, name, spoken, who=actor, now=database.now()))
            stored = make_response(redirect(url_for("staff.account", stored=1), 303))
            choose(stored, spoken)
            return stored
    if request.args.get("stored") and not form.is_submitted():
        flash(_("Stored. This is your language from now on."), "success")
    return answer("desk/account.html", form, email=current_user.email, **desk(None))


def _colleague(summit: Event, user_id: int) -> Colleague:
    try:
        return staffing.one(summit.id, user_id)
    except LookupError:
        not_found(_("Nobody of this number works for this event."))
