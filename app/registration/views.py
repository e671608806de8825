"""The register of a summit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app import db as database
from app.accounts import brake
from app.db import write
from app.delegations import service as delegations
from app.delegations.models import Delegation
from app.events.models import Approval, Event, Mode
from app.events.service import facts
from app.events.views import glimpse
from app.jobs import Duty, duties
from app.refused import Refused
from app.registration import bots, opening, places, service, waiting
from app.registration.forms import SUGGESTIONS, RegistrationForm
from app.registration.models import ENDED, Delegate
from app.web import answer, belongs_to, blank, keeps_form, let_go, new_key, not_found, opens_nothing, public
from app.web.reading import speaks

bp = Blueprint("registration", __name__)

WRONG_CODES, A_WHILE = 5, timedelta(minutes=15)
"""How many wrong codes may come from one network in how long."""


@bp.route("/<event>/register", methods=["GET", "POST"])
@public("the city's code, typed on the page, is the permission")
@keeps_form
def register(event: str) -> ResponseReturnValue:
    """One person registers, with the code of their city."""
    return _register(_load(event), None)


@bp.route("/<event>/register/<token>", methods=["GET", "POST"])
@public("the focal point's link is the permission")
@keeps_form
def register_by_link(event: str, token: str) -> ResponseReturnValue:
    """One person registers for the city whose link this is."""
    summit = _load(event)
    try:
        delegation = delegations.by_link(summit, token)
    except Refused as no:
        not_found(no.message)
    return _register(summit, delegation)


@bp.after_request
def _kept_by_no_proxy(response: Response) -> Response:
    """The page holds a token of the visitor's; their own browser may keep what they typed."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _register(summit: Event, delegation: Delegation | None) -> ResponseReturnValue:
    """`delegation` is known when its link was followed, and asked for by its code when not."""
    city = delegation.member.name if delegation else ""
    standing = opening.standing(summit, clock.now())
    if request.method != "POST":
        if not standing.open:
            return render_template("registration/closed.html", summit=summit, standing=standing)
        left = places.left(summit.id)
        mark = repr((facts(summit), standing, left, city))
        return blank(mark, lambda key, stamp: _empty(summit, standing, left, city, key, stamp), bots.stamp)
    form = RegistrationForm()
    form.prepare(dict.fromkeys(Mode, True), city_known=delegation is not None)
    if form.validate_on_submit():
        with form.refusals():
            if not standing.open:
                raise Refused(standing.sentence)
            found = delegation.id if delegation else delegations.by_code(summit, form.code.data, _may_guess)
            done = _store(summit, found, form, braked=delegation is None)
            return redirect(url_for("mypage.registered", token=done.link), 303)
    form.renewed(submit_key=new_key())
    form.show()
    return answer("registration/register.html", form, **_around(form, summit, standing, places.left(summit.id), city))


def _empty(
    summit: Event, standing: opening.Standing, left: Mapping[Mode, bool], city: str, key: str, stamp: str
) -> str:
    """The page with an empty form of this submit key, which was opened when the stamp says."""
    form = RegistrationForm(submit_key=key, opened=stamp)
    form.prepare(left, city_known=bool(city))
    return render_template("registration/register.html", form=form, **_around(form, summit, standing, left, city))


def _around(
    form: RegistrationForm, summit: Event, standing: opening.Standing, left: Mapping[Mode, bool], city: str
) -> dict[str, Any]:
    """What stands around the form."""
    full = form.offer(left)
    if summit.approval != Approval.NONE:
        full = dict.fromkeys(full, _("No place is left at present; once agreed to, you are put on the waiting list."))
    return {"summit": summit, "standing": standing, "city": city, "full": full} | SUGGESTIONS


def _store(summit: Event, delegation_id: int, form: RegistrationForm, *, braked: bool) -> Delegate:
    """`braked`: whoever has the link of an office is slowed by their city's places alone."""
    application, network = form.application(delegation_id), brake.network(request.remote_addr)

    def act() -> Delegate:
        now = database.now()
        over = bots.too_many(network, form.hurried(now), now) if braked else ""
        if over == "hurried":
            raise Refused(
                _("This came faster than anybody types. Please wait some seconds and press the button again.")
            )
        if over:
            raise Refused(_("Very many registrations came from your network. Please try again in an hour."))
        return service.register(summit, application, now)

    return write(act)


def delegate_of(token: str) -> Delegate:
    """The delegate whose pages this secret opens; 404 with a way on when it opens none.

    Once they take no part any more, their device keeps none of their pages.
    """
    try:
        found = service.by_link(token)
    except LookupError:
        opens_nothing()
        not_found(
            _("This link opens no registration. If it was replaced, the newest letter holds the one that works now.")
        )
    speaks(found.language)
    (let_go if found.state in ENDED else belongs_to)(found.uid)
    return found


def _load(slug: str) -> Event:
    """The event in the address; 404 when there is none, or none that the public may know of."""
    found = glimpse(slug)
    if not (found.release or opening.standing(found, clock.now()).open):
        not_found(_("There is no summit at this address. The front page lists those that are published."))
    return found


def _may_guess() -> bool:
    """Count one wrong code; whether more may come from where it came from."""
    network = brake.network(request.remote_addr)
    return write(lambda: brake.allowed("city code", network, WRONG_CODES, A_WHILE, database.now()))


duties.append(
    Duty("offers", lambda _stop: write(lambda: waiting.expire_due(database.now())), every=timedelta(seconds=30))
)
duties.append(
    Duty("needs", lambda _stop: write(lambda: service.forget_needs(clock.now().date())), every=timedelta(hours=1))
)
