"""Creating networks and events in the browser, and the settings of an event."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import Role, keeper, staff, staff_home, who
from app.db import write
from app.desk.founding import service
from app.desk.founding.forms import EventForm, NetworkForm, SettingsForm
from app.events.views import desk, load
from app.network import founding
from app.network.views import frame
from app.network.views import load as load_network
from app.web import answer, keeps_form

bp = Blueprint("founding", __name__)


@bp.route("/organise/networks/new", methods=["GET", "POST"])
@staff_home(Role.ORGANISER)
@keeps_form
def network() -> ResponseReturnValue:
    """A network more."""
    form = NetworkForm()
    if form.validate_on_submit():
        with form.refusals():
            plain, key, actor, me = form.plain(), form.submit_key.data or "", who(), current_user.id
            made = write(lambda: founding.found(plain, key, user_id=me, who=actor, now=clock.now()))
            flash(_("“%(name)s” is here. Now its members.", name=made.name), "success")
            return redirect(url_for("network.members", network=made.slug), 303)
    return answer("desk/founding/network.html", form, **frame(None))


@bp.route("/organise/networks/<network>/events/new", methods=["GET", "POST"])
@keeper
@keeps_form
def event(network: str) -> ResponseReturnValue:
    """An event more, which its maker organises."""
    found = load_network(network)
    form = EventForm(data=EventForm.guess(clock.now().date()))
    form.offer(service.hosts(found.id), service.earlier(found))
    if form.validate_on_submit():
        with form.refusals():
            settings, beginning, key = form.settings(), form.beginning(), form.submit_key.data or ""
            rooms, themes = form.more()
            me, actor, now = (current_user.id, current_user.email), who(), clock.now()
            made = write(
                lambda: service.create(found, settings, beginning, rooms, themes, key, user=me, who=actor, now=now)
            )
            flash(_("“%(title)s” is created. Nobody outside sees it yet.", title=made.title), "success")
            return redirect(url_for("desk.event", event=made.slug), 303)
    found = load_network(network)
    return answer("desk/founding/event.html", form, zones=sorted(clock.zones()), **frame(found))


@bp.route("/organise/<event>/settings", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def settings(event: str) -> ResponseReturnValue:
    """What the event is: title, days, zone, place, host, who approves, when registration is open, rooms and themes."""
    summit = load(event)
    key, hosts = summit.id, service.hosts(summit.network_id)
    form = SettingsForm(data=SettingsForm.of(summit, service.host_of(summit)))
    form.prepare(hosts)
    if form.validate_on_submit():
        with form.refusals():
            wanted, seen, actor, now = form.settings(), form.seen.data or "", who(), clock.now()
            rooms, themes = form.more()
            changed = write(lambda: service.change(key, wanted, rooms, themes, seen, who=actor, now=now))
            said = _("Saved. The public sees it with the next release.")
            flash(
                said if changed else _("Nothing was different from what is stored."), "success" if changed else "info"
            )
            return redirect(url_for("founding.settings", event=event), 303)
    summit = load(event)
    form.seen.data = service.mark_of(summit)
    return answer(
        "desk/founding/settings.html",
        form,
        zones=sorted(clock.zones()),
        rooms_there=service.rooms_of(summit.id),
        themes_there=service.themes_of(summit.id),
        **desk(summit),
    )
