"""The page on which a reader takes leave of announcements, and what mail programs press in their place (RFC 8058)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.announcing import leaving
from app.announcing.leaving import Reader
from app.db import write
from app.web import keeps_form, kept_by_nobody, not_found, public

bp = Blueprint("announcing", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret in the address is the permission")


@bp.route("/u/<uid>/<secret>", methods=["GET", "POST"])
@SECRET
@keeps_form
def leave(uid: str, secret: str) -> ResponseReturnValue:
    """To look changes nothing. A press does at once, without sign-in or token: mail programs have neither, and whoever
    has the secret can do nothing here but this."""
    who = _reader(uid, secret)
    if request.method == "POST":
        write(lambda: leaving.leave(who, database.now()))
    return render_template("announcing/leave.html", reader=who, gone=leaving.is_gone(who), uid=uid, secret=secret)


@bp.post("/u/<uid>/<secret>/again")
@SECRET
def again(uid: str, secret: str) -> ResponseReturnValue:
    """The reader wants announcements after all."""
    who = _reader(uid, secret)
    if write(lambda: leaving.come_back(who, database.now())):
        flash(_("Announcements and reminders of this summit come to you again."), "success")
    return redirect(url_for("announcing.leave", uid=uid, secret=secret), 303)


def _reader(uid: str, secret: str) -> Reader:
    try:
        return leaving.reader(uid, secret)
    except LookupError:
        not_found(_("This link opens nothing. It may have been cut in two; please take the whole of it."))
