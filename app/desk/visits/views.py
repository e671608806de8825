"""The organisers' pages of visits: the table, one visit with its people and vehicles, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.visits import service
from app.desk.visits.forms import ActForm, ReasonForm, VehicleForm, VisitForm
from app.events.models import Event
from app.events.views import desk, load
from app.visits import editing, fitting, signing, vehicles, waiting
from app.visits.models import OVER, Filling, SignUp, Standing, Vehicle, Visit
from app.web import absolute, answer, keeps_form, not_found

bp = Blueprint("visits_desk", __name__)
AT = "/organise/<event>/visits"


@bp.get(AT)
@staff(Role.ORGANISER, Role.LOGISTICS)
def table(event: str) -> ResponseReturnValue:
    """Every visit: when, how full, who waits, and what to do next."""
    summit = load(event)
    return render_template("desk/visits/table.html", rows=service.table(summit, database.now()), **desk(summit))


@bp.route(f"{AT}/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def new(event: str) -> ResponseReturnValue:
    """One more visit; the public sees it with the next release."""
    summit = load(event)
    key, zone = summit.id, summit.zone
    form = VisitForm(data={"code": editing.new_code()})
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            facts, code, actor = form.facts(zone), _code(form), who()
            write(lambda: editing.make(key, facts, code, who=actor, now=database.now()))
            flash(_("Stored. The public, and those who may choose it, see it with the next release."), "success")
            return _to("one", event, code)
    return answer("desk/visits/edit.html", form, visit=None, **desk(load(event)))


@bp.get(f"{AT}/<code>")
@staff(Role.ORGANISER)
def one(event: str, code: str) -> ResponseReturnValue:
    """One visit: its people by where they stand, its waiting list, its vehicles."""
    return _one(load(event), code, ActForm())


@bp.route(f"{AT}/<code>/edit", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def edit(event: str, code: str) -> ResponseReturnValue:
    """Change a visit. Who has a place is told at once what is new for them."""
    summit = load(event)
    visit, zone = _visit(summit, code), summit.zone
    key = visit.id
    form = VisitForm(data=VisitForm.of(visit, zone))
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            facts, seen, actor = form.facts(zone), form.seen, who()
            write(lambda: editing.change(key, facts, seen, who=actor, now=database.now()))
            flash(_("Stored. Who has a place is told what is new for them; the public reads the release."), "success")
            return _to("one", event, code)
    summit = load(event)
    return answer("desk/visits/edit.html", form, visit=_visit(summit, code), **desk(summit))


@bp.post(f"{AT}/<code>/duplicate")
@staff(Role.ORGANISER)
def duplicate(event: str, code: str) -> ResponseReturnValue:
    """Another visit with the same facts, to be changed where it differs."""
    key, made, actor = _visit(load(event), code).id, editing.new_code(), who()
    write(lambda: editing.duplicate(key, made, who=actor, now=database.now()))
    flash(_("This is the copy. Change what is different."), "success")
    return _to("edit", event, made)


@bp.post(f"{AT}/<code>/close")
@staff(Role.ORGANISER)
def close(event: str, code: str) -> ResponseReturnValue:
    """Close the list now."""
    visit, actor = _visit(load(event), code), who()
    key, wished = visit.id, visit.filling == Filling.WISHES
    write(lambda: editing.close(key, who=actor, now=database.now()))
    called = _("The list is closed. What comes free from now on you give by calling people.")
    flash(_("The list is closed. Now the places can be given to the wishes.") if wished else called, "success")
    return _to("one", event, code)


@bp.route(f"{AT}/<code>/cancel", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def cancel(event: str, code: str) -> ResponseReturnValue:
    """Call the visit off: everybody is told and has the time back."""
    visit = _visit(load(event), code)
    key, actor = visit.id, who()

    def act(reason: str) -> str:
        told = write(lambda: editing.cancel(key, reason, who=actor, now=database.now()))
        return str(ngettext("Cancelled. One person is told.", "Cancelled. %(num)s people are told.", told))

    return _reasoned(event, code, act, "cancel")


@bp.route(f"{AT}/<code>/people/<uid>/skip", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def skip(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Give the next places to this party before others, with a reason."""
    key, actor = _sign_up(load(event), code, uid).id, who()

    def act(reason: str) -> str:
        party = write(lambda: waiting.skip_to(key, reason, who=actor, now=database.now()))
        offered = party[0].state == Standing.OFFERED
        return str(_("The places are offered to them.") if offered else _("They have the places; a letter says so."))

    return _reasoned(event, code, act, "skip", uid)


@bp.route(f"{AT}/<code>/people/<uid>/take-off", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def take_off(event: str, code: str, uid: str) -> ResponseReturnValue:
    """End one person's place or turn, with a reason that they read."""
    key, actor = _sign_up(load(event), code, uid).id, who()

    def act(reason: str) -> str:
        write(lambda: signing.take_off([key], reason, who=actor, now=database.now()))
        return str(_("Done, and told by letter. Whoever is next in line is asked."))

    return _reasoned(event, code, act, "take_off", uid)


@bp.post(f"{AT}/<code>/people/<uid>/class")
@staff(Role.ORGANISER)
def set_class(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Put a party that waits into another class of the list."""
    summit = load(event)
    key, actor = _sign_up(summit, code, uid).id, who()
    typed = request.form.get("list_class", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 3 else -1
    form = ActForm()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: waiting.set_class(key, number, who=actor, now=database.now()))
            return _to("one", event, code)
    return _one(load(event), code, form)


@bp.post(f"{AT}/<code>/people/<uid>/seat")
@staff(Role.ORGANISER)
def seat(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Seat one person in another vehicle."""
    summit = load(event)
    visit, actor = _visit(summit, code), who()
    key = _sign_up(summit, code, uid).id
    to = _vehicle(visit, request.form.get("vehicle", "")).id
    form = ActForm()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: vehicles.seat(key, to, who=actor, now=database.now()))
            return _to("one", event, code)
    return _one(load(event), code, form)


@bp.route(f"{AT}/<code>/vehicles/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def add_vehicle(event: str, code: str) -> ResponseReturnValue:
    """One more vehicle."""
    summit = load(event)
    visit, actor = _visit(summit, code), who()
    key = visit.id
    form = VehicleForm(data={"name": _("Bus %(num)s", num=len(visit.vehicles) + 1)})
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: vehicles.add(key, form.facts(), who=actor, now=database.now()))
            flash(_("Stored. Who waits is asked where places came free."), "success")
            return _to("one", event, code)
    summit = load(event)
    return answer("desk/visits/vehicle.html", form, visit=_visit(summit, code), vehicle=None, **desk(summit))


@bp.route(f"{AT}/<code>/vehicles/<uid>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def vehicle(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Change a vehicle, see and replace the link of whoever ticks boarding."""
    found, actor = _vehicle(_visit(load(event), code), uid), who()
    key = found.id
    form = VehicleForm(data=VehicleForm.of(found))
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: vehicles.change(key, form.facts(), who=actor, now=database.now()))
            flash(_("Stored. Who waits is asked where places came free."), "success")
            return _to("one", event, code)
    summit = load(event)
    visit = _visit(summit, code)
    there = _vehicle(visit, uid)
    link = absolute("boarding.page", token=there.link) if there.link_hash else ""
    return answer("desk/visits/vehicle.html", form, visit=visit, vehicle=there, link=link, **desk(summit))


@bp.post(f"{AT}/<code>/vehicles/<uid>/link")
@staff(Role.ORGANISER)
def link(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Make a link for whoever ticks boarding, or take it away; the old one opens nothing any more."""
    key, actor, on = _vehicle(_visit(load(event), code), uid).id, who(), request.form.get("on") == "y"
    write(lambda: vehicles.link(key, on=on, who=actor, now=database.now()))
    flash(_("The link is new; an older one opens nothing any more.") if on else _("The link is gone."), "success")
    return redirect(url_for("visits_desk.vehicle", event=event, code=code, uid=uid), 303)


@bp.post(f"{AT}/<code>/vehicles/<uid>/remove")
@staff(Role.ORGANISER)
def remove_vehicle(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Take an empty vehicle out of the visit."""
    key, actor = _vehicle(_visit(load(event), code), uid).id, who()
    form = ActForm()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: vehicles.remove(key, who=actor, now=database.now()))
            return _to("one", event, code)
    return _one(load(event), code, form)


def _reasoned(event: str, code: str, act: Callable[[str], str], kind: str, uid: str = "") -> ResponseReturnValue:
    """A page that asks for a reason, and does `act` with it."""
    form = ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            said = act(form.reason.data or "")
            flash(said, "success")
            return _to("one", event, code)
    summit = load(event)
    visit = _visit(summit, code)
    group = _sign_up(summit, code, uid) if uid else None
    return answer("desk/visits/reason.html", form, visit=visit, kind=kind, person=group, **desk(summit))


def _one(summit: Event, code: str, form: ActForm) -> ResponseReturnValue:
    visit = _visit(summit, code)
    found = service.people(visit)
    shown: dict[str, Any] = {
        "visit": visit,
        "people": found,
        "stuck": service.stuck(visit, found),
        "left": fitting.room(visit).places,
        "lacking": editing.lacking(visit),
        "open": waiting.open_now(visit, database.now()),
        "over": OVER,
    }
    return answer("desk/visits/one.html", form, **shown, **desk(summit))


def _visit(summit: Event, code: str) -> Visit:
    try:
        return service.one(summit.id, code)
    except LookupError:
        not_found(_("There is no such visit."))


def _vehicle(visit: Visit, uid: str) -> Vehicle:
    try:
        return service.vehicle(visit, uid)
    except LookupError:
        not_found(_("This visit has no such vehicle."))


def _sign_up(summit: Event, code: str, uid: str) -> SignUp:
    try:
        return service.sign_up(_visit(summit, code), uid)
    except LookupError:
        not_found(_("Nobody of this kind is signed up for the visit."))


def _code(form: VisitForm) -> str:
    """The code that the form was made with; a new one for what was made up."""
    told = form.code.data or ""
    plain = told.removeprefix("visit-")
    return told if told != plain and plain.isalnum() and plain.isascii() and len(told) < 40 else editing.new_code()


def _to(page: str, event: str, code: str) -> ResponseReturnValue:
    return redirect(url_for(f"visits_desk.{page}", event=event, code=code), 303)
