"""The geometry of pictures: bars on one scale, steps over time, names that stand apart, places on the world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.web.charts import (
    APART,
    FIELD,
    HEAD,
    LEFT,
    NAMES,
    PLOT,
    RIGHT,
    TOP,
    WIDTH,
    Fan,
    bars,
    heat,
    on_world,
    steps,
    ticks,
)

pytestmark = pytest.mark.one_database
FIRST = datetime(2089, 11, 1, tzinfo=UTC)
LAST = FIRST + timedelta(days=10)


@pytest.mark.parametrize(
    ("most", "found"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (7, [0, 2, 4, 6, 8]),
        (34, [0, 10, 20, 30, 40]),
        (131, [0, 50, 100, 150]),
    ],
)
def test_ticks_are_round_and_few(most: int, found: list[int]) -> None:
    assert ticks(most) == found


def test_the_longest_bar_takes_the_whole_width_and_parts_stand_in_a_row() -> None:
    chart = bars([("Asia", {"comes": 3, "waits": 1}), ("Europe", {"comes": 1, "waits": 0})])
    asia, europe = chart.rows
    assert [(each.x, each.width) for each in asia.segments] == [(0, 255), (255, 85)]
    assert [(each.kind, each.x, each.width) for each in europe.segments] == [("comes", 0, 85)]
    assert (asia.total, asia.y, europe.y, chart.height) == (4, 0, 46, 92)


def test_nothing_at_all_is_drawn_as_empty_rows() -> None:
    assert [row.segments for row in bars([("Asia", {"comes": 0})]).rows] == [()]


def test_a_value_holds_until_it_changes() -> None:
    chart = steps({"accepted": [(FIRST, 0), (FIRST + timedelta(days=5), 4)]}, FIRST, LAST)
    middle, end, bottom = (LEFT + WIDTH - RIGHT) / 2, WIDTH - RIGHT, TOP + PLOT
    assert chart.lines[0].path == f"M{LEFT:.1f},{bottom:.1f}H{middle:.1f}V{TOP:.1f}H{end}"
    assert (chart.lines[0].last, chart.lines[0].y) == (4, TOP)


def test_names_at_the_ends_stand_apart_and_within_the_plot() -> None:
    same = [(FIRST, 0)]
    chart = steps({"one": same, "two": same, "three": same}, FIRST, LAST)
    heights = sorted(line.name_y for line in chart.lines)
    assert heights == [TOP + PLOT - 2 * APART, TOP + PLOT - APART, TOP + PLOT]


def test_a_moment_outside_is_not_marked() -> None:
    within, after = FIRST + timedelta(days=5), LAST + timedelta(days=1)
    assert [at for at, _x in steps({"one": [(FIRST, 1)]}, FIRST, LAST, [within, after]).marks] == [within]


def test_what_is_foreseen_opens_from_now_to_the_least_and_the_most() -> None:
    now = FIRST + timedelta(days=5)
    chart = steps({"accepted": [(FIRST, 0), (FIRST, 2)]}, FIRST, LAST, now=now, fan=Fan(now, 2, LAST, 3, 5))
    middle, end, bottom = (LEFT + WIDTH - RIGHT) / 2, float(WIDTH - RIGHT), TOP + PLOT

    def up(value: int) -> float:
        return round(bottom - PLOT * value / 5, 1)

    assert chart.fan == f"M{middle},{up(2)}L{end},{up(5)}V{up(3)}Z"
    assert (chart.reach, chart.reach_y) == ("3–5", up(4))
    assert chart.lines[0].path.endswith(f"H{middle:g}")  # nothing is drawn beyond now


def test_a_heat_map_has_a_field_for_every_column() -> None:
    chart = heat(["08", "09"], [("Rome", [("bad", "00", "00:00, at night", False), ("good", "09", "09:00", True)])])
    (row,) = chart.rows
    assert [(cell.x, cell.word, cell.marked) for cell in row.cells] == [(NAMES, "00", False), (216, "09", True)]
    assert (row.y, chart.height, chart.width, chart.columns[0]) == (HEAD, HEAD + FIELD, 124, ("08", 154))


def test_a_heat_map_of_nobody_is_empty() -> None:
    assert heat([], []).rows == ()


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ((35.69, 139.69), (3196.9, 483.1)),
        ((84, -180), (0, 0)),
        ((-90, 0), (1800, 1420)),
        ((0, 180), (0, 840)),
    ],
    ids=["Tokyo", "the corner", "the pole", "the date line"],
)
def test_places_stand_where_they_are(place: tuple[float, float], found: tuple[float, float]) -> None:
    assert on_world(*place) == found
