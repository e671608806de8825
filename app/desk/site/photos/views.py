"""The organisers' pages of photos: what there is and where it stands, sending one, its words, and what they press."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, staff, who
from app.clock import local
from app.db import write
from app.desk.site.forms import NewPhotoForm, PhotoForm, PressForm, of_photo
from app.events.models import Event
from app.events.views import desk, load
from app.files import MEGABYTE
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.site import look, pictures
from app.site.models import Photo
from app.site.service import KEPT
from app.site.shown import photos_of, pictured
from app.web import answer, keeps_form, not_found, undoable

bp = Blueprint("photos_desk", __name__)
PHOTOS = "/organise/<event>/site/photos"
CONFLICT = 409


@bp.get(PHOTOS)
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every photo, with where it stands and what is missing in which language."""
    summit = load(event)
    chosen = look.of(summit.id)
    return render_template(
        "desk/site/photos.html",
        rows=[(each, pictured(each, event)) for each in photos_of(summit.id)],
        deleted=pictures.deleted(summit.id),
        until=lambda row: local(row.deleted_at + KEPT, summit.zone).date(),
        places=pictures.places(summit.id),
        hero=chosen.hero_id if chosen else None,
        tongues=TONGUES,
        **desk(summit),
    )


@bp.route(f"{PHOTOS}/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def new(event: str) -> ResponseReturnValue:
    """Send one."""
    request.max_content_length = (pictures.WANTED.megabytes + 1) * MEGABYTE
    summit = load(event)
    form = NewPhotoForm(data=of_photo(None))
    if form.validate_on_submit():
        with form.refusals():
            given, key, actor = form.described(), form.submit_key.data or "", who()
            pictures.judged(given)
            sizes = pictures.laid(form.photo.data.read())
            write(lambda: pictures.add(load(event), sizes, given, key, who=actor, now=database.now()))
            flash(_("Stored. It can be put into pages and news now."), "success")
            return redirect(url_for("photos_desk.table", event=event), 303)
    return answer("desk/site/photo.html", form, row=None, picture=None, theirs=[], **_frame(summit))


@bp.route(f"{PHOTOS}/<key>/edit", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def edit(event: str, key: str) -> ResponseReturnValue:
    """Its words."""
    form = PhotoForm(data=of_photo(_one(load(event), key)))
    if form.validate_on_submit():
        with form.refusals():
            given, seen, actor = form.described(), form.version(), who()
            write(lambda: pictures.describe(load(event), key, given, seen, who=actor, now=database.now()))
            flash(_("Stored. It holds wherever the photo stands."), "success")
            return redirect(url_for("photos_desk.table", event=event), 303)
    summit = load(event)
    row = _one(summit, key)
    overtaken = form.is_submitted() and form.version() != row.version
    theirs = [(code, said["alt"]) for code, said in row.alt.items()] if overtaken else []
    if overtaken:  # whoever presses again has seen both
        form.seen.data = str(row.version)
    picture = next(pictured(each, event) for each in photos_of(summit.id) if each.key == key)
    page = answer("desk/site/photo.html", form, row=row, picture=picture, theirs=theirs, **_frame(summit))
    return (page[0], CONFLICT, *page[2:]) if overtaken and page[1] == 422 else page


@bp.route(f"{PHOTOS}/<key>/delete", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def delete(event: str, key: str) -> ResponseReturnValue:
    """Delete one, after naming where it stands."""
    summit, form = load(event), PressForm()
    row = _one(summit, key)
    if form.validate_on_submit():
        with form.refusals():
            actor = who()
            write(lambda: pictures.throw_away(load(event), key, who=actor, now=database.now()))
            back = url_for("photos_desk.put_back", event=event, key=key)
            undoable(_("The photo is deleted."), back, label=_("Put it back"))
            return redirect(url_for("photos_desk.table", event=event), 303)
    chosen = look.of(summit.id)
    told = {"places": pictures.places(summit.id).get(key, []), "hero": bool(chosen and chosen.hero_id == row.id)}
    return answer("desk/site/photo_delete.html", form, row=row, days=KEPT.days, **told, **desk(load(event)))


@bp.post(f"{PHOTOS}/<key>/put-back")
@staff(Role.ORGANISER)
def put_back(event: str, key: str) -> ResponseReturnValue:
    """The press of the button that takes a deletion back."""
    actor = who()
    done = _("The photo stands wherever it stood.")
    return _press(event, lambda: pictures.put_back(load(event), key, who=actor, now=database.now()), done)


@bp.post(f"{PHOTOS}/head")
@staff(Role.ORGANISER)
def head(event: str) -> ResponseReturnValue:
    """The press of the button that puts a photo at the head of the front page, or takes it away from there."""
    key, actor = request.form.get("key", ""), who()
    done = _("It stands at the head of the front page.") if key else _("No photo stands at the head of the front page.")
    return _press(event, lambda: pictures.head(load(event), key, who=actor, now=database.now()), done)


def _press(event: str, act: Any, done: str) -> ResponseReturnValue:
    try:
        write(act)
        flash(done, "success")
    except Refused as no:
        flash(no.message, "error")
    return redirect(url_for("photos_desk.table", event=event), 303)


def _frame(summit: Event) -> dict[str, Any]:
    return {"tongues": TONGUES, "limits": {"alt": pictures.ALT, "credit": pictures.CREDIT}} | desk(summit)


def _one(summit: Event, key: str) -> Photo:
    try:
        return pictures.one(summit.id, key)
    except LookupError:
        not_found(_("There is no such photo. It may have been deleted; the list says what can be put back."))
