"""A city's people at its office: named, filled in for, approved, put in order, replaced, taken off the list.

The same secret as for all pages of the office; somebody of another city is nobody here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import write
from app.delegations import focal
from app.delegations.models import STANDING, FocalPoint
from app.events.models import Mode
from app.office import service as office
from app.office import views
from app.office.people import service
from app.office.people.forms import (
    CorrectForm,
    DecideForm,
    HeadForm,
    ModeForm,
    NameForm,
    OnBehalfForm,
    OrderForm,
    RemoveForm,
    RoleForm,
)
from app.office.views import SECRET
from app.registration import asking, changes, drafts, leading, nominating, parties, places, replies
from app.registration.asked import Asked
from app.registration.forms import SUGGESTIONS
from app.registration.models import ENDED, Capacity, Delegate, State
from app.registration.notices import rank_word
from app.registration.party_forms import PartyForm, settle
from app.web import answer, keeps_form, kept_by_nobody, not_found

bp = Blueprint("people", __name__)
bp.after_request(kept_by_nobody)


@bp.route("/f/<token>/people/name", methods=["GET", "POST"])
@SECRET
@keeps_form
def name(token: str) -> ResponseReturnValue:
    """Name a person; who has no address gets the form filled in by the office next."""
    found = views.of(token)
    key, who, spoken = found.delegation_id, focal.named(found), found.language
    if not _open(found):
        return _list(token)
    form = NameForm(data={"role": request.args.get("role", Capacity.DELEGATE.value)})
    full = form.offer(service.modes(found.delegation))
    if form.validate_on_submit():
        with form.refusals():
            made = write(lambda: nominating.nominate(key, form.nomination(spoken), who=who, now=db.now()))
            return _named(token, made, form.behalf.data)
    return _form("office/people_name.html", form, token, full=full, quotas=service.quota_lines(key))


@bp.get("/f/<token>/people/<reference>/", strict_slashes=False)
@SECRET
def person(token: str, reference: str) -> ResponseReturnValue:
    """One person: what the office may know, where they stand, and what can be done."""
    frame = views.frame(token)
    someone = _person(frame["focal"], reference)
    delegation = frame["delegation"]
    return render_template(
        "office/person.html",
        person=someone,
        row=service.row(someone, delegation, frame["limits"], frame["now"]),
        rank=rank_word(someone.rank) if someone.rank else "",
        active=someone.state not in ENDED,
        may_correct=service.may_correct(someone),
        successor=service.successor(someone),
        journey=service.journey(someone),
        waits=[replies.line(each) for each in changes.of_person(someone.id)],
        **frame,
    )


@bp.route("/f/<token>/people/<reference>/form", methods=["GET", "POST"])
@SECRET
@keeps_form
def fill_in(token: str, reference: str) -> ResponseReturnValue:
    """Fill in the form on the person's behalf."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and not nominating.awaits_form(someone):
        return _back(token, reference)
    key, who = someone.id, focal.named(found)
    draft = drafts.office_draft_of(key)
    form = OnBehalfForm(data=OnBehalfForm.shown(someone, draft.values if draft else None))
    full = form.offer(service.modes(found.delegation, someone.mode))
    if form.is_submitted() and form.save.data:
        if _saved(form, key, who):
            return redirect(url_for("people.fill_in", token=token, reference=reference), 303)
    elif form.validate_on_submit():
        with form.refusals():
            done = write(lambda: service.fill_in(key, form.details(), who=who, now=db.now()))
            flash(_stands(done), "success")
            return _back(token, reference)
    begun = service.has_begun(_person(views.of(token), reference))
    more = {"full": full, "begun": begun, "draft": drafts.office_draft_of(key)} | SUGGESTIONS
    return _of_person("office/person_form.html", form, token, reference, **more)


def _saved(form: OnBehalfForm, key: int, who: str) -> bool:
    """Keep the office's form as it is; whether that was done."""
    if not form.may_be_saved():
        return False
    with form.refusals():
        write(lambda: drafts.save_office_draft(key, form.half(), who=who, now=db.now()))
        flash(_("Saved. You or a colleague can go on with it here, on any device."), "success")
    return not form.errors


@bp.route("/f/<token>/people/<reference>/correct", methods=["GET", "POST"])
@SECRET
@keeps_form
def correct(token: str, reference: str) -> ResponseReturnValue:
    """Correct the details of somebody whose form is filled in."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and not service.may_correct(someone):
        return _back(token, reference)
    key, who = someone.id, focal.named(found)
    form = CorrectForm(data=CorrectForm.of(someone))
    if form.validate_on_submit():
        with form.refusals():
            asked = write(lambda: service.correct(key, form.told(), form.seen, who=who, now=db.now()))[1]
            return _told(token, reference, asked)
    stored = form.stale(_person(views.of(token), reference))
    return _of_person("office/person_correct.html", form, token, reference, stored=stored, **SUGGESTIONS)


@bp.route("/f/<token>/people/<reference>/decide", methods=["GET", "POST"])
@SECRET
@keeps_form
def decide(token: str, reference: str) -> ResponseReturnValue:
    """Stand for somebody who came with the city's code, or refuse them with a reason."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and someone.state != State.SUBMITTED:
        return _back(token, reference)
    key, who = someone.id, focal.named(found)
    form = DecideForm()

    def act() -> Delegate:
        if form.decision.data == "approve":
            return nominating.endorse(key, who=who, now=db.now())
        return nominating.refuse(key, form.comment.data or "", who=who, now=db.now())

    if form.validate_on_submit():
        with form.refusals():
            flash(_stands(write(act)), "success")
            return _back(token, reference)
    return _of_person("office/person_decide.html", form, token, reference)


@bp.route("/f/<token>/people/<reference>/head", methods=["GET", "POST"])
@SECRET
@keeps_form
def head(token: str, reference: str) -> ResponseReturnValue:
    """Make this person the head, in one step; pressed twice it is done once."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and (someone.state in ENDED or someone.role == Capacity.HEAD):
        return _back(token, reference)
    key, who = someone.id, focal.named(found)
    form = HeadForm()
    present = _head(found)
    if present is None:
        del form.former
    if form.validate_on_submit():
        with form.refusals():
            done, asked = write(lambda: asking.name_head(key, who=who, now=db.now(), former=form.becomes))
            if asked:
                flash(asked_of(asked), "info")
                return _list(token)
            said = _("%(name)s is the head of your delegation. A letter tells everybody concerned.", name=done.name)
            flash(said, "success")
            return _list(token)
    return _of_person("office/person_head.html", form, token, reference, present=_head(views.of(token)))


@bp.route("/f/<token>/people/<reference>/role", methods=["GET", "POST"])
@SECRET
@keeps_form
def role(token: str, reference: str) -> ResponseReturnValue:
    """Give the person another role than head: deputy, delegate, adviser and so on."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and someone.state in ENDED:
        return _back(token, reference)
    key, who = someone.id, focal.named(found)
    form = RoleForm(data={"role": someone.role.value})
    form.offer()
    if form.validate_on_submit():
        with form.refusals():
            wanted = Capacity(form.role.data)
            asked = write(lambda: asking.change_role(key, wanted, who=who, now=db.now()))[1]
            flash(asked_of(asked) if asked else _("The role is stored."), "info" if asked else "success")
            return _back(token, reference)
    return _of_person("office/person_role.html", form, token, reference)


@bp.route("/f/<token>/people/<reference>/mode", methods=["GET", "POST"])
@SECRET
@keeps_form
def mode(token: str, reference: str) -> ResponseReturnValue:
    """Change the way in which somebody takes part, or ask for it."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and not service.may_correct(someone):
        return _back(token, reference)
    key, who, name = someone.id, focal.named(found), someone.name
    form = ModeForm(data={"mode": someone.mode.value, "version": str(someone.version)})
    full = form.offer(places.left(someone.event_id))
    if form.validate_on_submit():
        with form.refusals():
            wanted = Mode(form.mode.data)
            asked = write(lambda: asking.correct(key, name, wanted, form.seen, who=who, now=db.now()))[1]
            return _told(token, reference, asked)
    form.renew(str(_person(views.of(token), reference).version))
    return _of_person("office/person_mode.html", form, token, reference, full=full)


def _told(token: str, reference: str, asked: Sequence[Asked]) -> ResponseReturnValue:
    """Back at the person, with what is stored and what is only asked for."""
    for each in asked:
        flash(asked_of(each), "info")
    if not asked:
        flash(_("Stored. If anything is new, a letter tells the person."), "success")
    return _back(token, reference)


@bp.route("/f/<token>/people/deputies", methods=["GET", "POST"])
@SECRET
@keeps_form
def deputies(token: str) -> ResponseReturnValue:
    """Who steps in first: each button sends the whole order it makes, so that pressing twice moves once."""
    found = views.of(token)
    key, who = found.delegation_id, focal.named(found)
    form = OrderForm()

    def act() -> None:
        known = {each.reference: each.id for each in leading.deputies(key)}
        wanted = [known.get(each, 0) for each in (form.order.data or "").split(",")]
        leading.order_deputies(key, wanted, who=who, now=db.now())

    if form.validate_on_submit():
        with form.refusals():
            write(act)
            flash(_("The order is stored."), "success")
            return redirect(url_for("people.deputies", token=token), 303)
    line = service.group(*_all(token)).deputies
    return _form("office/people_deputies.html", form, token, line=service.orders(line))


@bp.route("/f/<token>/people/together", methods=["GET", "POST"])
@SECRET
@keeps_form
def together(token: str) -> ResponseReturnValue:
    """Who of the city's waiting people stay together, and the way back."""
    found = views.of(token)
    key, who = found.delegation_id, focal.named(found)
    form = PartyForm()
    form.offer(parties.waiters(key))
    if form.validate_on_submit():
        with form.refusals():
            flash(write(lambda: settle(key, form, who, db.now())), "success")
            return redirect(url_for("people.together", token=token), 303)
    people = parties.waiters(key)
    return _form("office/people_together.html", form, token, people=people, found=parties.parties(people))


@bp.route("/f/<token>/people/<reference>/replace", methods=["GET", "POST"])
@SECRET
@keeps_form
def replace(token: str, reference: str) -> ResponseReturnValue:
    """Put another person in this one's place."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and (someone.state in ENDED or not _open(found)):
        return _back(token, reference)
    key, who, spoken, mode = someone.id, focal.named(found), found.language, someone.mode
    form = NameForm(data={"role": someone.role.value})
    del form.mode
    form.offer({})
    if form.validate_on_submit():
        with form.refusals():
            made = write(lambda: nominating.substitute(key, form.nomination(spoken, mode), who=who, now=db.now()))
            return _named(token, made, form.behalf.data)
    return _of_person("office/person_replace.html", form, token, reference)


@bp.route("/f/<token>/people/<reference>/remove", methods=["GET", "POST"])
@SECRET
@keeps_form
def remove(token: str, reference: str) -> ResponseReturnValue:
    """Say what ends, and take the person off the list when the button is pressed."""
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and someone.state in ENDED:
        return _back(token, reference)
    key, who = someone.id, focal.named(found)
    form = RemoveForm()
    if form.validate_on_submit():
        with form.refusals():
            done = write(lambda: nominating.remove(key, who=who, now=db.now(), reason=form.reason.data or ""))
            flash(_("%(name)s is no longer on your list; what they held is free.", name=done.name), "success")
            return _list(token)
    return _of_person("office/person_remove.html", form, token, reference)


def _person(found: FocalPoint, reference: str) -> Delegate:
    """Somebody of this focal point's city; 404 in words for anybody else."""
    try:
        return service.find(found.delegation_id, reference)
    except LookupError:
        not_found(_("Your delegation has nobody of this reference."))


def _open(found: FocalPoint) -> bool:
    """Whether the page may be used: the city takes part, or a form was sent, which is answered in words."""
    return request.method == "POST" or found.delegation.answer in STANDING


def _all(token: str) -> tuple[Any, Any, Any, Any]:
    frame = views.frame(token)
    return frame["delegation"], office.people(frame["delegation"].id), frame["limits"], frame["now"]


def _head(found: FocalPoint) -> Delegate | None:
    present = (each for each in office.people(found.delegation_id) if each.state not in ENDED)
    return next((each for each in present if each.role == Capacity.HEAD), None)


def asked_of(row: Asked) -> str:
    """That a change waits, and for whom."""
    who = replies.line(row).decider
    said: str = _("%(who)s must agree first, and were asked. Until then everything stays.", who=who)
    return said[:1].upper() + said[1:]


def _named(token: str, made: Delegate, behalf: bool) -> ResponseReturnValue:
    """After somebody was named: the form if the office fills it in, else the list."""
    if behalf and nominating.awaits_form(made):
        flash(_("%(name)s is on your list. Fill in the form now, or later.", name=made.name), "success")
        return redirect(url_for("people.fill_in", token=token, reference=made.reference), 303)
    if made.email:
        flash(_("%(name)s is on your list. A letter with their own link is on its way.", name=made.name), "success")
    else:
        flash(_("%(name)s is on your list.", name=made.name), "success")
    return _list(token)


def _stands(done: Delegate) -> str:
    """What became of a registration by what the focal point did."""
    said = {
        State.APPROVED: _("%(name)s is approved.", name=done.name),
        State.ENDORSED: _("%(name)s is with the organisers, who decide.", name=done.name),
        State.WAITLISTED: _("No place is left at present: %(name)s is on the waiting list.", name=done.name),
        State.REFUSED: _("%(name)s is refused. A letter tells them the reason.", name=done.name),
    }
    return str(said.get(done.state, _("Stored.")))


def _form(template: str, form: Any, token: str, **values: Any) -> ResponseReturnValue:
    return answer(template, form, **views.frame(token), **values)


def _of_person(template: str, form: Any, token: str, reference: str, **values: Any) -> ResponseReturnValue:
    """A page with one form about one person, as stored now."""
    frame = views.frame(token)
    return answer(template, form, **frame, **values, person=_person(frame["focal"], reference))


def _back(token: str, reference: str) -> ResponseReturnValue:
    return redirect(url_for("people.person", token=token, reference=reference), 303)


def _list(token: str) -> ResponseReturnValue:
    return redirect(url_for("office.page", token=token, _anchor="people"), 303)
