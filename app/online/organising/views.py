"""The organisers' pages: where rooms are joined, moderators' links, checks of picture and sound, and who joined."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, db
from app.accounts import Role, staff, who
from app.db import db as database
from app.db import write
from app.delegations.models import Delegation
from app.events.models import Event
from app.events.views import desk, load
from app.online import joining, techchecks
from app.online.organising import service
from app.online.organising.forms import ResultForm, RoomsForm, SettingsForm, SlotsForm
from app.online.organising.service import Set
from app.online.stage import links
from app.online.stage import service as stages
from app.refused import Refused
from app.registration.models import Delegate
from app.web import absolute, answer, keeps_form, not_found

bp = Blueprint("online_desk", __name__)


@bp.get("/organise/<event>/online")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """What can be joined and how, and the moderators' links."""
    summit = load(event)
    lines = service.lines(summit.id)
    addresses = {
        link.id: absolute("stage.page", token=link.secret)
        for line in lines
        for _who, _name, link in line.leads
        if link is not None
    }
    return render_template(
        "online/desk.html",
        halls=joining.all_ways(summit.id),
        settings=joining.settings_of(summit.id),
        lines=lines,
        addresses=addresses,
        **desk(summit),
    )


@bp.route("/organise/<event>/online/rooms", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def rooms(event: str) -> ResponseReturnValue:
    """The addresses at which each room is joined. They work at once, without a letter or a release."""
    summit = load(event)
    form = RoomsForm(data=RoomsForm.of(joining.all_ways(summit.id)))
    if form.validate_on_submit():
        with form.refusals():
            wanted, actor, now = form.wanted(), who(), clock.now()
            count = write(lambda: service.store_links(summit.id, wanted, who=actor, now=now))
            said = ngettext(
                "Stored for %(num)s room. Whoever joins from now on is led there.",
                "Stored for %(num)s rooms. Whoever joins from now on is led there.",
                count,
            )
            flash(said if count else _("Nothing was changed."), "success" if count else "info")
            return redirect(url_for("online_desk.table", event=event), 303)
    summit = load(event)
    names = {str(key): name for key, name, _ways in joining.all_ways(summit.id)}
    return answer("online/rooms.html", form, names=names, **desk(summit))


@bp.route("/organise/<event>/online/settings", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def settings(event: str) -> ResponseReturnValue:
    """When sessions open, who may join, and whom to call."""
    summit = load(event)
    form = SettingsForm(data=SettingsForm.of(joining.settings_of(summit.id)))
    if form.validate_on_submit():
        with form.refusals():
            wanted, actor = Set(form.opens.data, form.venue_joins.data, form.phone.data or ""), who()
            write(lambda: service.store_settings(summit.id, wanted, who=actor, now=clock.now()))
            flash(_("Stored."), "success")
            return redirect(url_for("online_desk.table", event=event), 303)
    return answer("online/settings.html", form, **desk(load(event)))


@bp.post("/organise/<event>/online/moderators")
@staff(Role.ORGANISER)
def make_all(event: str) -> ResponseReturnValue:
    """A link for everybody who moderates and has none."""
    summit, actor = load(event), who()
    made = write(lambda: service.make_all(summit.id, who=actor, now=db.now()))
    said = ngettext("%(num)s link is made.", "%(num)s links are made.", made)
    flash(said if made else _("Everybody who moderates has a link."), "success" if made else "info")
    return redirect(url_for("online_desk.table", event=event), 303)


@bp.post("/organise/<event>/online/moderators/<uid>/<any(make,renew,withdraw):act>")
@staff(Role.ORGANISER)
def moderator(event: str, uid: str, act: str) -> ResponseReturnValue:
    """Make, replace or withdraw the link of one moderator; pressed twice it is done once."""
    summit, actor, now = load(event), who(), db.now()
    whom = request.form.get("whom", "")
    if not service.may_lead(summit.id, uid, whom):
        not_found(_("Nobody moderates this session under this name."))
    if act == "make":
        write(lambda: links.make(summit.id, uid, whom, who=actor, now=now))
        flash(_("The link is made. Copy it and hand it over; whoever has it can mark how turns went."), "success")
    elif act == "renew":
        seen = request.form.get("generation", "")
        generation = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        write(lambda: links.renew(summit.id, uid, whom, generation, who=actor, now=now))
        flash(_("The link is replaced: the old one opens nothing any more. Hand the new one over."), "success")
    else:
        write(lambda: links.withdraw(summit.id, uid, whom, who=actor, now=now))
        flash(_("The link is withdrawn: it opens nothing any more."), "success")
    return redirect(url_for("online_desk.table", event=event, _anchor=uid), 303)


@bp.get("/organise/<event>/online/sessions/<uid>")
@staff(Role.ORGANISER)
def session(event: str, uid: str) -> ResponseReturnValue:
    """How a session goes on its stage: order, checks and the moderators' marks."""
    summit = load(event)
    try:
        found = stages.stage(summit.id, uid, clock.now())
    except LookupError:
        not_found(_("The published agenda has no such session."))
    return render_template("online/session.html", stage=found, **desk(summit))


@bp.get("/organise/<event>/online/joined")
@staff(Role.ORGANISER)
def joined(event: str) -> ResponseReturnValue:
    """Who joined what."""
    summit = load(event)
    return render_template("online/joined.html", came=service.came(summit), **desk(summit))


@bp.get("/organise/<event>/online/checks")
@staff(Role.ORGANISER)
def checks(event: str) -> ResponseReturnValue:
    """Everybody who speaks online with their check, and the slots."""
    summit = load(event)
    return render_template(
        "online/checks.html",
        speakers=service.speakers(summit.id),
        slots=techchecks.slots(summit.id),
        now=clock.now(),
        **desk(summit),
    )


@bp.route("/organise/<event>/online/checks/open", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def open_slots(event: str) -> ResponseReturnValue:
    """Open slots of checks on some days."""
    summit = load(event)
    form = SlotsForm(data={"minutes": 15, "seats": 1})
    form.offer(summit.ends_on, clock.local(clock.now(), summit.zone).date())
    if form.validate_on_submit():
        with form.refusals():
            opening, actor = form.opening(), who()
            made = write(lambda: techchecks.open_slots(summit, opening, who=actor, now=db.now()))
            said = ngettext("%(num)s slot is open.", "%(num)s slots are open.", made)
            flash(said if made else _("These slots were open already."), "success" if made else "info")
            return redirect(url_for("online_desk.checks", event=event), 303)
    return answer("online/slots.html", form, **desk(load(event)))


@bp.post("/organise/<event>/online/checks/slots/<uid>/close")
@staff(Role.ORGANISER)
def close_slot(event: str, uid: str) -> ResponseReturnValue:
    """Take away a slot that nobody holds."""
    summit, actor = load(event), who()
    try:
        write(lambda: techchecks.close(summit.id, uid, who=actor, now=db.now()))
        flash(_("The slot is taken away."), "success")
    except Refused as no:
        flash(no.message, "error")
    return redirect(url_for("online_desk.checks", event=event), 303)


@bp.route("/organise/<event>/online/checks/<reference>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def check(event: str, reference: str) -> ResponseReturnValue:
    """Enter what came of a check."""
    summit = load(event)
    delegate = _delegate(summit, reference)
    form = ResultForm(data=ResultForm.of(techchecks.of(delegate.id)))
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            found, actor, now = form.found(), who(), db.now()
            write(lambda: techchecks.enter(techchecks.held(summit.id, reference), found, who=actor, now=now))
            flash(_("Stored. The moderator’s page shows it."), "success")
            return redirect(url_for("online_desk.checks", event=event), 303)
    summit = load(event)
    return answer("online/result.html", form, delegate=_delegate(summit, reference), **desk(summit))


@bp.post("/organise/<event>/online/checks/<reference>/cancel")
@staff(Role.ORGANISER)
def cancel_check(event: str, reference: str) -> ResponseReturnValue:
    """Give back the slot that somebody holds; a letter tells them."""
    summit, actor = load(event), who()
    key = _delegate(summit, reference).id
    write(lambda: techchecks.cancel(key, who=actor, now=db.now()))
    flash(_("The slot is free again. A letter tells the person."), "success")
    return redirect(url_for("online_desk.checks", event=event), 303)


def _delegate(summit: Event, reference: str) -> Delegate:
    asked = select(Delegate).where(Delegate.event_id == summit.id, Delegate.reference == reference)
    whole = joinedload(Delegate.delegation).joinedload(Delegation.member)
    found = database.session.execute(asked.options(whole)).scalar_one_or_none()
    if found is None:
        not_found(_("Nobody of this summit has this reference."))
    return found
