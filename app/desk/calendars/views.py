"""The organisers' pages of calendars: who has which, the links of moderators to theirs, and the calendar doctor."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db, ical
from app.accounts import Role, staff, who
from app.db import write
from app.desk.calendars import service, words
from app.desk.calendars.forms import DoctorForm
from app.desk.calendars.service import Since
from app.events.models import Event
from app.events.views import desk, load
from app.ical import doctor
from app.ical.doctor import Found
from app.publishing.calendars import links
from app.publishing.feeds import Feed
from app.publishing.service import told
from app.publishing.shown import Published
from app.publishing.views import zones_of
from app.refused import Refused
from app.web import absolute, answer, keeps_form, not_found
from app.web.wording import zone_name

bp = Blueprint("calendars_desk", __name__)
MOST = 300
"""How many events of a file one page shows."""


@bp.get("/organise/<event>/calendars")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every calendar and when it was last fetched; the links of moderators; whether rooms can be joined."""
    summit = load(event)
    shown = told(summit.id, summit.release)
    speakers = service.speakers(shown)
    return render_template(
        "desk/calendars.html",
        kinds=service.public(shown) if summit.release else [],
        speakers=speakers,
        addresses={
            each.person.code: absolute("calendars.moderator", token=each.link.secret) for each in speakers if each.link
        },
        halls=service.rooms(summit.id),
        **desk(summit),
    )


@bp.post("/organise/<event>/calendars/people/<code>/<any(make,renew,withdraw):act>")
@staff(Role.ORGANISER)
def change(event: str, code: str, act: str) -> ResponseReturnValue:
    """Make, replace or withdraw the link of a person of the programme; pressed twice it is done once."""
    summit = load(event)
    try:
        owner = service.person_of(summit.id, code)
    except LookupError:
        not_found(_("Nobody of this programme has this name."))
    actor, now = who(), db.now()
    if act == "make":
        try:
            write(lambda: links.make(owner, who=actor, now=now))
            flash(_("The link is made. Copy it and hand it over; whoever has it can read that calendar."), "success")
        except Refused as no:
            flash(no.message, "error")
    elif act == "renew":
        seen = request.form.get("generation", "")
        generation = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        write(lambda: links.renew(owner, generation, who=actor, now=now))
        flash(_("The link is replaced: the old one opens nothing any more. Hand the new one over."), "success")
    else:
        write(lambda: links.withdraw(owner, who=actor, now=now))
        flash(_("The link is withdrawn: it opens nothing any more."), "success")
    return redirect(url_for("calendars_desk.table", event=event, _anchor="people"), 303)


@dataclass(frozen=True)
class Looked:
    """A file that was looked at, and if it is one of our calendars, what changed since it was last fetched."""

    found: Found
    octets: bytes
    feed: Feed | None = None
    since: Since | None = None


@bp.route("/organise/<event>/calendars/doctor", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def examine(event: str) -> ResponseReturnValue:
    """Look at one of our calendars, a file or text. Nothing is stored, and nothing is fetched from anywhere."""
    request.max_content_length = request.max_form_memory_size = 3 * doctor.LARGEST
    summit = load(event)
    shown = told(summit.id, summit.release)
    form = DoctorForm(data=request.args)
    offered = _zones(shown, summit)
    form.prepare(service.choices(shown), offered)
    looked = None
    if form.validate_on_submit() or (request.method == "GET" and (form.feed.data or form.reference.data)):
        with form.refusals():
            looked = _look(summit, form)
    zones = list(dict.fromkeys((summit.zone, form.zone.data, "UTC")))
    return answer(
        "desk/doctor.html",
        form,
        looked=looked,
        faults=words.tell(looked.found.faults, looked.octets) if looked else [],
        rows=words.rows(looked.found, zones, MOST) if looked else [],
        sum=words.summary(looked.found) if looked else "",
        outdated=service.outdated(summit.id, looked.found) if looked and not looked.feed else {},
        clocks=[offered.get(each) or zone_name(each) for each in zones],
        **desk(summit),
    )


def _zones(shown: Published, summit: Event) -> dict[str, str]:
    """Clocks to choose from, those of the cities first; neither the summit's nor UTC, which are shown anyway."""
    offered: dict[str, str] = {}
    for _group, found in zones_of(shown.programme):
        for zone, name in found:
            offered.setdefault(zone, name)
    return {zone: name for zone, name in offered.items() if zone in ical.zones() - {summit.zone, "UTC"}}


def _look(summit: Event, form: DoctorForm) -> Looked:
    """Refused beside the field when nothing can be looked at."""
    given, now = form.one(), clock.now()
    if given in ("file", "text"):
        octets, pasted = form.octets()
        return Looked(doctor.examine(octets, now, home=summit.zone, pasted=pasted), octets)
    key = form.feed.data if given == "feed" else f"person/{form.reference.data}"
    try:
        feed = service.feed(summit, key, now)
    except LookupError as fault:
        raise Refused(_("There is no such calendar at this summit."), given) from fault
    octets = feed.file.octets()
    found = doctor.examine(octets, now, home=summit.zone, ours=True)
    return Looked(found, octets, feed, service.since(found, feed))
