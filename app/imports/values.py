"""An event file as frozen values: names found, modes worked out, dates and times read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from app.agenda.models import Kind, Part, Visibility
from app.events.models import Approval, Mode
from app.network.models import Kind as MemberKind
from app.network.models import Standing


@dataclass(frozen=True)
class Office:
    name: str
    since: str = ""
    until: str = ""
    former: bool = False


@dataclass(frozen=True)
class Member:
    slug: str
    name: str
    kind: MemberKind
    country: str
    zone: str
    standing: Standing | None = None
    country_printed: bool = True
    disambiguator: str = ""
    latitude: float | None = None
    longitude: float | None = None
    region: str = ""
    note: str = ""
    aliases: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True)
class Network:
    slug: str
    name: str
    full_name: str
    founded: int | None = None
    region: str = ""
    full_members: int | None = None
    associate_members: int | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Theme:
    slug: str
    name: str
    tone: int = 1


@dataclass(frozen=True)
class Room:
    name: str
    seats: int | None = None
    link: str = ""


@dataclass(frozen=True)
class Person:
    code: str
    name: str
    family_name: str = ""
    given_name: str = ""
    honorific: str = ""
    positions: tuple[str, ...] = ()
    city: str = ""
    """Slug of the member the person belongs to, or empty."""


@dataclass(frozen=True)
class Appearance:
    """A city (slug) or a person (code) in an item; exactly one of the two is set."""

    part: Part
    city: str = ""
    person: str = ""
    mode: Mode | None = None
    position: str = ""
    topic: str = ""


@dataclass(frozen=True)
class Slot:
    """When and where an item takes place, in wall times of the event's zone."""

    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    room: str = ""
    fact: bool = False
    """Of a slot of a timetable: that it was made public, and is not invented."""


@dataclass(frozen=True)
class Session:
    code: str
    kind: Kind
    title: str
    slot: Slot
    number: int | None = None
    parent: str = ""
    theme: str = ""
    visibility: Visibility = Visibility.PUBLIC
    note: str = ""
    description: str = ""
    appearances: tuple[Appearance, ...] = ()


@dataclass(frozen=True)
class Vehicle:
    name: str
    seats: int
    step_free: int = 0
    leader: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Visit:
    code: str
    title: str
    day: date | None = None
    leaves: time | None = None
    returns: time | None = None
    description: str = ""
    host: str = ""
    meeting_point: str = ""
    seats: int | None = None
    minimum: int | None = None
    map_link: str = ""
    languages: tuple[str, ...] = ()
    shoes: str = ""
    rules: str = ""
    no_photos: bool = False
    identity_papers: bool = False
    vehicles: tuple[Vehicle, ...] = ()


@dataclass(frozen=True)
class Section:
    heading: str = ""
    theme: str = ""
    points: tuple[str, ...] = ()
    paragraphs: int | None = None


@dataclass(frozen=True)
class Outcome:
    code: str
    kind: str
    title: str
    summary: str = ""
    announced_by: str = ""
    parties: tuple[str, ...] = ()
    day: date | None = None
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Timetable:
    """Times that stand in the file beside the agenda and are applied only on request."""

    label: str
    slots: Mapping[str, Slot]


@dataclass(frozen=True)
class Registration:
    """How people register. Moments are wall times in the event's zone; a closing minute is open to its end."""

    approval: Approval = Approval.NONE
    opens: datetime | None = None
    opens_when_loaded: bool = False
    closes: datetime | None = None
    closes_the_day_before: bool = False
    seats: Mapping[Mode, int | None] | None = None
    code_of: str = ""
    """Slug of the member whose code the register page shows, in `code_sentence`, in the place of {code}."""
    code_sentence: str = ""


@dataclass(frozen=True)
class Event:
    slug: str
    title: str
    starts_on: date
    ends_on: date
    zone: str
    edition: int | None = None
    motto: str = ""
    host: str = ""
    venue: str = ""
    latitude: float | None = None
    longitude: float | None = None
    format: str = ""
    note: str = ""
    reply_to: str = ""
    stated: Mapping[str, int] | None = None
    language: str = ""
    """The main one; empty: as it is."""
    languages: Mapping[str, tuple[str, ...]] | None = None
    """The others, each with those asked after it; None: as they are."""


@dataclass(frozen=True)
class Word:
    """What one field of a thing is in another language. `key`: a slug, a code, or the name of a room; of the event
    nothing."""

    language: str
    kind: str
    key: str
    field: str
    text: str


@dataclass(frozen=True)
class EventFile:
    """All of one event file, free of faults."""

    network: Network
    event: Event
    themes: tuple[Theme, ...] = ()
    rooms: tuple[Room, ...] = ()
    people: tuple[Person, ...] = ()
    delegations: Mapping[str, tuple[Mode, ...]] | None = None
    """Slug of the member -> its modes, in the order in which the file names them first."""
    sessions: tuple[Session, ...] = ()
    """In the order of the agenda; a block stands before its sessions."""
    visits: tuple[Visit, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    timetable: Timetable | None = None
    registration: Registration | None = None
    words: tuple[Word, ...] = ()
    normalised: tuple[str, ...] = ()
    """Names that stood in the file in another spelling: "NewYork → New York"."""
    weeks_ahead: int | None = None
    """Of a rehearsal: about how many weeks ahead of its first loading it begins."""


def mode_in(kind: Kind, modes: tuple[Mode, ...]) -> Mode | None:
    """How a delegation with these modes takes part in an item of this kind when nobody says; None: unknown.

    Its only mode; else video in an item of videos; else its only live mode.
    """
    if len(modes) == 1:
        return modes[0]
    if kind is Kind.VIDEOS and Mode.VIDEO in modes:
        return Mode.VIDEO
    live = [mode for mode in modes if mode is not Mode.VIDEO]
    return live[0] if len(live) == 1 else None
