"""What people and their focal points are told by mail when a registration moves: each transition has its words.

Approved and withdrawn by oneself are told by the letters of letters.py. Facts are frozen and hold no secret.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.db import db
from app.delegations.models import FocalPoint, focal_secret
from app.events.models import Approval
from app.outbox import Letter, Opening, Rendered, begin, opens, post, renders
from app.registration import letters, passing_on
from app.registration.models import ENDED, Delegate, State, page_secret
from app.registration.news import BELOW, Facts, News, news_of, person, rank_word, reason, role_word, written
from app.web import absolute

__all__ = ["facts_of", "focal_points", "new_role", "nominated", "rank_word", "role_word", "tell", "to_person"]


def tell(delegate: Delegate, before: State | None, now: datetime, *, who: str) -> None:
    """Post the letters that fit where the registration now stands, to the person and to the focal points; what goes to
    them in the place of a person without an address tells them all."""
    state = delegate.state
    by_themselves = who == delegate.signed
    if state == State.APPROVED and not delegate.owes_form:
        to_person(delegate, letters.confirmation(delegate), now)
    elif state == State.WITHDRAWN and by_themselves:
        to_person(delegate, letters.withdrawn(delegate), now)
    else:
        kind = "offer passed" if before == State.OFFERED and state == State.WAITLISTED else KINDS.get(state)
        if kind is not None:
            to_person(delegate, letter(kind, delegate, who), now)
    if _concerns_focal_points(delegate, by_themselves) and (delegate.email or state == State.SUBMITTED):
        for focal in focal_points(delegate.delegation_id):
            post(to_focal(delegate, focal, who), now)


def nominated(delegate: Delegate, now: datetime, *, who: str) -> None:
    """Tell somebody that they were nominated: by whom, what is held of them, and how to go on or to object."""
    to_person(delegate, letter("nominated", delegate, who), now)


def new_role(delegate: Delegate, now: datetime, *, who: str) -> None:
    """Tell somebody that they are the head of their delegation now, or no longer."""
    to_person(delegate, letter("new role", delegate, who), now)


def focal_points(delegation_id: int) -> list[FocalPoint]:
    """Those who answer for the delegation at present. One query."""
    query = select(FocalPoint).where(FocalPoint.delegation_id == delegation_id, FocalPoint.active)
    return list(db.session.execute(query.order_by(FocalPoint.id)).scalars())


KINDS = {
    State.SUBMITTED: "submitted",
    State.ENDORSED: "endorsed",
    State.RETURNED: "returned",
    State.REFUSED: "refused",
    State.REJECTED: "rejected",
    State.WAITLISTED: "waitlisted",
    State.OFFERED: "offered",
    State.EXPIRED: "expired",
    State.WITHDRAWN: "removed",
    State.CANCELLED: "cancelled",
    State.REPLACED: "replaced",
}
"""The letter that tells a person of a state."""


def _concerns_focal_points(delegate: Delegate, by_themselves: bool) -> bool:
    """Whether those who answer for the city are told: not what they did themselves, and nothing where all is free."""
    approval, state = delegate.event.approval, delegate.state
    if approval == Approval.NONE:
        return False
    if state in {State.SUBMITTED, State.RETURNED, State.REJECTED, State.CANCELLED}:
        return True
    return (state == State.WITHDRAWN and by_themselves) or (state == State.APPROVED and approval == Approval.BOTH)


def to_person(delegate: Delegate, letter: Letter, now: datetime) -> None:
    """Post it; for somebody entered without an address, to those who answer for the city, who tell the person."""
    if delegate.email:
        post(letter, now)
        return
    for focal in focal_points(delegate.delegation_id):
        passed = passing_on.to_focal(facts_of(delegate), letter, focal)
        if passed is not None:
            post(passed, now)


def letter(kind: str, delegate: Delegate, who: str) -> Letter:
    """To the person: one of `KINDS` or `BELOW` happened, and who did it."""
    event = delegate.event
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{delegate.reference}/{delegate.version}",
        to=delegate.email,
        to_name=delegate.name,
        facts=facts_of(delegate) | ended(delegate) | {"by": who},
        language=delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        until=delegate.offered_until if kind == "offered" else None,
    )


def ended(delegate: Delegate) -> dict[str, Any]:
    """What calls the participation off in the person's calendar, once it is over; nothing before that."""
    return letters.thread(delegate) if delegate.participation and delegate.state in ENDED else {}


def to_focal(delegate: Delegate, focal: FocalPoint, who: str) -> Letter:
    """To one who answers for the city: where one of its people now stands."""
    event = delegate.event
    told = {"by": who, "focal": focal.uid, "focal_generation": focal.link_generation, "focal_name": focal.name}
    return Letter(
        kind="person moved",
        key=f"person moved/{event.slug}/{delegate.reference}/{delegate.version}/{focal.uid}",
        to=focal.email,
        to_name=focal.name,
        facts=facts_of(delegate) | told,
        language=focal.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
    )


def facts_of(delegate: Delegate) -> dict[str, Any]:
    """What letters about this person speak of, frozen now."""
    event, member = delegate.event, delegate.delegation.member
    until = delegate.offered_until
    return {
        "uid": delegate.uid,
        "link_generation": delegate.link_generation,
        "called": delegate.called,
        "name": delegate.name,
        "city": member.name,
        "position": delegate.position,
        "relation": delegate.relation,
        "email": delegate.email,
        "role": delegate.role.value,
        "rank": delegate.rank.value if delegate.rank else "",
        "mode": delegate.mode.value,
        "state": delegate.state.value,
        "reference": delegate.reference,
        "comment": delegate.comment,
        "until": until.isoformat() if until else "",
        "own_zone": delegate.zone or member.zone,
        "slug": event.slug,
        "summit": event.title,
        "note": event.note,
        "first": event.starts_on.isoformat(),
        "last": event.ends_on.isoformat(),
        "zone": event.zone,
        "reply_to": event.reply_to,
    }


def _renderer(kind: str) -> Callable[[Facts, str], Rendered]:
    def render(facts: Facts, language: str) -> Rendered:
        news, secret = news_of(kind, facts), page_secret(facts["uid"], facts["link_generation"])
        ways = [(words, absolute(to, token=secret)) for words, to in news.ways]
        letter = written(news, ways, facts, facts["called"], language)
        return replace(letter, attachments=letters.attached(facts, language)) if facts.get("entry") else letter

    return render


for _kind in BELOW:
    renders(_kind)(_renderer(_kind))


TO_FOCAL = _l("the city’s focal points")
MOVED = {
    State.SUBMITTED: Opening(
        "person-submitted",
        TO_FOCAL,
        _l("when somebody has registered with the city’s code"),
        _l("{name} has registered for {city}"),
        (_l("This person used your city’s code. Please approve the registration, or refuse it with a reason."),),
        letters.OFFERS,
    ),
    State.RETURNED: Opening(
        "person-returned",
        TO_FOCAL,
        _l("when the registration of somebody was returned"),
        _l("The registration of {name} was returned"),
        (_l("It needs mending; the person was told, and you can do it for them."),),
        letters.OFFERS,
    ),
    State.REJECTED: Opening(
        "person-rejected",
        TO_FOCAL,
        _l("when the organisers did not accept the registration of somebody"),
        _l("The registration of {name} was rejected"),
        (_l("The organisers gave this reason:"),),
        letters.OFFERS,
    ),
    State.CANCELLED: Opening(
        "person-cancelled",
        TO_FOCAL,
        _l("when the organisers have cancelled the registration of somebody"),
        _l("The registration of {name} was cancelled"),
        (_l("The organisers did this."),),
        letters.OFFERS,
    ),
    State.WITHDRAWN: Opening(
        "person-withdrawn",
        TO_FOCAL,
        _l("when somebody of the city has withdrawn"),
        _l("{name} has withdrawn"),
        (_l("The place in your quota is free again."),),
        letters.OFFERS,
    ),
    State.APPROVED: Opening(
        "person-approved",
        TO_FOCAL,
        _l("when the organisers have approved somebody of the city"),
        _l("{name} is approved"),
        (_l("The organisers have approved the registration."),),
        letters.OFFERS,
    ),
}
"""How the letters to focal points begin that tell where one of their people now stands."""
for _moved in MOVED.values():
    opens(_moved)
REASONED = frozenset({State.RETURNED, State.REJECTED, State.CANCELLED})
"""Where a reason is given."""


@renders("person moved")
def _person_moved(facts: Facts, language: str) -> Rendered:
    """To a focal point: where one of the people now stands."""
    lead = begin(MOVED[State(facts["state"])].name, facts, letters.said_of(facts))
    secret = focal_secret(facts["focal"], facts["focal_generation"])
    ways = [(_("Open your delegation’s page"), absolute("office.page", token=secret))]
    return written(News(lead, [*person(facts), *reason(facts)], []), ways, facts, facts["focal_name"], language)
