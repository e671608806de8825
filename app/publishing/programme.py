"""What the public was told: the frozen values of one release, as every public page, feed and letter reads them.

A `Programme` is composed from the draft when a release is published, stored with the release as JSON, and never
changed afterwards. Codes and slugs are the immutable names used in addresses. Lists keep the organisers' order.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

from app.events.tongues import FIELDS, Tongue, teller

Frozen = TypeVar("Frozen")
OPENNESS = ("public", "delegates", "invited", "heads", "closed")
"""The visibilities, from the most open to the least."""


@dataclass(frozen=True)
class Theme:
    slug: str
    name: str
    tone: int
    """1..6: which of the theme colours marks it; the name always stands beside the colour."""


@dataclass(frozen=True)
class Room:
    """A hall, a breakout room, or a room online; `key` stands in addresses and is never another room's."""

    key: int
    name: str


@dataclass(frozen=True)
class City:
    """A delegation as the public sees it: the member and the modes in which it takes part."""

    slug: str
    name: str
    kind: str
    country: str
    """ISO 3166-1 alpha-2, or empty where the country is not to be printed beside the name."""
    zone: str
    modes: tuple[str, ...]
    """Of "venue", "online", "video", in that order; may be empty (not said yet)."""
    host: bool = False
    note: str = ""
    spot: tuple[float, float] | None = None
    """Latitude and longitude; None where nobody has said, and in releases from before this was kept."""


@dataclass(frozen=True)
class Person:
    """A speaker, moderator or leader; the name stands as its owner writes it and is never turned."""

    code: str
    name: str
    honorific: str = ""
    positions: tuple[str, ...] = ()
    city: str = ""
    """Slug of the city the person belongs to, or empty."""

    @property
    def called(self) -> str:
        return f"{self.honorific} {self.name}".strip()


@dataclass(frozen=True)
class Appearance:
    """One city or one person in a session; exactly one of `city` (slug) and `person` (code) is set."""

    part: str
    """What one appears as: "speaker", "moderator", "keynote", "presiding" ..."""
    city: str = ""
    person: str = ""
    mode: str = ""
    """"venue", "online", "video", or empty: to be confirmed."""
    position: str = ""
    """The office or title as shown in this session, when it differs from the person's own."""
    topic: str = ""


@dataclass(frozen=True)
class Session:
    """One item of the agenda. `starts` and `ends` are aware, in UTC, or both None: to be announced. So may `day` be."""

    code: str
    uid: str
    kind: str
    title: str
    number: int | None = None
    parent: str = ""
    theme: str = ""
    day: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    room: str = ""
    joinable: bool = False
    """It can be joined from afar; never said in what is open to everybody. Where is asked when somebody joins."""
    visibility: str = "public"
    note: str = ""
    description: str = ""
    cancelled: bool = False
    appearances: tuple[Appearance, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of a day of the agenda: a session, or a block with those of its sessions that are on this day."""

    session: Session
    within: tuple[Session, ...] = ()
    continued: bool = False
    """The block began on an earlier day."""

    @property
    def starts(self) -> datetime | None:
        """When it begins on this day; None while that is to be announced."""
        return next((each.starts for each in (self.session, *self.within) if each.starts), None)


@dataclass(frozen=True)
class Visit:
    """A guided visit with limited seats."""

    code: str
    title: str
    day: date | None
    starts: datetime | None
    ends: datetime | None
    meeting_point: str = ""
    description: str = ""
    seats: int | None = None
    host: str = ""
    map_link: str = ""
    languages: tuple[str, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True)
class Section:
    heading: str
    theme: str
    points: tuple[str, ...]
    paragraphs: int | None = None


@dataclass(frozen=True)
class Outcome:
    """A communiqué, declaration, memorandum or designation of the summit, in our words."""

    code: str
    kind: str
    title: str
    summary: str = ""
    announced_by: str = ""
    parties: tuple[str, ...] = ()
    day: date | None = None
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Summit:
    """The event's own facts."""

    slug: str
    title: str
    network: str
    network_name: str
    edition: int | None
    motto: str
    starts_on: date
    ends_on: date
    zone: str
    place: str
    """The host city's name, in words."""
    venue: str
    format: str
    note: str = ""
    """A plain mark that all is a rehearsal or demonstration; shown on every page when not empty."""
    times_note: str = ""
    """Where the clock times come from when they are invented for a demonstration."""
    geo: tuple[float, float] | None = None
    stated: tuple[tuple[str, int], ...] = ()
    """Counts the sources state, by name: (("people", 300), ("cities", 50))."""


@dataclass(frozen=True)
class Programme:
    """All of one release."""

    release: int
    published_at: datetime
    summit: Summit
    themes: tuple[Theme, ...] = ()
    rooms: tuple[Room, ...] = ()
    """None in releases from before this was kept."""
    cities: tuple[City, ...] = ()
    people: tuple[Person, ...] = ()
    sessions: tuple[Session, ...] = ()
    visits: tuple[Visit, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    language: str = "en"
    """That in which all of this is written."""
    tongues: tuple[Tongue, ...] = ()
    """What is said of it in other languages (`spoken`). Words for what it does not hold stand in none."""

    @cached_property
    def theme(self) -> Mapping[str, Theme]:
        return {theme.slug: theme for theme in self.themes}

    @cached_property
    def city(self) -> Mapping[str, City]:
        return {city.slug: city for city in self.cities}

    @cached_property
    def person(self) -> Mapping[str, Person]:
        return {person.code: person for person in self.people}

    @cached_property
    def room_keys(self) -> frozenset[tuple[str, str]]:
        """(name, key) of each room."""
        return frozenset((room.name, str(room.key)) for room in self.rooms)

    @cached_property
    def session(self) -> Mapping[str, Session]:
        return {session.code: session for session in self.sessions}

    @cached_property
    def children(self) -> Mapping[str, tuple[Session, ...]]:
        """The sessions within each block, by the block's code, in order."""
        found: dict[str, list[Session]] = {session.code: [] for session in self.sessions}
        for session in self.sessions:
            if session.parent in found:
                found[session.parent].append(session)
        return {code: tuple(within) for code, within in found.items()}

    @cached_property
    def days(self) -> tuple[tuple[date | None, tuple[Row, ...]], ...]:
        """The agenda by days; None, last, is "during the summit". A block stands on every day of its sessions."""
        found: dict[date | None, dict[str, list[Session]]] = {}
        for session in self.sessions:
            if not self.children[session.code]:
                block = session.parent if session.parent in self.session else session.code
                found.setdefault(session.day, {}).setdefault(block, []).append(session)
        seen: set[str] = set()
        days = []
        for day in sorted(found, key=lambda day: day or date.max):
            rows = tuple(
                Row(self.session[code], tuple(each for each in within if each.code != code), code in seen)
                for code, within in found[day].items()
            )
            seen |= found[day].keys()
            days.append((day, rows))
        return tuple(days)

    def visibility_of(self, session: Session) -> str:
        """Who may know of it: what stands in a block is never more open than the block."""
        block = self.session.get(session.parent)
        return max(session.visibility, block.visibility if block else "public", key=OPENNESS.index)

    def open_to(self, *visibilities: str) -> Programme:
        """The same programme with only the sessions of these visibilities, without saying which can be joined, and
        without the people and rooms seen only in others."""
        kept = tuple(session for session in self.sessions if self.visibility_of(session) in visibilities)
        anywhere, here = (
            {each.person for session in sessions for each in session.appearances} for sessions in (self.sessions, kept)
        )
        people = tuple(person for person in self.people if person.code in here or person.code not in anywhere)
        used = {session.room for session in kept}
        rooms = tuple(room for room in self.rooms if room.name in used)
        unlinked = tuple(replace(session, joinable=False) for session in kept)
        shown = replace(self, sessions=unlinked, people=people, rooms=rooms)
        things = {(kind, key) for kind, key, _thing in shown.things}
        return replace(shown, tongues=tuple(each.only(things) for each in self.tongues))

    @property
    def things(self) -> Iterator[tuple[str, str, Any]]:
        """Kind, key and value of everything of which something can be said in several languages."""
        yield "summit", "", self.summit
        for kind, (held, key) in HELD.items():
            for each in getattr(self, held):
                yield kind, str(getattr(each, key)), each

    @cached_property
    def _spoken(self) -> dict[str, Programme]:
        return {}

    def spoken(self, language: str) -> Programme:
        """The same in the words of this language, where it has any, and else by its chain of languages; made once.

        Texts are `tongues.Said` and name the language they are in, which need not be the one asked for.
        """
        if language == self.language:
            return self
        if (found := self._spoken.get(language)) is None:
            found = self._spoken[language] = self._in(language)
        return found

    def _in(self, language: str) -> Programme:
        tell = teller(self.language, self.tongues, language)
        said: dict[str, list[Any]] = {kind: [] for kind in FIELDS}
        for kind, key, thing in self.things:
            words = {field: tell(kind, key, field, getattr(thing, field)) for field in FIELDS[kind]}
            said[kind].append(replace(thing, **words))
        rooms = {old.name: new.name for old, new in zip(self.rooms, said["room"], strict=True)}
        cities = {old.name: new.name for old, new in zip(self.cities, said["city"], strict=True) if old.host}
        (summit,) = said.pop("summit")
        sessions = [replace(each, room=rooms.get(each.room, each.room)) for each in said["session"]]
        held: dict[str, Any] = {HELD[kind][0]: tuple(each) for kind, each in (said | {"session": sessions}).items()}
        return replace(self, summit=replace(summit, place=cities.get(summit.place, summit.place)), **held)


HELD = {
    "theme": ("themes", "slug"),
    "room": ("rooms", "key"),
    "city": ("cities", "slug"),
    "session": ("sessions", "uid"),
    "visit": ("visits", "code"),
    "outcome": ("outcomes", "code"),
}
"""Where a programme holds the things of each kind, and by what it tells one from another."""


def to_json(value: Any) -> Any:
    """Plain dicts, lists, strings and numbers for a frozen value; `from_json` reads them back exactly."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_json(kind: type[Frozen], value: Mapping[str, Any]) -> Frozen:
    """The frozen value that `to_json` wrote. Fields that are missing take their defaults."""
    hints = _hints(cast(Hashable, kind))
    return kind(**{name: _read(hints[name], each) for name, each in value.items() if name in hints})


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        (hint,) = (each for each in typing.get_args(hint) if each is not type(None))
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)
        if inner[-1] is Ellipsis:
            return tuple(_read(inner[0], each) for each in value)
        return tuple(_read(each_hint, each) for each_hint, each in zip(inner, value, strict=True))
    if is_dataclass(hint):
        return from_json(cast(Any, hint), value)
    if hint is datetime or hint is date:
        return hint.fromisoformat(value)
    return value
