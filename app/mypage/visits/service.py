"""Which visits people of a city may know of, and what of theirs is at the same time, both by the current release."""

from __future__ import annotations

from flask_babel import gettext as _

from app.publishing import personal
from app.publishing.programme import Programme
from app.visits import overlaps
from app.visits.models import Visit
from app.web.wording import clock_time


def announced(programme: Programme) -> list[str]:
    """The codes of the visits that were published."""
    return [each.code for each in programme.visits]


def at_the_same_time(visit: Visit, programme: Programme, city: str) -> list[str]:
    """The sessions of the city (its slug) that this visit overlaps, the ways to and from it counted in, in words."""
    zone = visit.event.zone
    busy = visit.busy(zone)
    if busy is None:
        return []
    leave, back = (clock_time(at, zone) for at in busy)
    found = []
    for each in personal.own_sessions(programme, city):
        if each.starts and each.ends and not each.cancelled and overlaps.meet(busy, (each.starts, each.ends)):
            starts, ends = (clock_time(at, zone) for at in (each.starts, each.ends))
            said = {"session": each.title, "starts": starts, "ends": ends, "leave": leave, "back": back}
            found.append(
                _(
                    "“%(session)s” is at %(starts)s–%(ends)s, and the visit takes you from %(leave)s to %(back)s.",
                    **said,
                )
            )
    return found
