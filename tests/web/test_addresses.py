"""Addresses are written as Werkzeug writes them, by what is made when the first one is wanted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.routing import BuildError, Map

from app.web.addresses import Rule

pytestmark = pytest.mark.one_database

ROOMS = Path(__file__).resolve().parents[2] / "app"


def test_an_address_is_the_same_the_first_time_and_ever_after() -> None:
    rules = Map([Rule("/<event>/day/<int:number>", endpoint="day"), Rule("/", endpoint="front")]).bind("localhost")
    told = {"event": "São Paulo", "number": 7, "tz": "Asia/Tokyo"}
    assert [rules.build("day", told) for _time in range(2)] == ["/S%C3%A3o%20Paulo/day/7?tz=Asia/Tokyo"] * 2
    assert rules.build("day", told, append_unknown=False) == "/S%C3%A3o%20Paulo/day/7"
    assert [rules.build("front", {"self": "a"}), rules.build("front")] == ["/?self=a", "/"]
    with pytest.raises(BuildError):
        rules.build("day", {"event": "a"})


def test_no_room_loads_the_libraries_of_workbooks_before_there_is_one() -> None:
    loads = re.compile(r"^\s*(from|import) (openpyxl|xlsxwriter)\b", re.MULTILINE)
    assert [path for path in ROOMS.rglob("*.py") if loads.search(path.read_text(encoding="utf-8"))] == []
