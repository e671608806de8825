"""Nobody can be on two visits at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

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
    query = (
        select(SignUp)
        .options(joinedload(SignUp.visit))
        .where(SignUp.delegate_id.in_(set(delegate_ids)), SignUp.visit_id != visit.id, SignUp.state.in_(GOING))
    )
    return [(each.delegate_id, each.visit) for each in db.session.execute(query.order_by(SignUp.id)).scalars()]


def meet(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    return one[0] < two[1] and two[0] < one[1]
