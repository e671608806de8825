"""Name in script, how to say it, badge, a few words and a photo, filled in by the city's office for a person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db
from app.db import write
from app.delegations import focal
from app.delegations.models import STANDING, FocalPoint
from app.office import views
from app.office.people import service as people
from app.office.views import SECRET
from app.profiles import service
from app.profiles.forms import OnBehalfForm
from app.profiles.views import allow_photo, kept, picture
from app.registration.models import ENDED, Delegate
from app.web import answer, keeps_form, kept_by_nobody, not_found

bp = Blueprint("office_about", __name__)
bp.after_request(kept_by_nobody)


@bp.route("/f/<token>/people/<reference>/about", methods=["GET", "POST"])
@SECRET
@keeps_form
def about(token: str, reference: str) -> ResponseReturnValue:
    """Fill in for somebody of this city; what they agree to is theirs alone to say."""
    allow_photo()
    found = views.of(token)
    someone = _person(found, reference)
    if request.method == "GET" and (someone.state in ENDED or found.delegation.answer not in STANDING):
        return _back(token, reference)
    key, who, city = someone.id, focal.named(found), found.delegation.member.name
    form = OnBehalfForm(data=OnBehalfForm.of(someone, city, service.profile_of(key)))
    if form.validate_on_submit():
        with form.refusals():
            new, gone, told, seen = kept(form), form.without_photo.data, form.told(), form.seen.data or ""
            write(lambda: service.tell(key, told, seen=seen, photo=new, without_photo=gone, who=who, now=db.now()))
            flash(_("Stored. The person sees it on their own page, and can change it."), "success")
            return _back(token, reference)
    frame, profile = views.frame(token), service.profile_of(key)
    form.seen.data = service.mark(profile, form.fields)
    return answer("office/about.html", form, **frame, person=_person(frame["focal"], reference), profile=profile)


@bp.get("/f/<token>/people/<reference>/photo")
@SECRET
def photo(token: str, reference: str) -> ResponseReturnValue:
    """The photo of somebody of this city."""
    return picture(service.profile_of(_person(views.of(token), reference).id))


def _person(found: FocalPoint, reference: str) -> Delegate:
    """Somebody of this focal point's city; 404 in words for anybody else."""
    try:
        return people.find(found.delegation_id, reference)
    except LookupError:
        not_found(_("Your delegation has nobody of this reference."))


def _back(token: str, reference: str) -> ResponseReturnValue:
    return redirect(url_for("people.person", token=token, reference=reference), 303)
