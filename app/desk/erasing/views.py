"""Erasing one person at their request: what goes and what stays, and the button that does it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app import files
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.desk import service as desk_service
from app.desk.erasing import service
from app.desk.erasing.forms import EraseForm
from app.events.views import desk, load
from app.outbox import transport
from app.registration.models import ENDED
from app.registration.service import is_over
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
            left = write(lambda: service.erase(key, who=who(), now=database.now()))
            files.drop(left.photos)
            transport.drop(left.letters)
            flash(_("%(reference)s was erased.", reference=reference), "success")
            return redirect(back, 303)
    now, summit = database.now(), load(event)
    found = desk_service.delegate(summit.id, reference)
    given_back = found.state not in ENDED and not is_over(summit, now)
    shared = service.known(found).shared
    return answer("desk/erase.html", form, delegate=found, given_back=given_back, shared=shared, **desk(summit))
