"""The one page that other sites may frame, and the page that says how."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from app.publishing import choosing
from app.publishing.views import OPEN, page, published, spoken
from app.web import absolute
from app.web.guard import framed

bp = Blueprint("embedding", __name__)
LOOK = "width: 100%; height: 40rem; border: 0"
"""How a frame stands in another site's page, which may change it."""


@bp.get("/embed/<event>/agenda")
@OPEN
def agenda(event: str) -> ResponseReturnValue:
    """The agenda, or what is chosen of it, for a frame: nothing around it, and all links lead out of the frame."""
    shown = published(event)
    return framed(page("public/embed.html", shown, found=choosing.found(spoken(shown), request.args)))


@bp.get("/<event>/embed")
@OPEN
def code(event: str) -> str:
    """The code to copy into another site, for all of the agenda or a part of it."""
    shown = published(event)
    found = choosing.found(spoken(shown), request.args)
    asked: dict[str, Any] = found.choice.asked
    address = absolute("embedding.agenda", event=event, **asked)
    title = escape(spoken(shown).summit.title)
    html = f'<iframe src="{escape(address)}" title="{title}" loading="lazy" style="{LOOK}"></iframe>'
    shown_at = url_for("embedding.agenda", event=event, **asked)
    return page("public/embedding.html", shown, html=html, shown_at=shown_at, found=found)
