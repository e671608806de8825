"""The organisers' pages of invitations: the network's members, the letter before it is sent, and each city."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.delegations import answering, focal
from app.delegations.deadlines import last_instant
from app.delegations.forms import ReasonForm
from app.delegations.models import Answer, Delegation
from app.desk.erasing import office as erasing
from app.desk.invitations import service
from app.desk.invitations.forms import ChooseForm, DecideForm, FocalForm, ReopenForm, SendForm, SettingsForm
from app.desk.invitations.service import INVITATION, Row
from app.events.models import Event, Mode
from app.events.views import desk, load
from app.office.service import people
from app.office.undelivered import undelivered
from app.office.views import download
from app.refused import Refused
from app.registration import modes as city_modes
from app.web import Form, answer, keeps_form, letter_page, not_found

bp = Blueprint("invitations", __name__)
TICKS = {"new": frozenset({Answer.DRAFT}), "silent": frozenset({Answer.INVITED})}


@bp.route("/organise/<event>/invitations", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def members(event: str) -> ResponseReturnValue:
    """The members of the network: who speaks for them, how they stand, and whom to write to."""
    summit = load(event)
    rows = service.rows(summit)
    ticks = TICKS.get(request.args.get("tick", ""), frozenset())
    form = ChooseForm(data={"rows": [{"slug": each.member.slug, "ticked": each.answer in ticks} for each in rows]})
    if form.validate_on_submit():
        with form.refusals():
            done = write(lambda: service.enter(summit, form.contacts(), who=who(), now=database.now()))
            return _after(summit, form, done)
    if form.is_submitted():
        rows = service.rows(load(event))
    return answer(
        "desk/invitations.html",
        form,
        rows=rows,
        lines=form.by_slug(),
        counts=service.counts(rows),
        **desk(load(event)),
    )


def _after(summit: Event, form: ChooseForm, entered: int) -> ResponseReturnValue:
    """To the letter, if one is to be sent and somebody is ticked; else back to the table."""
    if entered:
        flash(ngettext("One focal point is stored.", "%(num)s focal points are stored.", entered), "success")
    kind = form.act.data
    if kind in service.FITS and form.ticked():
        return redirect(url_for("invitations.send", event=summit.slug, kind=kind, city=form.ticked()), 303)
    if kind in service.FITS:
        flash(_("Tick the cities that shall get the letter."), "warning")
    elif not entered:
        flash(_("Nothing new was typed, so nothing was stored."), "info")
    return redirect(url_for("invitations.members", event=summit.slug), 303)


@bp.route("/organise/<event>/invitations/send/<any(invitation, reminder):kind>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def send(event: str, kind: str) -> ResponseReturnValue:
    """The letter as one of the chosen cities would get it, to whom it goes, and the button that sends it."""
    summit = load(event)
    form = SendForm(cities=" ".join(request.args.getlist("city")))
    if form.validate_on_submit():
        with form.refusals():
            done = write(lambda: service.send(summit, kind, form.slugs(), who=who(), now=database.now()))
            flash(_sent(kind, done), "success")
            return redirect(url_for("invitations.members", event=event), 303)
    summit = load(event)
    rows = service.chosen(summit, form.slugs())
    fit = [each for each in rows if each.may_get(kind)]
    seen = next((each for each in fit if each.member.slug == request.args.get("as")), fit[0] if fit else None)
    return answer(
        "desk/invitation_send.html",
        form,
        kind=kind,
        fit=fit,
        unfit=[each for each in rows if each not in fit],
        shown=service.preview(kind, seen) if seen else None,
        **desk(summit),
    )


@bp.get("/organise/<event>/invitations/send/<any(invitation, reminder):kind>/<slug>")
@staff(Role.ORGANISER)
def letter_shown(event: str, kind: str, slug: str) -> ResponseReturnValue:
    """The letter of one city as its mail program shows it, for a frame in which nothing runs."""
    row = _row(load(event), slug)
    if not row.may_get(kind):
        not_found(_("This city gets no such letter now."))
    return letter_page(service.preview(kind, row).letter.html)


def _sent(kind: str, done: int) -> str:
    if kind == INVITATION:
        return str(ngettext("One city is invited.", "%(num)s cities are invited. The letters leave now.", done))
    return str(ngettext("One city is reminded.", "%(num)s cities are reminded. The letters leave now.", done))


@bp.get("/organise/<event>/invitations/city/<slug>")
@staff(Role.ORGANISER)
def city(event: str, slug: str) -> ResponseReturnValue:
    """One city: who speaks for it, what it answered, its letters, and what can be done."""
    summit, row, delegation = _city(event, slug)
    return render_template(
        "desk/invitation.html",
        row=row,
        delegation=delegation,
        member=row.member,
        posted=service.posted(summit, row.member),
        undelivered=undelivered(summit.id, people(delegation.id), row.focal_points),
        notes=service.journal_of(delegation),
        former=erasing.former(delegation.id),
        may_reopen=delegation.answer in answering.REOPENED,
        **desk(summit),
    )


@bp.get("/organise/<event>/invitations/city/<slug>/letter")
@staff(Role.ORGANISER)
def letter(event: str, slug: str) -> ResponseReturnValue:
    """The letter of authority as the city handed it in."""
    return download(_city(event, slug)[2].letter)


@bp.route("/organise/<event>/invitations/city/<slug>/focal-points", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def focal_point(event: str, slug: str) -> ResponseReturnValue:
    """One more who speaks for the city."""
    summit = load(event)
    row = _row(summit, slug)
    key = row.delegation.id if row.delegation else 0
    form = FocalForm()

    def act() -> None:
        if key:
            focal.appoint(key, form.contact(), who=who(), now=database.now())
        else:
            service.enter(summit, {slug: form.contact()}, who=who(), now=database.now())

    return _do(event, slug, form, act, "focal", _("Stored."))


@bp.post("/organise/<event>/invitations/city/<slug>/focal-points/<int(max=2147483647):focal_id>/dismiss")
@staff(Role.ORGANISER)
def dismiss(event: str, slug: str, focal_id: int) -> ResponseReturnValue:
    """This person no longer speaks for the city."""
    _summit, row, _delegation = _city(event, slug)
    if focal_id in {each.id for each in row.focal_points}:
        try:
            write(lambda: focal.dismiss(focal_id, who=who(), now=database.now()))
            flash(_("Done: that link opens nothing any more."), "success")
        except Refused as no:
            flash(no.message, "error")
    return redirect(url_for("invitations.city", event=event, slug=slug), 303)


@bp.route("/organise/<event>/invitations/city/<slug>/reopen", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def reopen(event: str, slug: str) -> ResponseReturnValue:
    """Invite a city again that declined, let it lapse, withdrew or was cancelled."""
    summit, _row, delegation = _city(event, slug)
    key, zone, form = delegation.id, summit.zone, ReopenForm()

    def act() -> None:
        until = last_instant(form.day.data, form.time.data or time(23, 59), zone) if form.day.data else None
        answering.reopen(key, who=who(), now=database.now(), until=until)

    return _do(event, slug, form, act, "reopen", _("The city is invited again; a new letter is on its way."))


@bp.route("/organise/<event>/invitations/city/<slug>/cancel", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def cancel(event: str, slug: str) -> ResponseReturnValue:
    """Take a delegation off the summit."""
    key, form = _city(event, slug)[2].id, ReasonForm()

    def act() -> None:
        answering.cancel(key, form.reason.data, who=who(), now=database.now())

    return _do(event, slug, form, act, "cancel", _("The delegation is cancelled, and all that it held is free."))


@bp.route("/organise/<event>/invitations/city/<slug>/modes", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def modes(event: str, slug: str) -> ResponseReturnValue:
    """Decide on the modes that a city asks for after the deadline."""
    delegation, form = _city(event, slug)[2], DecideForm()
    key = delegation.id
    asked = [Mode(each) for each in delegation.modes_asked.split()]
    behind = [each.name for each in city_modes.stranded(key, asked)] if asked else []
    if not behind:
        del form.along

    def act() -> None:
        agreed, along = form.decision.data == "grant", bool(form.along and form.along.data)
        city_modes.decide(key, agreed, form.reason.data or "", along=along, who=who(), now=database.now())

    done = _("Decided; a letter tells the city.")
    return _do(event, slug, form, act, "modes", done, behind=behind, several=len(asked) > 1)


@bp.route("/organise/<event>/invitations/city/<slug>/settings", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def settings(event: str, slug: str) -> ResponseReturnValue:
    """What organisers ask of a city, and note of it for each other."""
    delegation = _city(event, slug)[2]
    key = delegation.id
    form = SettingsForm(data={"required": delegation.letter_required, "note": delegation.internal_note})

    def act() -> None:
        service.settle(key, bool(form.required.data), form.note.data or "", who=who(), now=database.now())

    return _do(event, slug, form, act, "settings", _("Stored."))


def _do(
    event: str, slug: str, form: Form, act: Callable[[], None], what: str, done: str, **more: Any
) -> ResponseReturnValue:
    """One form about one city: do it and go back to the city, or show the form again with what was wrong."""
    if form.validate_on_submit():
        with form.refusals():
            write(act)
            flash(done, "success")
            return redirect(url_for("invitations.city", event=event, slug=slug), 303)
    summit = load(event)
    row = _row(summit, slug)
    now: datetime = database.now()
    values: dict[str, Any] = {"row": row, "delegation": row.delegation, "member": row.member, "what": what} | more
    return answer("desk/invitation_act.html", form, now=now, **values, **desk(summit))


def _row(summit: Event, slug: str) -> Row:
    try:
        return service.row(summit, slug)
    except LookupError:
        not_found(_("No member of this network has this name in its address."))


def _city(event: str, slug: str) -> tuple[Event, Row, Delegation]:
    """The summit, and the city with its delegation; 404 when it has none."""
    summit = load(event)
    row = _row(summit, slug)
    if row.delegation is None:
        not_found(
            _("%(city)s has no delegation at this summit yet. Give it a focal point first.", city=row.member.name)
        )
    return summit, row, row.delegation
