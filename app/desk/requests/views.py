"""The organisers' decisions on whole delegations, and on changes that were asked for."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.delegations import approving as delegations
from app.desk.requests import service
from app.desk.requests.forms import ApproveForm, GrantForm, RefuseForm, ReturnForm
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Duty, duties
from app.office.sending.views import became
from app.registration import approving, asking
from app.registration.asked import Asked
from app.web import answer, keeps_form, not_found
from app.web.wording import listed

bp = Blueprint("requests", __name__)


@bp.route("/organise/<event>/delegations/<slug>/<any(approve, return):act>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def delegation(event: str, slug: str, act: str) -> ResponseReturnValue:
    """Approve a delegation that was sent, or return it with a comment."""
    summit = load(event)
    key = _city(summit, slug).delegation.id
    form = ApproveForm() if act == "approve" else ReturnForm()

    def do() -> str:
        if isinstance(form, ReturnForm):
            delegations.give_back(key, form.comment.data or "", who=who(), now=database.now())
            return str(_("Returned: a letter brings your comment to the city."))
        return _approved(approving.approve(key, who=who(), now=database.now(), people_too=bool(form.people.data)))

    if form.validate_on_submit():
        with form.refusals():
            flash(write(do), "success")
            return redirect(url_for("approvals.table", event=event), 303)
    summit = load(event)
    found = _city(summit, slug)
    return answer("desk/delegation.html", form, act=act, sent=found, member=found.delegation.member, **desk(summit))


@bp.route("/organise/<event>/changes/<int(max=2147483647):number>/<any(grant, refuse):act>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def change(event: str, number: int, act: str) -> ResponseReturnValue:
    """Grant or refuse a change that was asked for."""
    summit = load(event)
    key = _request(summit, number).line.row.id
    form = GrantForm() if act == "grant" else RefuseForm()

    def do() -> Asked:
        if isinstance(form, RefuseForm):
            return asking.refuse(key, form.reason.data or "", who=who(), now=database.now())
        return asking.grant(key, who=who(), now=database.now())

    if form.validate_on_submit():
        with form.refusals():
            flash(became(write(do)), "success")
            return redirect(url_for("approvals.table", event=event, _anchor="asked"), 303)
    summit = load(event)
    return answer("desk/change.html", form, act=act, found=_request(summit, number), **desk(summit))


def _approved(done: approving.Done) -> str:
    if not done.first:
        return str(_("This delegation was approved already."))
    said = [str(_("Approved; a letter tells the city."))]
    if done.placed:
        said.append(str(_("With it: %(names)s.", names=listed(done.placed))))
    if done.waitlisted:
        said.append(str(_("On the waiting list, because no place is left: %(names)s.", names=listed(done.waitlisted))))
    return " ".join(said)


def _city(summit: Event, slug: str) -> service.Sent:
    try:
        return service.city(summit.id, slug)[1]
    except LookupError:
        not_found(_("No city of this name is in this summit."))


def _request(summit: Event, number: int) -> service.Request:
    try:
        return service.request(summit, number)
    except LookupError:
        not_found(_("Nobody at this summit asked for this change."))


duties.append(
    Duty("close", lambda _stop: write(lambda: delegations.close_due(database.now())), every=timedelta(minutes=15)),
)
