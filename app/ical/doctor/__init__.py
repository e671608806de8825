"""A calendar file looked at: what programs show of it now, and what is wrong with it, by the numbers of its rules.

Pure, and made for any octets: it raises nothing for what a file holds, and takes time in proportion to its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.ical.doctor import times
from app.ical.doctor.checks import CHECKS, Event, File, churn
from app.ical.doctor.reading import LARGEST, Component, Fault, components, physical, unfolded
from app.ical.doctor.times import Moment, in_zone
from app.ical.words import one_line

__all__ = ["LARGEST", "Fault", "Found", "Moment", "Seen", "examine", "in_zone", "unescaped"]

LONGEST_SHOWN = 1000
"""Characters of a text that are shown."""
RULES = tuple(f"C{number}" for number in range(1, 18))


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as a program shows it."""

    uid: str
    title: str
    place: str
    starts: Moment
    ends: Moment
    status: str
    sequence: str
    changed: Moment
    line: int
    recurs: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says and what is wrong with it. `home` is the zone in which days without a time begin."""

    name: str
    home: str
    events: tuple[Seen, ...]
    faults: tuple[Fault, ...]


def examine(octets: bytes, now: datetime, *, home: str = "UTC", pasted: bool = False, ours: bool = False) -> Found:
    """All of a file, at most `LARGEST` octets of it. `pasted`: it came as text, whose line ends are not the file's.

    `ours`: its stamps are known to be those of its changes, be they of just now.
    """
    faults = [] if len(octets) <= LARGEST else [Fault("C1", "too large", 0, str(len(octets)))]
    lines, more = physical(octets[:LARGEST], pasted=pasted)
    faults += more
    texts, more = unfolded(lines)
    faults += more
    roots, more = components(texts)
    faults += more
    zone = _home(roots, home)
    parts = [each for root in roots for each in root.inside]
    read = tuple(_event(each, zone) for each in parts if each.name == "VEVENT")
    file = File(roots, read, [each for each in parts if each.name == "VTIMEZONE"], now)
    faults += [fault for check in CHECKS if not (ours and check is churn) for fault in check(file)]
    name = next((found for root in roots if (found := root.text("X-WR-CALNAME") or root.text("NAME"))), "")
    ordered = sorted(faults, key=lambda each: (RULES.index(each.rule), each.line, each.code))
    return Found(_shown(name), zone, tuple(_seen(each) for each in read), tuple(ordered))


def unescaped(value: str) -> str:
    """A TEXT as people read it."""
    parts = value.split("\\\\")
    return "\\".join(
        part.replace("\\n", "\n").replace("\\N", "\n").replace("\\;", ";").replace("\\,", ",") for part in parts
    )


def _shown(value: str) -> str:
    """A TEXT as a page shows it: on one line, without what turns the words around it about, and of some length."""
    text = one_line(unescaped(value[: 2 * LONGEST_SHOWN]))
    return f"{text[:LONGEST_SHOWN]}…" if len(value) > 2 * LONGEST_SHOWN or len(text) > LONGEST_SHOWN else text


def _home(roots: list[Component], home: str) -> str:
    """The zone that the file calls its own, if it is one."""
    for root in roots:
        zone = root.text("X-WR-TIMEZONE").strip()
        if times.known(zone) is not None:
            return zone
    return home


def _event(part: Component, home: str) -> Event:
    return Event(part, times.read(part.first("DTSTART"), home), times.read(part.first("DTEND"), home))


def _seen(event: Event) -> Seen:
    part = event.part
    return Seen(
        uid=part.text("UID").strip(),
        title=_shown(part.text("SUMMARY")),
        place=_shown(part.text("LOCATION")),
        starts=event.starts,
        ends=event.ends,
        status=part.text("STATUS").strip().upper(),
        sequence=_shown(part.text("SEQUENCE").strip()),
        changed=times.read(part.first("DTSTAMP"), "UTC"),
        line=part.number,
        recurs=part.first("RRULE") is not None,
    )
