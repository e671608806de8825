"""Visits at a city's office: what its people may see and do on their own pages, for all of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import once, write
from app.delegations import focal
from app.delegations.models import STANDING, FocalPoint
from app.mypage.visits import service
from app.office import views
from app.office.views import SECRET
from app.publishing.programme import Programme
from app.publishing.service import programme_of
from app.visits import choosing, signing, waiting
from app.visits.choosing import Choice, Group
from app.visits.forms import AnswerForm, GiveBackForm, SignUpForm
from app.web import answer, keeps_form, kept_by_nobody, not_found, on_device

bp = Blueprint("office_visits", __name__)
bp.after_request(kept_by_nobody)


@bp.get("/f/<token>/visits")
@SECRET
@on_device
def page(token: str) -> ResponseReturnValue:
    """The visits, and who of the city's people has a place or waits for one."""
    return render_template("office/visits.html", choices=_choices(views.of(token)), **views.frame(token))


@bp.route("/f/<token>/visits/<code>", methods=["GET", "POST"])
@SECRET
@keeps_form
def visit(token: str, code: str) -> ResponseReturnValue:
    """One visit: sign people up who come together."""
    found = views.of(token)
    choice = _choice(found, code)
    visit_id, who = choice.visit.id, focal.named(found)
    form = SignUpForm()
    free = choosing.free(choice.visit, found.delegation_id)
    form.offer(free, None)
    if free and form.validate_on_submit():
        with form.refusals():
            asked = form.request(free, None)
            write(lambda: signing.sign_up(visit_id, asked, who=who, now=db.now()))
            flash(_("Stored. Letters that say how it stands are on their way."), "success")
            return _back(token, code)
    return answer("office/visit.html", form, may=bool(free), **_about(token, code))


@bp.post("/f/<token>/visits/<code>/answer")
@SECRET
def decide(token: str, code: str) -> ResponseReturnValue:
    """Take what is held for a party of the city, or give it to the next in line."""
    found = views.of(token)
    group = _group(found, code)
    form = AnswerForm()
    if form.validate_on_submit():
        with form.refusals():
            act = waiting.accept if form.decision.data == "take" else waiting.decline
            key, who = group.first.id, focal.named(found)
            write(lambda: act(key, who=who, now=db.now()))
            return _back(token, code)
    return answer("office/visit.html", form, may=False, **_about(token, code))


@bp.post("/f/<token>/visits/<code>/give-back")
@SECRET
def give_back(token: str, code: str) -> ResponseReturnValue:
    """A party of the city does not come."""
    found = views.of(token)
    group = _group(found, code)
    form = GiveBackForm()
    if form.validate_on_submit():
        with form.refusals():
            key, who = group.first.id, focal.named(found)
            write(lambda: signing.give_back(key, whole=True, who=who, now=db.now()))
            flash(_("Given back. Whoever is next in line is asked at once."), "success")
            return _back(token, code)
    return answer("office/visit.html", form, may=False, **_about(token, code))


def _choices(found: FocalPoint) -> list[Choice]:
    delegation = found.delegation
    if delegation.answer not in STANDING:
        not_found(_("Your city takes no part at present, so there are no visits to choose."))
    codes = service.announced(_programme(found))
    key = delegation.event_id, delegation.id
    return once(("choices", *key), lambda: choosing.choices(*key, codes, db.now()))


def _choice(found: FocalPoint, code: str) -> Choice:
    choice = next((each for each in _choices(found) if each.visit.code == code), None)
    if choice is None:
        not_found(_("There is no such visit."))
    return choice


def _group(found: FocalPoint, code: str) -> Group:
    """The party that a button speaks of, by the uid of its first."""
    uid = request.form.get("group", "")
    group = next((each for each in _choice(found, code).groups if each.first.uid == uid), None)
    if group is None:
        not_found(_("Nobody of this party is signed up any more."))
    return group


def _programme(found: FocalPoint) -> Programme:
    programme = programme_of(found.delegation.event)
    if programme is None:
        not_found(_("No visits have been announced."))
    return programme


def _about(token: str, code: str) -> dict[str, Any]:
    found = views.of(token)
    choice = _choice(found, code)
    clashes = service.at_the_same_time(choice.visit, _programme(found), found.delegation.member.slug)
    return {"choice": choice, "clashes": clashes, "own_zone": found.delegation.member.zone, **views.frame(token)}


def _back(token: str, code: str) -> ResponseReturnValue:
    return redirect(url_for("office_visits.visit", token=token, code=code), 303)
