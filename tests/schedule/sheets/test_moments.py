"""Days and times as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date, time

import pytest

from app.refused import Refused
from app.schedule.sheets import moments

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("spoken")]

NEAR = date(2023, 2, 27)
TUESDAY = date(2023, 2, 28)


@pytest.mark.parametrize(
    "cell",
    [
        *("2023-02-28", "2023/2/28", "2023.02.28", "2023年2月28日", "2023-02-28 00:00:00"),
        *("28.2.2023", "28. 2. 2023", "28/02/2023", "02/28/2023", "28-2-2023"),
        *("Tue 28 Feb", "Tuesday, 28 February", "28 Feb", "28 Feb 2023", "28-Feb-23", "28. February 2023"),
        *("Feb 28", "Tue Feb 28, 2023", "February 28th", "28th of February"),
    ],
)
def test_a_day_is_read_in_any_usual_form(cell: str) -> None:
    assert moments.day(cell, NEAR) == TUESDAY


def test_a_day_without_a_year_is_the_nearest_to_the_summit() -> None:
    assert moments.day("2 Jan", date(2022, 12, 30)) == date(2023, 1, 2)


def test_the_leap_day_is_that_of_a_year_that_has_one() -> None:
    assert moments.day("29 Feb", date(2025, 3, 1)) == date(2024, 2, 29)


def test_a_day_and_month_that_are_one_number_are_one_day() -> None:
    assert moments.day("03/03/2023", NEAR) == date(2023, 3, 3)


def said(cell: str) -> str:
    with pytest.raises(Refused) as no:
        moments.day(cell, NEAR)
    return no.value.message


def test_what_may_be_two_days_is_refused_with_both() -> None:
    assert said("03/01/2023") == "“03/01/2023” may be 2023-03-01 or 2023-01-03. Write the one that is meant."


def test_a_weekday_that_is_another_is_refused() -> None:
    assert said("Wed 28 Feb") == (
        "“Wed 28 Feb” is no day: that date falls on another weekday, Tuesday 28 February 2023."
    )


@pytest.mark.parametrize(
    "cell",
    [
        *("tomorrow", "2023-02-30", "30 Feb", "31.4.2023", "13/13/2023", "00/00/2023", "44985", "Feb-23", "23/02/28"),
        *("2023-02-28 09:30", "Marketday 3", "28 ma", "0/1/2023", "28 Feb 0", "9999999999"),
    ],
)
def test_what_is_no_day_is_refused_in_words(cell: str) -> None:
    assert said(cell) == f"“{cell}” is no day. Write year, month and day: 2023-02-28."


@pytest.mark.parametrize("cell", ["09:30", "9:30", "9.30", "9h30", "09:30:00", "9:30 AM", "9:30am", "9:30:00 a.m."])
def test_half_past_nine_is_read_in_any_usual_form(cell: str) -> None:
    assert moments.clock(cell) == time(9, 30)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("12:10 AM", time(0, 10)),
        ("12:10 PM", time(12, 10)),
        ("9 pm", time(21)),
        ("00:00", time(0)),
        ("23.59", time(23, 59)),
    ],
)
def test_the_twelve_hours_of_a_half_day(cell: str, read: time) -> None:
    assert moments.clock(cell) == read


@pytest.mark.parametrize("cell", ["9.3", "9", "10", "21.5"])
def test_what_a_spreadsheet_made_of_a_time_is_refused_for_it_may_be_two(cell: str) -> None:
    with pytest.raises(Refused) as no:
        moments.clock(cell)
    assert no.value.message == f"“{cell}” may be more than one time. Write hour and minutes: 09:30."


@pytest.mark.parametrize(
    "cell",
    [
        *("noon", "24:00", "9:60", "13:00 PM", "0:30 am", "0.3958333", "2023-02-28 09:30", "9:3", "0930", "-1:00"),
        *("9:30 XM", "09:30:15"),
    ],
)
def test_what_is_no_time_is_refused_in_words(cell: str) -> None:
    with pytest.raises(Refused) as no:
        moments.clock(cell)
    assert no.value.message == f"“{cell}” is no time. Write the time in 24 hours: 09:30."


@pytest.mark.parametrize("cell", ["", "TBA", "to be announced", "–", "-"])
def test_what_says_that_there_is_none_yet(cell: str) -> None:
    assert moments.is_open(cell)
