"""The rules for calendar files, C1 to C17, asked of a file that was taken apart. Each check yields what it finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.ical.doctor import times
from app.ical.doctor.reading import Component, Fault, Line
from app.ical.doctor.times import Moment
from app.ical.entries import KEPT_AFTER_CANCELLATION
from app.ical.words import cancelled_prefixes

TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "COMMENT", "CONTACT")
"""Properties whose value is TEXT (RFC 5545 3.3.11)."""
STATES = ("CONFIRMED", "TENTATIVE", "CANCELLED")
GREATEST = 2**31 - 1
"""The greatest SEQUENCE that programs take."""
LIKE_A_CLOCK = 1_000_000_000
"""A SEQUENCE from here on is a number of seconds, and soon one that programs refuse."""
FRESH = timedelta(minutes=10)
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Event:
    """A VEVENT with its times read."""

    part: Component
    starts: Moment
    ends: Moment

    @property
    def number(self) -> int:
        return self.part.number

    def at(self, name: str) -> int:
        """The line on which a property stands; that of the event when it is not there."""
        found = self.part.first(name)
        return found.number if found else self.number

    @property
    def cancelled(self) -> bool:
        return self.part.text("STATUS").strip().upper() == "CANCELLED"


@dataclass(frozen=True, slots=True)
class File:
    """All of a file. `now` is when it is looked at."""

    roots: Sequence[Component]
    events: Sequence[Event]
    zones: Sequence[Component]
    now: datetime


def head(file: File) -> Iterator[Fault]:
    """C4, C5, C6: one VCALENDAR with what its head needs, and something in it."""
    calendars = [each for each in file.roots if each.name == "VCALENDAR"]
    if not calendars:
        yield Fault("C6", "no calendar")
        return
    for each in calendars[1:]:
        yield Fault("C6", "second calendar", each.number)
    found = calendars[0]
    if found.text("VERSION").strip() != "2.0":
        yield Fault("C4", "version", _at(found, "VERSION"), found.text("VERSION")[:40])
    for name in ("PRODID", "UID"):
        if not found.text(name).strip():
            yield Fault("C4", f"no {name}", found.number)
    scale = found.text("CALSCALE").strip().upper()
    if scale != "GREGORIAN":
        yield Fault("C4", "scale", _at(found, "CALSCALE"), scale[:40])
    if method := found.first("METHOD"):
        yield Fault("C4", "method", method.number, method.value[:40])
    if not found.inside:
        yield Fault("C5", "empty", found.number)


def _at(part: Component, name: str) -> int:
    found = part.first(name)
    return found.number if found else part.number


def texts(file: File) -> Iterator[Fault]:
    """C3: what has to be escaped in a text is, and nothing else."""
    for part in (*file.roots, *(each.part for each in file.events)):
        for line in part.every(*TEXTS):
            if (fault := _escaping(line.value)) is not None:
                yield Fault("C3", fault, line.number, line.name)


def _escaping(value: str) -> str | None:
    rest = value.replace("\\\\", "")
    if re.search(r"(?<!\\)[;,]", rest):
        return "not escaped"
    if re.search(r"\\(?![;,nN])", rest):
        return "wrong escape"
    return None


def names(file: File) -> Iterator[Fault]:
    """C6, C7: each event has a UID, and no two the same."""
    seen: Counter[tuple[str, str]] = Counter()
    for event in file.events:
        uid = event.part.text("UID").strip()
        if not uid:
            yield Fault("C7", "no UID", event.number)
            continue
        key = uid, event.part.text("RECURRENCE-ID").strip()
        seen[key] += 1
        if seen[key] == 2:
            yield Fault("C6", "UID twice", event.at("UID"), uid[:120])


def stamps(file: File) -> Iterator[Fault]:
    """C8: when it was made and changed, in UTC."""
    snapshot = not any(each.first("METHOD") for each in file.roots)
    for event in file.events:
        part = event.part
        if part.first("DTSTAMP") is None:
            yield Fault("C8", "no DTSTAMP", event.number)
        for line in part.every("DTSTAMP", "LAST-MODIFIED", "CREATED"):
            if not _STAMP.fullmatch(line.value.strip()):
                yield Fault("C8", "not UTC", line.number, line.name)
        changed = part.text("LAST-MODIFIED").strip()
        if snapshot and changed and part.first("DTSTAMP") and changed != part.text("DTSTAMP").strip():
            yield Fault("C8", "two changes", event.at("DTSTAMP"))


def sequences(file: File) -> Iterator[Fault]:
    """C9: SEQUENCE counts changes from 0."""
    for event in file.events:
        line = event.part.first("SEQUENCE")
        if line is None:
            yield Fault("C9", "no SEQUENCE", event.number)
        elif not _NUMBER.fullmatch(line.value.strip()):
            yield Fault("C9", "no number", line.number, line.value[:40])
        elif int(line.value) > GREATEST:
            yield Fault("C9", "too great", line.number, line.value[:40])
        elif int(line.value) >= LIKE_A_CLOCK:
            yield Fault("C9", "a clock", line.number, line.value[:40])


def churn(file: File) -> Iterator[Fault]:
    """C10: what did not change is not called changed; a stamp of just now on every event is made at each fetch."""
    found = [(event, times.read(event.part.first("DTSTAMP"), "UTC").at) for event in file.events]
    known = [(event, at) for event, at in found if at is not None]
    for event, at in known:
        if at > file.now + timedelta(days=1):
            yield Fault("C10", "in the future", event.at("DTSTAMP"))
    fresh = [event for event, at in known if abs(at - file.now) < FRESH]
    if len(fresh) > 1 and len(fresh) == len(file.events):
        yield Fault("C10", "made now", fresh[0].at("DTSTAMP"))


def states(file: File) -> Iterator[Fault]:
    """C11: what is cancelled says so in every way, and goes a week after its end."""
    for event in file.events:
        state = event.part.text("STATUS").strip().upper()
        if not state:
            yield Fault("C11", "no STATUS", event.number)
        elif state not in STATES:
            yield Fault("C11", "unknown STATUS", event.at("STATUS"), state[:40])
        if not event.cancelled:
            continue
        if event.part.text("TRANSP").strip().upper() != "TRANSPARENT":
            yield Fault("C11", "takes time", event.at("TRANSP"))
        if not event.part.text("SUMMARY").startswith(cancelled_prefixes()):
            yield Fault("C11", "not in words", event.at("SUMMARY"))
        end = event.ends.at or event.starts.at
        if end is not None and file.now - end > KEPT_AFTER_CANCELLATION:
            yield Fault("C11", "long over", event.number)


def moments(file: File) -> Iterator[Fault]:
    """C12, C14: times in a zone that every program knows, or in UTC, and that clocks show once."""
    brought = {each.text("TZID").strip() for each in file.zones}
    for event in file.events:
        for line, moment in ((event.part.first("DTSTART"), event.starts), (event.part.first("DTEND"), event.ends)):
            if line is not None:
                yield from _moment(line, moment, brought)


def _moment(line: Line, moment: Moment, brought: set[str]) -> Iterator[Fault]:
    if moment.kind == "none":
        yield Fault("C12", "no time", line.number, line.value[:40])
    elif moment.kind == "floating":
        yield Fault("C12", "floating", line.number, line.value[:40])
    elif moment.kind == "local":
        if times.known(moment.zone) is None:
            yield Fault("C12", "unknown zone", line.number, moment.zone[:80])
        if moment.zone not in brought:
            yield Fault("C12", "no VTIMEZONE", line.number, moment.zone[:80])
        if times.left_out(moment):
            yield Fault("C14", "left out", line.number, line.value[:40])
        elif times.ambiguous(moment):
            yield Fault("C14", "twice", line.number, line.value[:40])


def zones(file: File) -> Iterator[Fault]:
    """C13: the zones in the file are written so that all programs read them alike, and are right."""
    told: dict[str, list[Moment]] = {}
    for event in file.events:
        for moment in (event.starts, event.ends):
            told.setdefault(moment.zone, []).append(moment)
    seen: set[str] = set()
    for zone in file.zones:
        name = zone.text("TZID").strip()
        if name in seen:
            yield Fault("C13", "zone twice", zone.number, name[:80])
            continue
        seen.add(name)
        if not zone.inside:
            yield Fault("C13", "empty zone", zone.number, name[:80])
        for part in zone.inside:
            for line in part.every("RDATE", "COMMENT"):
                yield Fault("C13", line.name, line.number, name[:80])
        if (wrong := times.wrong_by(zone, told.get(name, []))) is not None:
            minutes = round(wrong[1].total_seconds() / 60)
            yield Fault("C13", "wrong offset", zone.number, f"{name[:80]} {minutes:+}")


def spans(file: File) -> Iterator[Fault]:
    """C15, C16: every event ends, later than it starts, and is written alike at both ends."""
    for event in file.events:
        starts, ends = event.starts, event.ends
        end, whole_day = event.part.first("DTEND"), starts.kind == "date"
        rule = "C15" if whole_day else "C16"
        if starts.kind == "none":
            if event.part.first("DTSTART") is None:
                yield Fault("C16", "no DTSTART", event.number)
            continue
        if whole_day:
            yield from _day(event)
        if end is None:
            yield Fault(rule, "no DTEND", event.number)
        elif ends.kind != "none":
            if (starts.kind, starts.zone) != (ends.kind, ends.zone):
                yield Fault("C16", "two kinds", end.number)
            elif _not_after(starts, ends):
                yield Fault(rule, "ends first", end.number)


def _day(event: Event) -> Iterator[Fault]:
    line = event.part.first("DTSTART")
    if line is not None and line.param("VALUE").upper() != "DATE":
        yield Fault("C15", "no VALUE", line.number)
    if event.part.text("TRANSP").strip().upper() != "TRANSPARENT":
        yield Fault("C15", "takes time", event.at("TRANSP"))


def _not_after(starts: Moment, ends: Moment) -> bool:
    if starts.at is not None and ends.at is not None:
        return ends.at <= starts.at
    return starts.wall is not None and ends.wall is not None and ends.wall <= starts.wall


def people(file: File) -> Iterator[Fault]:
    """C17: nobody's address is in a file that anybody with the link reads."""
    for event in file.events:
        for line in event.part.every("ATTENDEE", "ORGANIZER"):
            yield Fault("C17", line.name, line.number)


CHECKS: tuple[Callable[[File], Iterator[Fault]], ...] = (
    head,
    texts,
    names,
    stamps,
    sequences,
    churn,
    states,
    moments,
    zones,
    spans,
    people,
)
