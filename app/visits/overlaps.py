"""Nobody can be on two visits at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from app.db import db
from app.refused import Refused
from app.registration.models import Delegate
from app.visits.models import GOING, SignUp, Visit


def refuse(visit: Visit, people: Sequence[Delegate]) -> None:
    """Refused in words when one of these people has a certain place on another visit that overlaps. One query."""
    span = visit.busy(visit.event.zone)
    if span is None:
        return
    names = {each.id: each.name for each in people}
    for who, other in others(visit, names):
        if (theirs := other.busy(visit.event.zone)) is not None and meet(span, theirs):
            said = _("%(name)s has a place on “%(visit)s” at that time. Give that one back first.")
            raise Refused(said % {"name": names[who], "visit": other.title})


def others(visit: Visit, delegate_ids: Iterable[int]) -> list[tuple[int, Visit]]:
    """(delegate, visit) of the other visits on which these people have a certain place. One query."""
    asked = {"people": list(set(delegate_ids)), "visit": visit.id}
    return [(who, other) for who, other in db.session.execute(_OTHERS, asked)]


_OTHERS = (
    select(SignUp.delegate_id, Visit)
    .join(SignUp.visit)
    .where(SignUp.delegate_id.in_(bindparam("people", expanding=True)))
    .where(SignUp.visit_id != bindparam("visit"), SignUp.state.in_(GOING))
    .order_by(SignUp.id)
)
"""Made once: making such a query takes as long as asking it."""


def meet(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    return one[0] < two[1] and two[0] < one[1]
