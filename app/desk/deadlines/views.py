"""The organisers' pages of deadlines."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.delegations import answering
from app.delegations.deadlines import limits, set_deadlines
from app.desk.deadlines import service
from app.desk.deadlines.forms import KINDS, DeadlinesForm, ExtendForm, values
from app.events.models import Due
from app.events.views import desk, load
from app.web import answer, keeps_form

bp = Blueprint("deadlines", __name__)


@bp.route("/organise/<event>/deadlines", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def table(event: str) -> ResponseReturnValue:
    """By when cities owe what, and who was given longer."""
    summit = load(event)
    zone = summit.zone
    form = DeadlinesForm(data={"rows": values(limits(summit.id), zone)})
    if form.validate_on_submit():
        with form.refusals():
            wanted = form.wanted(zone)
            done = write(lambda: set_deadlines(summit, wanted, who=who(), now=database.now()))
            flash(ngettext("One deadline is set anew.", "%(num)s deadlines are set anew.", done), "success")
            return redirect(url_for("deadlines.table", event=event), 303)
    summit = load(event)
    given = service.extensions(summit)
    return answer("desk/deadlines.html", form, kinds=KINDS, extensions=given, now=database.now(), **desk(summit))


@bp.route("/organise/<event>/deadlines/extend", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def extend(event: str) -> ResponseReturnValue:
    """Give one city longer than the others."""
    summit = load(event)
    zone, delegations = summit.zone, service.cities(summit)
    ids = {slug: each.id for slug, each in delegations.items()}
    form = ExtendForm(city=request.args.get("city"))
    form.prepare({slug: each.member.name for slug, each in delegations.items()}, limits(summit.id))
    if form.validate_on_submit():
        with form.refusals():
            until, key, kind = form.until(zone), ids[form.city.data], Due(form.kind.data)
            write(lambda: answering.give_longer(key, kind, until, form.reason.data, who=who(), now=database.now()))
            flash(_("The city has more time. A letter tells it."), "success")
            return redirect(url_for("deadlines.table", event=event), 303)
    return answer("desk/extend.html", form, **desk(load(event)))
