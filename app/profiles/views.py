"""The pages on which a delegate tells about themselves, and their photo for those who may see it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db, files
from app.accounts import Role, staff
from app.db import write
from app.events.views import load
from app.files import Kept
from app.jobs import Duty, duties
from app.profiles import contacts, photos, service
from app.profiles.forms import AboutForm, BadgeForm, BioForm, ConsentsForm, LanguagesForm, NamesForm
from app.profiles.models import Page, Profile
from app.registration.forms import SUGGESTIONS
from app.registration.models import ENDED, Delegate
from app.registration.views import delegate_of
from app.web import answer, keeps_form, kept_by_nobody, not_found, on_device, public

bp = Blueprint("profiles", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret in the address is the permission")


@bp.route("/d/<token>/about/names", methods=["GET", "POST"])
@SECRET
@keeps_form
def names(token: str) -> ResponseReturnValue:
    """How the name is written in other scripts and lists, and how it is said."""
    delegate = delegate_of(token)
    form = NamesForm(data=_shown(NamesForm, delegate))
    form.offer(delegate.family_name, delegate.given_name)
    return _page(token, delegate, form, Page.NAMES)


@bp.route("/d/<token>/about/languages", methods=["GET", "POST"])
@SECRET
@keeps_form
def languages(token: str) -> ResponseReturnValue:
    """What the person speaks, and what has to be interpreted for them."""
    delegate = delegate_of(token)
    return _page(token, delegate, LanguagesForm(data=_shown(LanguagesForm, delegate)), Page.LANGUAGES, **SUGGESTIONS)


@bp.route("/d/<token>/about/bio", methods=["GET", "POST"])
@SECRET
@keeps_form
def bio(token: str) -> ResponseReturnValue:
    """A few words, and a photo."""
    allow_photo()
    delegate = delegate_of(token)
    return _page(token, delegate, BioForm(data=_shown(BioForm, delegate)), Page.BIO)


@bp.route("/d/<token>/about/badge", methods=["GET", "POST"])
@SECRET
@keeps_form
@on_device
def badge(token: str) -> ResponseReturnValue:
    """The two lines of the badge, with a look at it."""
    delegate = delegate_of(token)
    return _page(token, delegate, BadgeForm(data=_shown(BadgeForm, delegate)), Page.BADGE)


@bp.route("/d/<token>/about/consents", methods=["GET", "POST"])
@SECRET
@keeps_form
def consents(token: str) -> ResponseReturnValue:
    """What the person agrees to; who no longer takes part can still take it back."""
    delegate = delegate_of(token)
    key, ended = delegate.id, delegate.state in ENDED
    given = service.consents_of(key)
    if request.method == "GET" and ended and not service.overview(key).agrees:
        return _home(token)
    form = ConsentsForm(data=ConsentsForm.of(given))
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: service.agree(key, form.wanted(), seen=form.seen.data or "", now=db.now()))
            flash(_("Stored: this is what you agree to."), "success")
            return _home(token)
    given = service.consents_of(key)
    form.seen.data = service.mark_of_consents(given)
    stored = delegate_of(token)
    return answer(
        "profiles/consents.html",
        form,
        token=token,
        summit=stored.event,
        ended=ended,
        said=form.said(given),
        zone=stored.zone or stored.delegation.member.zone,
    )


@bp.get("/d/<token>/about/photo")
@SECRET
def photo(token: str) -> ResponseReturnValue:
    """The person's own photo."""
    return picture(service.profile_of(delegate_of(token).id))


@bp.get("/organise/<event>/registrations/<reference>/photo")
@staff(Role.ORGANISER)
def photo_at_desk(event: str, reference: str) -> ResponseReturnValue:
    """The photo of somebody at this summit, for its organisers."""
    return picture(service.at_event(load(event).id, reference))


def picture(profile: Profile | None) -> Response:
    """The photo, to be shown on a page; it was drawn anew when it came, so nothing else hides in it. 404 in words."""
    row = profile.photo if profile else None
    if row is None:
        not_found(_("There is no photo."))
    try:
        octets = files.octets(row)
    except FileNotFoundError:
        not_found(_("The photo is no longer in the store. Please send it again."))
    return send_file(BytesIO(octets), mimetype=row.mimetype, download_name="photo.jpg", max_age=0)


def allow_photo() -> None:
    """Let this request be as large as a photo; to be called before its form is read."""
    request.max_content_length = (photos.MEGABYTES + 1) * files.MEGABYTE


def kept(form: BioForm) -> Kept | None:
    """The photo that was sent, made small and laid into the store; None if none was. Refused on "photo" in words."""
    sent = form.photo.data
    if not sent:
        return None
    drawn = photos.prepared(sent.read())
    return files.keep(drawn, "photo.jpg", megabytes=photos.MEGABYTES, field="photo")


def _page(token: str, delegate: Delegate, form: AboutForm, page: Page, **values: Any) -> ResponseReturnValue:
    """One of the pages: shown with what is stored, and stored by itself."""
    if request.method == "GET" and delegate.state in ENDED:
        return _home(token)
    key = delegate.id
    if form.validate_on_submit():
        with form.refusals():
            new, gone = (kept(form), form.without_photo.data) if isinstance(form, BioForm) else (None, False)
            told, seen = form.told(), form.seen.data or ""
            write(lambda: service.tell(key, told, page=page, seen=seen, photo=new, without_photo=gone, now=db.now()))
            flash(_("Stored. You can change it at any time."), "success")
            return _home(token)
    stored, profile = delegate_of(token), service.profile_of(key)
    form.seen.data = service.mark(profile, form.fields)
    return answer(
        f"profiles/{page.value}.html",
        form,
        token=token,
        delegate=stored,
        summit=stored.event,
        profile=profile,
        **values,
    )


def _shown(kind: type[AboutForm], delegate: Delegate) -> dict[str, Any]:
    return kind.of(delegate, delegate.delegation.member.name, service.profile_of(delegate.id))


def _home(token: str) -> ResponseReturnValue:
    return redirect(url_for("mypage.page", token=token, _anchor="about"), 303)


duties.append(
    Duty(
        "profiles",
        lambda _stop: write(lambda: service.forget_profiles(clock.now().date())),
        every=timedelta(hours=1),
    )
)
duties.append(
    Duty(
        "contacts",
        lambda _stop: write(lambda: contacts.forget(clock.now().date(), db.now())),
        every=timedelta(hours=6),
    )
)
