"""The texts of a draft that can be said in other languages, with what is said of them so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from babel import parse_locale
from babel.core import get_global
from sqlalchemy import select

from app.agenda.models import Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event, Outcome, Room, Theme, Translation
from app.events.tongues import BESIDES, FIELDS, PROPER, Name, known_city
from app.network.models import Member
from app.publishing.composing import translations
from app.visits.models import Visit


class State(StrEnum):
    """How a text stands in one language."""

    SAID = "said"
    KNOWN = "known"
    """The locale data know the name of the city; nobody need write it."""
    AS_IT_IS = "as it is"
    """The name of a city that both languages write in one script: it is read as it stands."""
    OUT_OF_DATE = "out of date"
    MISSING = "missing"

    @property
    def counts(self) -> bool:
        """Whether readers have words of their language, and those of the present text."""
        return self not in (State.MISSING, State.OUT_OF_DATE)


@dataclass(frozen=True)
class Line:
    """One text of the draft."""

    kind: str
    key: str
    field: str
    code: str
    """Of a session, as it stands in addresses; empty of all else."""
    called: str
    """Title or name of the thing."""
    original: str
    zone: str = ""
    """Of a city."""

    @property
    def name(self) -> Name:
        return self.kind, self.key, self.field


@dataclass(frozen=True)
class Draft:
    """All texts, and what is said of them."""

    main: str
    languages: tuple[str, ...]
    """The others that the summit speaks."""
    lines: tuple[Line, ...]
    rows: Mapping[tuple[str, Name], Translation]
    """By language and name, spoken or not, of texts that there are no more too."""

    def state(self, line: Line, language: str) -> State:
        """How a text stands in one of the other languages."""
        row = self.rows.get((language, line.name))
        if row is not None:
            return State.SAID if row.original == line.original else State.OUT_OF_DATE
        if line.kind == PROPER:
            if known_city(line.original, line.zone, self.main, language):
                return State.KNOWN
            if script(language) == script(self.main):
                return State.AS_IT_IS
        return State.MISSING

    def known(self, line: Line, language: str) -> str:
        """What readers get though nobody wrote it; empty where that is the original."""
        return known_city(line.original, line.zone, self.main, language) if line.kind == PROPER else ""


def script(language: str) -> str:
    """The script in which a language is usually written, as ISO 15924 calls it (CLDR's likely subtags)."""
    likely: str = get_global("likely_subtags").get(language, language)
    return parse_locale(likely)[2] or ""


def draft_of(event: Event) -> Draft:
    """The texts of the draft in the order of a programme: of the summit, themes, rooms, cities that take part,
    sessions, visits, outcomes. Empty ones are left out. Seven queries."""
    rows = {(each.language, (each.kind, each.key, each.field)): each for each in translations(event.id)}
    others = tuple(code for code in sorted(event.languages) if code != event.language)
    return Draft(event.language, others, tuple(_lines(event)), rows)


def _lines(event: Event) -> Iterator[Line]:
    for kind, key, thing in _things(event):
        code = thing.code if kind == "session" else ""
        zone = thing.zone if kind == PROPER else ""
        called = thing.name if kind in ("theme", "room", PROPER) else thing.title
        for field in (*FIELDS[kind], *BESIDES.get(kind, ())):
            if original := getattr(thing, field):
                yield Line(kind, key, field, code, called, original, zone)


def _things(event: Event) -> Iterator[tuple[str, str, Any]]:
    """Kind and key as in a programme, and the row; what is said of it goes by one name in both."""
    yield "summit", "", event
    yield from (("theme", each.slug, each) for each in _of(event, Theme))
    yield from (("room", str(each.id), each) for each in _of(event, Room))
    cities = select(Member).join(Delegation, Delegation.member_id == Member.id)
    mine = cities.where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
    for city in db.session.execute(mine.order_by(Delegation.position, Member.name)).scalars():
        yield PROPER, city.slug, city
    yield from (("session", each.uid, each) for each in _of(event, Session))
    yield from (("visit", each.code, each) for each in _of(event, Visit))
    yield from (("outcome", each.code, each) for each in _of(event, Outcome))


def _of(event: Event, kind: type[Any]) -> Iterable[Any]:
    mine = select(kind).where(kind.event_id == event.id).order_by(kind.position, kind.id)
    return db.session.execute(mine).scalars()
