"""The organisers' pages of networks and their members."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import clock
from app.accounts import Role, keeper, staff_home, who
from app.accounts.service import kept
from app.db import write
from app.network import importing, register, service
from app.network.forms import (
    OFFICES,
    ColumnsForm,
    FilterForm,
    LoadForm,
    MemberForm,
    RemoveForm,
    member_values,
)
from app.network.importing import Outcome
from app.network.models import Kind, Member, MemberFile, Network, Standing
from app.web import answer, keeps_form, not_found
from app.web.tables import TYPES, TableForm, table_file

bp = Blueprint("network", __name__)


def load(slug: str) -> Network:
    """The network in the address; 404 with a sentence when there is none."""
    try:
        return register.network_by_slug(slug)
    except LookupError:
        not_found(_("There is no network at this address."))


def frame(network: Network | None) -> dict[str, Any]:
    """What layout/organise.html wants, for pages of no event."""
    rooms = [
        ("events", _("Your events"), url_for("desk.home")),
        ("networks", _("Networks"), url_for("network.networks")),
    ]
    if network is not None:
        rooms.append(("members", network.name, url_for("network.members", network=network.slug)))
    return {"event": None, "rooms": rooms, "network": network}


@bp.get("/organise/networks/")
@staff_home(Role.ORGANISER)
def networks() -> ResponseReturnValue:
    """The networks whose registers the reader looks after: those of the events they organise."""
    mine = register.networks(kept(current_user.id))
    return render_template("network/networks.html", networks=mine, **frame(None))


@bp.get("/organise/networks/<network>/members")
@keeper
def members(network: str) -> ResponseReturnValue:
    """The register: searched by any name, narrowed by kind and standing, with the posts held on a day."""
    found = load(network)
    form = FilterForm(request.args)
    form.tidy()
    kind = Kind(form.kind.data) if form.kind.data else None
    standing = Standing(form.standing.data) if form.standing.data else None
    rows = register.search(found.id, form.q.data or "", kind=kind, standing=standing)
    day = form.on.data or clock.now().date()
    held = {each.id: register.held_on(each.offices, day) for each in rows}
    stood = {each.id: register.standing_on(each, day) for each in rows}
    counts = register.counts(found)
    posts = register.offices_on(found.id, day)
    return render_template(
        "network/members.html", form=form, rows=rows, held=held, stood=stood, day=day, counts=counts, posts=posts,
        **frame(found),
    )  # fmt: skip


@bp.route("/organise/networks/<network>/members/new", methods=["GET", "POST"])
@keeper
@keeps_form
def new(network: str) -> ResponseReturnValue:
    """A member more."""
    found = load(network)
    form = MemberForm()
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            key, now = form.submit_key.data or "", clock.now()
            made = write(lambda: service.add(found, form.details(), key, who=who(), now=now))
            flash(_("“%(name)s” is in the register.", name=made.name), "success")
            return redirect(url_for("network.members", network=network), 303)
    return answer("network/member.html", form, member=None, **_around(), **frame(found))


@bp.route("/organise/networks/<network>/members/<slug>", methods=["GET", "POST"])
@keeper
@keeps_form
def member(network: str, slug: str) -> ResponseReturnValue:
    """One member in full: its names, its offices over time, its other networks, what the journal holds."""
    found = load(network)
    row = _member(found, slug)
    form = MemberForm(data=member_values(row))
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            wanted, seen, ends, now = form.details(), form.seen.data or "", bool(form.takes_over.data), clock.now()
            changed = write(lambda: service.change(found, slug, wanted, seen, who=who(), now=now, takes_over=ends))
            said = _("Saved.") if changed else _("Nothing was different from what is stored, so nothing was saved.")
            flash(said, "success" if changed else "info")
            return redirect(url_for("network.member", network=network, slug=slug), 303)
    if form.errors:
        row = _member(found, slug)
    today = clock.now().date()
    return answer(
        "network/member.html",
        form,
        member=row,
        stands=register.standing_on(row, today),
        holds=register.held_on(row.offices, today),
        elsewhere=register.elsewhere(row, kept(current_user.id)),
        notes=register.journal_of(found, slug),
        **_around(),
        **frame(found),
    )


def _around() -> dict[str, Any]:
    """Words to choose from."""
    return {"zones": sorted(clock.zones()), "offices": OFFICES}


def _member(network: Network, slug: str) -> Member:
    try:
        return register.member(network.id, slug)
    except LookupError:
        not_found(_("No member of this name is in the register. It may have been removed."))


@bp.route("/organise/networks/<network>/members/<slug>/remove", methods=["GET", "POST"])
@keeper
@keeps_form
def remove(network: str, slug: str) -> ResponseReturnValue:
    """Take a member off the register, which only one without a history may be."""
    found = load(network)
    row = _member(found, slug)
    form = RemoveForm()
    if form.validate_on_submit():
        with form.refusals():
            name = write(lambda: service.remove(found, slug, who=who(), now=clock.now()))
            flash(_("“%(name)s” was removed from the register.", name=name), "success")
            return redirect(url_for("network.members", network=network), 303)
    return answer("network/remove.html", form, member=row, used=service.used(row.id), **frame(found))


@bp.get("/organise/networks/<network>/members/export.<form>")
@keeper
def export(network: str, form: str) -> ResponseReturnValue:
    """The whole register as a file that may be loaded again."""
    found = load(network)
    if form not in TYPES:
        not_found(_("The register comes as CSV or as .xlsx."))
    header, rows = importing.table(found)
    return table_file(f"{found.slug}-members.{form}", header, rows)


@bp.route("/organise/networks/<network>/members/import", methods=["GET", "POST"])
@keeper
@keeps_form
def upload(network: str) -> ResponseReturnValue:
    """Send a file; nothing is stored but the file."""
    form = TableForm.awaited()
    found = load(network)
    if form.validate_on_submit():
        with form.refusals():
            sheet, user, now = form.sheet(), current_user.id, clock.now()
            kept = write(lambda: importing.keep(found, sheet, form.name, user_id=user, now=now))
            return redirect(url_for("network.columns", network=network, code=kept.code), 303)
    return answer("network/import.html", form, rows=importing.ROWS, **frame(found))


@bp.route("/organise/networks/<network>/members/import/<code>/columns", methods=["GET", "POST"])
@keeper
@keeps_form
def columns(network: str, code: str) -> ResponseReturnValue:
    """Say what each column of the file is."""
    found = load(network)
    file = _kept(found, code)
    form = ColumnsForm(data=file.reading)
    if form.validate_on_submit():
        with form.refusals():
            fields = form.fields(len(file.header))
            kind, standing = form.kind.data, form.standing.data
            write(lambda: importing.read_as(_kept(found, code), fields, kind, standing))
            return redirect(url_for("network.check", network=network, code=code), 303)
    return answer("network/columns.html", form, file=file, **frame(found))


@bp.route("/organise/networks/<network>/members/import/<code>", methods=["GET", "POST"])
@keeper
@keeps_form
def check(network: str, code: str) -> ResponseReturnValue:
    """What the file would do, row by row, and the button that does it."""
    found = load(network)
    file = _kept(found, code)
    form = LoadForm()
    chosen = form.chosen()
    if form.validate_on_submit() and "again" not in request.form:
        with form.refusals():
            seen, now = form.seen.data or "", clock.now()
            done = write(lambda: importing.load(found, _kept(found, code), chosen, seen, who=who(), now=now))
            flash(_told(done), "success")
            return redirect(url_for("network.members", network=network), 303)
    if form.errors:
        file = _kept(found, code)
    plan = importing.plan(file, chosen)
    form.prepare([each for each in plan.verdicts if each.doubted])
    form.seen.data = importing.plan(file, {}).mark if chosen else plan.mark
    return answer("network/check.html", form, file=file, plan=plan, outcomes=Outcome, **frame(found))


def _told(done: Any) -> str:
    left = done[Outcome.DOUBTFUL] + done[Outcome.WRONG]
    said = _("%(new)s new, %(changed)s changed, %(same)s the same.", **{each.value: done[each] for each in Outcome})
    if left:
        said += " " + ngettext("%(num)s row was left out.", "%(num)s rows were left out.", left)
    return str(said)


def _kept(network: Network, code: str) -> MemberFile:
    try:
        return importing.kept(network, code, user_id=current_user.id, now=clock.now())
    except LookupError:
        not_found(
            _(
                "This file was loaded already, or has waited for more than a day. Look into the register, and send it"
                " again if need be."
            )
        )
