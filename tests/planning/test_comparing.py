"""The hours of a whole plan, and two plans side by side."""

from __future__ import annotations

import pytest

from app.planning.comparing import compare
from app.planning.daylight import fairness_of, heat_of, windows_of
from app.planning.hours import Hours, Windows
from app.planning.model import Appearance, Mode, Person, Span
from tests.planning.cast import CITIES, DAY, PEOPLE, appears, at, problem, put, session

pytestmark = pytest.mark.one_database

SIX = session("six", *appears("city:london", mode=Mode.ONLINE), *appears("city:seoul"), length=80, expected=60)
TWO = session("two", *appears("city:lancaster", mode=Mode.ONLINE), *appears("city:milan", mode=Mode.VIDEO))
WHOLE = problem(SIX, TWO)


def test_the_windows_of_a_session_ask_only_its_online_cities() -> None:
    assert windows_of(WHOLE, "six") == {
        DAY: Windows((Span(at("17:00"), at("17:40")),), (Span(at("16:00"), at("17:40")),))
    }
    assert windows_of(WHOLE, "two")[DAY].good == (Span(at("09:00"), at("12:00")),)


def test_rome_whose_mode_is_open_is_asked_too() -> None:
    whole = problem(session("five", *appears("city:rome", mode=None)))
    assert windows_of(whole, "five")[DAY].tolerable == (Span(at("15:00"), at("18:00")),)


def test_a_speaker_elsewhere_is_asked_by_the_clocks_there() -> None:
    abroad = Person(id="person:mayor", name="The Mayor", zone="Asia/Seoul", city="city:london")
    joins = Appearance("city:london", mode=Mode.ONLINE, speaker="person:mayor")
    whole = problem(session("six", joins), people=(*PEOPLE, abroad))
    assert windows_of(whole, "six")[DAY].good == (Span(at("09:00"), at("18:00")),)


def test_the_heat_map_shows_those_who_may_join_online() -> None:
    found = heat_of(WHOLE)[DAY]
    assert sorted(found) == sorted(each.id for each in CITIES if Mode.ONLINE in each.modes)
    assert found["city:london"][0].hours is Hours.BAD


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
