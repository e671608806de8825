"""Who was given longer, as organisers read it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.delegations.models import Delegation, Extension
from app.events.models import Event
from app.network.models import Member


def extensions(event: Event) -> list[tuple[Extension, Member]]:
    """Every later deadline of a single city, the latest first. One query."""
    found = (
        select(Extension, Member)
        .join(Delegation, Delegation.id == Extension.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Delegation.event_id == event.id)
        .order_by(Extension.until.desc(), Member.folded, Member.id)
    )
    return [(extension, member) for extension, member in db.session.execute(found)]


def cities(event: Event) -> dict[str, Delegation]:
    """The delegations of the event by the slug of their member, in the order of names. One query."""
    found = (
        select(Delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event.id)
        .options(contains_eager(Delegation.member))
        .order_by(Member.folded, Member.id)
    )
    return {each.member.slug: each for each in db.session.execute(found).scalars()}
