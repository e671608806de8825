"""The manifest of each vehicle at the desk: on paper, and to be ticked. Needs are an icon, for logistics alone."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, held, staff, who
from app.desk.visits import service
from app.events.models import Event
from app.events.views import desk, load
from app.visits import boarding
from app.visits import views as links
from app.visits.models import Vehicle, Visit
from app.web import new_key, not_found

bp = Blueprint("manifests", __name__)
AT = "/organise/<event>/visits/<code>/manifest/<uid>"
ON_FOOT = "on-foot"
"""In the place of a vehicle, for those who go without one."""


@bp.get(AT)
@staff(Role.ORGANISER, Role.LOGISTICS)
def page(event: str, code: str, uid: str) -> ResponseReturnValue:
    """Who goes in this vehicle: to be printed, or ticked here."""
    summit = load(event)
    visit, vehicle = _found(summit, code, uid)
    return render_template(
        "desk/visits/manifest.html",
        manifest=boarding.manifest(visit, vehicle, database.now()),
        uid=uid,
        key=new_key,
        needs=Role.LOGISTICS in held(),
        **desk(summit),
    )


@bp.post(f"{AT}/tick")
@staff(Role.ORGANISER, Role.LOGISTICS)
def tick(event: str, code: str, uid: str) -> ResponseReturnValue:
    """One press, as on the page of the link."""
    visit, vehicle = _found(load(event), code, uid)
    back = url_for("manifests.page", event=event, code=code, uid=uid)
    return links.pressed(visit.id, vehicle.id if vehicle else None, who(), back)


@bp.post(f"{AT}/left")
@staff(Role.ORGANISER, Role.LOGISTICS)
def left(event: str, code: str, uid: str) -> ResponseReturnValue:
    """The vehicle leaves: who is not on board did not come."""
    visit, vehicle = _found(load(event), code, uid)
    back = url_for("manifests.page", event=event, code=code, uid=uid)
    return links.departed(visit.id, vehicle.id if vehicle else None, who(), back)


def _found(summit: Event, code: str, uid: str) -> tuple[Visit, Vehicle | None]:
    try:
        visit = service.one(summit.id, code)
        return visit, None if uid == ON_FOOT else service.vehicle(visit, uid)
    except LookupError:
        not_found(_("There is no such list."))
