"""A thousand people on the desk: a hundred on a page, at the same cost on each."""

from __future__ import annotations

from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, words
from tests.desk.test_board import crowd
from tests.desk.test_lists import REGISTRATIONS
from tests.queries import counted


def test_a_hundred_people_stand_on_a_page(desks: KeepingFlask, tokyo: Organiser) -> None:
    crowd(desks, 35, 6)
    costs = []
    for at, number in ((1, 100), (2, 100), (3, 10), (99, 10), (-1, 100)):
        with counted(desks) as statements:
            page = tokyo.get(f"{REGISTRATIONS}?page={at}")
        costs.append(len(statements))
        assert page.text.count(">Open<span") == number
    assert costs == [costs[0]] * 5
    page = tokyo.get(f"{REGISTRATIONS}?page=2&mode=venue")
    assert "Page 2 of 3" in words(page)
    assert f'href="{REGISTRATIONS}?mode=venue&amp;page=3"' in page.text
