"""What stands in a calendar: items as the organisers want them, entries as they were last told."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any, Self

from app.ical.words import address, clean, one_line
from app.ical.zones import UNIVERSAL, twice, zone_of

KEPT_AFTER_CANCELLATION = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Circle:
    """For whom an item is, and how they take part. No file shows it, but personal calendars go by it.

    `seen_by` is who may know of it; `members` are those who appear in it and how, once each, as ("city/rome",
    "online"); `on_site`: nobody can take part from afar.
    """

    seen_by: str = ""
    members: tuple[tuple[str, str], ...] = ()
    on_site: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", tuple(sorted((who, how) for who, how in self.members)))

    def how(self, who: str) -> str | None:
        """How somebody takes part; None when they do not appear in it."""
        return next((how for each, how in self.members if each == who), None)


@dataclass(frozen=True, slots=True)
class Words:
    """What an item says in another language than its own, where that is other words: cleaned as the item's are."""

    language: str
    title: str
    place: str = ""
    said: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", one_line(self.title))
        object.__setattr__(self, "place", one_line(self.place))
        object.__setattr__(self, "said", tuple(tuple(map(clean, each)) for each in self.said))


@dataclass(frozen=True, slots=True)
class Item:
    """What a calendar entry is about, as the organisers want it; it knows no history.

    `starts` and `ends` are aware datetimes (kept in UTC, whole seconds), or two plain dates: all day,
    "time to be announced". `ends` is exclusive and later than `starts`. `zone` is the Area/City in
    which it is written. `joinable` says that it can be joined from afar, and no file shows it; `online`, where its
    reader joins it, is written only in personal feeds; so is `free`, for what takes none of the reader's time. `said`
    are the lines of a description that waits to be worded in a language: each has a name, which means something to who
    words it, and what it speaks of; `words` are those in other languages, one for each, and `spoken` chooses. No file
    shows either. Texts are cleaned here, so that equal items are equal octets. Raises ValueError, in a sentence, for
    what cannot be written.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    zone: str
    place: str = ""
    description: str = ""
    url: str = ""
    online: str = ""
    geo: tuple[float, float] | None = None
    cancelled: bool = False
    free: bool = False
    joinable: bool = False
    circle: Circle = Circle()
    said: tuple[tuple[str, ...], ...] = ()
    words: tuple[Words, ...] = ()

    def __post_init__(self) -> None:
        zone_of(self.zone)
        known = {
            "uid": one_line(self.uid),
            "title": one_line(self.title),
            "starts": _moment(self.starts),
            "ends": _moment(self.ends),
            "place": one_line(self.place),
            "description": clean(self.description).strip(),
            "url": address(self.url),
            "online": address(self.online),
            "geo": _position(self.geo),
            "said": tuple(tuple(map(clean, each)) for each in self.said),
            "words": tuple(sorted(self.words, key=lambda each: each.language)),
        }
        for name, value in known.items():
            object.__setattr__(self, name, value)
        if not self.uid:
            raise ValueError(f"“{self.title}” has no UID.")
        if isinstance(self.starts, datetime) is not isinstance(self.ends, datetime):
            raise ValueError(f"“{self.title}” needs two times or two dates, not one of each.")
        if not self.starts < self.ends:
            raise ValueError(f"“{self.title}” must end after it starts.")

    @property
    def all_day(self) -> bool:
        """True when it has dates and no clock times."""
        return not isinstance(self.starts, datetime)

    @property
    def begins(self) -> datetime:
        """The instant (UTC) it begins; an all-day item begins with the day in its zone."""
        return _instant(self.starts, self.zone)

    @property
    def finishes(self) -> datetime:
        """The instant (UTC) it is over; an all-day item is over with its last day in its zone."""
        return _instant(self.ends, self.zone)

    @property
    def is_local(self) -> bool:
        """True when its times are written by the clocks of its zone."""
        return not self.all_day and not self.in_universal_time

    @property
    def in_universal_time(self) -> bool:
        """True when it must be written with Z: its zone is UTC, or autumn makes its start or end ambiguous."""
        if self.zone in UNIVERSAL:
            return True
        tz = zone_of(self.zone)
        return not self.all_day and (twice(self.begins.astimezone(tz)) or twice(self.finishes.astimezone(tz)))


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as last told to the calendars, with its history.

    `sequence` counts from 0 the changes of time, place, link and status (RFC 5546 2.1.4);
    `created_at` and `changed_at` are aware, and kept in UTC. Raises ValueError for a naive one. `worded_at` says of the
    languages in which alone the words have changed since when they did.
    """

    item: Item
    sequence: int
    created_at: datetime
    changed_at: datetime
    worded_at: tuple[tuple[str, datetime], ...] = ()

    def __post_init__(self) -> None:
        if self.created_at.utcoffset() is None or self.changed_at.utcoffset() is None:
            raise ValueError(f"The history of “{self.item.title}” does not say in which zone its times are.")
        object.__setattr__(self, "created_at", self.created_at.astimezone(UTC))
        object.__setattr__(self, "changed_at", self.changed_at.astimezone(UTC))

    def to_json(self) -> dict[str, Any]:
        """A plain dict for storing, which `from_json` turns into an equal entry."""
        values: dict[str, Any] = {field.name: getattr(self.item, field.name) for field in fields(Item)}
        values["starts"], values["ends"] = self.item.starts.isoformat(), self.item.ends.isoformat()
        values["geo"] = list(self.item.geo) if self.item.geo else None
        values["circle"] = asdict(self.item.circle) | {"members": [list(each) for each in self.item.circle.members]}
        values["said"] = [list(each) for each in self.item.said]
        values["words"] = [asdict(each) | {"said": [list(line) for line in each.said]} for each in self.item.words]
        return {
            "item": values,
            "sequence": self.sequence,
            "created_at": self.created_at.isoformat(),
            "changed_at": self.changed_at.isoformat(),
            "worded_at": [[language, at.isoformat()] for language, at in self.worded_at],
        }

    def spoken(self, language: str) -> Self:
        """The entry as those who read this language have it: in its words where there are any, changed when they were
        last, and without those of others."""
        words = next((each for each in self.item.words if each.language == language), None)
        own = {"title": words.title, "place": words.place, "said": words.said} if words else {}
        changed_at = max(self.changed_at, dict(self.worded_at).get(language, self.changed_at))
        return replace(self, item=replace(self.item, words=(), **own), changed_at=changed_at, worded_at=())  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The entry that was stored. Raises KeyError, TypeError or ValueError for anything else."""
        values = dict(stored["item"])
        values["starts"], values["ends"] = _read(values["starts"]), _read(values["ends"])
        if values.get("geo") is not None:
            values["geo"] = tuple(values["geo"])
        values["circle"] = Circle(**values.get("circle", {}))
        values["words"] = tuple(Words(**each) for each in values.get("words", ()))
        return cls(
            Item(**values),
            stored["sequence"],
            datetime.fromisoformat(stored["created_at"]),
            datetime.fromisoformat(stored["changed_at"]),
            tuple((language, datetime.fromisoformat(at)) for language, at in stored.get("worded_at", ())),
        )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By start, then UID: the order of every file, whatever order a query gave."""
    return sorted(entries, key=lambda entry: (entry.item.begins, entry.item.uid))


def live(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Those that a feed shows at `now`, in order: all but the cancelled whose end is over seven days ago."""
    return [entry for entry in in_order(entries) if not entry.item.cancelled or shown_until(entry) >= now]


def shown_until(entry: Entry) -> datetime:
    """The last instant at which a feed shows it once it is cancelled."""
    return entry.item.finishes + KEPT_AFTER_CANCELLATION


def _moment(value: datetime | date) -> datetime | date:
    if not isinstance(value, datetime):
        return value
    if value.utcoffset() is None:
        raise ValueError(f"The time {value:%Y-%m-%d %H:%M} does not say in which zone it is.")
    return value.astimezone(UTC).replace(microsecond=0)


def _instant(value: datetime | date, zone: str) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), zone_of(zone)).astimezone(UTC)


def _position(geo: tuple[float, float] | None) -> tuple[float, float] | None:
    """Latitude and longitude to six places, about a tenth of a metre (RFC 5545 3.8.1.6)."""
    if geo is None:
        return None
    latitude, longitude = (round(float(value), 6) + 0.0 for value in geo)
    if not (isfinite(latitude) and abs(latitude) <= 90 and isfinite(longitude) and abs(longitude) <= 180):
        raise ValueError(f"{latitude}, {longitude} is not a latitude and a longitude.")
    return latitude, longitude


def _read(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
