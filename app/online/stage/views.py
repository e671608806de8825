"""The moderator's page. Whoever has the secret in the address may read it and mark; opening it changes nothing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db
from app.db import write
from app.online.models import StageLink
from app.online.stage import links, service
from app.refused import Refused
from app.web import kept_by_nobody, not_found, public

bp = Blueprint("stage", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret in the address is the permission")
WANTED = frozenset({"", "speaking", "spoke", "absent", "video"})


@bp.get("/m/<token>", strict_slashes=False)
@SECRET
def page(token: str) -> str:
    """Who speaks when and how, and how it stands; ?dark for a dark hall."""
    link = _link(token)
    try:
        found = service.stage(link.event_id, link.session_uid, now := clock.now())
    except LookupError:
        not_found(_("This session is not in the published agenda. Please ask the organisers."))
    return render_template(
        "online/stage.html",
        stage=found,
        summit=found.event,
        token=token,
        now=now,
        until=found.until(now),
        dark="dark" in request.args,
    )


@bp.post("/m/<token>/mark")
@SECRET
def mark(token: str) -> ResponseReturnValue:
    """How a turn went; or that its clock runs."""
    link = _link(token)
    key, wanted, seen = (request.form.get(name, "") for name in ("turn", "mark", "seen"))
    if wanted not in WANTED:
        wanted = seen
    try:
        write(lambda: service.mark(link, key, wanted, seen, db.now()))
    except Refused as no:
        flash(no.message, "warning")
    except LookupError:
        flash(_("This speaker is not in the order any more. Look how it stands now."), "warning")
    dark = 1 if "dark" in request.args else None
    return redirect(url_for("stage.page", token=token, dark=dark), 303)


def _link(token: str) -> StageLink:
    try:
        return links.by_secret(token)
    except LookupError:
        not_found(_("This link opens no session any more. The organisers can give you the one that works now."))
