"""Erasing one person at their request: what goes and what stays, and the button that does it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app import files
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.delegations.models import FocalPoint
from app.desk import service as desk_service
from app.desk.approvals import service as approvals
from app.desk.erasing import office, service
from app.desk.erasing.forms import EraseForm
from app.desk.erasing.known import Left
from app.events.models import Event
from app.events.views import desk, load
from app.network.models import Member
from app.outbox import transport
from app.registration.models import ENDED
from app.registration.opening import is_over
from app.web import answer, keeps_form, not_found

bp = Blueprint("erasing", __name__)


@bp.route("/organise/<event>/registrations/<reference>/erase", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def erase(event: str, reference: str) -> ResponseReturnValue:
    """What goes with this person and what stays; the press erases them for good."""
    summit = load(event)
    try:
        found = desk_service.delegate(summit.id, reference)
    except LookupError:
        not_found(_("Nobody at this summit has this reference."))
    key, form, back = found.id, EraseForm(), url_for("desk.registration", event=event, reference=reference)
    if found.erased_at is not None:
        return redirect(back, 303)
    if form.validate_on_submit():
        with form.refusals():
            _drop(write(lambda: service.erase(key, who=who(), now=database.now())))
            flash(_("%(name)s was erased.", name=reference), "success")
            return redirect(back, 303)
    now, summit = database.now(), load(event)
    found = desk_service.delegate(summit.id, reference)
    given_back = found.state not in ENDED and not is_over(summit, now)
    told = {"delegate": found, "given_back": given_back, "shared": service.known(found).shared}
    return answer("desk/erasing/delegate.html", form, **told, **desk(summit))


@bp.route(
    "/organise/<event>/invitations/city/<slug>/focal-points/<int(max=2147483647):focal_id>/erase",
    methods=["GET", "POST"],
)
@staff(Role.ORGANISER)
@fresh
@keeps_form
def erase_focal(event: str, slug: str, focal_id: int) -> ResponseReturnValue:
    """The same for one who answers, or answered, for a city."""
    form, back = EraseForm(), url_for("invitations.city", event=event, slug=slug)
    called = _office(event, slug, focal_id)[2].name
    if form.validate_on_submit():
        with form.refusals():
            _drop(write(lambda: office.erase(focal_id, who=who(), now=database.now())))
            flash(_("%(name)s was erased.", name=called), "success")
            return redirect(back, 303)
    summit, member, found = _office(event, slug, focal_id)
    told = {"focal": found, "member": member, "shared": office.known(summit.id, found).shared}
    return answer("desk/erasing/focal.html", form, **told, **desk(summit))


def _office(event: str, slug: str, focal_id: int) -> tuple[Event, Member, FocalPoint]:
    summit = load(event)
    try:
        delegation = approvals.city(summit.id, slug)
        return summit, delegation.member, office.of_delegation(delegation, focal_id)
    except LookupError:
        not_found(_("No city of this name is in this summit."))


def _drop(left: Left) -> None:
    """What lies outside of the database goes once that holds nothing of it any more."""
    files.drop(left.photos)
    transport.drop(left.letters)
