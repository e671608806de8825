"""What a person's page says of taking part from afar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from app.events.models import Mode
from app.online import joining, techchecks, telling
from app.online.joining import Door
from app.online.models import OnlineFacts, StageLink, TechCheck
from app.online.stage import links
from app.registration.models import Delegate, State


@dataclass(frozen=True)
class Overview:
    """What somebody joins from afar, their check, what they told of how they join, and the sessions they moderate."""

    doors: Sequence[Door] = ()
    check: TechCheck | None = None
    asked: bool = False
    """They need a check."""
    told: OnlineFacts | None = None
    tells: bool = False
    """They are asked how they join."""
    stages: Sequence[tuple[str, StageLink]] = ()
    """(title, link) of the sessions that they moderate."""

    @cached_property
    def by_code(self) -> Mapping[str, Door]:
        return {each.code: each for each in self.doors}


def overview(delegate: Delegate, now: datetime) -> Overview:
    """All of it for somebody who is approved; nothing for anybody else. A fixed number of queries: a single one for who
    is at the venue and has nothing to do afar."""
    if delegate.state != State.APPROVED:
        return Overview()
    guest = joining.guest_of(delegate)
    if delegate.mode != Mode.ONLINE and not joining.joins_anything(guest):
        return Overview()
    spoken = joining.spoken_in(delegate)
    found = joining.doors(guest, now, spoken)
    mine = links.links_of(delegate.event, f"city/{delegate.delegation.member.slug}")
    return Overview(
        doors=found,
        check=techchecks.of(delegate.id),
        asked=techchecks.is_asked(delegate, spoken),
        told=telling.told(delegate.id),
        tells=telling.is_asked(delegate),
        stages=[(title, link) for title, link in mine if link.session_uid in spoken],
    )
