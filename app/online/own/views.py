"""The person's pages of taking part from afar. Whoever has the secret in the address may see and change."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db
from app.db import write
from app.jobs import Duty, duties
from app.online import joining, techchecks, telling
from app.online.own.forms import CheckForm, FactsForm
from app.registration.views import delegate_of
from app.web import answer, keeps_form, kept_by_nobody, public

bp = Blueprint("online_person", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret in the address is the permission")


@bp.route("/d/<token>/online", methods=["GET", "POST"])
@SECRET
@keeps_form
def facts(token: str) -> ResponseReturnValue:
    """Tell where one will be, the telephone for trouble, and the interpretation wanted."""
    delegate = delegate_of(token)
    if not telling.is_asked(delegate):
        return redirect(url_for("mypage.page", token=token), 303)
    key, who = delegate.id, delegate.signed
    form = FactsForm(data=FactsForm.of(telling.told(key)))
    form.speaks = bool(joining.spoken_in(delegate))
    form.phone.flags.required = form.speaks
    if form.validate_on_submit():
        with form.refusals():
            told = form.facts()
            write(lambda: telling.store(key, told, who=who, now=db.now()))
            flash(_("Stored."), "success")
            return redirect(url_for("mypage.page", token=token), 303)
    delegate = delegate_of(token)
    channels = {language for room in joining.all_ways(delegate.event_id) for language, _link in room[2].channels}
    return answer(
        "online/facts.html", form, token=token, delegate=delegate, summit=delegate.event, channels=sorted(channels)
    )


@bp.route("/d/<token>/check", methods=["GET", "POST"])
@SECRET
@keeps_form
def check(token: str) -> ResponseReturnValue:
    """Take a time for the check of picture and sound, or another one; and what came of it."""
    delegate = delegate_of(token)
    key, own = delegate.id, delegate.zone or delegate.delegation.member.zone
    form = CheckForm()
    if form.is_submitted():
        form.offer([], delegate.event.zone, own)
        if form.validate():
            with form.refusals():
                slot = form.slot.data
                write(lambda: techchecks.book(key, slot, db.now()))
                flash(_("This time is yours. A letter that says so is on its way."), "success")
                return redirect(url_for("online_person.check", token=token), 303)
    delegate = delegate_of(token)
    now = clock.now()
    free = techchecks.free(delegate.event_id, now)
    form.offer(free, delegate.event.zone, own)
    return answer(
        "online/check.html",
        form,
        token=token,
        delegate=delegate,
        summit=delegate.event,
        own_zone=own,
        check=techchecks.of(key),
        asked=techchecks.is_asked(delegate, joining.spoken_in(delegate)),
        free=free,
        now=now,
    )


@bp.post("/d/<token>/check/cancel")
@SECRET
def cancel(token: str) -> ResponseReturnValue:
    """Give the time back."""
    delegate = delegate_of(token)
    key, who = delegate.id, delegate.signed
    write(lambda: techchecks.cancel(key, who=who, now=db.now()))
    flash(_("Your time is given back."), "success")
    return redirect(url_for("online_person.check", token=token), 303)


duties.append(
    Duty("reminders of checks", lambda _stop: write(lambda: techchecks.remind(db.now())), every=timedelta(minutes=5))
)
duties.append(
    Duty(
        "what people online told",
        lambda _stop: write(lambda: telling.forget_over(clock.now().date())),
        every=timedelta(hours=1),
    )
)
