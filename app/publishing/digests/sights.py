"""What one release changes for one reader: each item of theirs as they saw it before and as they see it now.

Pure. Who reads of a city's people knows what `personal` lets them know. An item is theirs when their city stands in it,
or when its kind is one that everybody comes to; what runs beside other things is nobody's but those who stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import cast

from app import clock, ical
from app.events.models import Mode
from app.publishing.differences import Moment
from app.publishing.entries import place
from app.publishing.personal import appears, may_know
from app.publishing.programme import Appearance, Programme, Session, Summit

TO_ALL = frozenset("ceremony keynote videos forum plenary announcement signing meal social closing".split())
"""Kinds of items that everybody comes to; so do those at the venue to a visit."""
VISIT = "visit"
SHORT_NOTICE = timedelta(hours=24)
"""What changes for something that begins sooner than this is told first, and by telephone too."""
KINDS = ("cancelled", "reinstated", "removed", "left", "added", "joined", "retimed", "moved", "renamed", "part")
"""What may happen to an item of somebody's, the weightiest first. Who "joined" or "left" stands or stood in an item
that is there before and after; what is "added" or "removed" they could not know of before, or can no longer."""


@dataclass(frozen=True)
class Reader:
    """Whom a release may concern: people of a city in this mode, those who answer for it, or a person on the agenda."""

    city: str = ""
    mode: Mode = Mode.VENUE
    office: bool = False
    """Answers for the city, and so for the people of it that the agenda names."""
    head: bool = False
    """Leads the delegation, or answers for the city and so for who does."""
    person: str = ""
    """The code under which the agenda names the reader. Without a city they know of all in which they appear."""


@dataclass(frozen=True)
class Part:
    """As what the city appears, or somebody of it whom the agenda names."""

    who: str
    """The name of the person; empty: the city itself."""
    part: str
    mode: str
    position: str = ""
    topic: str = ""
    number: int | None = None
    """1, 2, 3 ... among the cities in speaking order."""


@dataclass(frozen=True)
class Sight:
    """One item as a reader sees it; two sights are equal when nothing differs that concerns the reader."""

    title: str
    moment: Moment
    place: str
    """Room and venue, for those who are there; empty for all others, or while it is to be announced."""
    cancelled: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Concern:
    """One item that is not for the reader as it was. At least one of `before` and `after` is not None."""

    code: str
    kinds: tuple[str, ...]
    before: Sight | None
    after: Sight | None
    known: tuple[bool, bool]
    """Whether the reader could know of it before, and can now."""

    @property
    def title(self) -> str:
        return self.now.title

    @property
    def now(self) -> Sight:
        """As it is, or as it was last."""
        return cast(Sight, self.after or self.before)

    @property
    def own(self) -> bool:
        """Whether the reader's city or its people stand or stood in it."""
        return any(each.parts for each in (self.before, self.after) if each)


@dataclass(frozen=True)
class Step:
    """From one release to the next, with what calendars were told before and are told now."""

    before: Programme
    after: Programme
    told: Mapping[str, ical.Entry] = field(default_factory=dict)
    entries: Mapping[str, ical.Entry] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """When it was published."""
        return self.after.published_at

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The sessions in which anything differs, their block and the venue included."""
        codes = dict.fromkeys([*self.after.session, *self.before.session])
        if _grounds(self.before.summit) != _grounds(self.after.summit):
            return tuple(codes)
        return tuple(code for code in codes if _with_block(self.before, code) != _with_block(self.after, code))


def _grounds(summit: Summit) -> tuple[object, ...]:
    """What every item of a summit stands on."""
    return summit.venue, summit.zone, summit.ends_on


def _with_block(programme: Programme, code: str) -> tuple[Session | None, Session | None]:
    session = programme.session.get(code)
    return session, programme.session.get(session.parent) if session else None


def concerns(step: Step, reader: Reader) -> tuple[Concern, ...]:
    """What the release changes for this reader, by start. What is over before and after concerns nobody."""
    found = [each for code in step.codes if (each := _concern(step, code, reader)) is not None]
    return tuple(sorted(found, key=lambda each: (starts(each, step), each.code)))


def spoken(found: Iterable[Concern], step: Step, reader: Reader, language: str) -> tuple[Concern, ...]:
    """The same concerns in the words of this language, as each release had them. That words alone are new concerns
    nobody, so it is asked of the originals what does."""
    before, after = (each.spoken(language) for each in (step.before, step.after))
    return tuple(
        replace(each, before=_sight(before, each.code, reader), after=_sight(after, each.code, reader))
        for each in found
    )


def named(step: Step) -> dict[str, tuple[Concern, ...]]:
    """The same for every person on the agenda, by code; only those whom it concerns, whatever may be seen of it."""
    codes = {
        each.person: each.mode
        for programme in (step.before, step.after)
        for code in step.codes
        for each in _appearances(programme, code)
        if each.person
    }
    found = {
        code: concerns(step, Reader(mode=Mode(mode) if mode else Mode.VENUE, person=code))
        for code, mode in codes.items()
    }
    return {code: each for code, each in found.items() if each}


def starts(concern: Concern, step: Step) -> datetime:
    """When it begins: as it was or as it is, whichever is sooner of what is not over and takes place."""
    return min(_begins(each, step) for each in _standing(concern, step))


def urgent(found: Iterable[Concern], step: Step) -> tuple[Concern, ...]:
    """Those of which something begins within `SHORT_NOTICE` of publishing, or goes on then."""
    return tuple(each for each in found if starts(each, step) - step.now < SHORT_NOTICE)


def _concern(step: Step, code: str, reader: Reader) -> Concern | None:
    both = (step.before, step.after)
    before, after = (_sight(programme, code, reader) for programme in both)
    if before == after or all(each is None or each.cancelled for each in (before, after)):
        return None
    seen_before, seen_after = (_seen(programme, code, reader) for programme in both)
    known = (seen_before, seen_after)
    found = Concern(code, _kinds(before, after, there=seen_before and seen_after), before, after, known)
    return found if _standing(found, step) else None


def _kinds(before: Sight | None, after: Sight | None, *, there: bool) -> tuple[str, ...]:
    """`there`: it is known before and after."""
    if before is None or after is None:
        parts = any(each.parts for each in (before, after) if each)
        if after is not None:
            return ("joined" if there and parts else "added",)
        return ("left" if there and parts else "removed",)
    if before.cancelled != after.cancelled:
        return ("cancelled" if after.cancelled else "reinstated",)
    differs = {
        "retimed": before.moment != after.moment,
        "moved": before.place != after.place,
        "renamed": before.title != after.title,
        "part": before.parts != after.parts,
    }
    return tuple(kind for kind in KINDS if differs.get(kind))


def _standing(concern: Concern, step: Step) -> list[Sight]:
    """As it was and as it is, as far as that takes place and was not over when the release was made."""
    both = [each for each in (concern.before, concern.after) if each is not None and not each.cancelled]
    return [each for each in both if _finishes(each, step) > step.now]


def _begins(sight: Sight, step: Step) -> datetime:
    """An item without a clock time begins with its day, one without a day with the last one: nobody knows sooner."""
    summit, moment = step.after.summit, sight.moment
    return moment.starts or clock.midnight(moment.day or summit.ends_on, summit.zone)


def _finishes(sight: Sight, step: Step) -> datetime:
    summit, moment = step.after.summit, sight.moment
    return moment.ends or clock.midnight((moment.day or summit.ends_on) + timedelta(days=1), summit.zone)


def _sight(programme: Programme, code: str, reader: Reader) -> Sight | None:
    """The item as the reader sees it; None when it is none of theirs."""
    if not _theirs(programme, code, reader):
        return None
    session = programme.session[code]
    there = reader.mode == Mode.VENUE
    return Sight(
        title=session.title,
        moment=Moment(session.day, session.starts, session.ends),
        place=place(session, programme.summit) if there else "",
        cancelled=session.cancelled,
        parts=tuple(_parts(programme, code, reader)),
    )


def _seen(programme: Programme, code: str, reader: Reader) -> bool:
    """Whether it is there and the reader may know of it."""
    session = programme.session.get(code)
    return session is not None and (not reader.city or may_know(programme, session, reader.city, head=reader.head))


def _theirs(programme: Programme, code: str, reader: Reader) -> bool:
    if not _seen(programme, code, reader):
        return False
    session = programme.session[code]
    if any(_is_or_answers_for(programme, each, reader) for each in _appearances(programme, code)):
        return True
    if not reader.city:
        return False
    if session.kind == VISIT:
        return reader.mode == Mode.VENUE
    return session.kind in TO_ALL or appears(session, reader.city)


def _parts(programme: Programme, code: str, reader: Reader) -> Iterator[Part]:
    speaking = [each.city for each in programme.session[code].appearances if each.city]
    for each in _appearances(programme, code):
        if each.city and each.city == reader.city:
            yield Part("", each.part, each.mode, each.position, each.topic, speaking.index(each.city) + 1)
        elif _is_or_answers_for(programme, each, reader):
            name = programme.person[each.person].called
            yield Part(name, each.part, each.mode, each.position, each.topic)


def _is_or_answers_for(programme: Programme, seen: Appearance, reader: Reader) -> bool:
    """Whether it is a person whom the reader is, or answers for."""
    if not seen.person:
        return False
    return seen.person == reader.person or (reader.office and programme.person[seen.person].city == reader.city)


def _appearances(programme: Programme, code: str) -> tuple[Appearance, ...]:
    """Who stands in it; who leads its block leads it too."""
    session = programme.session.get(code)
    if session is None:
        return ()
    block = programme.session.get(session.parent)
    led = tuple(each for each in block.appearances if each.person) if block else ()
    return (*led, *session.appearances)
