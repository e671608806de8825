"""Letters to a city's people, and to those who speak for it, that could not be delivered or came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.db import db
from app.delegations.models import FocalPoint
from app.outbox import folded
from app.outbox.models import Mark, Message, State, Why
from app.registration.models import Delegate


@dataclass(frozen=True)
class Undelivered:
    """The newest letter to somebody did not arrive."""

    name: str
    to: str
    reference: str
    """The person's, who can be corrected; empty for who speaks for the city."""
    letter: int = 0
    """The letter's number; 0 when only an earlier letter, maybe of another summit, showed that none arrives there."""


def undelivered(event_id: int, people: Collection[Delegate], focals: Collection[FocalPoint]) -> list[Undelivered]:
    """To whom the last letter at their present address failed or came back, and to whom no letter arrives, as is known
    from others. Two queries.

    A letter counts only by the person it is to: several cities may share one address.
    """
    wanted = {each.uid: Undelivered(each.name, each.email, each.reference) for each in people if each.email}
    wanted |= {each.uid: Undelivered(each.name, each.email, "") for each in focals}
    uid, focal = Message.facts["uid"].as_string(), Message.facts["focal"].as_string()
    query = select(uid, focal, Message.to, Message.state, Message.id).where(
        Message.event_id == event_id,
        Message.to.in_({each.to for each in wanted.values()}),
        Message.state.in_((State.SENT, *LOST)),
    )
    last: dict[str, int] = {}
    for of_person, of_focal, to, state, number in db.session.execute(query.order_by(Message.id)):
        whom = of_focal or of_person
        if whom in wanted and wanted[whom].to == to:
            last[whom] = number if state in LOST else 0
    dead = _dead({folded(each.to) for each in wanted.values()})
    return [
        replace(each, letter=last.get(key, 0))
        for key, each in wanted.items()
        if last.get(key) or folded(each.to) in dead
    ]


LOST = (State.FAILED, State.BOUNCED)


def _dead(addresses: Collection[str]) -> set[str]:
    """Those of these addresses from which letters come back."""
    query = select(Mark.address).where(Mark.why == Why.BOUNCED, Mark.address.in_(addresses))
    return set(db.session.execute(query).scalars())
