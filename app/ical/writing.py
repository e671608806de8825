"""Calendar files: each entry is written once, and files are put together from the octets."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version

import icalendar
from icalendar.prop import vDate, vDatetime, vDuration, vGeo, vInt, vText, vUri

from app.ical import words
from app.ical.entries import Entry, Item
from app.ical.memory import Memory
from app.ical.sheaves import Leaf, Sheaf, Years
from app.ical.vtimezone import vtimezone
from app.ical.zones import UNIVERSAL, zone_of

PRODID = "-//Plenary//Plenary//EN"
FORMAT = 2  # raised whenever the same entries give other octets, so that stored copies are fetched anew
_ZONE_DATA, _WRITER = version("tzdata"), version("icalendar")
END = b"END:VCALENDAR\r\n"
KEPT_OCTETS = 48 * 1024 * 1024
_kept: Memory[tuple[bytes, str], bytes] = Memory(KEPT_OCTETS, len)
"""VEVENTs by the mark of their entry and their language: each is written once and put into all the files it is in."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The head of a calendar file.

    `uid` never changes; `zone` is an Area/City; `language` words what the writer adds itself; `url` is
    the page, `source` the feed's own address; `color` is a CSS3 colour name (RFC 7986 5.9).
    Raises ValueError, in a sentence, for what cannot be written.
    """

    uid: str
    name: str
    zone: str
    description: str = ""
    language: str = "en"
    url: str = ""
    source: str = ""
    refresh: timedelta = timedelta(hours=1)
    color: str = ""

    def __post_init__(self) -> None:
        zone_of(self.zone)
        known = {
            "uid": words.one_line(self.uid),
            "name": words.one_line(self.name),
            "description": words.clean(self.description).strip(),
            "url": words.address(self.url),
            "source": words.address(self.source),
        }
        for name, value in known.items():
            object.__setattr__(self, name, value)
        if not self.uid:
            raise ValueError("The calendar has no UID.")
        if self.refresh <= timedelta(0):
            raise ValueError("The calendar must be refreshed after some time, not at once.")
        if self.color and not (self.color.isascii() and self.color.isalpha()):
            raise ValueError(f"“{self.color}” is not the name of a colour.")


@dataclass(frozen=True, slots=True)
class Shift:
    """What one reader's own changes add to all that was told: so much to SEQUENCE, and DTSTAMP is no earlier than `at`.

    An entry's place follows its reader's way of taking part, which changes between releases too (RFC 5546 2.1.4).
    """

    changes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Fill:
    """What takes the place of `blank` in all that is written: a secret of the reader's own, as long as the blank.

    So entries that differ from reader to reader in it alone are written once. The blank is no word of anybody else's.
    Raises ValueError when the two are not of one length, or the blank does not begin with a tilde.
    """

    blank: str
    secret: str

    def __post_init__(self) -> None:
        if len(self.blank) != len(self.secret) or not self.blank.startswith("~"):
            raise ValueError("A secret takes the place of a blank of its length that begins with a tilde.")

    def into(self, octets: bytes) -> bytes:
        """The octets with the secret in every place that was left for it, whether a line is folded there or not."""
        own = self.secret.encode()
        return _blank(self.blank).sub(lambda found: _folded_as(found[0], own), octets)


@lru_cache(maxsize=8)
def _blank(blank: str) -> re.Pattern[bytes]:
    """A tilde is rare, so most of a file is passed over by a search for one octet."""
    return re.compile(b"(?:\r\n )?".join(re.escape(each).encode() for each in blank))


def _folded_as(found: bytes, own: bytes) -> bytes:
    at = found.find(b"\r\n ")
    return own if at < 0 else own[:at] + b"\r\n " + own[at:]


@dataclass(frozen=True, slots=True)
class File:
    """A calendar file before it is written: what validates it is known without writing it.

    `own` are entries of the reader's own, which `shift` does not touch; `fill` goes into all of them.
    """

    head: Calendar
    sheaf: Sheaf
    own: Sheaf = field(default_factory=lambda: Sheaf(()))
    shift: Shift | None = None
    fill: Fill | None = None

    @property
    def etag(self) -> str:
        """A strong entity tag, quoted: equal exactly when the file is (RFC 9110 8.8.3)."""
        head = tuple(getattr(self.head, each) for each in Calendar.__slots__)
        shift = (self.shift.changes, self.shift.at.isoformat()) if self.shift else None
        fill = (self.fill.blank, self.fill.secret) if self.fill else None
        told = repr((FORMAT, _WRITER, _ZONE_DATA, head, shift, fill, self.sheaf.mark, self.own.mark))
        return f'"{blake2b(told.encode(), digest_size=16).hexdigest()}"'

    @property
    def newest(self) -> datetime:
        """The newest change (UTC, whole seconds) of the entries; the beginning of 1970 when there are none."""
        newest = max(self.sheaf.newest, self.own.newest)
        if self.shift and self.sheaf.leaves:
            newest = max(newest, self.shift.at)
        return newest.astimezone(UTC).replace(microsecond=0)

    def octets(self) -> bytes:
        """The whole file (RFC 5545), a pure function of its parts and of the time zone data.

        It has no METHOD, so it is a snapshot; without entries it still holds the time zone (3.6 asks for one
        component). Raises ValueError when two entries share a UID.
        """
        if not self.sheaf.uids.isdisjoint(self.own.uids):
            raise ValueError("Two entries of one calendar share a UID.")
        written = _written_once(self.sheaf.leaves, self.head.language)
        if self.shift:
            written = [_shifted(*each, self.shift) for each in zip(written, self.sheaf.leaves, strict=True)]
        if self.own.leaves:
            own = _written_once(self.own.leaves, self.head.language)
            places = [each.place for each in (*self.sheaf.leaves, *self.own.leaves)]
            written = [each for _place, each in sorted(zip(places, written + own, strict=True))]
        zones = zones_of(self.head.zone, self.sheaf.years | self.own.years, empty=not written)
        events = b"".join(written)
        return b"".join([_head(self.head), *zones, self.fill.into(events) if self.fill else events, END])


def calendar(cal: Calendar, entries: Iterable[Entry], fill: Fill | None = None) -> bytes:
    """The file of these entries, for who writes it once."""
    return File(cal, Sheaf.of(entries), fill=fill).octets()


class Text(vText):
    r"""TEXT escaped by RFC 5545 3.3.11 and nothing else: icalendar takes a literal \N for a line break."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n").encode()


class _Position(vGeo):
    """GEO in plain decimals, never 1e-05 (RFC 5545 3.3.7)."""

    def to_ical(self) -> str:
        return f"{self.latitude:.6f};{self.longitude:.6f}"


@lru_cache(maxsize=1024)
def _head(cal: Calendar) -> bytes:
    """The octets of VCALENDAR without its end; the VALUE parameters are required by RFC 7986."""
    head = icalendar.Calendar()
    head["PRODID"], head["VERSION"] = Text(PRODID), Text("2.0")
    head["CALSCALE"] = Text("GREGORIAN")
    head["UID"] = Text(cal.uid)
    head["NAME"] = head["X-WR-CALNAME"] = Text(cal.name)
    head["X-WR-TIMEZONE"] = Text(cal.zone)
    head["REFRESH-INTERVAL"] = vDuration(cal.refresh, params={"VALUE": "DURATION"})
    head["X-PUBLISHED-TTL"] = vDuration(cal.refresh)
    if cal.description:
        head["DESCRIPTION"] = head["X-WR-CALDESC"] = Text(cal.description)
    if cal.color:
        head["COLOR"] = Text(cal.color)
    if cal.url:
        head["URL"] = vUri(cal.url)
    if cal.source:
        head["SOURCE"] = vUri(cal.source, params={"VALUE": "URI"})
    octets: bytes = head.to_ical()
    return octets.removesuffix(END)


def zones_of(zone: str, years: Years, *, empty: bool) -> list[bytes]:
    """A VTIMEZONE for the calendar's zone and for each other that an entry is written in, by name."""
    names = set(years.zones)
    if zone not in UNIVERSAL or empty:
        names.add(zone)
    # No time, no year to be right about: any will do that changes only with the time zone data.
    first, last = years.first or int(_ZONE_DATA[:4]), years.last or int(_ZONE_DATA[:4])
    return [vtimezone(name, first, last) for name in sorted(names)]


def _written_once(leaves: Sequence[Leaf], language: str) -> list[bytes]:
    by_mark = {each.mark: each.entry for each in leaves}
    keys = [(each.mark, language) for each in leaves]
    return _kept.many(keys, lambda key: _vevent(by_mark[key[0]], language))


def _shifted(octets: bytes, told: Leaf, shift: Shift) -> bytes:
    """The VEVENT as it is for this reader: lines are changed as a whole, and none of the three is ever folded."""
    entry = told.entry
    lines = {f"SEQUENCE:{entry.sequence}": f"SEQUENCE:{entry.sequence + shift.changes}"}
    if shift.at > entry.changed_at:
        before, after = (f"{each:%Y%m%dT%H%M%SZ}" for each in (entry.changed_at, shift.at.astimezone(UTC)))
        lines |= {f"{name}:{before}": f"{name}:{after}" for name in ("DTSTAMP", "LAST-MODIFIED")}
    for old, new in lines.items():
        octets = octets.replace(f"\r\n{old}\r\n".encode(), f"\r\n{new}\r\n".encode(), 1)
    return octets


def _vevent(entry: Entry, language: str) -> bytes:
    octets: bytes = event_of(entry, language).to_ical()
    return octets


def event_of(entry: Entry, language: str) -> icalendar.Event:
    """The entry as a component, which nobody else holds."""
    item, event = entry.item, icalendar.Event()
    event["UID"] = Text(item.uid)
    event["DTSTAMP"] = event["LAST-MODIFIED"] = _stamp(entry.changed_at)
    event["CREATED"] = _stamp(entry.created_at)
    event["SEQUENCE"] = vInt(entry.sequence)
    event["DTSTART"], event["DTEND"] = _times(item)
    event["STATUS"] = Text("CANCELLED" if item.cancelled else "CONFIRMED")
    event["TRANSP"] = Text("TRANSPARENT" if item.cancelled or item.all_day or item.free else "OPAQUE")
    event["SUMMARY"] = Text((words.cancelled_prefix(language) if item.cancelled else "") + item.title)
    if description := _description(item, language):
        event["DESCRIPTION"] = Text(description)
    if item.place:
        event["LOCATION"] = Text(item.place)
    if item.geo:
        event["GEO"] = _Position(item.geo)
    if item.url:
        event["URL"] = vUri(item.url)
    if item.online:
        event["CONFERENCE"] = _conference(item.online, language)
    return event


def _stamp(moment: datetime) -> vDatetime:
    return vDatetime(moment.astimezone(UTC))


def _times(item: Item) -> tuple[vDate | vDatetime, vDate | vDatetime]:
    """DTSTART and DTEND: dates, local times with their TZID, or UTC where local times would be ambiguous."""
    if item.all_day:
        return vDate(item.starts, params={"VALUE": "DATE"}), vDate(item.ends, params={"VALUE": "DATE"})
    if not item.is_local:
        return _stamp(item.begins), _stamp(item.finishes)
    return _local(item.begins, item.zone), _local(item.finishes, item.zone)


def _local(moment: datetime, zone: str) -> vDatetime:
    value = vDatetime(moment.astimezone(zone_of(zone)).replace(tzinfo=None))
    value.params["TZID"] = zone  # set afterwards: icalendar drops it from a time that names no zone itself
    return value


def _description(item: Item, language: str) -> str:
    joining = f"{words.join_prefix(language)}{item.online}" if item.online else ""
    return "\n".join(line for line in (item.description, joining, item.url) if line)


def _conference(link: str, language: str) -> vUri:
    """RFC 7986 5.11. FEATURE is a list, which icalendar's own class would quote into one value."""
    label = words.join_prefix(language).rstrip(" :\uff1a\u00a0")
    return vUri(link, params={"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": label})
