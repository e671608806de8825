"""The list of one vehicle for whoever ticks boarding, by a link of its own: no account, no needs, and no network for a
while, since presses wait in the phone and are recorded once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import write
from app.jobs import Duty, duties
from app.refused import Refused
from app.visits import boarding, following, waiting
from app.visits.forms import TickForm
from app.visits.models import SignUp, Standing, Vehicle
from app.web import kept_by_nobody, new_key, not_found, on_device, opens_nothing, public

bp = Blueprint("boarding", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret of the vehicle in the address is the permission; it shows no needs")
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@bp.get("/b/<token>")
@SECRET
@on_device
def page(token: str) -> ResponseReturnValue:
    """Who goes in this vehicle and who is on board, to be ticked."""
    vehicle = _vehicle(token)
    shown = boarding.manifest(vehicle.visit, vehicle, db.now())
    return render_template("visits/boarding.html", manifest=shown, token=token, key=new_key, summit=vehicle.visit.event)


@bp.post("/b/<token>/tick")
@SECRET
def tick(token: str) -> ResponseReturnValue:
    """One press: JSON for the phone that sends what waited, the page again for a browser without scripts."""
    vehicle = _vehicle(token)
    visit_id, vehicle_id, who = vehicle.visit_id, vehicle.id, ticker(vehicle)
    return pressed(visit_id, vehicle_id, who, url_for("boarding.page", token=token))


@bp.post("/b/<token>/left")
@SECRET
def left(token: str) -> ResponseReturnValue:
    """The vehicle leaves: who is not on board did not come."""
    vehicle = _vehicle(token)
    visit_id, vehicle_id, who = vehicle.visit_id, vehicle.id, ticker(vehicle)
    return departed(visit_id, vehicle_id, who, url_for("boarding.page", token=token))


def ticker(vehicle: Vehicle) -> str:
    """As the journal names whoever holds the link."""
    return f"boarding link of {vehicle.name}"[:200]


def pressed(visit_id: int, vehicle_id: int | None, who: str, back: str) -> ResponseReturnValue:
    """Record one press, and answer as it was asked: 200 or, said in words, 404 and 409 for the phone."""
    form, quick = TickForm(), request.headers.get("Accept", "") == "application/json"
    if not form.validate_on_submit() or not KEY.fullmatch(form.key.data or ""):
        return (
            ({"said": _("This page was open for long. Please open it again.")}, 400) if quick else redirect(back, 303)
        )
    uid, key, boarded = form.uid.data or "", form.key.data or "", form.boarded.data == "y"
    try:
        now = db.now()
        at = moment_of(form.pressed_at.data or "", now)
        done = write(lambda: boarding.tick(visit_id, vehicle_id, uid, boarded, key, at, who=who, now=now))
    except LookupError:
        if not quick:
            not_found(_("Nobody of this kind is on the list."))
        return {"said": _("Nobody of this kind is on the list.")}, 404
    except Refused as no:
        if quick:
            return {"said": no.message}, 409
        flash(no.message, "warning")
        return redirect(back, 303)
    return _state(done) if quick else redirect(f"{back}#p-{uid}", 303)


def departed(visit_id: int, vehicle_id: int | None, who: str, back: str) -> ResponseReturnValue:
    """Record that the vehicle has left, and go back to its list; a refusal stands there in words."""
    try:
        write(lambda: boarding.leave(visit_id, vehicle_id, who=who, now=db.now()))
    except Refused as no:
        flash(no.message, "warning")
    return redirect(back, 303)


def moment_of(text: str, now: datetime) -> datetime:
    """When it was pressed, in milliseconds since 1970 by the phone's clock; now for what cannot be."""
    if not text.isdecimal() or len(text) > 13:  # the year 2286
        return now
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))
    return at if now - timedelta(days=2) < at < now else now


def _state(sign_up: SignUp) -> dict[str, object]:
    return {"uid": sign_up.uid, "boarded": sign_up.state == Standing.BOARDED}


def _vehicle(token: str) -> Vehicle:
    try:
        return boarding.by_link(token)
    except LookupError:
        opens_nothing()
        not_found(_("This link opens no list. If it was replaced, the organisers have the new one."))


duties.append(Duty("visits", lambda _stop: write(lambda: waiting.expire_due(db.now())), every=timedelta(seconds=20)))
duties.append(
    Duty("needs of visits", lambda _stop: write(lambda: following.forget(db.now().date())), every=timedelta(hours=6))
)
