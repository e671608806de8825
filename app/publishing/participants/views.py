"""The public participants' list. It follows the consent of the moment, so no memory keeps it, here or on the way."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from app.events.views import load
from app.publishing.participants import service
from app.publishing.participants.listing import by_city
from app.publishing.participants.models import Audience
from app.publishing.views import OPEN, published
from app.registration.models import Capacity
from app.registration.news import role_word

bp = Blueprint("participants", __name__)


@bp.get("/<event>/participants")
@OPEN
def public(event: str) -> ResponseReturnValue:
    """The newest final revision, without those who agree no longer."""
    programme = published(event).public
    page = render_template("participants/public.html", programme=programme, **of(load(event).id, Audience.PUBLIC))
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def of(event_id: int, audience: Audience) -> dict[str, Any]:
    """What a page says of the newest final list: the revision (None: there is none), cities and figures."""
    shown = service.newest(event_id, audience)
    rows = shown.rows if shown else []
    return {
        "issued": shown.issued if shown else None,
        "people": len(rows),
        "cities": by_city(rows),
        "figures": service.figures(event_id),
        "roles": {each.value: role_word(each) for each in Capacity},
    }
