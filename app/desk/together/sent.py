"""Approving several delegations that were sent: each with its people, each whole or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.desk.requests.service import Sent
from app.desk.requests.service import sent as all_sent
from app.desk.together import service
from app.events.models import Event
from app.registration import approving
from app.registration.approving import DoneTogether

MOST = 40
"""How many are approved by one press, so that nobody else waits long for the database."""


def waiting(event_id: int, slugs: Collection[str]) -> list[Sent]:
    """Those of these cities that sent their delegation and wait for the organisers, by name. Three queries."""
    return [each for each in all_sent(event_id) if each.delegation.member.slug in slugs]


def approve(event: Event, slugs: Collection[str], *, who: str, now: datetime, people_too: bool) -> DoneTogether:
    """Approve those of these delegations that wait and lack nothing, `MOST` at most; the others stay, each with its
    reason. Twice is once.
    """
    service.lock(event.id)
    ids = [each.delegation.id for each in waiting(event.id, slugs)[:MOST]]
    return approving.approve_many(event.id, ids, who=who, now=now, people_too=people_too)
