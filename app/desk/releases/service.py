"""Any two releases beside each other, the letters that one would send, and whom to call, as organisers read them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.events.models import Event, Mode
from app.outbox import Rendered
from app.publishing.differences import Difference, differences
from app.publishing.digests import letters
from app.publishing.digests import recipients as digests
from app.publishing.digests.recipients import Call, Going, Plan
from app.publishing.digests.sights import Step
from app.publishing.digests.words import Viewer, brief
from app.publishing.models import Release
from app.publishing.programme import Programme, from_json


@dataclass(frozen=True)
class Compared:
    """Two releases of one event, the earlier and the later as they were asked for, and what differs."""

    first: Release
    second: Release
    found: tuple[Difference, ...]


def compare(event: Event, first: int, second: int) -> Compared:
    """What a reader of `first` finds different in `second`. One query. Raises LookupError for a release never made."""
    asked = select(Release).where(Release.event_id == event.id, Release.number.in_({first, second}))
    rows = {each.number: each for each in db.session.execute(asked).scalars()}
    if not {first, second} <= rows.keys():
        raise LookupError(f"this event has not both release {first} and {second}")
    before, after = (from_json(Programme, rows[number].programme) for number in (first, second))
    return Compared(rows[first], rows[second], differences(before, after))


@dataclass(frozen=True)
class Letters:
    """The letters that a release would send, and one of them in words."""

    plan: Plan
    shown: Going | None
    rendered: Rendered | None

    @property
    def by_city(self) -> list[tuple[str, list[Going]]]:
        found: dict[str, list[Going]] = {}
        for each in self.plan.letters:
            found.setdefault(each.city, []).append(each)
        return list(found.items())

    @property
    def to(self) -> str:
        return f"{self.shown.letter.to_name} <{self.shown.letter.to}>" if self.shown else ""


def letters_of(event: Event, step: Step | None, whom: str = "") -> Letters:
    """Whom this step would send letters, and that to `whom`; or to the first who takes part, if it is none of them."""
    plan = digests.plan(event, step)
    fallback = next((each for each in plan.letters if not each.office), next(iter(plan.letters), None))
    shown = next((each for each in plan.letters if each.whom == whom), fallback)
    return Letters(plan, shown, letters.preview(shown.letter) if shown else None)


def letter_to(event: Event, step: Step | None, whom: str) -> Rendered:
    """The letter that this step would send to somebody. Raises LookupError when they get none."""
    found = next((each for each in digests.plan(event, step).letters if each.whom == whom), None)
    if found is None:
        raise LookupError(f"{whom!r} gets no letter")
    return letters.preview(found.letter)


@dataclass(frozen=True)
class ToCall:
    """Somebody to be called, and what to say: a line for each item."""

    call: Call
    lines: list[str]


def calls(event: Event, number: int) -> tuple[Release, list[ToCall]]:
    """Whom to call about a release, by what begins first. Three queries. Raises LookupError when it was never made."""
    asked = select(Release).where(Release.event_id == event.id, Release.number.in_({number - 1, number}))
    made = {each.number: each for each in db.session.execute(asked).scalars()}
    if number not in made:
        raise LookupError(f"this event has no release {number}")
    if number - 1 not in made or made[number].minor:
        return made[number], []
    before, after = (from_json(Programme, made[each].programme) for each in (number - 1, number))
    found = digests.calls(event, Step(before, after))
    return made[number], [ToCall(each, _lines(each, event.zone)) for each in found]


def _lines(call: Call, zone: str) -> list[str]:
    viewer = Viewer(call.city or call.name, call.mode or Mode.VENUE, zone, call.zone)
    return [brief(each, viewer) for each in call.concerns]
