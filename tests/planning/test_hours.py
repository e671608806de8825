"""The hours of those who join from home: rule 9.7, its exact ends, windows, heat and fairness."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.hours import Burden, Hours, Windows, fairness, heat, outside, verdict, windows
from app.planning.model import Limits, Span
from tests.planning.cast import ZONES, at, span

pytestmark = pytest.mark.one_database

GOOD, TOLERABLE, BAD = Hours.GOOD, Hours.TOLERABLE, Hours.BAD
DAY = span("09:00", "19:00")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("16:00", "16:30", TOLERABLE),  # 07:00 in London, exactly
        ("15:59", "16:30", BAD),
        ("17:00", "18:00", GOOD),  # 08:00
        ("16:59", "18:00", TOLERABLE),
        ("04:00", "05:00", GOOD),  # ends at 20:00 of the day before
        ("04:00", "05:01", TOLERABLE),
        ("06:00", "07:00", TOLERABLE),  # ends at 22:00
        ("06:00", "07:01", BAD),
        ("08:30", "09:30", BAD),  # across midnight
        ("08:00", "09:00", BAD),  # ends at midnight
    ],
)
def test_the_ends_of_londons_day(start: str, end: str, expected: Hours) -> None:
    assert verdict(at(start), at(end), "Europe/London") is expected


def test_offsets_are_those_of_the_date() -> None:
    winter, summer = datetime(2023, 1, 10, 6, 30, tzinfo=UTC), datetime(2023, 7, 10, 6, 30, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert [verdict(each, each + hour, "Europe/London") for each in (winter, summer)] == [BAD, TOLERABLE]


def test_amman_has_not_changed_its_clocks_since_october_2022() -> None:
    assert verdict(at("13:00"), at("14:00"), "Asia/Amman") is TOLERABLE  # 07:00 at UTC+3


def test_other_limits_are_heard() -> None:
    early = Limits(earliest=time(5), pleasant_from=time(6))
    assert verdict(at("15:00"), at("16:00"), "Europe/London", early) is GOOD


def test_the_windows_of_session_6() -> None:
    zones = {"london": "Europe/London", "nouakchott": "Africa/Nouakchott"}
    assert windows(80, zones, DAY) == Windows((Span(at("17:00"), at("17:40")),), (Span(at("16:00"), at("17:40")),))


def test_lancaster_and_rome_are_never_up_together_in_tokyos_day() -> None:
    found = windows(60, {"lancaster": "America/Los_Angeles", "rome": "Europe/Rome", "tirana": "Europe/Tirane"}, DAY)
    assert found == Windows((), (), ("lancaster",), (Span(at("15:00"), at("18:00")),))


def test_nobody_online_leaves_the_whole_day() -> None:
    whole = (Span(at("09:00"), at("18:00")),)
    assert windows(60, {}, DAY) == Windows(whole, whole)


def test_a_session_longer_than_the_day_has_no_window() -> None:
    assert windows(700, {"rome": "Europe/Rome"}, DAY) == Windows((), ())


@given(
    st.integers(10, 240),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(ZONES), max_size=3),
    st.integers(0, 600),
)
def test_windows_hold_exactly_the_starts_that_are_right_for_all(
    length: int, zones: dict[str, str], minutes: int
) -> None:
    start = DAY.start + timedelta(minutes=minutes)
    end = start + timedelta(minutes=length)
    found = windows(length, zones, DAY)
    verdicts = {verdict(start, end, zone) for zone in zones.values()}
    inside = end <= DAY.end
    assert any(each.start <= start <= each.end for each in found.tolerable) is (inside and BAD not in verdicts)
    assert any(each.start <= start <= each.end for each in found.good) is (inside and verdicts <= {GOOD})
    assert bool(found.out) <= (found.tolerable == ())


def test_the_heat_of_tokyos_day() -> None:
    found = heat({"rome": "Europe/Rome", "seoul": "Asia/Seoul"}, DAY)
    assert {who: "".join(cell.hours[0] for cell in cells) for who, cells in found.items()} == {
        "seoul": "gggggggggg",
        "rome": "bbbbbbtggg",
    }
    assert found["rome"][6].local.time() == time(7)


def test_the_burden_of_a_plenary_at_nine_in_tokyo() -> None:
    meeting = span("09:00", "10:40")
    zones = {"london": "Europe/London", "lancaster": "America/Los_Angeles", "delhi": "Asia/Kolkata"}
    found = fairness({who: [meeting] for who in zones}, zones)
    assert found.rows == (
        Burden("london", 100, 100, 100),
        Burden("delhi", 100, 100, 90),
        Burden("lancaster", 100, 0, 0),
    )
    assert (found.worst, found.unpleasant, found.bad) == ("london", 200, 190)


def test_where_nobody_loses_an_hour_nobody_is_worst() -> None:
    assert fairness({"seoul": [DAY]}, {"seoul": "Asia/Seoul"}).worst is None


@given(st.integers(0, 2000), st.integers(1, 900), st.sampled_from(ZONES))
def test_what_is_not_bad_lies_wholly_inside(minutes: int, length: int, zone: str) -> None:
    start = at("00:00") + timedelta(minutes=minutes)
    whole = Span(start, start + timedelta(minutes=length))
    lost = outside(whole, zone, time(7), time(22))
    assert 0 <= lost <= length
    assert (lost == 0) is (verdict(whole.start, whole.end, zone) is not BAD)
