"""Any person's pages as they see them, to read alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.test import EnvironBuilder

from app import clock
from app.accounts import Role, staff, who
from app.db import write
from app.desk.seeing import service
from app.desk.seeing.rewriting import Rules, harmless, rewritten
from app.desk.seeing.service import Seen
from app.events.models import Event
from app.events.views import load
from app.outbox import cutting
from app.web import not_found
from app.web.reading import LANGUAGES

bp = Blueprint("seeing", __name__)
log = logging.getLogger(__name__)
KINDS = ",".join(service.PAGES)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""Nothing of such a page runs, sends or plays, even if the rewriting had missed it."""


@bp.get(f"/organise/<event>/as/<any({KINDS}):kind>/<key>/", defaults={"page": ""})
@bp.get(f"/organise/<event>/as/<any({KINDS}):kind>/<key>/<path:page>")
@staff(Role.ORGANISER)
def look(event: str, kind: str, key: str, page: str) -> ResponseReturnValue:
    """One page of somebody's, as they see it; the look is written down first."""
    summit = load(event)
    try:
        seen = service.find(summit, kind, key)
    except LookupError:
        not_found(_("Nobody of this event has such pages."))
    if not service.allowed(kind, page):
        not_found(_("This page of theirs is not shown to others: it holds what was told in confidence, or only acts."))
    event_id, actor = summit.id, who()
    write(lambda: service.look(event_id, seen, page, who=actor, now=clock.now()))
    status, told, address = _fetched(seen.root + page)
    if status in range(300, 400):
        led = _led(event, seen, urlsplit(address).path)
        return render_template("desk/seeing/leads_on.html", to=led, **_frame(load(event), seen))
    if status != 200:
        not_found(_("They find nothing at this address themselves."))
    text = rewritten(told, _rules(load(event), seen))
    return Response(text, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


def _fetched(path: str) -> tuple[int, str, str]:
    """(status, page, where it leads) of an address of ours, asked for by nobody: without any cookie or choice of the
    organiser's, in a context of its own."""
    spoken = request.args.get("in", "")
    asked = {"lang": spoken} if spoken in LANGUAGES else {}
    made = EnvironBuilder(path, base_url=current_app.config["BASE_URL"], query_string=asked).get_environ()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), app.request_context(made):
        answer = app.full_dispatch_request()
        return answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", "")


def _rules(summit: Event, seen: Seen) -> Rules:
    return Rules(
        link=_linked(summit.slug, seen),
        picture=lambda address: address if address.startswith("/static/") else None,
        cut=cutting.cut,
        band=render_template("desk/seeing/band.html", **_frame(summit, seen)),
        blank=render_template("desk/seeing/blank.html"),
        forbidden=seen.secrets,
    )


def _linked(event: str, seen: Seen) -> Callable[[str], str | None]:
    def led(address: str) -> str | None:
        parts = urlsplit(address)
        if address.startswith("?"):
            spoken = parse_qs(parts.query).get("lang", [""])[0]
            return f"?in={spoken}" if spoken in LANGUAGES else None
        own = _led(event, seen, parts.path)
        if own:
            return f"{own}#{parts.fragment}" if parts.fragment else own
        return address if harmless(address) and not parts.path.startswith(PRIVATE) else None

    return led


PRIVATE = (*(before for before, _pages in service.PAGES.values()), "/c/", "/j/", "/b/", "/u/", "/organise/")
"""What stands before secrets, and what organisers do, which nobody else sees."""


def _led(event: str, seen: Seen, path: str) -> str:
    """Where a page of theirs is looked at; empty for any other."""
    root = seen.root.rstrip("/")
    if path != root and not path.startswith(f"{root}/"):
        return ""
    page = path.removeprefix(root).removeprefix("/")
    if not service.allowed(seen.kind, page):
        return ""
    return url_for("seeing.look", event=event, kind=seen.kind, key=seen.key, page=page)


def _frame(summit: Event, seen: Seen) -> dict[str, object]:
    endpoint, values = seen.back
    return {"event": summit, "seen": seen, "back": url_for(endpoint, event=summit.slug, **values)}
