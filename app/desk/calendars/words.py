"""What the calendar doctor finds, in words: each fault, when something is, and how an event stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app import ical
from app.ical.doctor import Fault, Found, Moment, Seen, in_zone
from app.web.wording import day_short

SHOWN = 5
"""How many lines are named of those on which the same is wrong."""
EXCERPT = 120
"""How much of a line is quoted."""

WORDS: dict[str, dict[str, Any]] = {
    "C1": {
        "byte order mark": _l("It begins with a byte order mark; some programs do not know it for a calendar."),
        "line end": _l("Lines have to end with CRLF; this one ends otherwise."),
        "last line end": _l("The file breaks off: its last line has no end."),
        "long line": _l("A line is longer than 75 octets (%(about)s); it has to be folded."),
        "fold in an escape": _l("A line is folded after a backslash; Google spoils such words."),
        "fold in a character": _l("A line is folded within a character, which programs cannot read then."),
        "not UTF-8": _l("This is not text in UTF-8."),
        "too large": _l("Only its first two million octets were read. Many programs refuse one million."),
    },
    "C2": {
        "control character": _l("A character that no text may hold (%(about)s); some programs refuse the whole file."),
    },
    "C3": {
        "not escaped": _l("%(about)s holds a comma or semicolon without a backslash; words are cut off there."),
        "wrong escape": _l("%(about)s holds a backslash before a letter that needs none."),
    },
    "C4": {
        "version": _l("VERSION has to be 2.0."),
        "no PRODID": _l("PRODID is missing: which program wrote the file."),
        "no UID": _l("The calendar has no UID of its own, by which a program would know it again."),
        "scale": _l("CALSCALE:GREGORIAN is missing."),
        "method": _l("METHOD has no place in a feed; programs take it for an invitation."),
        "no content line": _l("This is no line of a calendar: a name, a colon and a value."),
    },
    "C5": {
        "empty": _l("The calendar is empty; some programs refuse it. An empty agenda still holds its time zone."),
    },
    "C6": {
        "no calendar": _l("There is no VCALENDAR in it."),
        "second calendar": _l("A second calendar begins here; Outlook reads the first alone."),
        "UID twice": _l("Two events have the same UID (%(about)s); programs show one of them."),
        "wrong end": _l("END:%(about)s ends what did not begin."),
        "no end": _l("%(about)s begins and does not end."),
        "outside": _l("A line stands outside of the calendar."),
        "too deep": _l("Components stand in one another too deeply; the rest was not read."),
        "too many": _l("There are more than 5,000 components; the rest was not read."),
    },
    "C7": {
        "no UID": _l("The event has no UID, so each fetch makes it anew."),
    },
    "C8": {
        "no DTSTAMP": _l("DTSTAMP is missing: when the event was last changed."),
        "not UTC": _l("%(about)s has to be in UTC, with a Z at its end."),
        "two changes": _l("DTSTAMP and LAST-MODIFIED tell two times; without METHOD they mean the same."),
    },
    "C9": {
        "no SEQUENCE": _l("SEQUENCE is missing; Google does not move an event that it knows."),
        "no number": _l("SEQUENCE is not a whole number from 0 (%(about)s)."),
        "too great": _l("SEQUENCE is greater than programs take (%(about)s)."),
        "a clock": _l("SEQUENCE is a clock's reading, not a count (%(about)s); Google refuses it one day."),
    },
    "C10": {
        "in the future": _l("The event says that it was changed in the future."),
        "made now": _l("Every event was changed just now, it says; programs announce all of them at each fetch."),
    },
    "C11": {
        "no STATUS": _l("STATUS is missing, so a cancellation would not be seen."),
        "unknown STATUS": _l("Programs do not know this STATUS (%(about)s)."),
        "takes time": _l("A cancelled event still takes people's time: TRANSP:TRANSPARENT is missing."),
        "not in words": _l("A cancelled event does not say so in its title; Outlook shows it as if it took place."),
        "long over": _l("This was cancelled, and its end is more than a week ago; it may go."),
    },
    "C12": {
        "no time": _l("This is no day and no time (%(about)s)."),
        "floating": _l("A time in no zone (%(about)s): every program reads another hour."),
        "unknown zone": _l("“%(about)s” is no zone that all programs know; it has to be Area/City."),
        "no VTIMEZONE": _l("The zone %(about)s is not in the file; Outlook does not know which hour is meant."),
    },
    "C13": {
        "RDATE": _l("The zone %(about)s lists its changes by RDATE, which Outlook passes over."),
        "COMMENT": _l("The zone %(about)s holds a COMMENT, which some programs refuse."),
        "zone twice": _l("The zone %(about)s stands in the file twice; some programs take the one, some the other."),
        "empty zone": _l("The zone %(about)s says nothing."),
        "wrong offset": _l("The zone in the file errs for its events, by so many minutes: %(about)s."),
    },
    "C14": {
        "left out": _l("In spring the clocks leave this time out (%(about)s)."),
        "twice": _l("In autumn the clocks show this time twice (%(about)s); it has to be in UTC."),
    },
    "C15": {
        "no DTEND": _l("A whole day without its end; programs make it last as they like."),
        "no VALUE": _l("A day has to be marked by VALUE=DATE."),
        "takes time": _l("A whole day to be announced takes all of people's time: TRANSP:TRANSPARENT is missing."),
        "ends first": _l("A whole day ends with the day after its last one; this ends on its first, or before."),
    },
    "C16": {
        "no DTSTART": _l("The event does not say when it begins."),
        "no DTEND": _l("The event does not say when it ends."),
        "two kinds": _l("Its beginning and its end are written in two ways."),
        "ends first": _l("It ends before it begins."),
    },
    "C17": {
        "ATTENDEE": _l("A person's address, readable to anybody with the link; a copy would mail them."),
        "ORGANIZER": _l("An organiser's address stands in a feed; some programs mail them “accepted”."),
    },
}
"""Number of the rule -> kind of breach -> what is wrong, and what comes of it."""


@dataclass(frozen=True)
class Told:
    """What is wrong in one way, on how many lines, and the first of them with what stands there."""

    rule: str
    words: str
    lines: Sequence[tuple[int, str]]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


def tell(faults: Iterable[Fault], octets: bytes) -> list[Told]:
    """Each kind of fault once, in the order of the rules, with the lines it is on."""
    grouped: dict[tuple[str, str], list[Fault]] = {}
    for each in faults:
        grouped.setdefault((each.rule, each.code), []).append(each)
    written = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return [
        Told(rule, str(WORDS[rule][code]) % {"about": ical.clean(found[0].about)}, _lines(found, written), len(found))
        for (rule, code), found in grouped.items()
    ]


def _lines(found: Sequence[Fault], written: Sequence[bytes]) -> list[tuple[int, str]]:
    numbers = sorted({each.line for each in found if each.line})[:SHOWN]
    return [(number, _quoted(written[number - 1])) for number in numbers if number <= len(written)]


def _quoted(line: bytes) -> str:
    text = ical.clean(line[: 4 * EXCERPT].decode(errors="replace"))
    return f"{text[:EXCERPT]}…" if len(text) > EXCERPT else text


@dataclass(frozen=True)
class Row:
    """One event as it is shown: when by each clock, and where its line is."""

    seen: Seen
    when: Sequence[str]
    status: str
    tone: str


def rows(found: Found, zones: Sequence[str], most: int) -> list[Row]:
    """The first events of a file, in order of time, by the clocks of these zones."""
    late = datetime.max  # noqa: DTZ901 (a sort key beside naive wall times)
    ordered = sorted(found.events, key=lambda each: (_wall(each.starts) or late, each.uid))
    return [Row(each, [_span(each, zone) for zone in zones], *_status(each)) for each in ordered[:most]]


def _wall(moment: Moment) -> datetime | None:
    shown = in_zone(moment, "UTC")
    return shown if isinstance(shown, datetime) else None


def _span(seen: Seen, zone: str) -> str:
    starts, ends = in_zone(seen.starts, zone), in_zone(seen.ends, zone)
    if seen.starts.kind == "floating":
        return str(_("%(time)s in no zone", time=f"{seen.starts.wall:%Y-%m-%d %H:%M}"))
    if starts is None:
        return str(_("nobody can tell"))
    if not isinstance(starts, datetime):
        return str(_("%(day)s, all day", day=day_short(starts)))
    said = f"{day_short(starts.date())}, {starts:%H:%M}"
    if not isinstance(ends, datetime):
        return said
    if ends.date() == starts.date():
        return f"{said}\u2060–\u2060{ends:%H:%M}"  # words joined, so that no line ends within the span
    return f"{said} – {day_short(ends.date())}, {ends:%H:%M}"


def _status(seen: Seen) -> tuple[str, str]:
    words = {"CONFIRMED": (_("Takes place"), "good"), "CANCELLED": (_("Cancelled"), "bad")}
    word, tone = words.get(seen.status, (ical.clean(seen.status[:20]) or _("not said"), "warn"))
    return str(word), tone


def summary(found: Found) -> str:
    """As in "12 events, 3 faults"."""
    events = ngettext("%(num)s event", "%(num)s events", len(found.events))
    faults = ngettext("%(num)s fault", "%(num)s faults", len(found.faults)) if found.faults else _("no fault")
    return f"{events}, {faults}"
