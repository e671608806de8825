"""What a person's page says of taking part from afar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, exists

from app.events.models import Mode
from app.online import joining, techchecks, telling
from app.online.joining import Door
from app.online.models import OnlineFacts, StageLink, TechCheck
from app.online.stage import links
from app.registration.models import Delegate, State


@dataclass(frozen=True)
class Overview:
    """What somebody joins from afar, their check, what they told of how they join, and the sessions they moderate."""

    doors: tuple[Door, ...] = ()
    check: TechCheck | None = None
    asked: bool = False
    """They need a check."""
    told: OnlineFacts | None = None
    tells: bool = False
    """They are asked how they join."""
    stages: tuple[tuple[str, StageLink], ...] = ()
    """(title, link) of the sessions that they moderate."""

    @property
    def has_rows(self) -> bool:
        """Whether anything of the person's own, or a link to moderate, stands in it."""
        return bool(self.check or self.told or self.stages)

    @cached_property
    def by_code(self) -> Mapping[str, Door]:
        return {each.code: each for each in self.doors}


def asked(delegate: Delegate) -> dict[str, object]:
    """What stands in the blanks of `THEIRS` for this person."""
    return {"of": delegate.event_id, "who": joining.guest_of(delegate).reader.who, **joining.speaker(delegate)}


def overview(delegate: Delegate, now: datetime, theirs: Row[Any]) -> Overview:
    """All of it for somebody who is approved; nothing for anybody else. `theirs`: a row with `THEIRS` of this person.

    Few queries: one for who is at the venue and has nothing to do afar, else one for the doors and one for each of
    `theirs` that there is.
    """
    if delegate.state != State.APPROVED:
        return Overview()
    guest = joining.guest_of(delegate)
    if delegate.mode != Mode.ONLINE and not joining.joins_anything(guest):
        return Overview()
    spoken = joining.spoken_in(delegate) if theirs.speaks else []
    mine = links.links_of(delegate.event, guest.reader.who) if theirs.moderates else []
    return Overview(
        doors=tuple(joining.doors(guest, now, spoken)),
        check=techchecks.of(delegate.id) if theirs.checked else None,
        asked=techchecks.is_asked(delegate, spoken),
        told=telling.told(delegate.id) if theirs.tells_how else None,
        tells=telling.is_asked(delegate),
        stages=tuple((title, link) for title, link in mine if link.session_uid in spoken),
    )


_PERSON: BindParameter[int] = bindparam("person")
THEIRS = (
    joining.SPOKEN.exists().label("speaks"),
    exists()
    .where(StageLink.event_id == bindparam("of"), StageLink.who == bindparam("who"), StageLink.active)
    .label("moderates"),
    exists().where(TechCheck.delegate_id == _PERSON).label("checked"),
    exists().where(OnlineFacts.delegate_id == _PERSON).label("tells_how"),
)
"""What of somebody's own there is at all, for the query that asks it of all they have: for most people it is nothing,
and need not be asked for then."""
