"""Calendar files: each entry is written once, and files are put together from the octets."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version

import icalendar
from icalendar.prop import vDate, vDatetime, vDuration, vGeo, vInt, vText, vUri

from app.ical import words
from app.ical.entries import Entry, Item, in_order
from app.ical.vtimezone import vtimezone
from app.ical.zones import UNIVERSAL, zone_of

PRODID = "-//Plenary//Plenary//EN"
FORMAT = 1  # raised whenever the same entries give other octets, so that stored copies are fetched anew
_ZONE_DATA, _WRITER = version("tzdata"), version("icalendar")
END = b"END:VCALENDAR\r\n"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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


def calendar(cal: Calendar, entries: Iterable[Entry]) -> bytes:
    """The whole file (RFC 5545), a pure function of its arguments and of the time zone data.

    It has no METHOD, so it is a snapshot; without entries it still holds the time zone (3.6 asks for
    one component). Raises ValueError when two entries share a UID.
    """
    ordered = in_order(entries)
    uids = [entry.item.uid for entry in ordered]
    if len(set(uids)) < len(uids):
        raise ValueError("Two entries of one calendar share a UID.")
    written = [_vevent(entry, cal.language) for entry in ordered]
    return b"".join([_head(cal), *zones_of(cal.zone, ordered), *written, END])


def etag(cal: Calendar, entries: Iterable[Entry]) -> str:
    """A strong entity tag, quoted: equal exactly when the file is (RFC 9110 8.8.3)."""
    digest = blake2b(digest_size=16)
    digest.update(repr((FORMAT, _WRITER, _ZONE_DATA, astuple(cal))).encode())
    for entry in in_order(entries):
        digest.update(_fingerprint(entry))
    return f'"{digest.hexdigest()}"'


def last_modified(entries: Iterable[Entry], also: datetime | None = None) -> datetime:
    """The newest change (UTC, whole seconds) of the entries.

    Pass `also` the time at which the list itself last changed, so that a removal counts.
    Without entries and `also` it is the beginning of 1970.
    """
    newest = max([entry.changed_at for entry in entries] + ([also] if also else []), default=_NEVER)
    return newest.astimezone(UTC).replace(microsecond=0)


class Text(vText):
    r"""TEXT escaped by RFC 5545 3.3.11 and nothing else: icalendar takes a literal \N for a line break."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n").encode()


class _Position(vGeo):
    """GEO in plain decimals, never 1e-05 (RFC 5545 3.3.7)."""

    def to_ical(self) -> str:
        return f"{self.latitude:.6f};{self.longitude:.6f}"


@lru_cache(maxsize=256)
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


def zones_of(zone: str, entries: list[Entry]) -> list[bytes]:
    """A VTIMEZONE for the calendar's zone and for each other that an entry is written in, by name."""
    local = [entry.item for entry in entries if _is_local(entry.item)]
    names = {item.zone for item in local}
    if zone not in UNIVERSAL or not entries:
        names.add(zone)
    # No entry, no year to be right about: any will do that changes only with the time zone data.
    years = [at.year for item in local for at in (item.begins, item.finishes)] or [int(_ZONE_DATA[:4])]
    return [vtimezone(name, min(years), max(years)) for name in sorted(names)]


@lru_cache(maxsize=16384)
def _is_local(item: Item) -> bool:
    """True when its times are written with a TZID."""
    return not item.all_day and not item.in_universal_time


@lru_cache(maxsize=16384)
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


@lru_cache(maxsize=16384)
def _fingerprint(entry: Entry) -> bytes:
    return blake2b(repr(entry.to_json()).encode(), digest_size=16).digest()


def _stamp(moment: datetime) -> vDatetime:
    return vDatetime(moment.astimezone(UTC))


def _times(item: Item) -> tuple[vDate | vDatetime, vDate | vDatetime]:
    """DTSTART and DTEND: dates, local times with their TZID, or UTC where local times would be ambiguous."""
    if item.all_day:
        return vDate(item.starts, params={"VALUE": "DATE"}), vDate(item.ends, params={"VALUE": "DATE"})
    if not _is_local(item):
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
    label = words.join_prefix(language).rstrip(" :\u00a0")
    return vUri(link, params={"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": label})
