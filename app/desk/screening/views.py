"""The organisers' pages of videos: the review of one, and the running order of all; the duty that checks files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.screening import lists, service, words
from app.desk.screening.forms import AcceptForm, ChangesForm, PlaceForm, ShownForm
from app.desk.screening.running import Block
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Bench, Duty, duties
from app.refused import Refused
from app.videos import checking, reviewing, serving
from app.videos.models import Shown, VideoMessage, VideoVersion
from app.web import Form, absolute, answer, keeps_form, not_found
from app.web.guard import plays

bp = Blueprint("screening", __name__)
bench = Bench("videos", lambda: checking.due(database.now()) is not None, lambda stop: checking.take_up(write, stop))
duties.append(Duty("videos", bench.turn, every=timedelta(seconds=1)))

VERSION = "<int(max=100000):number>"


@bp.get("/organise/<event>/videos/<uid>/review")
@staff(Role.ORGANISER)
def review(event: str, uid: str) -> ResponseReturnValue:
    """The newest version played, what was measured of it, what the rules say, and what to do with it."""
    summit = load(event)
    return _page(summit, _message(summit, uid))


@bp.post("/organise/<event>/videos/<uid>/accept")
@staff(Role.ORGANISER)
@keeps_form
def accept(event: str, uid: str) -> ResponseReturnValue:
    """Take the newest version."""
    form = AcceptForm()
    seen, without = form.seen, bool(form.without_captions.data)

    def act(key: int, by: str) -> None:
        reviewing.accept(key, seen, without_captions=without, who=by, now=database.now())

    return _decided(event, uid, form, act, _("Accepted. A letter tells the city."))


@bp.post("/organise/<event>/videos/<uid>/changes")
@staff(Role.ORGANISER)
@keeps_form
def changes(event: str, uid: str) -> ResponseReturnValue:
    """Return the newest version."""
    form = ChangesForm()
    seen, said = form.seen, form.comments.data or ""

    def act(key: int, by: str) -> None:
        reviewing.ask_for_changes(key, seen, said, who=by, now=database.now())

    return _decided(event, uid, form, act, _("Returned. A letter brings your comment to the city."))


@bp.post("/organise/<event>/videos/<uid>/place")
@staff(Role.ORGANISER)
@keeps_form
def place(event: str, uid: str) -> ResponseReturnValue:
    """Have it played somewhere."""
    form = PlaceForm()
    form.prepare(service.sessions(load(event).id))
    code, running = form.session.data or "", form.running.data

    def act(key: int, by: str) -> None:
        reviewing.place(key, code, running, who=by, now=database.now())

    return _decided(event, uid, form, act, _("Stored: this is where it is played."))


def _decided(event: str, uid: str, form: Form, act: Callable[[int, str], None], said: str) -> ResponseReturnValue:
    """Do what a form of the review page says, and show the page again: with its form, if it was refused."""
    summit = load(event)
    key, actor = _message(summit, uid).id, who()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: act(key, actor))
            flash(said, "success")
            return redirect(url_for("screening.review", event=event, uid=uid), 303)
    summit = load(event)
    return _page(summit, _message(summit, uid), form)


def _page(summit: Event, message: VideoMessage, given: Form | None = None) -> ResponseReturnValue:
    last = message.versions[-1] if message.versions else None
    number = last.number if last else 0
    forms: dict[str, Form] = {
        "accepting": AcceptForm(formdata=None, data={"number": number}),
        "changing": ChangesForm(formdata=None, data={"number": number}),
        "placing": PlaceForm(formdata=None, data={"session": message.session_code, "running": message.running}),
    }
    for name, form in forms.items():
        if given is not None and type(form) is type(given):
            forms[name] = given
    placing = forms["placing"]
    if isinstance(placing, PlaceForm):
        placing.prepare(service.sessions(summit.id))
    found = checking.findings_of(message, last) if last else ()
    page = answer(
        "desk/screening/review.html",
        given or forms["accepting"],
        message=message,
        called=service.called(message),
        last=last,
        findings=[(each.weight.value, words.say(each)) for each in found],
        facts=words.facts(last) if last else [],
        played=reviewing.accepted(message.versions),
        may_decide=message.state in reviewing.REVIEWED and last is not None,
        **forms,
        **words.for_pages(),
        **desk(summit),
    )
    return plays(page)


@bp.get(f"/organise/<event>/videos/<uid>/versions/{VERSION}/film")
@staff(Role.ORGANISER)
def film(event: str, uid: str, number: int) -> Response:
    """The octets of a version, for those who organise this event alone."""
    message, version = _version(load(event), uid, number)
    return serving.film(version, _name(message, number), download="download" in request.args)


@bp.get(f"/organise/<event>/videos/<uid>/versions/{VERSION}/captions.vtt")
@staff(Role.ORGANISER)
def captions(event: str, uid: str, number: int) -> Response:
    message, version = _version(load(event), uid, number)
    return serving.subtitles(version, _name(message, number))


def _name(message: VideoMessage, number: int) -> str:
    return serving.file_name(service.called(message), f"v{number}")


@bp.post("/organise/<event>/videos/<uid>/mark")
@staff(Role.ORGANISER)
def mark(event: str, uid: str) -> ResponseReturnValue:
    """Say that it was played, or was not, or take that back."""
    key, actor, said = _message(load(event), uid).id, who(), request.form.get("played", "")
    return marked(key, said, actor, url_for("screening.playlist", event=event, _anchor=f"v-{uid}"))


def marked(message_id: int, said: str, actor: str, back: str) -> ResponseReturnValue:
    """Mark a video, as a form of one button says ("yes", "no", "back"), and go back to where that stood."""
    if said not in {"yes", "no", "back"}:
        not_found(_("There is no such act."))
    played = {"yes": True, "no": False, "back": None}[said]
    try:
        write(lambda: reviewing.mark(message_id, played, who=actor, now=database.now()))
    except Refused as no:
        flash(no.message, "error")
    return redirect(back, 303)


@bp.get("/organise/<event>/playlist")
@staff(Role.ORGANISER)
def playlist(event: str) -> ResponseReturnValue:
    """The running order of the draft, the control room's link, and from when the public sees videos."""
    return _playlist(load(event), None)


def _playlist(summit: Event, given: ShownForm | None) -> ResponseReturnValue:
    blocks, obstacle = service.drafted_or_none(summit, database.now())
    row = service.screening(summit.id)
    form = given or ShownForm(formdata=None, data={"shown": row.shown.value})
    return answer(
        "desk/screening/playlist.html",
        form,
        blocks=blocks,
        obstacle=obstacle,
        total=service.total(blocks),
        room=row if row.link_hash else None,
        address=absolute("room.playlist", token=row.link) if row.link_hash else "",
        **words.for_pages(),
        **desk(summit),
    )


@bp.post("/organise/<event>/playlist/shown")
@staff(Role.ORGANISER)
@keeps_form
def show_from(event: str) -> ResponseReturnValue:
    """From when the public sees videos."""
    summit = load(event)
    form = ShownForm()
    if form.validate_on_submit():
        with form.refusals():
            key, actor, shown = summit.id, who(), Shown(form.shown.data)
            write(lambda: service.show_from(key, shown, who=actor, now=database.now()))
            flash(_("Stored."), "success")
            return redirect(url_for("screening.playlist", event=event), 303)
    return _playlist(load(event), form)


@bp.post("/organise/<event>/playlist/room")
@staff(Role.ORGANISER)
def room(event: str) -> ResponseReturnValue:
    """Give the control room a new link, or take the one it has away."""
    key, actor = load(event).id, who()
    if request.form.get("act") == "close":
        write(lambda: service.close_room(key, who=actor, now=database.now()))
        flash(_("The control room is closed: its link opens nothing any more."), "success")
    else:
        write(lambda: service.open_room(key, who=actor, now=database.now()))
        flash(_("The control room has a new link. Any former one opens nothing any more."), "success")
    return redirect(url_for("screening.playlist", event=event), 303)


@bp.get("/organise/<event>/playlist.<any(csv,m3u,sha256):kind>")
@staff(Role.ORGANISER)
def export(event: str, kind: str) -> Response:
    """The running order of the draft as a file, by the names under which the videos are downloaded."""
    summit = load(event)
    blocks, _obstacle = service.drafted_or_none(summit, database.now())
    return sent(summit, kind, blocks, None)


def sent(summit: Event, kind: str, blocks: tuple[Block, ...], address: lists.Address | None) -> Response:
    """The running order as a file of this kind."""

    def when(block: Block) -> str:
        return words.when(block, summit.zone)

    octets = {
        "csv": lambda: lists.table(blocks, address or (lambda _film: ""), when),
        "m3u": lambda: lists.m3u(summit.title, blocks, address),
        "sha256": lambda: lists.sums(blocks),
    }[kind]()
    answered = Response(octets, content_type=lists.KINDS[kind])
    answered.headers["Content-Disposition"] = f"attachment; filename={summit.slug}-videos.{kind}"
    return answered


def _message(summit: Event, uid: str) -> VideoMessage:
    try:
        return reviewing.whole(summit.id, uid)
    except LookupError:
        not_found(_("There is no video message at this address."))


def _version(summit: Event, uid: str, number: int) -> tuple[VideoMessage, VideoVersion]:
    message = _message(summit, uid)
    version = next((each for each in message.versions if each.number == number and each.key), None)
    if version is None:
        not_found(_("The file of this version is not here any more: a newer one took its place."))
    return message, version
