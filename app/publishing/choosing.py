"""The part of an agenda that a reader chooses by day, theme, room, mode and city. Pure.

The page holds what each session is found by in attributes, so that a script finds the same as the server does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields
from datetime import date

from app.publishing.programme import Programme, Row, Session
from app.web.choices import in_order

UNDATED = "undated"
"""What stands for "during the summit" where a day is asked for."""
MODES = ("venue", "online", "video")


@dataclass(frozen=True)
class Choice:
    """What is asked for, each as it stands in addresses; empty: anything."""

    day: str = ""
    theme: str = ""
    room: str = ""
    mode: str = ""
    city: str = ""

    def __bool__(self) -> bool:
        return any(self.asked.values())

    @property
    def asked(self) -> dict[str, str]:
        """Name -> value of what is asked for, as an address holds it."""
        return {name: value for name in NAMES if (value := getattr(self, name))}


NAMES = tuple(each.name for each in fields(Choice))


@dataclass(frozen=True)
class Marks:
    """What a session is found by: its own, and those of the block it stands in."""

    day: str
    theme: str
    room: str
    parts: tuple[tuple[str, str], ...] = ()
    """(mode, city's slug) of each appearance; either may be empty."""

    @property
    def within(self) -> str:
        """The parts as one attribute holds them: "venue:tokyo online:london video:"."""
        return " ".join(dict.fromkeys(f"{mode}:{city}" for mode, city in self.parts))


def marks(programme: Programme) -> Mapping[str, Marks]:
    """Session code -> marks, of all that stand on the agenda by themselves: sessions, and blocks without any."""
    rooms = {room.name: str(room.key) for room in programme.rooms}
    found = {}
    for session in programme.sessions:
        if not programme.children[session.code]:
            block = programme.session.get(session.parent)
            theme = session.theme or (block.theme if block else "")
            parts = tuple(_parts(session, block, programme))
            found[session.code] = Marks(day_key(session.day), theme, rooms.get(session.room, ""), parts)
    return found


def _parts(session: Session, block: Session | None, programme: Programme) -> Iterator[tuple[str, str]]:
    for each in (*session.appearances, *(block.appearances if block else ())):
        person = programme.person.get(each.person)
        city = each.city or (person.city if person else "")
        if city or each.mode:
            yield each.mode, city


def day_key(day: date | None) -> str:
    """A day as it stands in addresses and ids."""
    return day.isoformat() if day else UNDATED


def offered(programme: Programme, found: Mapping[str, Marks]) -> dict[str, list[str]]:
    """Name -> the values of which at least one session has each, in the programme's order."""
    parts = {part for each in found.values() for part in each.parts}
    values = {
        "day": [day_key(day) for day, _rows in programme.days],
        "theme": [each.slug for each in programme.themes],
        "room": [str(each.key) for each in programme.rooms],
        "mode": list(MODES),
        "city": [each.slug for each in in_order(programme.cities, lambda city: city.name)],
    }
    there: dict[str, Set[str]] = {
        **{name: {getattr(each, name) for each in found.values()} for name in ("day", "theme", "room")},
        "mode": {mode for mode, _city in parts},
        "city": {city for _mode, city in parts},
    }
    return {name: [each for each in values[name] if each in there[name]] for name in NAMES}


def read(asked: Mapping[str, str], offers: Mapping[str, list[str]]) -> tuple[Choice, bool]:
    """What an address asks for, as far as it is offered; and whether anything in it is not."""
    wanted = {name: value for name in NAMES if (value := asked.get(name, ""))}
    known = {name: value for name, value in wanted.items() if value in offers[name]}
    return Choice(**known), known != wanted


def fits(choice: Choice, found: Marks) -> bool:
    """Whether a session is among what is asked for. City and mode belong together: Rome, where it is online."""
    if any(choice_of and choice_of != its for choice_of, its in _pairs(choice, found)):
        return False
    if not (choice.mode or choice.city):
        return True
    return any(choice.mode in ("", mode) and choice.city in ("", city) for mode, city in found.parts)


def _pairs(choice: Choice, found: Marks) -> Iterator[tuple[str, str]]:
    return ((getattr(choice, name), getattr(found, name)) for name in ("day", "theme", "room"))


def chosen(choice: Choice, found: Mapping[str, Marks]) -> frozenset[str]:
    """The codes of the sessions that are among what is asked for."""
    return frozenset(code for code, each in found.items() if fits(choice, each))


@dataclass(frozen=True)
class Found:
    """What an address chooses of an agenda."""

    choice: Choice
    strange: bool
    """Whether it asked for something that there is not; that is left out of the choice."""
    offered: Mapping[str, list[str]]
    marks: Mapping[str, Marks]
    shown: frozenset[str]
    """The codes of the sessions that are chosen."""

    def has(self, row: Row) -> bool:
        """Whether anything of a row of the agenda is chosen."""
        return any(each.code in self.shown for each in row.within or (row.session,))

    def holds(self, rows: Iterable[Row]) -> bool:
        """Whether anything of a day is."""
        return any(self.has(row) for row in rows)


def found(programme: Programme, asked: Mapping[str, str]) -> Found:
    """What is `asked` for by name, as `read` reads it, and what is found by it."""
    known = marks(programme)
    offers = offered(programme, known)
    choice, strange = read(asked, offers)
    return Found(choice, strange, offers, known, chosen(choice, known))
