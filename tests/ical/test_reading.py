"""Three independent readers agree with us, and with each other, on every entry."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.ical import Calendar, Entry, calendar, wall
from tests.ical.made import G_NETS, TITLES, ZONES, entry, year_of
from tests.ical.parsers import Read, instants_of, read
from tests.ical.rules import faults

pytestmark = pytest.mark.one_database

READERS = ("ical", "ical.js", "vobject")


def expected(entries: list[Entry]) -> dict[str, Read]:
    return {
        one.item.uid: Read(
            one.item.starts, one.item.ends, one.item.title, one.item.description, one.item.place, "CONFIRMED"
        )
        for one in entries
    }


def agreed(entries: list[Entry]) -> dict[str, dict[str, Read]]:
    return dict.fromkeys(READERS, expected(entries))


def test_a_year_in_seven_zones_is_read_as_it_was_meant() -> None:
    years = [(zone, year_of(zone, year)) for zone in ZONES for year in (2013, 2023, 2027)]
    files = [calendar(Calendar("year@plenary", "A year", zone), entries) for zone, entries in years]
    assert [faults(octets) for octets in files] == [[]] * len(files)
    for (_, entries), readings in zip(years, read(files), strict=True):
        assert readings == agreed(entries)


def test_seven_zones_in_one_file_are_read_as_they_were_meant() -> None:
    entries = [one for zone in ZONES for one in year_of(zone, 2024)]
    octets = calendar(G_NETS, entries)
    assert faults(octets) == []
    assert read([octets]) == [agreed(entries)]


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Africa/Cairo"])
def test_the_hour_that_autumn_repeats_is_read_twice(zone: str) -> None:
    night = {"Europe/Brussels": (10, 29, 2), "America/New_York": (11, 5, 1), "Africa/Cairo": (10, 26, 23)}[zone]
    month, day, hour = night
    starts = [wall(date(2023, month, day), time(hour, 30), zone, fold) for fold in (0, 1)]
    assert starts[1] - starts[0] == timedelta(hours=1)
    entries = [
        entry(f"seoul-{n}", zone=zone, starts=at, ends=at + timedelta(minutes=20)) for n, at in enumerate(starts)
    ]
    octets = calendar(Calendar("night@plenary", "Night", zone), entries)
    assert faults(octets) == []
    assert read([octets]) == [agreed(entries)]


def test_each_night_of_change_is_read_to_the_quarter_of_an_hour() -> None:
    files, meant = [], []
    for zone, nights in {
        "Europe/Brussels": [datetime(2023, 3, 25, 22, tzinfo=UTC), datetime(2023, 10, 28, 22, tzinfo=UTC)],
        "Africa/Casablanca": [datetime(2023, 3, 18, 22, tzinfo=UTC), datetime(2023, 4, 22, 22, tzinfo=UTC)],
    }.items():
        entries = [
            entry(f"{zone}-{at:%m%d%H%M}", zone=zone, starts=at, ends=at + timedelta(minutes=10))
            for night in nights
            for at in (night + timedelta(minutes=15 * n) for n in range(32))
        ]
        files.append(calendar(Calendar("quarters@plenary", "Quarters", zone), entries))
        meant.append({one.item.uid: (one.item.starts, one.item.ends) for one in entries})
    assert instants_of(files) == [dict.fromkeys(READERS, moments) for moments in meant]


def test_an_all_day_entry_is_read_as_dates_with_its_exclusive_end() -> None:
    entries = [entry(starts=date(2023, 3, 1), ends=date(2023, 3, 3), description="Time to be announced.")]
    assert read([calendar(G_NETS, entries)]) == [agreed(entries)]


def test_an_empty_agenda_is_read_as_a_calendar_without_entries() -> None:
    octets = calendar(Calendar("none@plenary", "Nothing yet", "Europe/Brussels"), [])
    assert faults(octets) == []
    assert instants_of([octets]) == [{name: {} for name in READERS}]


def test_a_join_link_is_read_as_a_line_of_the_description() -> None:
    octets = calendar(G_NETS, [entry(description="Rome, online.", online="https://meet.example/rome")])
    readings = read([octets])[0]
    said = "Rome, online.\nJoin online: https://meet.example/rome"
    assert {name: found["rome@plenary"].description for name, found in readings.items()} == dict.fromkeys(READERS, said)


@pytest.mark.parametrize("title", TITLES)
def test_a_cancelled_entry_says_so_to_each_reader(title: str) -> None:
    octets = calendar(G_NETS, [entry(title=title, cancelled=True)])
    found = {name: one["rome@plenary"] for name, one in read([octets])[0].items()}
    assert {name: (one.title, one.status) for name, one in found.items()} == dict.fromkeys(
        READERS, (f"Cancelled: {title}", "CANCELLED")
    )
