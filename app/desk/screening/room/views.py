"""The page of the control room, its lists and its files. The link opens one event's running order and nothing else."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.desk.screening import service, words
from app.desk.screening.running import Film
from app.desk.screening.views import marked, sent
from app.events.models import Event
from app.sentences import Sentence
from app.videos import serving
from app.videos.models import VideoMessage, VideoVersion
from app.web import absolute, kept_by_nobody, not_found, public
from app.web.guard import plays

bp = Blueprint("room", __name__)
bp.after_request(kept_by_nobody)
ROOM = Sentence(_l("the control room")).stored()
"""Who it is in the journal that says what was played."""
SECRET = public("the control room's secret in the address is the permission")


@bp.get("/c/<token>/playlist")
@SECRET
def playlist(token: str) -> ResponseReturnValue:
    """What is played when."""
    summit = _room(token)
    blocks = service.released(summit)
    page = render_template(
        "desk/screening/room.html",
        summit=summit,
        token=token,
        blocks=blocks,
        total=service.total(blocks),
        **words.for_pages(),
    )
    return plays(page)


@bp.get("/c/<token>/playlist.<any(csv,m3u,sha256):kind>")
@SECRET
def export(token: str, kind: str) -> Response:
    """The running order as a file. With ?files the entries of an M3U are names of downloaded files, else addresses."""
    summit = _room(token)

    def address(film: Film) -> str:
        return absolute("room.film", token=token, uid=film.uid, ending=film.file.ending if film.file else "mp4")

    return sent(summit, kind, service.released(summit), None if "files" in request.args else address)


@bp.get("/c/<token>/<uid>.<any(mp4,mov):ending>")
@SECRET
def film(token: str, uid: str, ending: str) -> Response:
    """The version of a video that was accepted last; with ?name it is kept under that name."""
    _message, version = _played(_room(token), uid)
    return serving.film(version, serving.file_name(request.args.get("name", uid)), download="name" in request.args)


@bp.get("/c/<token>/<uid>.vtt")
@SECRET
def captions(token: str, uid: str) -> Response:
    _message, version = _played(_room(token), uid)
    return serving.subtitles(version, uid)


@bp.post("/c/<token>/<uid>/mark")
@SECRET
def mark(token: str, uid: str) -> ResponseReturnValue:
    """Say that it was played, or was not, or take that back."""
    summit = _room(token)
    try:
        key = service.whole_for_play(summit, uid).id
    except LookupError:
        not_found(_("This video is not in the running order that is published."))
    back = url_for("room.playlist", token=token, _anchor=f"v-{uid}")
    return marked(key, request.form.get("played", ""), ROOM, back)


def _room(token: str) -> Event:
    try:
        return service.room(token)
    except LookupError:
        not_found(_("This link opens no control room. Perhaps it was replaced: ask the organisers for the newest one."))


def _played(summit: Event, uid: str) -> tuple[VideoMessage, VideoVersion]:
    try:
        return service.played_here(summit, uid)
    except LookupError:
        not_found(_("This video is not in the running order that is published."))
