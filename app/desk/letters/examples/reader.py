"""To whom an example goes, and what several examples tell of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import inspect

from app import clock
from app.delegations.deadlines import Limit
from app.delegations.models import Answer, Delegation, DelegationMode, FocalPoint
from app.events.models import Event, Mode
from app.network.models import Member
from app.outbox import Letter
from app.registration import participation
from app.registration.models import Capacity, Delegate, State

Row = TypeVar("Row")


@dataclass(frozen=True)
class Reader:
    """To whom an example goes: a person, and one who answers for their city, whichever the letter is for."""

    delegate: Delegate
    focal: FocalPoint
    by: str
    """Who did what is told."""
    now: datetime

    @property
    def event(self) -> Event:
        return self.delegate.event


Maker = Callable[[Reader], Letter]


def reader(
    event: Event, member: Member, delegate: Delegate | None, focal: FocalPoint | None, by: str, now: datetime
) -> Reader:
    """Somebody of this city; whom it lacks is invented. The event's network and host must be loaded."""
    summit = copy(event)
    summit.network, summit.host = copy(event.network), copy(event.host) if event.host else None
    delegation = Delegation(
        uid="example", answer=Answer.ACCEPTED, position=1, link_generation=0, version=1, reason="", modes_asked=""
    )
    delegation.event, delegation.member = summit, copy(member)
    delegation.modes = [DelegationMode(mode=mode) for mode in (Mode.VENUE, Mode.ONLINE)]
    speaker = copy(focal) if focal else _focal(member)
    speaker.delegation = delegation
    person = copy(delegate) if delegate else _delegate(now)
    person.event, person.delegation = summit, delegation
    if not person.participation:
        person.participation = participation.tell(person, summit, member.name, now)
    return Reader(person, speaker, by, now)


def copy(row: Row) -> Row:
    """The same facts in a row that no session knows of."""
    kind = type(row)
    return kind(**{each.key: getattr(row, each.key) for each in inspect(kind).column_attrs})


def _focal(member: Member) -> FocalPoint:
    name = str(_("Office of %(city)s", city=member.name))
    return FocalPoint(uid="example", name=name, email="office@example.org", language="en", link_generation=0)


def _delegate(now: datetime) -> Delegate:
    return Delegate(
        uid="example",
        reference="7K4M9Q",
        state=State.APPROVED,
        mode=Mode.VENUE,
        role=Capacity.DELEGATE,
        name=str(_("Robin Example")),
        position=str(_("Deputy Mayor")),
        organisation=str(_("City government")),
        email="robin@example.org",
        language="en",
        honorific="",
        platform_name="",
        video_language="",
        zone="",
        relation="",
        comment="",
        link_generation=0,
        feed_generation=0,
        mode_changes=0,
        mode_changed_at=now,
        version=1,
        participation={},
    )


def reason() -> str:
    """What stands where somebody gave a reason."""
    return str(_("Here stands the reason that was given."))


def limit(who: Reader) -> Limit:
    """By when something is due: a month before the summit."""
    return Limit(clock.midnight(who.event.starts_on - timedelta(days=30), who.event.zone) - timedelta(minutes=1))
