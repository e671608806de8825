"""How far everybody can use these pages, what is known not to work, and whom to tell: one page of the installation."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from sqlalchemy import select

from app.db import db
from app.events.models import Event
from app.outbox.addresses import sender
from app.web import public

bp = Blueprint("statement", __name__)
CHECKED = date(2026, 11, 29)
"""When all pages were last walked and looked at as docs/measuring.md tells; to be set with each such look."""


@bp.get("/accessibility")
@public("a statement for everybody")
def page() -> str:
    """The statement; whoever finds a barrier writes to the summit it is about."""
    return render_template("public/accessibility.html", checked=CHECKED, offices=offices(), house=sender()[1])


def offices() -> list[tuple[str, str]]:
    """(title, address) of those who answer for each published summit, the latest first. One query."""
    asked = select(Event.title, Event.reply_to).where(Event.release > 0, Event.reply_to != "")
    return [
        (title, address) for title, address in db.session.execute(asked.order_by(Event.starts_on.desc(), Event.slug))
    ]
