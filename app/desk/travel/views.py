"""Journeys, food and access, for those who look after them; visa data, where each look leaves a note."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app import db as database
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.desk.travel import service
from app.desk.travel.forms import HOTELS, TravelForm
from app.desk.travel.service import Guest
from app.events.models import Event
from app.events.views import desk, load
from app.registration.models import Delegate
from app.travel import rules, telling
from app.travel.models import Kind, VisaData
from app.travel.service import PARTS
from app.web import not_found
from app.web.tables import table_file
from app.web.wording import country

bp = Blueprint("travel_desk", __name__)
visa = Blueprint("visa_desk", __name__)
KINDS = "csv,xlsx"


@bp.get("/organise/<event>/travel")
@staff(Role.LOGISTICS)
def table(event: str) -> ResponseReturnValue:
    """Arrivals and departures by day and time, and who has not told theirs."""
    summit = load(event)
    people = service.guests(summit.id)
    every = service.movements(people, summit)
    form = TravelForm(request.args)
    wanted = form.wanted(sorted({each.day for each in every}))
    found = service.chosen(every, wanted)
    return render_template(
        "desk/travel.html",
        form=form,
        wanted=wanted,
        days=[(day, list(rows)) for day, rows in groupby(found, key=lambda each: each.day)],
        people=people,
        owing=service.owing(people),
        beds=service.beds(people),
        along=sum(len(each.told.companions) for each in people if each.told),
        pick_ups=sum(each.told.pick_up for each in people if each.told),
        hotels=HOTELS,
        **desk(summit),
    )


@bp.get("/organise/<event>/travel/<reference>")
@staff(Role.LOGISTICS)
def sheet(event: str, reference: str) -> ResponseReturnValue:
    """All that one guest told of journey and stay, food and access."""
    summit = load(event)
    try:
        found = service.guest(summit.id, reference)
    except LookupError:
        not_found(_("Nobody of this reference comes to the venue."))
    told = found.told
    shown = [
        (telling.part_word(part), telling.lines(told, part) if told and getattr(told, f"{part}_at") else None)
        for part in PARTS[Kind.TRAVEL]
    ]
    return render_template("desk/travel_sheet.html", delegate=found.delegate, shown=shown, **desk(summit))


@bp.get(f"/organise/<event>/travel/export.<any({KINDS}):kind>")
@staff(Role.LOGISTICS)
@fresh
def export(event: str, kind: str) -> ResponseReturnValue:
    """A row for each guest. Emergency contacts stand on the sheets alone, so that no list of them goes round."""
    summit = load(event)
    header = (
        *(_("City"), _("Name"), _("Reference"), _("Arrives (%(zone)s)", zone=summit.zone), _("Flight"), _("At")),
        *(_("Departs (%(zone)s)", zone=summit.zone), _("Flight"), _("Departs from"), _("Pick-up"), _("Hotel")),
        *(_("Name of the hotel"), _("Number along"), _("Who comes along"), _("Security officers"), _("Weapons")),
        *(_("Gifts and customs"), _("Dress and faith"), _("Food"), _("Access")),
    )
    rows = [_cells(each, summit) for each in service.with_needs(summit.id)]
    return table_file(f"{summit.slug}-travel.{kind}", header, rows)


def _cells(guest: Guest, summit: Event) -> list[str]:
    delegate, told, needs = guest.delegate, guest.told, guest.delegate.needs
    cells = [delegate.delegation.member.name, delegate.called, delegate.reference]
    fed = [needs.dietary, needs.access] if needs else ["", ""]
    if told is None:
        return [*cells, *[""] * 15, *fed]
    arrives, departs = (
        f"{clock.local(at, summit.zone):%Y-%m-%d %H:%M}" if at else "" for at in (told.arrives_at, told.departs_at)
    )
    return [
        *cells,
        *(arrives, told.arrival_flight, told.arrival_port, departs, told.departure_flight, told.departure_port),
        *(telling.yes_no(told.pick_up), str(HOTELS[told.hotel]) if told.hotel else "", told.hotel_name),
        *(str(len(told.companions)), "; ".join(told.companions)),
        *(telling.yes_no(told.officers), telling.yes_no(told.weapons), told.gifts, told.faith),
        *fed,
    ]


@visa.get("/organise/<event>/visa")
@staff(Role.VISA)
def applicants(event: str) -> ResponseReturnValue:
    """Who asked for a letter, and whether all is there to write it; nothing of a passport."""
    summit = load(event)
    rows = service.applicants(summit.id)
    return render_template("desk/visa.html", rows=rows, missing=_missing, **desk(summit))


@visa.get("/organise/<event>/visa/<reference>")
@staff(Role.VISA)
def opened(event: str, reference: str) -> ResponseReturnValue:
    """One person's visa data. Whoever opens it is written down first."""
    summit = load(event)
    key, actor = summit.id, who()
    try:
        delegate, data = write(lambda: service.look(key, reference, who=actor, now=database.now()))
    except LookupError:
        not_found(_("Nobody of this reference has asked for a visa letter."))
    summit = load(event)
    leaves = data.leaves_on or summit.ends_on
    return render_template(
        "desk/visa_sheet.html",
        delegate=delegate,
        data=data,
        shown=[(telling.part_word(part), telling.lines(data, part)) for part in PARTS[Kind.VISA]],
        missing=_missing(data),
        early=bool(data.expires_on and rules.expires_early(data.expires_on, leaves)),
        **desk(summit),
    )


@visa.get(f"/organise/<event>/visa/export.<any({KINDS}):kind>")
@staff(Role.VISA)
@fresh
def visa_export(event: str, kind: str) -> ResponseReturnValue:
    """Those whose letter can be made, as a list of applicants. A note for each says who took it."""
    summit = load(event)
    key, slug, actor = summit.id, summit.slug, who()
    rows = write(lambda: service.look_at_all(key, who=actor, now=database.now()))
    header = (
        *(_("City"), _("Name"), _("Reference"), _("Surname"), _("Given names"), _("Sex"), _("Nationality")),
        *(_("Date of birth"), _("Place of birth"), _("Passport number"), _("Issued by"), _("Issued on")),
        *(_("Expires on"), _("Applies at"), _("Enters on"), _("Leaves on"), _("Who pays")),
    )
    return table_file(f"{slug}-visa.{kind}", header, [_applicant(*each) for each in rows])


def _applicant(delegate: Delegate, data: VisaData) -> list[str]:
    born, issued, expires, enters, leaves = (
        day.isoformat() if day else ""
        for day in (data.birth_date, data.issued_on, data.expires_on, data.enters_on, data.leaves_on)
    )
    return [
        *(delegate.delegation.member.name, delegate.called, delegate.reference, data.surname, data.given_names),
        *(data.sex, country(data.nationality), born, data.birth_place, data.number, country(data.issuing_country)),
        *(issued, expires, data.embassy, enters, leaves, data.payer),
    ]


def _missing(data: VisaData) -> list[str]:
    """The parts that are still to be told."""
    return [telling.part_word(part) for part in PARTS[Kind.VISA] if getattr(data, f"{part}_at") is None]
