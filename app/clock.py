"""Time: what is now, which zones there are, and which hour it is somewhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

reset_tzpath(to=())  # the tzdata package alone, so that pages, feeds and all machines know the same rules


def now() -> datetime:
    """This instant, aware, in UTC. Only the edge calls it; all else is given `now`."""
    return datetime.now(UTC)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The IANA zones a person may choose: Area/City and UTC, no abbreviations ("EST") and no offsets ("Etc/GMT+9")."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return frozenset(places | {"UTC", "Etc/UTC"})


def is_zone(name: str) -> bool:
    return name in zones()


def local(instant: datetime, zone: str) -> datetime:
    """The same instant as a clock in `zone` shows it."""
    return instant.astimezone(ZoneInfo(zone))


def midnight(day: date, zone: str) -> datetime:
    """The instant at which this day begins on the clocks of `zone`."""
    return datetime.combine(day, time(), ZoneInfo(zone))
