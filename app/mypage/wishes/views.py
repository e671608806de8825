"""A person's page of wishes: rank up to three visits, alone or with others, until the list closes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db
from app.db import write
from app.jobs import Duty, duties
from app.mypage.service import shown_to, zone_of
from app.mypage.views import SECRET
from app.mypage.visits import service
from app.mypage.visits.views import approved
from app.mypage.wishes.forms import WishForm
from app.refused import Refused
from app.registration.models import Delegate
from app.visits import allotting, choosing, signing, wishing
from app.visits.choosing import Choice
from app.visits.models import WishList
from app.visits.said import sayer
from app.web import answer, keeps_form, kept_by_nobody

bp = Blueprint("my_wishes", __name__)
bp.after_request(kept_by_nobody)


@bp.route("/d/<token>/wishes", methods=["GET", "POST"])
@SECRET
@keeps_form
def page(token: str) -> ResponseReturnValue:
    """What can be wished for, what the person wishes for, and the form."""
    me = approved(token)
    key, who = me.id, me.signed
    shown = _shown(token, me)
    form, others = _form(me, shown)
    if shown["may"] and form.validate_on_submit():
        with form.refusals():
            asked, seen = form.wishes(others, me), form.version
            write(lambda: wishing.wish(key, asked, seen, who=who, now=db.now()))
            flash(
                _("Stored. You can change it until the list closes; it makes no difference who asks first."), "success"
            )
            return redirect(url_for("my_wishes.page", token=token), 303)
    if form.errors:  # whoever presses again has seen what is stored now
        shown = _shown(token, approved(token))
        form.seen.data = str(shown["mine"].version if shown["mine"] else 0)
    return answer("visits/wishes.html", form, **shown)


@bp.post("/d/<token>/wishes/take-back")
@SECRET
def take_back(token: str) -> ResponseReturnValue:
    """The person wishes for nothing any more."""
    me = approved(token)
    key, who = me.id, me.signed
    try:
        write(lambda: wishing.take_back(key, who=who, now=db.now()))
        flash(_("Taken back. Whoever was to come along with you still wishes for it."), "success")
    except Refused as no:
        flash(no.message, "error")
    return redirect(url_for("my_wishes.page", token=token), 303)


def _form(me: Delegate, shown: dict[str, Any]) -> tuple[WishForm, list[Delegate]]:
    mine: WishList | None = shown["mine"]
    others = wishing.companions(me)
    form = WishForm(data=WishForm.of(me, mine, shown["party"]))
    form.offer([each for each in shown["choices"] if each.open or each.visit.id in shown["ranked"]], others)
    return form, others


def _shown(token: str, me: Delegate) -> dict[str, Any]:
    """What the page shows, as stored now."""
    choices = _choices(me)
    mine = wishing.stored(me.id)
    party = wishing.party_of(me, mine)
    placed = wishing.place_of([me.id], me.event_id).get(me.id)
    return {
        "token": token,
        "me": me,
        "summit": me.event,
        "own_zone": zone_of(me),
        "choices": choices,
        "say": sayer(me.event),
        "mine": mine,
        "party": [each for each in party if each.delegate_id != me.id],
        "ranked": {each.visit_id: each.rank for each in mine.wishes} if mine else {},
        "placed": placed,
        "may": placed is None and any(each.open for each in choices),
        "closes": min((each.visit.closes_at for each in choices if each.open and each.visit.closes_at), default=None),
    }


def _choices(me: Delegate) -> list[Choice]:
    """The announced visits given by wishes that this person may join."""
    codes = service.announced(shown_to(me).programme)
    found = choosing.choices(me.event_id, me.delegation_id, codes, db.now())
    return [each for each in found if each.wished and not each.over and not signing.bar(each.visit, me)]


duties.append(
    Duty("wishes", lambda _stop: write(lambda: allotting.forget(clock.now().date())), every=timedelta(hours=1))
)
