"""The organisers' decisions: one page that shows what waits for one, and a small page for each act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.delegations import quotas
from app.delegations.models import Category
from app.desk import service as desk_service
from app.desk.approvals import service
from app.desk.approvals.forms import ClassForm, CommentForm, ModeForm, NumberForm, QuotaForm, TwinsForm
from app.desk.requests import service as requests
from app.events.models import Event, Mode
from app.events.views import desk, load
from app.refused import Refused
from app.registration import deciding, naming, parties, places, twins, waiting
from app.registration import service as registration
from app.registration.models import Capacity, Delegate
from app.registration.news import role_word
from app.registration.party_forms import PartyForm, settle
from app.web import Form, answer, keeps_form, not_found

bp = Blueprint("approvals", __name__)
ACTS = "approve,return,reject,wait,skip,cancel,class,mode"
FORMS: dict[str, type[Form]] = {"class": ClassForm, "mode": ModeForm}
"""The form of an act; all others ask for a reason."""


@bp.get("/organise/<event>/approvals")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Who waits for a decision, who may be one person twice, who is in line for a place."""
    summit = load(event)
    pairs = twins.twins(summit.id)
    return render_template(
        "desk/approvals.html",
        rows=service.to_decide(summit.id),
        roles={each.value: role_word(each) for each in Capacity},
        lines=service.lines(summit.id),
        offered=service.offered(summit.id),
        pairs=pairs,
        people=service.named(summit, {key for pair in pairs for key in pair}),
        sent=requests.sent(summit.id),
        asked=requests.queue(summit),
        other_modes=requests.asking_for_modes(summit.id),
        **desk(summit),
    )


@bp.route(f"/organise/<event>/registrations/<reference>/<any({ACTS}):act>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def decide(event: str, reference: str, act: str) -> ResponseReturnValue:
    """One decision about one person: what it means, and the button that does it."""
    summit = load(event)
    found = _delegate(summit, reference)
    key = found.id
    form = FORMS.get(act, CommentForm)(data={"list_class": found.list_class, "mode": found.mode.value})
    if form.validate_on_submit():
        with form.refusals():
            done = write(lambda: _act(act, key, form)(who(), database.now()))
            word = naming.word(done.state)
            flash(_("Done: %(name)s is now “%(state)s”.", name=done.name, state=word), "success")
            return redirect(url_for("desk.registration", event=event, reference=reference), 303)
    found = _delegate(summit, reference)
    return answer("desk/decide.html", form, act=act, delegate=found, state=naming.word(found.state), **desk(summit))


def _act(act: str, key: int, form: Any) -> Callable[[str, Any], Delegate]:
    """What an act does, for (who, now)."""
    said = form.comment.data if isinstance(form, CommentForm) else ""
    acts: dict[str, Callable[[str, Any], Delegate]] = {
        "approve": lambda who, now: deciding.approve(key, who=who, now=now),
        "return": lambda who, now: deciding.give_back(key, said, who=who, now=now),
        "reject": lambda who, now: deciding.reject(key, said, who=who, now=now),
        "wait": lambda who, now: deciding.put_on_list(key, who=who, now=now),
        "cancel": lambda who, now: deciding.cancel(key, said, who=who, now=now),
        "skip": lambda who, now: _skip(key, said, who, now),
        "class": lambda who, now: waiting.set_class(key, form.list_class.data, who=who, now=now),
        "mode": lambda who, now: registration.set_mode(key, Mode(form.mode.data), who=who, now=now),
    }
    return acts[act]


def _skip(key: int, reason: str, who: str, now: Any) -> Delegate:
    """The reason stands in the field `comment` of this page."""
    try:
        return waiting.skip_to(key, reason, who=who, now=now)
    except Refused as no:
        raise Refused(no.message, "comment" if no.field == "reason" else no.field) from no


@bp.route("/organise/<event>/twins/<one>/<other>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def pair(event: str, one: str, other: str) -> ResponseReturnValue:
    """Two registrations that may be of one person: say that they are two, or end one of them with a reason."""
    summit = load(event)
    people = [_delegate(summit, each) for each in (one, other)]
    keys = {each.reference: each.id for each in people}
    if tuple(sorted(keys.values())) not in twins.twins(summit.id):
        flash(_("These two are not flagged any more: one of them ended, or they were told apart."), "info")
        return redirect(url_for("approvals.table", event=event), 303)
    form = TwinsForm()
    form.offer(*people)
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: _settle(keys, form, who(), database.now()))
            two = form.decision.data == "two"
            flash(_("Kept: they are two people.") if two else _("Done: one of the two has ended."), "success")
            return redirect(url_for("approvals.table", event=event), 303)
    summit = load(event)
    people = [_delegate(summit, each) for each in (one, other)]
    roles, stands = ([word(each) for each in people] for word in (_role, _standing))
    return answer("desk/twins.html", form, people=list(zip(people, roles, stands, strict=True)), **desk(summit))


def _role(each: Delegate) -> str:
    return role_word(each.role).capitalize()


def _standing(each: Delegate) -> str:
    return naming.word(each.state).capitalize()


def _settle(keys: Mapping[str, int], form: TwinsForm, by: str, now: Any) -> None:
    """Tell them apart, or end the one that was chosen."""
    if form.decision.data == "two":
        twins.tell_apart(*keys.values(), who=by, now=now)
    else:
        deciding.cancel(keys[form.decision.data], form.comment.data or "", who=by, now=now)


@bp.route("/organise/<event>/places/<any(venue, online, video):mode>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def seats(event: str, mode: str) -> ResponseReturnValue:
    """How many may take part in one way; more of them are offered at once to who waits."""
    summit = load(event)
    key, way = summit.id, Mode(mode)
    row = next((each for each in places.of(key) if each.mode == way), None)
    if row is None:
        not_found(_("This summit does not offer this way of taking part."))
    form = NumberForm(data={"number": row.seats})
    if form.validate_on_submit():
        with form.refusals():
            number, reason = form.number.data, form.reason.data
            if form.act.data == "grant":
                write(lambda: waiting.grant_places(key, way, number or 0, reason, who=who(), now=database.now()))
            else:
                write(lambda: _set_places(key, way, number, reason, database.now()))
            flash(_("Stored. Whoever waits and has a place now gets a letter."), "success")
            return redirect(url_for("approvals.table", event=event), 303)
    summit = load(event)
    row = next(each for each in places.of(summit.id) if each.mode == way)
    return answer("desk/seats.html", form, row=row, mode=mode, **desk(summit))


def _set_places(key: int, way: Mode, number: int | None, reason: str, now: Any) -> None:
    try:
        waiting.set_places(key, way, number, reason, who=who(), now=now)
    except Refused as no:
        raise Refused(no.message, "number" if no.field == "seats" else no.field) from no


@bp.route("/organise/<event>/waiting/<slug>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def together(event: str, slug: str) -> ResponseReturnValue:
    """Who of one city's waiting people stay together, and the way back."""
    summit = load(event)
    key, form = _city(summit, slug), PartyForm()
    form.offer(parties.waiters(key))
    if form.validate_on_submit():
        with form.refusals():
            flash(write(lambda: settle(key, form, who(), database.now())), "success")
            return redirect(url_for("approvals.together", event=event, slug=slug), 303)
    summit = load(event)
    people = parties.waiters(key)
    member, found = service.city(summit.id, slug).member, parties.parties(people)
    return answer("desk/parties.html", form, member=member, people=people, found=found, **desk(summit))


@bp.route("/organise/<event>/quotas/<slug>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def quota(event: str, slug: str) -> ResponseReturnValue:
    """The quotas of one city: how many it may enter, how many it has, what was granted and why."""
    summit = load(event)
    key = _city(summit, slug)
    form = QuotaForm()
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: _set_quota(key, form))
            flash(_("Stored."), "success")
            return redirect(url_for("approvals.quota", event=event, slug=slug), 303)
    summit = load(event)
    delegation = service.city(summit.id, slug)
    rows, granted = quotas.of(delegation.id), service.overflows(delegation.id)
    words = {each.value: quotas.category_word(each) for each in Category}
    return answer(
        "desk/quotas.html", form, rows=rows, granted=granted, member=delegation.member, words=words, **desk(summit)
    )


def _set_quota(key: int, form: QuotaForm) -> None:
    category, mode, now = Category(form.category.data), Mode(form.mode.data), database.now()
    number, reason = form.number.data, form.reason.data
    if form.act.data == "set":
        waiting.set_quota(key, category, mode, number, who=who(), now=now, reason=reason)
        return
    found = next((each for each in quotas.of(key) if (each.category, each.mode) == (category, mode)), None)
    if found is None:
        raise Refused(_("There is no limit here, so nothing needs to be granted."), "category")
    waiting.grant_quota(found.id, number or 0, reason, who=who(), now=now)


def _city(summit: Event, slug: str) -> int:
    try:
        return service.city(summit.id, slug).id
    except LookupError:
        not_found(_("No city of this name is in this summit."))


def _delegate(summit: Event, reference: str) -> Delegate:
    try:
        return desk_service.delegate(summit.id, reference)
    except LookupError:
        not_found(_("Nobody at this summit has this reference."))
