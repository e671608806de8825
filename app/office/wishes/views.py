"""Wishes for visits at a city's office: who wishes for what, and the form that says it for people who go together."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import once, write
from app.delegations import focal
from app.delegations.models import STANDING, FocalPoint
from app.mypage.visits import service
from app.office import views
from app.office.views import SECRET
from app.office.wishes.forms import PartyWishForm
from app.publishing.service import programme_of
from app.refused import Refused
from app.registration.models import Delegate
from app.visits import choosing, signing, wishing
from app.visits.choosing import Choice
from app.visits.models import WishList
from app.visits.said import sayer
from app.web import answer, keeps_form, kept_by_nobody, not_found

bp = Blueprint("office_wishes", __name__)
bp.after_request(kept_by_nobody)
HERE = "/f/<token>/visit-wishes"


@bp.get(HERE)
@SECRET
def page(token: str) -> ResponseReturnValue:
    """What the people of the city wish for, party by party."""
    found = views.of(token)
    choices = _choices(found)
    parties = _parties(found)
    placed = wishing.place_of([each.delegate_id for party in parties for each in party], found.delegation.event_id)
    values = {"choices": choices, "parties": parties, "placed": placed, "may": any(each.open for each in choices)}
    values["say"] = sayer(found.delegation.event)
    return render_template("office/visit_wishes.html", **values, **_frame(token))


@bp.route(f"{HERE}/new", methods=["GET", "POST"])
@SECRET
@keeps_form
def new(token: str) -> ResponseReturnValue:
    """Wish for people who have not wished yet."""
    return _wish(token, [])


@bp.route(f"{HERE}/<reference>", methods=["GET", "POST"])
@SECRET
@keeps_form
def party(token: str, reference: str) -> ResponseReturnValue:
    """Change what a party wishes for, or who belongs to it."""
    return _wish(token, _party(views.of(token), reference))


@bp.post(f"{HERE}/<reference>/take-back")
@SECRET
def take_back(token: str, reference: str) -> ResponseReturnValue:
    """None of the party wishes for anything any more."""
    found = views.of(token)
    keys, who = [each.delegate_id for each in _party(found, reference)], focal.named(found)

    def act() -> None:
        for key in keys:
            wishing.take_back(key, who=who, now=db.now())

    try:
        write(act)
        flash(_("Taken back."), "success")
    except Refused as no:
        flash(no.message, "error")
    return redirect(url_for("office_wishes.page", token=token), 303)


def _wish(token: str, known: list[WishList]) -> ResponseReturnValue:
    found = views.of(token)
    choices = _choices(found)
    people = _free(found, choices, known)
    ranked = {each.visit_id for each in known[0].wishes} if known else set()
    form = PartyWishForm(data=PartyWishForm.of_party(known))
    form.offer([each for each in choices if each.open or each.visit.id in ranked], people)
    may = bool(people) and any(each.open for each in choices)
    if may and form.validate_on_submit():
        with form.refusals():
            asked, seen, who = form.told(people), form.version, focal.named(found)
            if not asked.people:
                raise Refused(_("Choose at least one person."), "people")
            speaks = next((each.delegate_id for each in known if each.delegate_id in asked.people), asked.people[0])
            write(lambda: wishing.wish(speaks, asked, seen, who=who, now=db.now()))
            flash(
                _("Stored. You can change it until the list closes; it makes no difference who asks first."), "success"
            )
            return redirect(url_for("office_wishes.page", token=token), 303)
    return answer("office/visit_wish.html", form, known=known, may=may, **_frame(token))


def _choices(found: FocalPoint) -> list[Choice]:
    """The announced visits given by wishes."""
    delegation = found.delegation
    programme = programme_of(delegation.event)
    if delegation.answer not in STANDING or programme is None:
        not_found(_("There are no visits to choose at present."))
    every = choosing.choices(delegation.event_id, delegation.id, service.announced(programme), db.now())
    return [each for each in every if each.wished and not each.over]


def _parties(found: FocalPoint) -> list[list[WishList]]:
    key = found.delegation_id
    return once(("parties", key), lambda: wishing.by_party(key))


def _free(found: FocalPoint, choices: list[Choice], known: list[WishList]) -> list[Delegate]:
    """Those who may join one of these visits and wish for nothing yet, but in this party; nobody who has a place."""
    everybody = choosing.colleagues(found.delegation_id)
    mine = {each.delegate_id for each in known}
    others = {each.delegate_id for party in _parties(found) for each in party} - mine
    busy = others | wishing.place_of([each.id for each in everybody], found.delegation.event_id).keys()
    return [
        each
        for each in everybody
        if each.id not in busy and any(not signing.bar(choice.visit, each) for choice in choices)
    ]


def _party(found: FocalPoint, reference: str) -> list[WishList]:
    parties = _parties(found)
    known = next((each for each in parties if any(one.delegate.reference == reference for one in each)), None)
    if known is None:
        not_found(_("These people wish for nothing any more."))
    return known


def _frame(token: str) -> dict[str, object]:
    return {"own_zone": views.of(token).delegation.member.zone, **views.frame(token)}
