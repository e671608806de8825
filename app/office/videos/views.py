"""A city's video messages, at the office's own link: what is expected by when, and the pages of each (videos/views)."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.delegations import focal
from app.office import views as office
from app.office.views import SECRET
from app.videos import service, views
from app.videos.said import sayer
from app.videos.tus.views import announced, speaks_tus
from app.videos.views import Door
from app.web import keeps_form, kept_by_nobody, not_found, takes_octets

bp = Blueprint("office_videos", __name__)
bp.after_request(kept_by_nobody)
ROOM = "/f/<token>/videos/<uid>"


@bp.get("/f/<token>/videos")
@SECRET
def table(token: str) -> ResponseReturnValue:
    """What is expected of the city by video, and where each stands."""
    frame = office.frame(token)
    messages = service.of_city(frame["delegation"].id)
    lacking = {each.uid: service.lacks(each) for each in messages}
    return render_template(
        "office/videos.html", messages=messages, lacking=lacking, session_of=sayer(frame["delegation"].event), **frame
    )


@bp.get(ROOM)
@SECRET
def page(token: str, uid: str) -> ResponseReturnValue:
    """What is asked of this message, and where it stands."""
    return views.shown(_door(token, uid))


@bp.route(f"{ROOM}/about", methods=["GET", "POST"])
@SECRET
@keeps_form
def about(token: str, uid: str) -> ResponseReturnValue:
    """Tell of the video."""
    return views.told(_door(token, uid))


@bp.route(f"{ROOM}/file", methods=["GET", "POST"])
@SECRET
@keeps_form
def file(token: str, uid: str) -> ResponseReturnValue:
    """Send the file."""
    return views.sent(_door(token, uid))


@bp.route(f"{ROOM}/link", methods=["GET", "POST"])
@SECRET
@keeps_form
def link(token: str, uid: str) -> ResponseReturnValue:
    """Send a link instead."""
    return views.linked(_door(token, uid))


@bp.route(f"{ROOM}/captions", methods=["GET", "POST"])
@SECRET
@keeps_form
def captions(token: str, uid: str) -> ResponseReturnValue:
    """Send the captions."""
    return views.captioned(_door(token, uid))


@bp.get(f"{ROOM}/captions/file")
@SECRET
def captions_file(token: str, uid: str) -> ResponseReturnValue:
    """The captions as they were sent."""
    return views.own_captions(_door(token, uid))


@bp.post(f"{ROOM}/uploads/<upload>/discard")
@SECRET
def discard(token: str, uid: str, upload: str) -> ResponseReturnValue:
    """Give up a file on its way."""
    return views.discarded(_door(token, uid), upload)


@bp.route(f"{ROOM}/uploads", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@SECRET
@takes_octets
def uploads(token: str, uid: str) -> Response:
    """A file for this message is announced (videos/tus)."""
    door = _door(token, uid)
    return speaks_tus(announced(door.message, door.who))


def _door(token: str, uid: str) -> Door:
    """One of this city's messages that it knows of; 404 in words for any other."""
    found = office.of(token)
    message = next((each for each in service.of_city(found.delegation_id) if each.uid == uid), None)
    if message is None:
        not_found(_("Your delegation owes no such video."))
    city = found.delegation.member.name
    above = (
        (_("Delegation of %(city)s", city=city), url_for("office.page", token=token)),
        (_("Video messages"), url_for("office_videos.table", token=token)),
    )
    return Door(
        message, focal.named(found), "office_videos", {"token": token, "uid": uid}, "office_videos.uploads", above
    )
