"""Everybody to whom a summit could write: those who are registered, and those who answer for a city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.announcing.quiet import lives_by
from app.db import db
from app.delegations.models import Answer, Delegation, DelegationMode, FocalPoint
from app.events.models import Event, Mode
from app.network.models import Member
from app.network.models import folded as as_name
from app.outbox import folded as as_address
from app.registration.models import ENDED, Capacity, Delegate, State


@dataclass(frozen=True)
class Candidate:
    """One registration, or one focal point."""

    uid: str
    name: str
    called: str
    email: str
    language: str
    zone: str
    """Where they are told the time: their own, or their city's."""
    city: str
    city_name: str
    delegation_id: int
    answer: Answer
    """That of their city."""
    modes: frozenset[Mode]
    """How they take part; of a focal point, how the city does."""
    link_generation: int
    state: State | None = None
    """None: a focal point, who has no registration as such."""
    role: Capacity | None = None
    reference: str = ""
    owes_form: bool = False

    @property
    def focal(self) -> bool:
        return self.state is None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def human(self) -> tuple[str, str]:
        """Equal for rows of the same human being: one name at one address. Offices share one address."""
        return as_address(self.email) or self.uid, as_name(self.name)

    def zone_at(self, event: Event, now: datetime) -> str:
        """By which clocks they live."""
        comes = not self.focal and not self.ended and Mode.VENUE in self.modes
        return lives_by(now, self.zone, event.zone, (event.starts_on, event.ends_on), comes)


def everybody(event: Event) -> list[Candidate]:
    """Registrations first, those that have ended last and newer ones before older; then focal points. Three queries."""
    return [*_people(event), *_offices(event)]


def _people(event: Event) -> list[Candidate]:
    rows = db.session.execute(
        select(
            *(Delegate.uid, Delegate.name, Delegate.honorific, Delegate.email, Delegate.language, Delegate.zone),
            *(Delegate.state, Delegate.role, Delegate.mode, Delegate.reference, Delegate.organisation),
            *(Delegate.link_generation, Delegate.delegation_id, Delegation.answer),
            *(Member.slug, Member.name.label("city"), Member.zone.label("home")),
        )
        .join(Delegation, Delegation.id == Delegate.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Delegate.event_id == event.id)
        .order_by(Delegate.id.desc())
    )
    found = [
        Candidate(
            uid=row.uid,
            name=row.name,
            called=f"{row.honorific} {row.name}".strip(),
            email=row.email,
            language=row.language,
            zone=_zone(event, row.zone, row.home),
            city=row.slug,
            city_name=row.city,
            delegation_id=row.delegation_id,
            answer=row.answer,
            modes=frozenset({row.mode}),
            link_generation=row.link_generation,
            state=row.state,
            role=row.role,
            reference=row.reference,
            owes_form=not row.organisation,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.ended)


def _offices(event: Event) -> list[Candidate]:
    modes = _modes(event.id)
    rows = db.session.execute(
        select(
            *(FocalPoint.uid, FocalPoint.name, FocalPoint.email, FocalPoint.language, FocalPoint.link_generation),
            *(FocalPoint.delegation_id, Delegation.answer, Member.slug, Member.name.label("city"), Member.zone),
        )
        .join(Delegation, Delegation.id == FocalPoint.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Delegation.event_id == event.id, FocalPoint.active)
        .order_by(FocalPoint.id)
    )
    return [
        Candidate(
            uid=row.uid,
            name=row.name,
            called=row.name,
            email=row.email,
            language=row.language,
            zone=_zone(event, row.zone),
            city=row.slug,
            city_name=row.city,
            delegation_id=row.delegation_id,
            answer=row.answer,
            modes=modes.get(row.delegation_id, frozenset()),
            link_generation=row.link_generation,
        )
        for row in rows
    ]


def _modes(event_id: int) -> Mapping[int, frozenset[Mode]]:
    query = select(DelegationMode.delegation_id, DelegationMode.mode).join(
        Delegation, Delegation.id == DelegationMode.delegation_id
    )
    found: dict[int, set[Mode]] = defaultdict(set)
    for key, mode in db.session.execute(query.where(Delegation.event_id == event_id)):
        found[key].add(mode)
    return {key: frozenset(modes) for key, modes in found.items()}


def _zone(event: Event, *told: str) -> str:
    """The first that is a zone; otherwise that of the summit."""
    return next((each for each in told if clock.is_zone(each)), event.zone)
