"""What an organiser should look at: pure values in, pure values out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.agenda.warnings import Caution, City, Item, cautions

pytestmark = pytest.mark.one_database

FIRST, LAST = date(2023, 2, 27), date(2023, 3, 1)
LONDON = City("london", "London", "Europe/London", online=True)
TOKYO = City("tokyo", "Tokyo", "Asia/Tokyo", online=False)


def item(code: str, clock: str, minutes: int = 60, *cities: City, parent: str = "") -> Item:
    """A session on 28 February that starts at this time in Tokyo."""
    starts = datetime.fromisoformat(f"2023-02-28T{clock}+09:00").astimezone(UTC)
    ends = starts + timedelta(minutes=minutes)
    return Item(code, code.capitalize(), parent, date(2023, 2, 28), starts, ends, cities)


def hours(*items: Item) -> list[tuple[str, str]]:
    found = [each for each in cautions(items, FIRST, LAST) if each.kind == "hour"]
    return [(each.city, f"{each.starts:%H:%M}") for each in found]


def test_london_would_be_woken_at_01_40() -> None:
    assert hours(item("six", "10:40", 80, LONDON)) == [("London", "01:40")]


def test_in_the_afternoon_of_tokyo_london_is_up() -> None:
    assert hours(item("six", "17:30", 80, LONDON)) == []


@pytest.mark.parametrize(
    ("clock", "minutes", "woken"),
    [
        ("16:00", 60, 0),  # 07:00 in London
        ("15:59", 60, 1),
        ("06:00", 60, 0),  # ends at 22:00 of the day before
        ("06:00", 61, 1),
    ],
)
def test_the_edges_of_the_day(clock: str, minutes: int, woken: int) -> None:
    assert len(hours(item("six", clock, minutes, LONDON))) == woken


def test_a_session_across_midnight_is_never_a_good_hour() -> None:
    assert hours(item("six", "08:00", 16 * 60, LONDON)) == [("London", "23:00")]


def test_who_comes_to_the_venue_is_awake() -> None:
    brussels = City("brussels", "Brussels", "Europe/Brussels", online=False)
    assert hours(item("three", "10:00", 60, brussels)) == []


def test_tokyo_in_two_overlapping_sessions_is_said_at_both() -> None:
    found = cautions([item("one", "10:40", 60, TOKYO), item("three", "11:39", 60, TOKYO, LONDON)], FIRST, LAST)
    assert [each for each in found if each.kind == "clash"] == [
        Caution("clash", "one", "Tokyo", other="Three"),
        Caution("clash", "three", "Tokyo", other="One"),
    ]


def test_one_session_after_the_other_is_no_clash() -> None:
    assert cautions([item("one", "10:40", 60, TOKYO), item("three", "11:40", 60, TOKYO)], FIRST, LAST) == ()


def test_a_block_and_a_session_within_it_are_no_clash() -> None:
    assert (
        cautions([item("block", "10:40", 90, TOKYO), item("one", "10:40", 60, TOKYO, parent="block")], FIRST, LAST)
        == ()
    )


def test_a_day_outside_the_summit_is_said() -> None:
    assert cautions([Item("dinner", "Dinner", day=date(2023, 3, 2))], FIRST, LAST) == (Caution("outside", "dinner"),)


def test_a_session_without_a_day_is_not_outside() -> None:
    assert cautions([Item("dinner", "Dinner")], FIRST, LAST) == ()
