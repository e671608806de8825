"""The speaking order: the rules of 9.9 against the printed order of the summit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.hours import Hours
from app.planning.model import Appearance, Mode
from app.planning.order import Order, Rule, Speaker, arrange, kept, letters, lot, matching, moved
from app.planning.sheet import share, sheet
from tests.planning.cast import at, file

pytestmark = pytest.mark.one_database


def printed() -> dict[int, list[str]]:
    """The cities of each session as the source prints them."""
    blocks: list[dict[str, Any]] = file()["event"]["agenda"]
    return {
        each["number"]: each["appearances"]
        for block in blocks
        for each in block.get("sessions", [])
        if "number" in each
    }


def speakers(*names: str) -> list[Speaker]:
    return [Speaker(name, name, host=name == "Tokyo") for name in names]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_host_first_then_a_to_z_gives_the_printed_order(number: int) -> None:
    source = printed()[number]
    assert list(arrange(speakers(*sorted(source, reverse=True)), Rule.HOST).ids) == source


def test_session_6_was_put_in_order_by_hand() -> None:
    source = printed()[6]
    assert matching(speakers(*source), source) is Rule.HAND
    assert list(arrange(speakers(*source), Rule.HAND).ids) == source


def test_the_rule_of_the_other_sessions_is_found() -> None:
    source = printed()
    assert [matching(speakers(*source[n]), source[n]) for n in (1, 2, 4)] == [Rule.HOST, Rule.HOST, Rule.HOST]


def test_accents_are_looked_up_as_if_they_were_not_there() -> None:
    names = ("Sarajevo", "São Paulo", "Sapporo", "San Salvador")
    assert arrange(speakers(*names), Rule.ALPHABET).ids == ("San Salvador", "São Paulo", "Sapporo", "Sarajevo")


def test_each_language_has_its_own_last_letters() -> None:
    names = ("Malmö", "Malta", "Malmz", "Århus")
    assert arrange(speakers(*names), Rule.ALPHABET, "en").ids == ("Århus", "Malmö", "Malmz", "Malta")
    assert arrange(speakers(*names), Rule.ALPHABET, "sv").ids == ("Malmz", "Malmö", "Malta", "Århus")


def test_signs_and_capitals_do_not_count() -> None:
    assert letters("Tel Aviv-Yafo") == letters("TEL AVIV YAFO") == ("tel", "aviv", "yafo")
    assert letters("N’Djamena") == ("ndjamena",)


def test_rank_comes_before_the_alphabet_and_unknown_last() -> None:
    everybody = [Speaker("a", "Amman"), Speaker("s", "Seoul", rank=1), Speaker("m", "Miami", rank=2)]
    assert arrange(everybody, Rule.RANK).ids == ("s", "m", "a")


def test_who_asked_first_speaks_first() -> None:
    early, late = datetime(2023, 1, 5, tzinfo=UTC), datetime(2023, 1, 9, tzinfo=UTC)
    everybody = [Speaker("n", "Nice"), Speaker("r", "Rome", asked=late), Speaker("s", "Seoul", asked=early)]
    assert arrange(everybody, Rule.REQUEST).ids == ("s", "r", "n")


def test_a_draw_can_be_drawn_again_by_anybody() -> None:
    drawn = arrange(speakers("Seoul", "Rome", "Milan"), Rule.DRAW, seed="28 February")
    assert drawn.ids == tuple(sorted(("Milan", "Rome", "Seoul"), key=lambda name: lot("28 February", name)))
    assert drawn.seed == "28 February"


def test_a_draw_needs_a_seed() -> None:
    with pytest.raises(ValueError, match="A draw needs a seed"):
        arrange(speakers("Seoul"), Rule.DRAW)


def test_a_hand_is_remembered_and_keeps_its_order_when_a_city_comes() -> None:
    order = moved(arrange(speakers("Tokyo", "Paris", "Malmö"), Rule.HOST), "Paris", 1)
    assert order == Order(("Tokyo", "Paris", "Malmö"), Rule.HOST, "", edited=True)
    assert kept(order, ["Amman", "Malmö", "Tokyo", "Paris"]).ids == ("Tokyo", "Paris", "Malmö", "Amman")
    assert kept(order, ["Malmö", "Paris"]).ids == ("Paris", "Malmö")


def test_a_move_to_the_same_place_is_no_edit() -> None:
    assert not moved(arrange(speakers("Tokyo", "Paris"), Rule.HOST), "Paris", 1).edited


@given(st.lists(st.text(max_size=8), unique=True, max_size=8), st.sampled_from([*Rule]), st.sampled_from(["en", "sv"]))
def test_any_rule_keeps_everybody_once_and_does_not_mind_how_they_come(
    names: list[str], rule: Rule, locale: str
) -> None:
    forward = arrange(speakers(*names), rule, locale, "seed").ids
    assert sorted(forward) == sorted(names)
    if rule is not Rule.HAND:
        assert arrange(speakers(*reversed(names)), rule, locale, "seed").ids == forward


TURNS = (
    Appearance("person:koresawa", "moderator", order=0),
    Appearance("city:london", "speaker", Mode.ONLINE, 2),
    Appearance("city:rio", "speaker", Mode.VENUE, 1, minutes=8),
    Appearance("city:milan", "speaker", Mode.VIDEO, 3, minutes=3),
)


def test_the_running_sheet_of_session_6() -> None:
    found = sheet(at("17:30"), 30, TURNS, {"city:london": "Europe/London"}, opening=5, between=1)
    assert [(each.who, each.start, each.minutes, each.hours) for each in found.lines] == [
        ("city:rio", at("17:35"), 8, None),
        ("city:london", at("17:44"), 5, Hours.GOOD),
        ("city:milan", at("17:50"), 3, None),
    ]
    assert (found.asked, found.spare, found.over) == (23, 7, 0)


def test_a_sheet_that_runs_over_says_by_how_much() -> None:
    assert sheet(at("17:30"), 10, TURNS, {}).over == 6


def test_what_is_left_is_shared_evenly() -> None:
    assert share(30, TURNS, opening=5, between=1) == 12
    assert share(5, TURNS) == 0
