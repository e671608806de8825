"""Calendars and entries for the tests of this room, from the summit's cast."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.ical import Calendar, Entry, Item, wall

ZONES = (
    "Asia/Tokyo",
    "Europe/Brussels",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
)
TITLES = (
    "Tokyo, host; opening, and welcome",
    "C:\\News from New York \\n \\N \\\\",
    "東京都知事の開会挨拶、そして各都市の紹介",
    "كلمة مدينة لاغوس، والمدن المشاركة",
    "Seoul 🏙️👩🏽‍🔬 to Milan 🎥",
    "Queensland " + "résilience " * 45 + "été.",
    'Lancaster says: "hello"; BEGIN:VEVENT',
)
TOLD = datetime(2023, 2, 1, 12, tzinfo=UTC)
G_NETS = Calendar("g-nets-2023@plenary", "G-NETS 2023", "Asia/Tokyo")


def item(code: str = "rome", **changes: Any) -> Item:
    """Rome's session of two hours on 1 March 2023 in Tokyo, or what differs from it."""
    facts: dict[str, Any] = {
        "uid": f"{code}@plenary",
        "title": "Rome speaks",
        "starts": datetime(2023, 3, 1, 1, tzinfo=UTC),
        "ends": datetime(2023, 3, 1, 3, tzinfo=UTC),
        "zone": "Asia/Tokyo",
        "place": "Hall B",
    }
    return Item(**facts | changes)


def entry(code: str = "rome", sequence: int = 0, changed_at: datetime = TOLD, **changes: Any) -> Entry:
    """The item above, told for the first time on 1 February 2023."""
    return Entry(item(code, **changes), sequence, TOLD, changed_at)


def year_of(zone: str, year: int) -> list[Entry]:
    """An hour at 09:30 on the 1st, 11th and 21st of each month, on the zone's own clocks, under varied titles."""
    days = [date(year, month, day) for month in range(1, 13) for day in (1, 11, 21)]
    return [
        entry(
            f"{day:%m%d}-{zone.replace('/', '-')}",
            zone=zone,
            title=TITLES[n % len(TITLES)],
            description="\n".join(TITLES),
            starts=wall(day, time(9, 30), zone),
            ends=wall(day, time(9, 30), zone) + timedelta(hours=1),
        )
        for n, day in enumerate(days)
    ]
