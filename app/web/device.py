"""What the reader's own device may keep of a page, to show it where there is no network (static/js/worker.js).

A page says so in a header; one that says nothing is never kept, so forms, codes, journeys, visa data and all of the
desk stay off every device. The worker reads the header, and nobody else: caches on the way go by Cache-Control as ever.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from app.web.policy import View

HEADER = "Plenary-Device"
VERSION = "Plenary-Version"
"""Of which version of a summit a page is: what the device keeps of it under another query goes when another comes."""


def on_device(view: View) -> View:
    """The reader's device may keep the page: nothing in it was told in confidence, and an old copy harms nobody."""
    view.on_device = True  # type: ignore[attr-defined]
    return view


def belongs_to(whose: str, *, home: str = "") -> None:
    """The page being made is this person's, by a name without spaces that never changes. Once it comes by another
    secret, the device keeps nothing that the former opened. `home`: where the app of this summit begins for them."""
    g.device = f"home {whose} {home}" if home else f"keep {whose}"


def let_go(whose: str) -> None:
    """Let this person's device keep nothing of theirs any more."""
    g.device = f"drop {whose}"


def opens_nothing() -> None:
    """The secret in the address opens nothing any more: the device keeps none of what it opened."""
    g.device = "gone"


def _say(response: Response) -> Response:
    told = g.get("device", "keep")
    view = current_app.view_functions.get(request.endpoint or "")
    may = response.status_code == 200 and getattr(view, "on_device", False)
    if request.method == "GET" and (may or told.startswith(("drop", "gone"))):
        response.headers[HEADER] = told
        if (mark := g.get("mark")) is not None:
            response.headers[VERSION] = str(mark)
    return response


def init_app(app: Flask) -> None:
    app.after_request(_say)
