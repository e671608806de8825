"""A delegate's own pages. Whoever has the secret in the address may see and change; opening a page changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db
from app.agenda import absences
from app.agenda.absence_forms import AbsenceForm
from app.db import write
from app.delegations.deadlines import limits
from app.events.models import Due
from app.events.service import event_by_slug
from app.mypage import drawing, service
from app.mypage.forms import OfferForm, RenewForm, WithdrawForm
from app.publishing import feeds
from app.publishing.calendars.views import serve
from app.publishing.participants.models import Audience
from app.publishing.participants.views import of as participants_of
from app.registration import asking, changes, nominating, places, replies, waiting
from app.registration import service as registration
from app.registration.asked import Outcome
from app.registration.forms import SUGGESTIONS, ChangeForm, CompleteForm, Held
from app.registration.models import ENDED, State
from app.registration.service import FILLED_IN
from app.registration.views import delegate_of
from app.travel import service as travel
from app.web import answer, belongs_to, keeps_form, kept_by_nobody, new_key, not_found, on_device, public
from app.web.wording import zone_name

bp = Blueprint("mypage", __name__)
SECRET = public("the secret in the address is the permission")


@bp.get("/d/<token>/", strict_slashes=False)
@SECRET
@on_device
def page(token: str) -> ResponseReturnValue:
    """What is registered, the city's sessions, the calendar, and what can be done."""
    delegate = delegate_of(token)
    if delegate.state not in ENDED:
        belongs_to(delegate.uid, home=delegate.event.slug)
    return drawing.page(delegate, new=False)


@bp.get("/d/<token>/registered")
@SECRET
def registered(token: str) -> ResponseReturnValue:
    """The same right after registering: it worked, and what to do now."""
    return drawing.page(delegate_of(token), new=True)


@bp.route("/d/<token>/change", methods=["GET", "POST"])
@SECRET
@keeps_form
def change(token: str) -> ResponseReturnValue:
    """Correct what was told, the way of taking part included."""
    delegate = delegate_of(token)
    if delegate.state not in FILLED_IN or nominating.awaits_form(delegate):
        return redirect(url_for("mypage.page", token=token), 303)
    key, summit = delegate.id, delegate.event
    form = ChangeForm(data=ChangeForm.of(delegate))
    form.held = Held.of(delegate.needs)
    full = form.offer(places.left(summit.id))
    if form.validate_on_submit():
        with form.refusals():
            asked = write(lambda: asking.change(key, form.details(), form.seen, db.now()))[1]
            flash(_("Stored. If anything is new, a letter that tells it is on its way."), "success")
            if asked:
                flash(_("What somebody has to agree to first is asked for; until then it stays as it was."), "info")
            return redirect(url_for("mypage.page", token=token), 303)
    stored = delegate_of(token)
    stale = bool(form.version.errors)
    form.renewed(version=str(stored.version))
    return answer(
        "mypage/change.html",
        form,
        token=token,
        summit=stored.event,
        city=stored.delegation.member.name,
        stored=form.differing(stored) if stale else (),
        full={mode: said for mode, said in full.items() if mode != stored.mode},
        told=travel.told(stored.id) if travel.is_asked(stored) else None,
        **SUGGESTIONS,
    )


@bp.route("/d/<token>/availability", methods=["GET", "POST"])
@SECRET
@keeps_form
def availability(token: str) -> ResponseReturnValue:
    """When the person cannot take part, told by the clocks where they are or by the summit's."""
    delegate = delegate_of(token)
    if delegate.state in ENDED:
        return redirect(url_for("mypage.page", token=token), 303)
    event, home, key, who = delegate.event, service.zone_of(delegate), delegate.id, delegate.signed
    about, city = f"delegate:{delegate.reference}", delegate.delegation_id
    form = AbsenceForm(data={"begins_on": event.starts_on, "ends_on": event.starts_on, "zone": home})
    form.prepare({}, {zone: zone_name(zone) for zone in dict.fromkeys((home, event.zone))})
    if form.validate_on_submit():
        with form.refusals():
            told, sent, now, slug = form.told(), form.submit_key.data or new_key(), db.now(), event.slug
            write(lambda: absences.add(event_by_slug(slug), about, told, sent, who=who, now=now, delegation_id=city))
            flash(_("Stored. The organisers are warned when they plan something with you then."), "success")
            return redirect(url_for("mypage.availability", token=token), 303)
    lines = absences.listed(event.id, delegate_id=key)
    return answer("mypage/availability.html", form, token=token, summit=event, own_zone=home, lines=lines)


@bp.post("/d/<token>/availability/<uid>/remove")
@SECRET
def available(token: str, uid: str) -> ResponseReturnValue:
    """Take back a time that was told of the person."""
    delegate = delegate_of(token)
    key, who, event_id, now = delegate.id, delegate.signed, delegate.event_id, db.now()
    write(lambda: absences.remove(event_id, uid, delegate_id=key, who=who, now=now))
    return redirect(url_for("mypage.availability", token=token), 303)


@bp.route("/d/<token>/withdraw", methods=["GET", "POST"])
@SECRET
@keeps_form
def withdraw(token: str) -> ResponseReturnValue:
    """Say what withdrawing means, and do it when the button is pressed."""
    delegate = delegate_of(token)
    if delegate.state in ENDED:
        return redirect(url_for("mypage.page", token=token), 303)
    key = delegate.id
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: registration.withdraw(key, db.now()))
            return redirect(url_for("mypage.page", token=token), 303)
    delegate = delegate_of(token)
    return answer("mypage/withdraw.html", form, token=token, delegate=delegate, summit=delegate.event)


@bp.route("/d/<token>/complete", methods=["GET", "POST"])
@SECRET
@keeps_form
def complete(token: str) -> ResponseReturnValue:
    """Somebody who was named fills in the form: sends it, or saves it half-way and goes on elsewhere."""
    delegate = delegate_of(token)
    if not nominating.awaits_form(delegate):
        return redirect(url_for("mypage.page", token=token), 303)
    key, name, summit = delegate.id, delegate.name, delegate.event
    draft = nominating.draft_of(key)
    form = CompleteForm(data=CompleteForm.of(delegate, draft.values if draft else None))
    form.held = Held.of(delegate.needs)
    full = form.offer(places.left(summit.id))
    if form.is_submitted() and form.save.data:
        if _saved(form, key):
            return redirect(url_for("mypage.complete", token=token), 303)
    elif form.validate_on_submit():
        with form.refusals():
            write(lambda: nominating.complete(key, form.details(), on_behalf=False, who=name, now=db.now()))
            return redirect(url_for("mypage.registered", token=token), 303)
    stored = delegate_of(token)
    return answer(
        "mypage/complete.html",
        form,
        token=token,
        delegate=stored,
        summit=stored.event,
        city=stored.delegation.member.name,
        limit=limits(stored.event_id, stored.delegation_id).get(Due.CONFIRMATION),
        now=clock.now(),
        own_zone=service.zone_of(stored),
        draft=draft,
        full={mode: _("No place is left at present; you would be put on the waiting list.") for mode in full},
        **SUGGESTIONS,
    )


def _saved(form: CompleteForm, key: int) -> bool:
    """Keep the form as it is, whether it is right or not; only a page that came from elsewhere is not taken."""
    if not form.may_be_saved():
        return False
    with form.refusals():
        write(lambda: nominating.save_draft(key, form.values(), db.now()))
        flash(_("Saved. Open this page again on any device, with the same link, and go on."), "success")
    return not form.errors


@bp.route("/d/<token>/offer", methods=["GET", "POST"])
@SECRET
@keeps_form
def offer(token: str) -> ResponseReturnValue:
    """Take the place that is held, or give it to the next in line."""
    delegate = delegate_of(token)
    if delegate.state != State.OFFERED:
        return redirect(url_for("mypage.page", token=token), 303)
    key = delegate.id
    form = OfferForm()
    if form.validate_on_submit():
        with form.refusals():
            act = waiting.accept if form.decision.data == "take" else waiting.decline
            write(lambda: act(key, db.now()))
            return redirect(url_for("mypage.registered", token=token), 303)
    delegate = delegate_of(token)
    own_zone = service.zone_of(delegate)
    return answer("mypage/offer.html", form, token=token, delegate=delegate, summit=delegate.event, own_zone=own_zone)


@bp.post("/d/<token>/changes/<int(max=2147483647):number>/take-back")
@SECRET
def take_back(token: str, number: int) -> ResponseReturnValue:
    """A change that was asked for is wanted no more."""
    delegate = delegate_of(token)
    try:
        found, who = changes.find(number, delegate_id=delegate.id), delegate.signed
    except LookupError:
        not_found(_("No such change was asked for."))
    if not replies.line(found).own:
        not_found(_("Your city asked for this; please write to its office."))
    key = found.id
    row = write(lambda: asking.take_back(key, who=who, now=db.now()))
    taken = row.outcome == Outcome.TAKEN_BACK
    flash(_("Taken back: everything stays as it was.") if taken else _("This was decided already."), "info")
    return redirect(url_for("mypage.page", token=token), 303)


@bp.route("/d/<token>/links", methods=["GET", "POST"])
@SECRET
@keeps_form
def links(token: str) -> ResponseReturnValue:
    """Replace a link that has come into wrong hands."""
    delegate = delegate_of(token)
    key = delegate.id
    form = RenewForm()
    if form.validate_on_submit():
        with form.refusals():
            done = write(lambda: registration.renew(key, form.chosen, db.now()))
            flash(
                _(
                    "The link is replaced: the old one opens nothing any more, and a letter with the new one is on its"
                    " way."
                ),
                "success",
            )
            return redirect(url_for("mypage.page", token=done.link), 303)
    return answer("mypage/links.html", form, token=token, summit=delegate_of(token).event)


@bp.get("/d/<token>/participants")
@SECRET
def participants(token: str) -> ResponseReturnValue:
    """Who else takes part and agreed to be shown to participants; for approved people alone."""
    delegate = delegate_of(token)
    if delegate.state != State.APPROVED:
        flash(_("The list of participants is for people whose registration is approved."), "info")
        return redirect(url_for("mypage.page", token=token), 303)
    listed = participants_of(delegate.event_id, Audience.DELEGATES)
    return render_template("participants/mine.html", token=token, summit=delegate.event, **listed)


@bp.get("/c/<token>/agenda.ics")
@SECRET
def feed(token: str) -> Response:
    """The delegate's calendar, for a program that polls it; with ?download a file to keep."""
    try:
        return serve(service.calendar(token, feeds.source(), clock.now()))
    except LookupError:
        not_found(_("This address opens no calendar. If it was replaced, the new one stands on the person's own page."))


@bp.after_request
def _kept_by_nobody(response: Response) -> Response:
    """A person's pages are stored by no cache and found by no search engine; the calendar says so itself."""
    return response if request.endpoint == "mypage.feed" else kept_by_nobody(response)
