"""Nobody can be on two visits at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _

from app.refused import Refused
from app.registration.models import Delegate
from app.visits.models import GOING, SignUp, Visit


def refuse(visit: Visit, people: Sequence[Delegate], theirs: Iterable[SignUp]) -> None:
    """Refused in words when one of these people has a certain place on another visit that overlaps.

    `theirs`: whatever sign-ups they have (`rows.of_people`).
    """
    zone, names = visit.event.zone, {each.id: each.name for each in people}
    span = visit.busy(zone)
    if span is None:
        return
    for each in theirs:
        other = each.visit
        if other.id == visit.id or each.state not in GOING:
            continue
        if (taken := other.busy(zone)) is not None and meet(span, taken):
            said = _("%(name)s has a place on “%(visit)s” at that time. Give that one back first.")
            raise Refused(said % {"name": names[each.delegate_id], "visit": other.title})


def meet(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    return one[0] < two[1] and two[0] < one[1]
