"""Letters to a city's people, and to those who speak for it, that could not be delivered or came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select, union_all

from app.db import db
from app.delegations.models import Delegation, FocalPoint
from app.outbox import folded
from app.outbox.models import Mark, Message, State, Why
from app.registration.models import ENDED, Delegate

LOST = (State.FAILED, State.BOUNCED)


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
    lost = _lost(event_id, {key: each.to for key, each in wanted.items()})
    return [replace(each, letter=lost[key]) for key, each in wanted.items() if key in lost]


def by_delegation(event_id: int) -> dict[int, int]:
    """How many of those to whom letters of the event go do not get them, for each delegation (by its id) with any.
    Three queries."""
    return dict(Counter(unreached(event_id).values()))


def unreached(event_id: int) -> dict[str, int]:
    """Who of those to whom letters of the event go does not get them: uid -> id of the delegation. Three queries."""
    people = select(Delegate.uid, Delegate.email, Delegate.delegation_id).where(
        Delegate.event_id == event_id, Delegate.state.not_in(ENDED), Delegate.email != ""
    )
    speak = select(FocalPoint.uid, FocalPoint.email, FocalPoint.delegation_id).join(FocalPoint.delegation)
    speak = speak.where(Delegation.event_id == event_id, FocalPoint.active)
    readers = db.session.execute(union_all(people, speak)).all()
    lost = _lost(event_id, {uid: to for uid, to, _city in readers})
    return {uid: city for uid, _to, city in readers if uid in lost}


def _lost(event_id: int, wanted: Mapping[str, str]) -> dict[str, int]:
    """Those of these people (uid -> present address) whose letters do not arrive, each with the number of the letter
    that shows it, or 0. Two queries, whose answers grow with what was lost and not with what was sent."""
    uid, focal = Message.facts["uid"].as_string(), Message.facts["focal"].as_string()
    mine = Message.event_id == event_id
    query = select(uid, focal, Message.to, Message.state, Message.id).where(
        mine,
        Message.to.in_(select(Message.to).where(mine, Message.state.in_(LOST))),
        Message.state.in_((State.SENT, *LOST)),
    )
    last: dict[str, int] = {}
    for of_person, of_focal, to, state, number in db.session.execute(query.order_by(Message.id)):
        whom = of_focal or of_person
        if wanted.get(whom) == to:
            last[whom] = number if state in LOST else 0
    dead = set(db.session.scalars(select(Mark.address).where(Mark.why == Why.BOUNCED)))
    return {key: last.get(key, 0) for key, to in wanted.items() if last.get(key) or folded(to) in dead}
