"""A person's visits: the list, one visit with its form, the answer to an offer, and giving a place back.

The same secret as for the person's page. What stands here of a visit is how it is now: people hold places on it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import write
from app.mypage.service import shown_to, zone_of
from app.mypage.views import SECRET
from app.mypage.visits import service
from app.registration.models import Delegate, State
from app.registration.views import delegate_of
from app.visits import choosing, signing, waiting
from app.visits.choosing import Door, Group
from app.visits.forms import AnswerForm, GiveBackForm, NeedForm, SignUpForm
from app.web import answer, keeps_form, kept_by_nobody, not_found, on_device

bp = Blueprint("my_visits", __name__)
bp.after_request(kept_by_nobody)


@bp.get("/d/<token>/visits")
@SECRET
@on_device
def page(token: str) -> ResponseReturnValue:
    """What can be visited, and where the person stands with each."""
    me = approved(token)
    codes = service.announced(shown_to(me).programme)
    every = choosing.choices(me.event_id, me.delegation_id, codes, db.now())
    own = {each.visit.code: each.of(me) for each in every}
    return render_template("visits/mine.html", choices=every, own=own, **_frame(token, me))


@bp.route("/d/<token>/visits/<code>", methods=["GET", "POST"])
@SECRET
@keeps_form
def visit(token: str, code: str) -> ResponseReturnValue:
    """One visit: what it asks for, and the form to sign up, alone or with others of the delegation."""
    me = approved(token)
    found = _announced(me, code)
    visit_id, who = found.id, me.signed
    form = SignUpForm(data={"mobile": me.mobile})
    free = choosing.free(found, me.delegation_id)
    mine = next((each for each in free if each.id == me.id), None)
    form.offer(free, mine)
    if mine is not None and form.validate_on_submit():
        with form.refusals():
            asked = form.request(free, mine)
            write(lambda: signing.sign_up(visit_id, asked, who=who, now=db.now()))
            flash(_("Stored. A letter that says how it stands is on its way."), "success")
            return redirect(url_for("my_visits.visit", token=token, code=code), 303)
    me = approved(token)
    return answer("visits/one.html", form, may=mine is not None, **_about(token, me, code))


@bp.post("/d/<token>/visits/<code>/answer")
@SECRET
def decide(token: str, code: str) -> ResponseReturnValue:
    """Take what is held for the person's party, or give it to the next in line."""
    me = approved(token)
    group = _group(me, code)
    form = AnswerForm()
    if form.validate_on_submit():
        with form.refusals():
            act = waiting.accept if form.decision.data == "take" else waiting.decline
            key, who = group.first.id, me.signed
            write(lambda: act(key, who=who, now=db.now()))
            return redirect(url_for("my_visits.visit", token=token, code=code), 303)
    return answer("visits/one.html", form, may=False, **_about(token, approved(token), code))


@bp.post("/d/<token>/visits/<code>/give-back")
@SECRET
def give_back(token: str, code: str) -> ResponseReturnValue:
    """Give the place back, or the turn on the list; alone, or with all who signed up together."""
    me = approved(token)
    group = _group(me, code)
    form = GiveBackForm()
    if form.validate_on_submit():
        with form.refusals():
            key = next(each.id for each in group.people if each.delegate_id == me.id)
            who, whole = me.signed, bool(form.whole.data)
            write(lambda: signing.give_back(key, whole=whole, who=who, now=db.now()))
            flash(_("Given back. Whoever is next in line is asked at once."), "success")
            return redirect(url_for("my_visits.page", token=token), 303)
    return answer("visits/one.html", form, may=False, **_about(token, approved(token), code))


@bp.post("/d/<token>/visits/<code>/need")
@SECRET
def need(token: str, code: str) -> ResponseReturnValue:
    """Tell those who run the visit that the person needs to get about without steps, or take that back."""
    me = approved(token)
    group = _group(me, code)
    form = NeedForm()
    if form.validate_on_submit():
        with form.refusals():
            key = next(each.id for each in group.people if each.delegate_id == me.id)
            who, wanted = me.signed, form.wanted.data == "y"
            write(lambda: signing.share_need(key, wanted, who=who, now=db.now()))
            flash(_("Stored."), "success")
            return redirect(url_for("my_visits.visit", token=token, code=code), 303)
    return answer("visits/one.html", form, may=False, **_about(token, approved(token), code))


def approved(token: str) -> Delegate:
    """The delegate whose page this secret opens; visits are for people whose registration is approved."""
    me = delegate_of(token)
    if me.state != State.APPROVED:
        not_found(_("Visits can be chosen once the registration is approved."))
    return me


def _announced(me: Delegate, code: str) -> Door:
    """The visit, without all that stands on its page."""
    found = choosing.door(me.event_id, code) if code in service.announced(shown_to(me).programme) else None
    if found is None:
        not_found(_("There is no such visit."))
    return found


def _group(me: Delegate, code: str) -> Group:
    group = choosing.group_of(me, _announced(me, code).id)
    if group is None:
        not_found(_("You are not signed up for this visit."))
    return group


def _frame(token: str, me: Delegate) -> dict[str, Any]:
    return {"token": token, "me": me, "summit": me.event, "own_zone": zone_of(me)}


def _about(token: str, me: Delegate, code: str) -> dict[str, Any]:
    programme = shown_to(me).programme
    codes = service.announced(programme)
    every = choosing.choices(me.event_id, me.delegation_id, codes, db.now())
    choice = next((each for each in every if each.visit.code == code), None)
    if choice is None:
        not_found(_("There is no such visit."))
    group = choice.of(me)
    return {
        "choice": choice,
        "group": group,
        "clashes": service.at_the_same_time(choice.visit, programme, me.delegation.member.slug),
        "also": choosing.same_time(choice, every, me),
        "mine": next((each for each in group.people if each.delegate_id == me.id), None) if group else None,
        **_frame(token, me),
    }
