"""A city's office makes, replaces and withdraws the address of its calendar."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import write
from app.delegations import focal
from app.delegations.models import FocalPoint
from app.office.views import SECRET, frame, of
from app.outbox.tongues import tongue
from app.publishing.calendars import fetches, links
from app.publishing.calendars.links import Owner
from app.refused import Refused
from app.web import absolute, kept_by_nobody

bp = Blueprint("office_calendar", __name__)
bp.after_request(kept_by_nobody)


@bp.get("/f/<token>/calendar")
@SECRET
def page(token: str) -> ResponseReturnValue:
    """The address, if there is one, what it holds, and when it was last fetched."""
    shown = frame(token)
    link, spoken = links.of(_owner(shown["focal"])), tongue(shown["focal"].language)
    return render_template(
        "office/calendar.html",
        link=link,
        feed=absolute("calendars.office", token=link.secret, lang=spoken) if link else "",
        spoken=spoken,
        fetched=fetches.last(link.event_id, link.feed) if link else None,
        **shown,
    )


@bp.post("/f/<token>/calendar/<any(make,renew,withdraw):act>")
@SECRET
def change(token: str, act: str) -> ResponseReturnValue:
    """Do what the button says; pressed twice it is done once."""
    found = of(token)
    owner, who, now = _owner(found), focal.named(found), db.now()
    if act == "make":
        _make(owner, who)
    elif act == "renew":
        seen = request.form.get("generation", "")
        generation = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        write(lambda: links.renew(owner, generation, who=who, now=now))
        flash(_("The address is replaced: the old one opens nothing any more. Subscribe again."), "success")
    else:
        write(lambda: links.withdraw(owner, who=who, now=now))
        flash(_("The address is withdrawn: it opens nothing any more."), "success")
    return redirect(url_for("office_calendar.page", token=token), 303)


def _make(owner: Owner, who: str) -> None:
    try:
        write(lambda: links.make(owner, who=who, now=db.now()))
    except Refused as no:
        flash(no.message, "error")
    else:
        flash(_("The address is made. Whoever has it can read the calendar, and nothing else."), "success")


def _owner(found: FocalPoint) -> Owner:
    return Owner(found.delegation.event_id, delegation_id=found.delegation_id)
