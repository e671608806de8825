"""Wall clocks and daylight saving, against Python's own reading of the zone data."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any

import pytest

from app.ical import Gap, Item, ambiguous, wall, zone_of, zones
from app.ical.tzif import history
from tests.ical.made import item

pytestmark = pytest.mark.one_database


def test_nine_in_tokyo_is_midnight_in_utc() -> None:
    assert wall(date(2023, 3, 1), time(9), "Asia/Tokyo") == datetime(2023, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "left_out", "following"),
    [
        (date(2024, 3, 31), time(2, 30), "Europe/Brussels", "On 31 March 2024", "03:00"),
        (date(2024, 10, 6), time(2, 5), "Australia/Lord_Howe", "On 6 October 2024", "02:30"),
        (date(2011, 12, 30), time(12), "Pacific/Apia", "On 30 December 2011", "00:00 on 31 December 2011"),
    ],
)
def test_a_time_that_spring_leaves_out_is_refused_in_words(
    day: date, clock: time, zone: str, left_out: str, following: str
) -> None:
    with pytest.raises(Gap) as refused:
        wall(day, clock, zone)
    assert str(refused.value) == (
        f"{left_out} the clocks in {zone} go forward and {clock:%H:%M} is left out: the next valid time is {following}."
    )


def test_the_edges_of_the_gap_are_valid() -> None:
    assert wall(date(2024, 3, 31), time(1, 59), "Europe/Brussels") == datetime(2024, 3, 31, 0, 59, tzinfo=UTC)
    assert wall(date(2024, 3, 31), time(3), "Europe/Brussels") == datetime(2024, 3, 31, 1, tzinfo=UTC)


def test_the_repeated_hour_has_two_instants() -> None:
    day, clock = date(2024, 10, 27), time(2, 30)
    assert ambiguous(day, clock, "Europe/Brussels")
    assert [wall(day, clock, "Europe/Brussels", fold) for fold in (0, 1)] == [
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize("clock", [time(1, 59), time(3)])
def test_the_hours_beside_it_are_not_ambiguous(clock: time) -> None:
    assert not ambiguous(date(2024, 10, 27), clock, "Europe/Brussels")


def test_a_gap_is_not_ambiguous() -> None:
    assert not ambiguous(date(2024, 3, 31), time(2, 30), "Europe/Brussels")


@pytest.mark.parametrize("name", ["CET", "EST5EDT", "GMT", "Etc/GMT+9", "Asia/Edo", "", "../etc/passwd", "Japan"])
def test_only_zones_written_as_area_and_city_are_taken(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone written as Area/City"):
        zone_of(name)


def test_all_wall_times_of_a_night_of_change_agree_with_the_instants() -> None:
    tz = zone_of("America/New_York")
    for month, day in ((3, 10), (11, 3)):
        for minutes in range(0, 24 * 60, 30):
            at = datetime(2024, month, day, 5, tzinfo=UTC) + timedelta(minutes=minutes)
            local = at.astimezone(tz)
            assert wall(local.date(), local.time(), "America/New_York", local.fold) == at


def test_the_onsets_of_every_zone_agree_with_pythons_reading() -> None:
    random = Random(2023)
    for name in sorted(zones()):
        tz, past = zone_of(name), history(name)
        for onset in past.between(datetime(1990, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)):
            around = [(onset.at - timedelta(seconds=1)).astimezone(tz), onset.at.astimezone(tz)]
            assert [local.utcoffset() for local in around] == [onset.before.shift, onset.after.shift], name
        for _ in range(40):
            at = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(2_200_000_000))
            assert past.at(at).shift == at.astimezone(tz).utcoffset(), (name, at)


def test_an_item_keeps_its_times_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    one = item(starts=datetime(2023, 3, 1, 10, tzinfo=tokyo), ends=datetime(2023, 3, 1, 12, tzinfo=tokyo))
    assert one == item()
    assert isinstance(one.starts, datetime)
    assert one.starts.tzinfo is UTC


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts": datetime(2023, 3, 1, 1)}, "does not say in which zone it is"),  # noqa: DTZ001
        ({"starts": datetime(2023, 3, 1, 3, tzinfo=UTC)}, "“Rome speaks” must end after it starts."),
        ({"starts": date(2023, 3, 1)}, "needs two times or two dates"),
        ({"starts": date(2023, 3, 1), "ends": date(2023, 3, 1)}, "must end after it starts"),
        ({"zone": "CET"}, "“CET” is not a time zone written as Area/City"),
        ({"uid": " "}, "has no UID"),
        ({"url": "javascript:alert(1)"}, "is not a web address"),
        ({"online": "call Rome"}, "“call Rome” is not a web address"),
        ({"geo": (91.0, 0.0)}, "is not a latitude and a longitude"),
        ({"geo": (float("nan"), 0.0)}, "is not a latitude and a longitude"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        item(**changes)


def test_an_all_day_item_begins_and_finishes_with_the_day_in_its_zone() -> None:
    one = Item("t@plenary", "To be announced", date(2023, 3, 1), date(2023, 3, 2), "Asia/Tokyo")
    assert (one.begins, one.finishes) == (
        datetime(2023, 2, 28, 15, tzinfo=UTC),
        datetime(2023, 3, 1, 15, tzinfo=UTC),
    )
