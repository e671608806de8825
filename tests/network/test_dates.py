"""Dates that are known to the month or the year alone."""

from __future__ import annotations

from datetime import date

import pytest

from app.network.dates import first_day, in_order, last_day, lasts, read

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2013", "2013"),
        ("2013-11", "2013-11"),
        ("2013/11/5", "2013-11-05"),
        ("Nov 2013", "2013-11"),
        ("november 2013", "2013-11"),
        ("", ""),
    ],
)
def test_people_write_dates_as_far_as_they_know_them(written: str, iso: str) -> None:
    assert read(written) == iso


@pytest.mark.parametrize("written", ["2013-13", "2013-02-30", "soon", "13", "Novem 2013", "2013-11-05T09:00"])
def test_what_is_no_date_is_none(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(written)


def test_a_date_reaches_from_the_first_day_it_may_mean_to_the_last() -> None:
    assert [(first_day(each), last_day(each)) for each in ("2013", "2012-02", "2013-11-05")] == [
        (date(2013, 1, 1), date(2013, 12, 31)),
        (date(2012, 2, 1), date(2012, 2, 29)),
        (date(2013, 11, 5), date(2013, 11, 5)),
    ]


@pytest.mark.parametrize(
    ("since", "until", "over", "days"),
    [
        ("2013-11", "", False, [False, True, True, True]),
        ("", "2013-11", True, [True, True, True, False]),
        ("2013-11-05", "2013-11", True, [False, False, True, False]),
        ("", "", False, [True, True, True, True]),
        ("", "", True, [False, False, False, False]),
        ("2013-11", "", True, [False, True, True, False]),
    ],
)
def test_what_is_unknown_is_open_and_what_may_be_false_is_not_said(
    since: str, until: str, over: bool, days: list[bool]
) -> None:
    asked = [date(2013, 10, 31), date(2013, 11, 1), date(2013, 11, 30), date(2013, 12, 1)]
    assert [lasts(day, since, until, over) for day in asked] == days


def test_a_day_may_stand_before_the_end_of_its_own_month() -> None:
    assert [in_order("2013-11-05", "2013-11"), in_order("2013-12", "2013-11"), in_order("", "2013")] == [
        True,
        False,
        True,
    ]
