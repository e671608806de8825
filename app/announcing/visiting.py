"""A criterion more for announcements: the site visits that people go on, wait for or wish for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.announcing.candidates import Candidate
from app.announcing.criteria import CRITERIA, Criterion, Has
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.registration.models import Delegate
from app.visits.models import HOLDING, OVER, SignUp, Visit


def _choices(event: Event) -> Mapping[str, Any]:
    """Each visit twice: who has a place on it, and who wishes or waits for one. One query."""
    query = select(Visit.code, Visit.title).where(Visit.event_id == event.id).order_by(Visit.position, Visit.id)
    found: dict[str, Any] = {}
    for code, title in db.session.execute(query):
        found[code] = _("%(visit)s, with a place", visit=title)
        found[f"{code}/waits"] = _("%(visit)s, wished or waiting for", visit=title)
    return found


def _has(event: Event, _rows: Sequence[Candidate], _now: datetime) -> Has:
    """Of people their own visits, of offices those of their city's people. One query."""
    query = (
        select(Visit.code, SignUp.state, Delegate.uid, Member.slug)
        .join(Visit, Visit.id == SignUp.visit_id)
        .join(Delegate, Delegate.id == SignUp.delegate_id)
        .join(Delegation, Delegation.id == Delegate.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Visit.event_id == event.id, SignUp.state.not_in(OVER))
    )
    people: dict[str, set[str]] = defaultdict(set)
    cities: dict[str, set[str]] = defaultdict(set)
    for code, state, uid, city in db.session.execute(query):
        value = code if state in HOLDING else f"{code}/waits"
        people[uid].add(value)
        cities[city].add(value)

    def has(one: Candidate) -> Collection[str]:
        return cities[one.city] if one.focal else people[one.uid]

    return has


CRITERIA.append(
    Criterion(
        "visit",
        _l("Site visit"),
        _choices,
        _has,
        hint=_l("Of focal points, those of their city’s people."),
    )
)
