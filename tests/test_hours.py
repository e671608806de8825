"""The hours of somebody who joins from home (rule 9.7 of the domain)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app import ical
from app.hours import Hours, verdict

pytestmark = pytest.mark.one_database
LONDON, TOKYO = "Europe/London", "Asia/Tokyo"


def at(clock: str, day: str = "2023-02-28", zone: str = LONDON) -> datetime:
    moment = datetime.fromisoformat(f"{day}T{clock}")
    return ical.wall(moment.date(), moment.time(), zone)


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("06:59", "07:30", Hours.BAD),
        ("07:00", "07:30", Hours.TOLERABLE),
        ("07:59", "09:00", Hours.TOLERABLE),
        ("08:00", "09:00", Hours.GOOD),
        ("19:00", "20:00", Hours.GOOD),
        ("19:00", "20:01", Hours.TOLERABLE),
        ("21:00", "22:00", Hours.TOLERABLE),
        ("21:00", "22:01", Hours.BAD),
        ("08:00", "20:00", Hours.GOOD),
        ("07:00", "22:00", Hours.TOLERABLE),
        ("00:00", "07:30", Hours.BAD),
    ],
)
def test_the_ends_of_the_hours_are_within_them(starts: str, ends: str, said: Hours) -> None:
    assert verdict(at(starts), at(ends), LONDON) == said


def test_what_goes_over_midnight_is_bad_however_long_it_is() -> None:
    assert verdict(at("21:00"), at("09:00", "2023-03-01"), LONDON) == Hours.BAD


def test_session_6_is_good_for_london_in_the_evening_of_tokyo_and_bad_in_its_morning() -> None:
    late, early = at("17:30", zone=TOKYO), at("10:40", zone=TOKYO)
    hour = timedelta(hours=1)
    assert [verdict(each, each + hour, LONDON) for each in (late, early)] == [Hours.GOOD, Hours.BAD]


def test_the_offset_is_that_of_the_date_of_the_event() -> None:
    """09:30 UTC is 10:30 in London in July and 09:30 in February; 06:30 UTC makes the difference."""
    half = timedelta(minutes=30)
    july, february = (datetime(2023, month, 10, 6, 30, tzinfo=UTC) for month in (7, 2))
    assert [verdict(each, each + half, LONDON) for each in (july, february)] == [Hours.TOLERABLE, Hours.BAD]
