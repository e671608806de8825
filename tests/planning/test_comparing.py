"""The hours of a whole plan, and two plans side by side."""

from __future__ import annotations

import pytest

from app.planning.comparing import compare
from app.planning.daylight import fairness_of
from app.planning.model import Mode
from tests.planning.cast import appears, problem, put, session

pytestmark = pytest.mark.one_database

SIX = session("six", *appears("city:london", mode=Mode.ONLINE), *appears("city:seoul"), length=80, expected=60)
TWO = session("two", *appears("city:lancaster", mode=Mode.ONLINE), *appears("city:milan", mode=Mode.VIDEO))
WHOLE = problem(SIX, TWO)


def test_the_burden_of_a_plan() -> None:
    found = fairness_of(WHOLE, [put("six", "10:40"), put("two", "11:50")])
    assert [(row.who, row.bad) for row in found.rows] == [("city:london", 80), ("city:lancaster", 0)]
    assert found.worst == "city:london"


def test_two_plans_side_by_side() -> None:
    other = problem(SIX, TWO, session("three"), session("four"), session("five"))
    before = [put("six", "10:40"), put("two", "11:50"), put("three", "14:00"), put("four", "15:00")]
    after = [put("six", "17:30"), put("two", "11:50", "studio"), put("three", "14:00"), put("five", "15:00")]
    found = compare(other, before, after)
    assert (found.retimed, found.rehoused, found.placed, found.left_out) == (("six",), ("two",), ("five",), ("four",))
    assert found.who == ("city:lancaster", "city:london", "city:seoul")
    assert found.registered == 60
    assert (found.before.bad, found.after.bad) == (80, 0)
    assert not found.same
    assert compare(other, before, before).same
