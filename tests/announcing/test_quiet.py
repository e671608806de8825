"""Quiet hours on clocks in several zones, on nights when these are changed too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from app import clock
from app.announcing.quiet import Quiet, shown

pytestmark = pytest.mark.one_database

NIGHT = Quiet()
EARLY = Quiet(time(22), time(2, 30))


def over(quiet: Quiet, wall: str, zone: str) -> str:
    """Until when a letter waits that is due when the clocks there show `wall` (with an offset where it comes twice)."""
    due = datetime.fromisoformat(wall)
    instant = due if due.tzinfo else due.replace(tzinfo=clock.midnight(date(2026, 1, 1), zone).tzinfo)
    return clock.local(quiet.over(instant.astimezone(UTC), zone), zone).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("wall", "zone", "until"),
    [
        ("2026-01-20T20:59", "Asia/Tokyo", "2026-01-20T20:59+09:00"),
        ("2026-01-20T21:00", "Asia/Tokyo", "2026-01-21T08:00+09:00"),
        ("2026-01-20T23:30", "America/New_York", "2026-01-21T08:00-05:00"),
        ("2026-01-20T07:59", "Asia/Kathmandu", "2026-01-20T08:00+05:45"),
        ("2026-01-20T08:00", "Europe/London", "2026-01-20T08:00+00:00"),
        ("2026-12-31T22:00", "Pacific/Kiritimati", "2027-01-01T08:00+14:00"),
    ],
)
def test_a_letter_waits_until_it_is_morning_where_its_reader_is(wall: str, zone: str, until: str) -> None:
    assert over(NIGHT, wall, zone) == until


@pytest.mark.parametrize(
    ("wall", "zone", "until"),
    [
        ("2026-03-28T23:00", "Europe/Rome", "2026-03-29T08:00+02:00"),  # that night has an hour less
        ("2026-10-24T23:00", "Europe/Rome", "2026-10-25T08:00+01:00"),  # and that one an hour more
        ("2026-03-08T01:30", "America/New_York", "2026-03-08T08:00-04:00"),
    ],
)
def test_morning_is_what_the_clocks_show_after_they_were_changed(wall: str, zone: str, until: str) -> None:
    assert over(NIGHT, wall, zone) == until


def test_where_clocks_leave_the_end_out_it_is_over_right_after_the_gap() -> None:
    assert over(EARLY, "2026-03-28T23:00", "Europe/Rome") == "2026-03-29T03:00+02:00"


def test_where_the_end_comes_twice_each_part_of_the_night_ends_at_its_own() -> None:
    assert over(EARLY, "2026-10-24T23:00", "Europe/Rome") == "2026-10-25T02:30+02:00"
    assert over(EARLY, "2026-10-25T02:45+02:00", "Europe/Rome") == "2026-10-25T02:45+02:00"
    assert over(EARLY, "2026-10-25T02:10+01:00", "Europe/Rome") == "2026-10-25T02:30+01:00"


def test_hours_of_the_day_can_be_quiet_too() -> None:
    assert over(Quiet(time(12), time(14)), "2026-01-20T13:00", "Asia/Tokyo") == "2026-01-20T14:00+09:00"
    assert over(Quiet(time(12), time(14)), "2026-01-20T23:00", "Asia/Tokyo") == "2026-01-20T23:00+09:00"


def test_the_same_time_twice_is_never_quiet() -> None:
    assert over(Quiet(time(9), time(9)), "2026-01-20T23:00", "Asia/Tokyo") == "2026-01-20T23:00+09:00"


def test_a_time_is_shown_once_twice_or_right_after_a_gap() -> None:
    def utc(day: date) -> list[str]:
        return [f"{each:%H:%M}" for each in shown(day, time(2, 30), "Europe/Rome")]

    assert utc(date(2026, 1, 20)) == ["01:30", "01:30"]
    assert utc(date(2026, 10, 25)) == ["00:30", "01:30"]
    assert utc(date(2026, 3, 29)) == ["01:00", "01:00"]
