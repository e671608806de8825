"""Who has a place in a session, or leads its block: as the draft has it, and as it was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.agenda.models import Appearance, Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Person
from app.network.models import Member
from app.publishing.programme import Programme
from app.publishing.programme import Session as Released

LEADS = frozenset({"moderator", "presiding"})
"""Parts that get a page of this kind."""


@dataclass(frozen=True)
class Seat:
    """Somebody in the session or, of those who lead it, in its block; from the draft or as published."""

    part: str
    mode: str
    position: str
    topic: str
    person: Person | None = None
    delegation: Delegation | None = None
    minutes: int | None = None
    speaker_id: int | None = None
    video_ready: bool = False
    of_block: bool = False

    @property
    def owner(self) -> tuple[int | None, int | None]:
        """The ids of the delegation and of the person, by which their videos are known."""
        return self.delegation.id if self.delegation else None, self.person.id if self.person else None

    @property
    def key(self) -> str:
        """By which marks know somebody: who they are, and as what they appear."""
        if self.person:
            return f"person/{self.person.code}/{self.part}"
        return f"city/{self.delegation.member.slug if self.delegation else ''}/{self.part}"


def drafted(row: Session) -> Iterator[Seat]:
    """Who appears in it in the draft, those who lead its block first. One query."""
    asked = (
        select(Appearance)
        .where(Appearance.session_id.in_([each for each in (row.parent_id, row.id) if each]))
        .order_by((Appearance.session_id == row.id), Appearance.position)
        .options(joinedload(Appearance.person), joinedload(Appearance.delegation).joinedload(Delegation.member))
    )
    for each in db.session.execute(asked).scalars():
        of_block = each.session_id != row.id
        gone = each.delegation is not None and each.delegation.answer not in TAKES_PART
        if gone or (of_block and (each.person is None or each.part.value not in LEADS)):
            continue
        yield Seat(
            part=each.part.value,
            mode=each.mode.value if each.mode else "",
            position=each.shown_position,
            topic=each.topic,
            person=each.person,
            delegation=each.delegation,
            minutes=each.minutes,
            speaker_id=each.speaker_id,
            video_ready=each.video_ready,
            of_block=of_block,
        )


def published(programme: Programme, here: Released, rows: Mapping[str, Seat], event_id: int) -> list[Seat]:
    """The same as published; minutes, speakers and videos, which no release tells, are those of the draft. Two
    queries."""
    block = programme.session.get(here.parent)
    chairs = [each for each in block.appearances if each.person and each.part in LEADS] if block else []
    listed = [*((each, True) for each in chairs), *((each, False) for each in here.appearances)]
    asked = select(Delegation).join(Member).where(Delegation.event_id == event_id)
    asked = asked.where(Member.slug.in_([each.city for each, _of_block in listed if each.city]))
    cities = db.session.execute(asked.options(joinedload(Delegation.member))).scalars()
    by_city = {each.member.slug: each for each in cities}
    named = select(Person).where(Person.event_id == event_id)
    named = named.where(Person.code.in_([each.person for each, _of_block in listed if each.person]))
    by_code = {each.code: each for each in db.session.execute(named).scalars()}
    found = []
    for each, of_block in listed:
        person, delegation = by_code.get(each.person), by_city.get(each.city)
        if person is None and delegation is None:
            continue
        seat = Seat(each.part, each.mode, each.position, each.topic, person, delegation, of_block=of_block)
        row = rows.get(seat.key)
        if row is not None:
            seat = replace(seat, minutes=row.minutes, speaker_id=row.speaker_id, video_ready=row.video_ready)
        found.append(seat)
    return found
