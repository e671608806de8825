"""The outlines of the land, from the atlas's steps to one path."""

from __future__ import annotations

import pytest

from worldmap import HEIGHT, arcs, draw, path, ring, shifted, unbroken

pytestmark = pytest.mark.one_database
SQUARE = [(100, 100), (200, 100), (200, 200), (100, 200), (100, 100)]


def test_steps_become_points_of_the_picture() -> None:
    topology = {"transform": {"scale": [10, 10], "translate": [-180, 0]}, "arcs": [[[0, 0], [1, 0], [0, 1]]]}
    assert arcs(topology) == [[(0, 840), (100, 840), (100, 740)]]


def test_a_ring_joins_its_arcs_whichever_way_they_run() -> None:
    assert ring([0, ~1], [[(0, 0), (1, 1)], [(0, 0), (2, 2), (1, 1)]]) == [(0, 0), (1, 1), (2, 2), (0, 0)]


def test_a_ring_across_the_date_line_goes_on_beyond_the_edge_and_is_drawn_on_both_sides() -> None:
    found = unbroken([(3500, 10), (3600, 10), (0, 20), (50, 30), (3550, 40)])
    assert found == [(3500, 10), (3600, 10), (3600, 20), (3650, 30), (3550, 40)]
    assert [min(x for x, _y in each) for each in shifted(found)] == [3500, -100]


def test_what_is_too_small_or_off_the_picture_is_left_out() -> None:
    assert path(SQUARE) == "M100,100l100,0 0,100 -100,0 0,-100z"
    assert path([(0, 0), (1, 1), (2, 0), (0, 0)]) == ""
    assert path([(x, y + HEIGHT) for x, y in SQUARE]) == ""


def test_the_picture_is_one_path_without_style() -> None:
    land = {"geometries": [{"type": "MultiPolygon", "arcs": [[[0]]]}]}
    steps = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
    drawn = draw({"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": [steps], "objects": {"land": land}})
    assert drawn.count("<path") == 1
    assert 'd="M1800,840l100,0 0,-100 -100,0 0,100z"' in drawn
    assert "style" not in drawn
