"""A way round for letters whose links do not arrive whole: the same permission as a code that is typed."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import Blueprint, after_this_request, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from app import clock, tokens
from app.accounts import brake
from app.accounts.access import private
from app.accounts.forms import LetterCodeForm
from app.accounts.letters import LASTS, typed_code
from app.accounts.models import User
from app.accounts.service import slow
from app.db import db, write
from app.refused import Refused
from app.web import answer, keeps_form, public

bp = Blueprint("by_code", __name__)
TRIES, SPAN = 10, timedelta(minutes=15)
"""Codes tried for one address in a span, from wherever: they have 50 bits. The link in the letter works meanwhile."""


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public("the code in the letter is the permission, as the link beside it is")
@keeps_form
def page() -> ResponseReturnValue:
    """The address and the code lead to where the letter's link leads."""
    after_this_request(private)
    form = LetterCodeForm()
    if form.validate_on_submit():
        with form.refusals():
            email, now = (form.email.data or "").strip().lower(), clock.now()
            write(lambda: _count(email, now))
            user = db.session.scalar(select(User).where(User.email == email, User.active))
            if user is None or not _right(user, form.code.data or "", now):
                raise Refused(_("The address or the code is not right, or the code is too old."), "code")
            token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
            return redirect(url_for("security.reset_password", token=token), 303)
    return answer("security/by_code.html", form)


def _count(email: str, now: datetime) -> None:
    if not brake.allowed("letter code", email, TRIES, SPAN, now):
        slow("letter code", email, now)


def _right(user: User, entered: str, now: datetime) -> bool:
    """Whether it is the code of one of the last days, for as long as the link lasts; dead once a password was set."""
    told = tokens.typed(entered).encode()
    return any(
        hmac.compare_digest(told, typed_code(user, now - timedelta(days=day)).encode()) for day in range(LASTS.days)
    )
