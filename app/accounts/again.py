"""The password once more: asked of whoever is signed in, where that alone is not enough."""

from __future__ import annotations

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.utils import verify_password

from app import db as database
from app.accounts import browser, places, service
from app.db import write
from app.refused import Refused
from app.web import heard
from app.web.guard import csrf

PROOF = "proof_password"
"""The field of the page that asks for the password again before a form goes on its way."""


def holder() -> service.Standing:
    """The sign-in of this browser, asleep or awake, once it is known that there is one."""
    found: service.Standing = g.standing or g.asleep
    return found


def goes_on() -> ResponseReturnValue | None:
    """None when the form that was sent goes on its way, since its sender has typed their password with it; else the
    page that asks for the password and holds all that was typed."""
    csrf.protect()  # before anything of the form is shown again: it must have come from a page of ours
    fault = ""
    if typed := request.form.get(PROOF):
        try:
            prove(typed)
        except Refused as no:
            fault = no.message
        else:
            return None
    kept = [(name, text) for name, text in request.form.items(multi=True) if name not in {PROOF, "csrf_token"}]
    asleep = holder().asleep
    page = render_template("security/once_more.html", kept=kept, fault=fault, proof=PROOF, asleep=asleep)
    return page, 422 if fault else 403


def prove(password: str) -> None:
    """Whoever is signed in types their password. Raises Refused when it is wrong, or was tried too often."""
    here, now = holder(), database.now()
    email, kept, sign_in_id = here.user.email, here.user.password, here.sign_in_id
    network, device = browser.network(), browser.device()
    place = places.place(email, device, network, now)
    write(lambda: service.guess(email, place, network, now))
    typed = current_app.extensions["security"].password_util.normalize(password)
    if kept is None or not verify_password(typed, kept):
        heard.tell("password refused")
        raise Refused(_("This is not your password. Please try again."), "password")

    def act() -> None:
        service.guessed_right(email, place, network)
        service.prove(sign_in_id, now)

    write(act)
