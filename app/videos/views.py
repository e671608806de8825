"""The pages of one video message: what is asked, what is told, the file on its way. A city's office comes to them by
its own link (app/office/videos), everybody else by that of the message.

Opening a page changes nothing. A file in one piece goes the same way into the store as one in many.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db, jobs
from app.db import write
from app.journal import CLOCK
from app.refused import Refused
from app.videos import expecting, parts, sending, service, store, telling
from app.videos.forms import AboutForm, CaptionsForm, FileForm, LinkForm
from app.videos.models import ENDED, OPEN, VideoMessage
from app.videos.said import sayer
from app.videos.sniffing import ENOUGH, film
from app.videos.terms import MEGABYTE, terms_of
from app.videos.tus.views import PIECE, READ
from app.web import answer, keeps_form, kept_by_nobody, not_found, public

bp = Blueprint("video", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret of the video message in the address is the permission")
SMALL_MB = 100
"""How large a file in one piece may be."""


@dataclass(frozen=True)
class Door:
    """By which link somebody came to a message: who they are, and where its pages lie for them."""

    message: VideoMessage
    who: str
    room: str
    """The blueprint of its pages."""
    args: Mapping[str, str]
    announce: str
    """Where a file is announced: an endpoint."""
    above: tuple[tuple[str, str], ...] = ()
    """Label and address of the pages above these."""
    more: Mapping[str, Any] = field(default_factory=dict)

    def at(self, page: str, **more: str) -> str:
        """The address of one of the pages."""
        values: dict[str, Any] = {**self.args, **more}
        return url_for(f"{self.room}.{page}", **values)

    @property
    def uploads(self) -> str:
        """The address at which a file is announced."""
        values: dict[str, Any] = dict(self.args)
        return url_for(self.announce, **values)


def by_link(token: str) -> Door:
    """The door that this secret opens; 404 with a way on when it opens none."""
    message = service.by_link(token)
    if message is None:
        said = _("This link opens no video message. Perhaps it was replaced; the organisers can send the newest one.")
        not_found(said)
    return Door(message, service.holder(message), "video", {"token": token}, "tus.create")


@bp.get("/v/<token>/")
@SECRET
def page(token: str) -> ResponseReturnValue:
    """What is asked of this message, and where it stands."""
    return shown(by_link(token))


@bp.route("/v/<token>/about", methods=["GET", "POST"])
@SECRET
@keeps_form
def about(token: str) -> ResponseReturnValue:
    """Tell of the video."""
    return told(by_link(token))


@bp.route("/v/<token>/file", methods=["GET", "POST"])
@SECRET
@keeps_form
def file(token: str) -> ResponseReturnValue:
    """Send the file."""
    return sent(by_link(token))


@bp.route("/v/<token>/link", methods=["GET", "POST"])
@SECRET
@keeps_form
def link(token: str) -> ResponseReturnValue:
    """Send a link instead."""
    return linked(by_link(token))


@bp.route("/v/<token>/captions", methods=["GET", "POST"])
@SECRET
@keeps_form
def captions(token: str) -> ResponseReturnValue:
    """Send the captions."""
    return captioned(by_link(token))


@bp.get("/v/<token>/captions/file")
@SECRET
def captions_file(token: str) -> ResponseReturnValue:
    """The captions as they were sent."""
    return own_captions(by_link(token))


@bp.post("/v/<token>/uploads/<upload>/discard")
@SECRET
def discard(token: str, upload: str) -> ResponseReturnValue:
    """Give up a file on its way."""
    return discarded(by_link(token), upload)


def shown(door: Door) -> ResponseReturnValue:
    return render_template("videos/page.html", session_of=sayer(door.message.event), **_frame(door))


def told(door: Door) -> ResponseReturnValue:
    """The form of what is told about the video."""
    key, who = door.message.id, door.who
    if request.method == "GET" and door.message.state in ENDED:
        return _home(door)
    form = AboutForm(data=AboutForm.of(door.message))
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            values = form.told()
            new = write(lambda: service.tell(key, values, who=who, now=db.now()))
            flash(_("Stored.") if new else _("It stands so already."), "success" if new else "info")
            return _home(door)
    return answer("videos/about.html", form, **_frame(door))


def sent(door: Door) -> ResponseReturnValue:
    """The page from which the file is sent, in many pieces by its program or in one by the form."""
    request.max_content_length = (SMALL_MB + 1) * MEGABYTE
    if request.method == "GET" and door.message.state not in OPEN:
        return _home(door)
    form = FileForm()
    if form.validate_on_submit():
        with form.refusals(), closing(form.file.data):
            _in_one_piece(door, form.file.data)
            flash(_("The file has come. It is checked now, and a letter brings the outcome."), "success")
            return _home(door)
    frame = _frame(door)
    coming = sending.on_their_way(frame["message"].id, frame["now"])
    return answer(
        "videos/file.html", form, coming=coming, sizes=_sizes(coming), piece=PIECE // 2, small=SMALL_MB, **frame
    )


def _sizes(coming: list[Any]) -> dict[str, int]:
    """How much of each upload has come."""
    return {each.uid: parts.size(each.key) for each in coming}


def _in_one_piece(door: Door, given: Any) -> None:
    """Store a file that came with a form. Refused on "file" as an upload would be."""
    kind = film(given.stream.read(ENOUGH))
    length = given.stream.seek(0, 2)
    given.stream.seek(0)
    if length > SMALL_MB * MEGABYTE:
        raise Refused(_("The file is larger than %(size)s MB.", size=SMALL_MB), "file")
    key, who, free = door.message.id, door.who, parts.room()
    whole = sending.Announced(length, given.filename or "")
    upload = write(lambda: sending.begin(key, whole, free=free, who=who, now=db.now()))
    upload_id, part = upload.id, upload.key
    try:
        with parts.writing(part, 0) as writer:
            while piece := given.stream.read(READ):
                writer.put(piece)
    except parts.Full as full:
        write(lambda: sending.end(upload_id))
        parts.drop(part)
        said = _(
            "The store is full, so the file cannot be taken now. Please tell the organisers, or send a link instead."
        )
        raise Refused(said, "file") from full
    version = write(lambda: sending.complete(upload_id, kind, now=db.now()))
    parts.close(part)
    if version is None:
        raise Refused(sending.overtaken(), "file")


def linked(door: Door) -> ResponseReturnValue:
    """A link in the place of a file."""
    key, who = door.message.id, door.who
    if request.method == "GET" and door.message.state not in OPEN:
        return _home(door)
    form = LinkForm()
    if form.validate_on_submit():
        with form.refusals():
            address = form.link.data
            new = write(lambda: service.add_link(key, address, who=who, now=db.now()))
            said = _("The organisers have the link and look at the video there.")
            flash(said if new else _("It stands so already."), "success" if new else "info")
            return _home(door)
    return answer("videos/link.html", form, **_frame(door))


def captioned(door: Door) -> ResponseReturnValue:
    """The captions of the newest version."""
    key, who = door.message.id, door.who
    if request.method == "GET" and (door.message.state in ENDED or not door.message.versions):
        return _home(door)
    form = CaptionsForm()
    request.max_content_length = (service.CAPTIONS_MB + 1) * MEGABYTE
    if form.validate_on_submit():
        with form.refusals():
            given = form.captions.data
            kept = service.captions(given.read(), given.filename or "")
            write(lambda: service.add_captions(key, kept, who=who, now=db.now()))
            flash(_("The captions are stored with the video."), "success")
            return _home(door)
    return answer("videos/captions.html", form, **_frame(door))


def own_captions(door: Door) -> ResponseReturnValue:
    """The captions of the newest version, to be kept; 404 in words when there are none."""
    last = service.newest(door.message)
    if last is None or last.captions_key is None:
        not_found(_("No captions were sent."))
    try:
        octets = store.path(last.captions_key).read_bytes()
    except FileNotFoundError:
        not_found(_("The file is no longer in the store. Please ask for it again."))
    kind = "text/vtt" if last.captions_key.endswith(".vtt") else "application/x-subrip"
    return send_file(BytesIO(octets), mimetype=kind, as_attachment=True, download_name=last.captions_name, max_age=0)


def discarded(door: Door, uid: str) -> ResponseReturnValue:
    """Give up one of the message's files on their way; one that is not is none of our business, and stays."""
    found = next((each for each in sending.on_their_way(door.message.id, db.now()) if each.uid == uid), None)
    if found is not None:
        key, part = found.id, found.key
        write(lambda: sending.end(key))
        parts.drop(part)
        flash(_("What had come of the file is deleted."), "success")
    return redirect(door.at("file"), 303)


def _frame(door: Door) -> dict[str, Any]:
    """What every page of a message shows, as it stands now."""
    message = telling.found(door.message.id)
    return {
        "door": door,
        "message": message,
        "summit": message.event,
        "own_zone": service.zone_of(message),
        "called": service.called(message),
        "terms": terms_of(message.event),
        "last": service.newest(message),
        "lacking": service.lacks(message),
        "open": message.state in OPEN,
        "now": db.now(),
        **door.more,
    }


def _home(door: Door) -> ResponseReturnValue:
    return redirect(door.at("page"), 303)


def settle_all() -> int:
    """Expect what follows from drafts and answers, where something changed them beside the acts that say so."""
    now = db.now()
    return sum(_settled(key) for key in expecting.ahead(now))


def _settled(event_id: int) -> int:
    return write(lambda: expecting.settle(event_id, CLOCK, db.now()))


def clean() -> int:
    """Finish uploads that are whole though their server died just then, give up old ones, delete what nobody needs."""
    now, done = db.now(), 0
    for upload in sending.whole(now):
        if parts.size(upload.key) == upload.length:
            done += _finished(upload.id, parts.head(upload.key, ENOUGH))
    done += write(lambda: sending.expire(now))
    return done + store.sweep(sending.known)


def _finished(upload_id: int, head: bytes) -> bool:
    try:
        kind = film(head)
    except Refused:
        return write(lambda: sending.end(upload_id))
    return write(lambda: sending.complete(upload_id, kind, now=db.now())) is not None


MINUTE = timedelta(minutes=1)
jobs.duties.append(jobs.Duty("videos expected", lambda _stop: settle_all(), every=MINUTE))
jobs.duties.append(jobs.Duty("uploads of videos", lambda _stop: clean(), every=MINUTE))
jobs.duties.append(
    jobs.Duty("videos overdue", lambda _stop: write(lambda: telling.fall_due(db.now())), every=MINUTE),
)
jobs.duties.append(
    jobs.Duty("videos due", lambda _stop: write(lambda: telling.remind_due(db.now())), every=timedelta(minutes=5)),
)
jobs.duties.append(
    jobs.Duty(
        "who answered for videos",
        lambda _stop: write(lambda: telling.forget_over(clock.now().date())),
        every=timedelta(hours=1),
    )
)
