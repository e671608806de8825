"""Letters to a city's people, and to those who speak for it, that could not be delivered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.delegations.models import FocalPoint
from app.outbox.models import Message, State
from app.registration.models import Delegate


@dataclass(frozen=True)
class Undelivered:
    """The newest letter to somebody did not arrive."""

    name: str
    to: str
    reference: str
    """The person's, who can be corrected; empty for who speaks for the city."""


def undelivered(event_id: int, people: Collection[Delegate], focals: Collection[FocalPoint]) -> list[Undelivered]:
    """To whom the last letter at their present address failed. One query.

    A letter counts only by the person it is to: several cities may share one address.
    """
    wanted = {each.uid: Undelivered(each.name, each.email, each.reference) for each in people if each.email}
    wanted |= {each.uid: Undelivered(each.name, each.email, "") for each in focals}
    uid, focal = Message.facts["uid"].as_string(), Message.facts["focal"].as_string()
    query = select(uid, focal, Message.to, Message.state).where(
        Message.event_id == event_id,
        Message.to.in_({each.to for each in wanted.values()}),
        Message.state.in_((State.SENT, State.FAILED)),
    )
    last: dict[str, State] = {}
    for of_person, of_focal, to, state in db.session.execute(query.order_by(Message.id)):
        whom = of_focal or of_person
        if whom in wanted and wanted[whom].to == to:
            last[whom] = state
    return [each for key, each in wanted.items() if last.get(key) == State.FAILED]
