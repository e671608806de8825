"""The office tells somebody's arrival and departure for them, and never sees what is stored."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db
from app.db import write
from app.delegations import focal
from app.office import views
from app.office.people import service as people
from app.office.views import SECRET
from app.registration.models import Delegate
from app.travel import rules, service
from app.travel.forms import JourneyForm
from app.travel.models import Kind, Logistics
from app.web import answer, keeps_form, kept_by_nobody, not_found

bp = Blueprint("office_travel", __name__)
bp.after_request(kept_by_nobody)


@bp.route("/f/<token>/people/<reference>/travel", methods=["GET", "POST"])
@SECRET
@keeps_form
def journey(token: str, reference: str) -> ResponseReturnValue:
    """Tell arrival and departure for somebody; the form is empty, whatever is stored."""
    found = views.of(token)
    someone = _person(found.delegation_id, reference)
    if not service.is_asked(someone):
        return redirect(url_for("people.person", token=token, reference=reference), 303)
    key, who, event = someone.id, focal.named(found), found.delegation.event
    form = JourneyForm()
    form.prepare(event, clock.local(clock.now(), event.zone).date())
    if form.validate_on_submit():
        with form.refusals():
            values = form.values(event)
            row = write(lambda: service.store(key, "journey", values, who=who, now=db.now()))
            flash(_("Arrival and departure of %(name)s are stored.", name=someone.name), "success")
            if isinstance(row, Logistics):
                for sentence in rules.journey_warnings(row.arrives_at, row.departs_at, event):
                    flash(sentence, "warning")
            return redirect(url_for("people.person", token=token, reference=reference), 303)
    frame = views.frame(token)
    told = "journey" in service.told(key).stored(Kind.TRAVEL)
    return answer("office/person_travel.html", form, **frame, person=_person(found.delegation_id, reference), told=told)


def _person(delegation_id: int, reference: str) -> Delegate:
    try:
        return people.find(delegation_id, reference)
    except LookupError:
        not_found(_("Your delegation has nobody of this reference."))
