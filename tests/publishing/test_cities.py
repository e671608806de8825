"""Where cities stand on the map, and by which mark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.publishing.cities import kind_of, on_map
from app.publishing.differences import differences
from app.publishing.programme import City, Programme, from_json, to_json
from app.web.kept import KeepingFlask
from tests.publishing.great import tell
from tests.publishing.summits import PROGRAMME

pytestmark = pytest.mark.one_database


def city(name: str, *modes: str, spot: tuple[float, float] | None = (0.0, 0.0)) -> City:
    return City(name.lower(), name, "city", "", "UTC", modes, spot=spot)


def test_each_way_of_taking_part_has_its_mark_and_several_have_one() -> None:
    ways = [("venue",), ("online",), ("video",), ("venue", "online"), ()]
    assert [kind_of(city("Rome", *modes)) for modes in ways] == ["venue", "online", "video", "several", "unsaid"]


def test_a_city_stands_where_it_lies_and_one_without_a_place_nowhere() -> None:
    cities = (city("Null", "venue"), city("Nowhere", "venue", spot=None), city("Quito", "online", spot=(-0.2, -78.5)))
    assert on_map(cities) == [(1800.0, 840.0, "venue", "Null"), (1015.0, 842.0, "online", "Quito")]


def test_a_place_on_the_map_is_kept_with_the_release_and_is_no_change_to_tell() -> None:
    placed = replace(PROGRAMME, cities=(city("Rome", "venue", spot=(41.9, 12.5)),))
    assert from_json(Programme, to_json(placed)) == placed
    moved = replace(PROGRAMME, cities=(city("Rome", "venue", spot=None),))
    assert differences(moved, placed) == ()


def test_the_map_names_every_city_and_the_lists_beneath_say_the_same(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get("/gnets-2023/cities").text
    assert page.count('class="sized"') == 34
    assert "<title>Delhi: Online</title>" in page
    assert "In more than one way" in page


def test_a_release_without_places_has_lists_and_no_map(gnets: KeepingFlask) -> None:
    tell(gnets, PROGRAMME)
    page = gnets.test_client().get("/gnets-2023/cities").text
    assert ('<svg class="chart world"' in page, "Lancaster" in page) == (False, True)
