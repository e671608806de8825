"""Wall clocks: from a day, a time and a zone to an instant, and what daylight saving does to them."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from app.ical.tzif import history

UNIVERSAL = frozenset({"UTC", "Etc/UTC"})


class Gap(ValueError):
    """A wall time that the clocks jump over in spring; says so in a sentence.

    `following` is the first wall time (naive) after the jump.
    """

    def __init__(self, wall: datetime, zone: str, following: datetime) -> None:
        self.wall, self.zone, self.following = wall, zone, following
        super().__init__(
            f"On {wall.day} {wall:%B %Y} the clocks in {zone} go forward and {wall:%H:%M} is left out: "
            f"the next valid time is {_said(following, wall.date())}."
        )


def _said(following: datetime, day: date) -> str:
    if following.date() == day:
        return f"{following:%H:%M}"
    return f"{following:%H:%M} on {following.day} {following:%B %Y}"


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The zones an entry may be written in: UTC, and tzdata's Area/City names.

    Abbreviations (CET) and fixed offsets (Etc/GMT+5) are left out: calendars read them differently.
    """
    names = files("tzdata").joinpath("zones").read_text("ascii").split()
    return UNIVERSAL | {name for name in names if "/" in name and not name.startswith("Etc/")}


@lru_cache(maxsize=700)
def zone_of(name: str) -> ZoneInfo:
    """The zone, from the tzdata package. Raises ValueError for a name not in `zones()`."""
    if name not in zones():
        raise ValueError(f"“{name}” is not a time zone written as Area/City, such as Asia/Tokyo.")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def wall(day: date, clock: time, zone: str, fold: int = 0) -> datetime:
    """The instant (UTC) at which the clocks of the zone show this time on this day.

    In the hour that autumn repeats, fold 0 is the first and 1 the second (PEP 495).
    Raises Gap when spring leaves the time out, ValueError for an unknown zone.
    """
    tz = zone_of(zone)
    shown = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    instant = shown.replace(tzinfo=tz, fold=fold).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None, fold=0) != shown:
        raise Gap(shown, zone, _after_gap(shown, zone))
    return instant


def ambiguous(day: date, clock: time, zone: str) -> bool:
    """True when the clocks of the zone show this time twice on this day (the autumn overlap)."""
    shown = datetime.combine(day, clock.replace(tzinfo=None))
    return twice(shown.replace(tzinfo=zone_of(zone)))


def twice(local: datetime) -> bool:
    """True when the wall time of this aware datetime occurs twice in its zone."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def _after_gap(shown: datetime, zone: str) -> datetime:
    near = shown.replace(tzinfo=UTC)
    for onset in history(zone).between(near - timedelta(days=2), near + timedelta(days=2)):
        ends = onset.at.replace(tzinfo=None) + onset.after.shift
        if ends - (onset.after.shift - onset.before.shift) <= shown < ends:
            return ends
    raise LookupError(f"No gap of {zone} holds {shown:%Y-%m-%d %H:%M}.")
