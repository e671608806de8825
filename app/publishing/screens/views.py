"""The public page of videos, and the files it plays. What may not be shown now has no address."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app import db
from app.publishing.screens import service
from app.publishing.screens.service import Screen
from app.publishing.views import published, zones_of
from app.videos import saying, serving
from app.web import not_found, public
from app.web.guard import plays

bp = Blueprint("screens", __name__)
OPEN = public("what the city gave the right to show, in a session that is published")
FILES = "public, max-age=300"
"""A right that is taken back ends everywhere within five minutes."""


@bp.get("/<event>/videos")
@OPEN
def page(event: str) -> ResponseReturnValue:
    """The videos that may be played now, session by session. It changes as the summit goes on, so nobody keeps it."""
    shown = published(event)
    found = service.screens(shown, db.now())
    names = get_locale().languages
    answer = plays(
        render_template(
            "public/videos.html",
            programme=shown.public,
            zones=zones_of(shown.public),
            groups=[(session, list(group)) for session, group in groupby(found, key=lambda each: each.session)],
            length=saying.clock,
            language_name=lambda tag: names.get(tag, tag),
        )
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/<event>/videos/<uid>.<any(mp4,mov):ending>")
@OPEN
def film(event: str, uid: str, ending: str) -> Response:
    found = _screen(event, uid)
    return serving.film(found.version, serving.file_name(found.name), cache=FILES)


@bp.get("/<event>/videos/<uid>.vtt")
@OPEN
def captions(event: str, uid: str) -> Response:
    found = _screen(event, uid)
    return serving.subtitles(found.version, serving.file_name(found.name), cache=FILES)


def _screen(event: str, uid: str) -> Screen:
    try:
        return service.screen(published(event), uid, db.now())
    except LookupError:
        not_found(_("There is no video here that can be shown now."))
