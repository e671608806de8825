"""One evaluator, the greedy start and what explains a place: hard rules hold, pins stay, sums agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.planning.clashes import Clashes
from app.planning.explain import why_here, why_not_there, why_nowhere
from app.planning.greedy import quick
from app.planning.kinds import HARD, Kind
from app.planning.model import Mode, Pin, Placing, Problem
from app.planning.places import Places
from app.planning.rules import RULES, SENTENCES, Remark, Rule, Step, Tier, Wishes
from app.planning.score import score
from app.planning.wire import dump, load
from tests.planning.cast import DAY, PINS, SMALL, appears, at, plans, problem, put, session, span

pytestmark = pytest.mark.one_database

Given = tuple[Problem, tuple[Placing, ...]]
LONDON = appears("city:london", mode=Mode.ONLINE)
SEOUL = appears("city:seoul")
STEPS = st.dictionaries(
    st.sampled_from(
        [Rule.EDGE_HOURS, Rule.SAME_THEME, Rule.SCATTERED, Rule.THEME_ROOMS, Rule.IN_A_ROW, Rule.LATE, Rule.IDLE]
    ),
    st.sampled_from(Step),
    max_size=3,
)


def pinned(given_: Given, pins: list[Pin]) -> Given:
    whole, plan = given_
    made = tuple(replace(each, pin=pin) for each, pin in zip(whole.sessions, pins, strict=False))
    return replace(whole, sessions=(*made, *whole.sessions[len(made) :])), plan


@st.composite
def pinned_plans(draw: st.DrawFn) -> Given:
    whole, plan = draw(plans())
    return pinned((whole, plan), draw(st.lists(PINS, min_size=len(plan), max_size=len(plan))))


def keeps_pins(whole: Problem, before: tuple[Placing, ...], after: tuple[Placing, ...]) -> bool:
    """Whether nothing pinned has moved; what is pinned to a day or a time may find no place."""
    stood, stands = {each.session: each for each in before}, {each.session: each for each in after}
    for each in whole.sessions:
        was, now = stood[each.id], stands[each.id]
        if was.start is None or each.pin is Pin.FREE:
            continue
        if each.pin is Pin.PLACE and was != now:
            return False
        if each.pin is Pin.TIME and now.start not in (None, was.start):
            return False
        if now.start is not None and whole.grid.day(now.start) != whole.grid.day(was.start):
            return False
    return True


def stuck(whole: Problem, before: tuple[Placing, ...], after: tuple[Placing, ...]) -> set[str]:
    """Pinned sessions that stand where they stood."""
    pins = {each.id for each in whole.sessions if each.pin in (Pin.PLACE, Pin.TIME)}
    return {each.session for each in after if each in before and each.session in pins}


@settings(max_examples=60, deadline=None)
@given(pinned_plans(), STEPS)
def test_a_quick_plan_breaks_no_hard_rule_and_moves_no_pin(given_: Given, steps: Mapping[Rule, Step]) -> None:
    whole, before = given_
    wishes = Wishes(steps)
    after, weighed = quick(Places(whole, wishes, before), passes=2, rounds=4)
    found = score(whole, after, wishes)
    assert weighed.tiers == found.tiers
    stay = stuck(whole, before, after)
    assert [each for each in found.broken if not set(each.sessions) <= stay] == []
    assert [each for each in found.musts if not set(each.sessions) & stay] == []
    assert keeps_pins(whole, before, after)


def test_the_same_seed_gives_the_same_plan() -> None:
    whole = problem(*(session(f"s{n}", *appears("city:seoul"), theme="water") for n in range(5)))
    assert quick(Places(whole), seed=7) == quick(Places(whole), seed=7)


def test_seoul_cannot_be_everywhere_and_who_is_left_out_is_said() -> None:
    whole = problem(*(session(f"s{n}", *SEOUL, length=180) for n in range(4)))
    _, weighed = quick(Places(whole))
    assert (weighed.unplaced, weighed.by_rule) == (1, {Rule.UNPLACED: 10_000, Rule.LATE: 2})


def test_what_is_pinned_stands_though_it_breaks_a_rule() -> None:
    night = session("six", *LONDON, pin=Pin.PLACE)
    plan, _ = quick(Places(problem(night), placings=[put("six", "10:40")]))
    assert plan == (put("six", "10:40"),)


def test_london_is_put_where_it_is_awake_and_at_ease() -> None:
    plan, weighed = quick(Places(problem(session("six", *LONDON, length=80))))
    assert plan[0].start is not None
    assert at("17:00") <= plan[0].start <= at("17:40")
    assert set(weighed.by_rule) <= {Rule.LATE}


def test_an_early_hour_of_a_head_weighs_double() -> None:
    whole = problem(session("six", *LONDON))
    cities = tuple(replace(each, head=True) for each in whole.cities)
    plan = [put("six", "16:00")]
    assert score(whole, plan).by_rule == {Rule.EDGE_HOURS: 10}
    assert score(replace(whole, cities=cities), plan).by_rule == {Rule.EDGE_HOURS: 20}


def test_sliders_change_what_a_rule_costs() -> None:
    whole, plan = problem(session("six", *LONDON)), [put("six", "16:00")]
    costs = {step: sum(score(whole, plan, Wishes({Rule.EDGE_HOURS: step})).tiers) for step in Step}
    assert costs == {Step.OFF: 0, Step.LOW: 5, Step.NORMAL: 10, Step.HIGH: 30, Step.MUST: 30}


def test_must_makes_a_rule_hard() -> None:
    whole = problem(session("six", *LONDON, length=120), grid=SMALL)
    must = Wishes({Rule.EDGE_HOURS: Step.MUST})
    assert quick(Places(whole))[0][0].start == at("16:00")
    assert quick(Places(whole, must))[0] == (Placing("six"),)


def test_changes_count_against_what_was_published() -> None:
    whole = problem(session("one", expected=80), session("two"))
    told = [put("one", "10:00"), put("two", "14:00")]
    found = score(whole, [put("one", "10:15"), put("two", "14:00", "studio")], reference=told)
    assert found.by_rule == {Rule.RETIMED: 60, Rule.REROOMED: 20, Rule.DISTURBED: 2}


def test_a_theme_wants_one_room_and_one_row() -> None:
    made = [session(f"s{n}", theme="water") for n in range(3)]
    row = [put("s0", "10:00"), put("s1", "11:00"), put("s2", "13:00")]
    assert score(problem(*made, rooms=()), row).by_rule == {}
    apart = [put("s0", "10:00"), put("s1", "11:00"), put("s2", "15:00", "studio")]
    assert score(problem(*made), apart).by_rule == {Rule.SCATTERED: 12, Rule.THEME_ROOMS: 6}


def test_three_sessions_of_a_delegation_in_a_row_leave_it_no_rest() -> None:
    made = [session("one", *appears("city:tokyo")), *(session(n, *appears("person:koike")) for n in ("two", "three"))]
    other = session("four", *appears("person:ishii"))  # of no delegation
    whole = problem(*made, other)
    row = [put("one", "13:00"), put("two", "14:00"), put("three", "15:20", "studio"), put("four", "16:20")]
    found = score(whole, row)
    assert found.remarks == (Remark(Rule.IN_A_ROW, 6, ("one", "two", "three"), ("city:tokyo",)),)
    assert score(whole, [*row[:2], put("three", "15:30"), row[3]]).by_rule == {}


def test_a_room_in_use_had_better_not_stand_idle_while_others_are_full() -> None:
    tomorrow = DAY + timedelta(days=1)
    grid = replace(problem().grid, windows=(span("09:00", "19:00"), span("09:00", "19:00", tomorrow)))
    whole = problem(*(session(n) for n in ("one", "two", "three")), session("lunch", kind="meal"), grid=grid)
    here = [put("one", "10:00"), put("two", "13:00"), put("lunch", "12:00", "studio")]
    there = Placing("three", at("13:00", tomorrow), "studio")
    first = Remark(Rule.IDLE, 2, ("one", "two"), ("hall",))
    assert score(whole, [*here, there]).remarks == (first,)  # the studio has its lunch, and nothing before
    assert score(whole, [*here, put("three", "15:00")]).by_rule == {}  # nobody meets tomorrow
    assert score(whole, [here[0], Placing("two", at("13:00", tomorrow), "hall"), here[2], there]).by_rule == {}
    shut = tuple(replace(each, open=(span("09:00", "19:00"),)) if each.id == "hall" else each for each in whole.rooms)
    assert score(replace(whole, rooms=shut), [*here, there]).by_rule == {}


def test_at_the_same_time_themes_and_readers_are_torn() -> None:
    made = [
        session("one", theme="water", audience=frozenset("abcdef")),
        session("two", theme="water", audience=frozenset("abcdef")),
        session("three", theme="rivers"),
    ]
    plan = [put("one", "10:00"), put("two", "10:00", "studio"), put("three", "10:59", "third")]
    found = score(problem(*made, similar=(("rivers", "water", 2),)), plan)
    assert found.by_rule[Rule.SAME_THEME] == 16
    assert found.by_rule[Rule.COMMON_PUBLIC] == 4
    assert found.by_rule[Rule.SIMILAR_THEME] == 32


def test_moments_of_any_zone_are_the_same_moments() -> None:
    local = at("10:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert Placing("one", local) == Placing("one", at("10:00"))
    with pytest.raises(ValueError, match="needs its zone"):
        Placing("one", local.replace(tzinfo=None))


def test_every_rule_has_its_weight_and_sentence() -> None:
    assert set(RULES) == set(SENTENCES) == set(Rule)
    assert {each.tier for each in RULES.values()} == set(Tier)


def test_why_not_there_names_the_night_in_london() -> None:
    whole, plan = problem(session("six", *LONDON)), (put("six", "17:30"),)
    found = why_not_there(whole, plan, put("six", "10:40"))
    assert [(each.kind, each.who) for each in found.breaks] == [(Kind.HOURS, ("city:london",))]
    assert not found.possible
    early = why_not_there(whole, plan, put("six", "16:00"))
    assert early.possible
    assert early.worse == (Remark(Rule.EDGE_HOURS, 10, ("six",), ("city:london",)),)
    assert early.cost == (0, 0, 10, -2)  # and it leaves the last hour


def test_why_here_offers_the_best_other_places() -> None:
    whole = problem(session("six", *LONDON), grid=SMALL)
    found = why_here(whole, (put("six", "16:00"),), "six")
    assert [each.rule for each in found.remarks] == [Rule.EDGE_HOURS]
    assert [(each.move, each.cost) for each in found.others] == [(put("six", "17:00"), (0, 0, -10, 2))]
    assert not found.best
    assert why_here(whole, (put("six", "17:00"),), "six").best


def test_why_nowhere_counts_every_place_once() -> None:
    made = (
        session("six", *LONDON, *appears("person:ishii"), needs=frozenset({"screen"})),
        session("seven", *appears("person:ishii")),
    )
    found = why_nowhere(problem(*made, grid=SMALL), [put("seven", "17:00", "studio")], "six")
    assert (found.places, found.free) == (14, 1)
    assert [(each.kind, each.places, each.who, each.session) for each in found.reasons] == [
        (Kind.HOURS, 10, "city:london", ""),
        (Kind.EQUIPMENT, 2, "", ""),
        (Kind.PERSON_TWICE, 1, "person:ishii", "seven"),
    ]


@settings(max_examples=40, deadline=None)
@given(plans())
def test_the_counts_of_nowhere_add_up_and_free_places_are_free(given_: Given) -> None:
    whole, plan = given_
    name = whole.sessions[0].id
    found = why_nowhere(whole, plan, name)
    assert found.free + sum(each.places for each in found.reasons) == found.places
    index = Clashes(whole, plan)
    free = [
        move
        for start in whole.grid.every_start()
        for room in whole.rooms
        for move in [Placing(name, start, room.id)]
        if not hard(index, move)
    ]
    assert len(free) == found.free


def hard(index: Clashes, move: Placing) -> bool:
    before = index.placings[move.session]
    index.move(move)
    broken = any(each.kind in HARD for each in index.of(move.session))
    index.move(before)
    return broken


@settings(max_examples=30, deadline=None)
@given(plans())
def test_a_problem_comes_back_equal_from_json(given_: Given) -> None:
    whole, plan = given_
    assert load(Problem, dump(whole)) == whole
    assert tuple(load(Placing, dump(each)) for each in plan) == plan


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grid": None}, "/grid"),
        ({"sessions": [{"id": "s", "title": "S", "length": "60"}]}, "/sessions/0/length"),
        ({"sessions": [{"id": "s", "title": "S", "speed": 1}]}, "nothing called speed"),
        ({"sessions": [{"id": "s"}]}, "/sessions/0"),
        ({"rooms": {}}, "a list"),
    ],
)
def test_wrong_json_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load(Problem, dump(problem()) | change)
