"""The page at which a session is joined. Opening it changes nothing; the press of the button leads to the provider."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.db import write
from app.online import joining, techchecks
from app.online.joining import Guest, Stand
from app.online.models import TechCheck
from app.refused import Refused
from app.web import belongs_to, kept_by_nobody, not_found, on_device, opens_nothing, public
from app.web.guard import POLICY
from app.web.reading import speaks

bp = Blueprint("online", __name__)
SECRET = public("the secret in the address is the permission")
LEADS_AWAY = POLICY.replace("form-action 'self'", "form-action 'self' https:")
"""A browser holds the policy of the page against where its form is led to as well; the page names no provider."""


@bp.get("/j/<token>/<session>")
@SECRET
@on_device
def join(token: str, session: str) -> ResponseReturnValue:
    """How a session stands for whoever has this secret: when it opens, that it is open, over, cancelled or moved."""
    guest, now = _guest(token), clock.now()
    found = _door(guest, session)
    wait = ceil((found.opens - now).total_seconds()) if found.opens else 0
    values = {"door": found, "token": token, "guest": guest, "summit": guest.event, "wait": wait}
    page = render_template("online/join.html", **values)
    return page, 200, {"Content-Security-Policy": LEADS_AWAY}


@bp.post("/j/<token>/<session>")
@SECRET
def enter(token: str, session: str) -> ResponseReturnValue:
    """To the provider, who learns nothing of where one comes from."""
    now = clock.now()
    _door(_guest(token), session)
    channel = request.form.get("channel", "")
    try:
        target = write(lambda: joining.press(joining.by_secret(token), session, channel, now))
    except Refused as no:
        flash(no.message, "info")
        return redirect(url_for("online.join", token=token, session=session), 303)
    return _away(target)


@bp.get("/j/<token>/check")
@SECRET
def check(token: str) -> ResponseReturnValue:
    """When the check of picture and sound of whoever has this secret is, and whether it can be joined now."""
    guest, found = _checked(token)
    values = {"check": found, "stand": techchecks.stand(found, clock.now()), "guest": guest, "summit": guest.event}
    page = render_template("online/join_check.html", token=token, **values)
    return page, 200, {"Content-Security-Policy": LEADS_AWAY}


@bp.post("/j/<token>/check")
@SECRET
def enter_check(token: str) -> ResponseReturnValue:
    """To where the check takes place."""
    _who, found = _checked(token)
    if techchecks.stand(found, clock.now()) != Stand.OPEN or found is None or found.slot is None:
        return redirect(url_for("online.check", token=token), 303)
    return _away(found.slot.link)


def _checked(token: str) -> tuple[Guest, TechCheck | None]:
    guest = _guest(token)
    if guest.delegate is None:
        not_found(_("There is no check to join here."))
    return guest, techchecks.of(guest.delegate.id)


def _away(target: str) -> Response:
    """To a provider, who learns nothing of where one comes from."""
    answer = redirect(target, 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.data = b""  # Werkzeug's page would name the address once more
    return answer


@bp.after_request
def _kept_by_nobody(response: Response) -> Response:
    """And whoever is led to a provider does not tell it from where."""
    response.headers.setdefault("Referrer-Policy", "no-referrer" if request.method == "POST" else "same-origin")
    return kept_by_nobody(response)


def _guest(token: str) -> Guest:
    try:
        found = joining.by_secret(token)
    except LookupError:
        opens_nothing()
        not_found(_("This link joins nothing any more. Your own page and your calendar hold the one that works now."))
    if found.delegate:
        speaks(found.delegate.language)
        belongs_to(found.delegate.uid)
    return found


def _door(guest: Guest, session: str) -> joining.Door:
    try:
        return joining.door(guest, session, clock.now())
    except LookupError:
        not_found(_("You have no such session. Your own page lists what you can join."))
