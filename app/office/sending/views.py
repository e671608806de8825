"""The focal point's pages of sending the delegation, and of changes that wait."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import write
from app.delegations import focal
from app.delegations.models import FocalPoint
from app.office import service, views
from app.office.sending.forms import PressForm, WhyForm
from app.office.views import SECRET
from app.registration import approving, asking, changes, replies
from app.registration.asked import Asked, Decider, Outcome
from app.registration.models import ENDED
from app.web import Form, answer, keeps_form, kept_by_nobody, not_found

bp = Blueprint("sending", __name__)
bp.after_request(kept_by_nobody)


@bp.route("/f/<token>/send", methods=["GET", "POST"])
@SECRET
@keeps_form
def send(token: str) -> ResponseReturnValue:
    """Send the delegation to the organisers, or read what is still missing."""
    found = views.of(token)
    key, who = found.delegation_id, focal.named(found)
    form = PressForm()
    if form.validate_on_submit():
        with form.refusals():
            first = write(lambda: approving.send(key, who=who, now=db.now()))
            said = _("Sent. A letter says so, and another brings the organisers’ decision.")
            flash(said if first else _("It was sent already."), "success" if first else "info")
            return redirect(url_for("office.page", token=token), 303)
    frame = views.frame(token)
    people = service.people(frame["delegation"].id)
    sending = service.sending(frame["delegation"], people)
    present = [each for each in people if each.state not in ENDED]
    return answer("office/send.html", form, sending=sending, present=present, **frame)


@bp.route("/f/<token>/changes/<int(max=2147483647):number>/<any(grant, refuse):act>", methods=["GET", "POST"])
@SECRET
@keeps_form
def decide(token: str, number: int, act: str) -> ResponseReturnValue:
    """Grant or refuse what one of the city's people asks for, where the city decides."""
    found = views.of(token)
    row = _asked(found, number)
    if row.decider != Decider.CITY:
        not_found(_("The organisers decide on this."))
    key, who = row.id, focal.named(found)
    form = PressForm() if act == "grant" else WhyForm()

    def do() -> Asked:
        if isinstance(form, WhyForm):
            return asking.refuse(key, form.reason.data or "", who=who, now=db.now())
        return asking.grant(key, who=who, now=db.now())

    if form.validate_on_submit():
        with form.refusals():
            flash(became(write(do)), "success")
            return redirect(url_for("office.page", token=token), 303)
    line = replies.line(_asked(views.of(token), number))
    return _form(token, form, act, line)


@bp.post("/f/<token>/changes/<int(max=2147483647):number>/take-back")
@SECRET
def take_back(token: str, number: int) -> ResponseReturnValue:
    """A change that was asked for is wanted no more."""
    found = views.of(token)
    key, who = _asked(found, number).id, focal.named(found)
    flash(became(write(lambda: asking.take_back(key, who=who, now=db.now()))), "info")
    return redirect(url_for("office.page", token=token), 303)


def became(row: Asked) -> str:
    """What became of a change, in words."""
    said: dict[Outcome, str] = {
        Outcome.WAITING: _("It still waits."),
        Outcome.GRANTED: _("Granted: it is in force now."),
        Outcome.REFUSED: _("Refused: everything stays as it was."),
        Outcome.TAKEN_BACK: _("Taken back: everything stays as it was."),
        Outcome.OVERTAKEN: _("Something else has happened meanwhile, so nothing is left to decide."),
    }
    return said[row.outcome]


def _asked(found: FocalPoint, number: int) -> Asked:
    try:
        return changes.find(number, delegation_id=found.delegation_id)
    except LookupError:
        not_found(_("Nobody of your city asked for this change."))


def _form(token: str, form: Form, act: str, line: replies.Line) -> ResponseReturnValue:
    return answer("office/change.html", form, act=act, line=line, **views.frame(token))
