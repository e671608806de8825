"""Letters about a place on a site visit, and about checks of picture and sound."""

from __future__ import annotations

from datetime import time, timedelta

from flask_babel import gettext as _

from app import clock
from app.desk.letters.examples.agenda import entry
from app.desk.letters.examples.reader import Maker, Reader, reason
from app.online import letters as checks
from app.online.models import TechCheck
from app.outbox import Letter
from app.planning.allocate.model import Why
from app.visits import entries as visit_entries
from app.visits import letters as visit_letters
from app.visits import outcomes
from app.visits.models import SignUp, Standing, Vehicle, Visit


def _check(what: str) -> Maker:
    def make(who: Reader) -> Letter:
        begins = clock.midnight(who.event.starts_on, who.event.zone) - timedelta(days=7) + timedelta(hours=10)
        when = begins, begins + timedelta(minutes=15)
        check = TechCheck(changes=1, entered_at=who.now, tested=["picture", "line"], entry=entry(who))
        check.note = str(_("Hardly any sound; the microphone of the room is far away."))
        return checks.told(what, who.delegate, check, when)

    return make


def _place(who: Reader) -> SignUp:
    """A place on a visit on the first day of the summit."""
    event = who.event
    visit = Visit(
        code="example",
        title=str(_("A visit")),
        day=event.starts_on,
        leaves=time(9),
        returns=time(11, 30),
        before=15,
        meeting_point=str(_("Main entrance")),
        map_link="",
        shoes=str(_("Sturdy shoes")),
        no_photos=True,
        identity_papers=True,
        rules="",
    )
    visit.event = event
    mine = SignUp(uid="example", state=Standing.ALLOCATED, version=1, comment="", step_free=False)
    mine.visit, mine.delegate = visit, who.delegate
    mine.vehicle = Vehicle(name=str(_("Bus 1")), leader=str(_("Robin Example")), phone="+810312345678")
    mine.told = visit_entries.tell(mine, who.now)
    return mine


def _visit(kind: str) -> Maker:
    """About that place."""

    def make(who: Reader) -> Letter:
        mine = _place(who)
        if kind in {"visit given back", "visit cancelled"}:
            mine.state, mine.vehicle = Standing.CANCELLED, None
            mine.told = visit_entries.tell(mine, who.now)
            mine.comment = reason()
        mine.offered_until = who.now + timedelta(days=1) if kind == "visit offered" else None
        return visit_letters.made(kind, mine, who.by)

    return make


def _missed(who: Reader) -> Letter:
    """No place on two visits that were wished for."""
    titles = (_("A visit"), _("Another visit"))
    visit, other = (Visit(code=f"example-{each}", title=str(title)) for each, title in enumerate(titles))
    return outcomes.missed(who.delegate, "1", [(visit, Why.FULL), (other, Why.APART)], visit, who.by)


MADE: dict[str, Maker] = {
    **{f"tech-check-{each}": _check(each) for each in ("booked", "moved", "cancelled", "reminder", "failed")},
    **{each.replace(" ", "-"): _visit(each) for each in visit_letters.BELOW},
    "visit-wish-granted": lambda who: outcomes.granted(_place(who), 2, who.by),
    "visit-wish-missed": _missed,
}
