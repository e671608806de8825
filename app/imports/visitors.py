"""A few invented people who have signed up for a visit of the rehearsal, so that its lists are seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Mode
from app.journal import DEMONSTRATION
from app.network.models import Member
from app.registration import nominating
from app.registration.models import Capacity, Delegate, Rank
from app.registration.nominating import Nomination
from app.registration.service import Details
from app.visits import signing
from app.visits.models import Visit
from app.visits.signing import Request

WHO = DEMONSTRATION
PARTIES = (
    ("rome", ("Anna", "Luca", "Paola")),
    ("malmo", ("Ingrid",)),
    ("new-york", ("Jordan", "Alex")),
)
"""Slug of the city, and who of it goes together; the first of the first needs to get about without steps."""


def invent(event_id: int, code: str, now: datetime) -> None:
    """Name these people of the rehearsal, without an address, and sign them up for the visit. Once for an event."""
    visit_id = db.session.execute(select(Visit.id).where(Visit.event_id == event_id, Visit.code == code)).scalar_one()
    anybody = select(Delegate.id).where(Delegate.event_id == event_id).limit(1)
    if db.session.execute(anybody).first() is not None:
        return
    for number, (slug, names) in enumerate(PARTIES):
        city = db.session.execute(
            select(Delegation.id, Member.name).join(Member).where(Delegation.event_id == event_id, Member.slug == slug)
        ).one()
        people = [_named(city.id, city.name, each, now) for each in names]
        needs = frozenset({people[0]}) if number == 0 else frozenset[int]()
        signing.sign_up(visit_id, Request(tuple(people), needs, "", understood=True), who=WHO, now=now)


def _named(delegation_id: int, city: str, name: str, now: datetime) -> int:
    """Somebody of the city, approved for the venue."""
    called, post = f"{name} Example (rehearsal)", f"Adviser, {city}"
    told = Nomination(name=called, role=Capacity.ADVISER, rank=Rank.OFFICIAL, position=post, knows=True)
    key = nominating.nominate(delegation_id, told, who=WHO, now=now).id
    filled = Details(mode=Mode.VENUE, name=called, position=post, organisation=city, email="", mobile="")
    return nominating.complete(key, filled, on_behalf=True, who=WHO, now=now).id
