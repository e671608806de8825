"""What the solver promises: the optimum of the real summit, hard rules and pins, fewest moves, the rules to give up."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from app.planning import running
from app.planning.clashes import Clashes
from app.planning.hours import Hours, verdict
from app.planning.kinds import HARD, Conflict, Kind
from app.planning.model import Absence, Grid, Mode, Person, Pin, Placing, Problem
from app.planning.places import Places
from app.planning.proposals import GivenUp, Outcome, Progress, Request, Task
from app.planning.rules import VERSION, Rule, Step, Wishes
from app.planning.running import Failed, solved
from app.planning.score import score
from app.planning.solve import __main__ as solving
from app.planning.solve import at_once
from app.planning.solve.alone import Alone
from app.planning.solve.congress import Congress
from app.planning.solve.relaxed import give_up
from app.planning.solve.repair import repair
from app.planning.solve.search import improve
from app.planning.solve.stop import Stop
from app.planning.solve.summit import SummitModel
from app.planning.solve.tasks import propose, seat
from app.planning.summit import Seating, Summit, SummitScales, online
from tests.planning.cast import DAY, SMALL, ZONE, appears, at, plans, problem, put, session, span
from tests.planning.test_plans import STEPS, Given, keeps_pins, pinned_plans, stuck
from tests.planning.tokyo import SLOTS, summit

pytestmark = pytest.mark.one_database

ENOUGH = 60.0
"""Seconds that no case here should need, on however busy a machine."""
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""To make a case smaller would take minutes, since each is solved."""


def answered(request: Request) -> Outcome:
    """The answer of the solver's program, in this process."""
    return seat(request, Stop(request.seconds))


@pytest.fixture(scope="module")
def seated() -> Outcome:
    return solved(Request(Task.SEAT, summit=summit(), seconds=ENOUGH))


def seating(outcome: Outcome) -> Seating:
    assert outcome.seating is not None
    return outcome.seating


def awake(whole: Summit, found: Seating) -> list[Hours]:
    """How it is for each online city that speaks."""
    when, cities = dict(found.slots), {each.id: each for each in whole.cities}
    return [
        verdict(slot.start, slot.end, cities[city].zone)
        for city, meeting in found.cities
        if online(cities[city])
        for slot in [SLOTS[when[meeting]]]
    ]


def test_the_real_summit_has_a_proven_optimum_and_nobody_speaks_at_night(seated: Outcome) -> None:
    assert seated.optimal
    assert (seated.unplaced, seated.version, seated.seed) == (0, VERSION, 1)
    hours = awake(summit(), seating(seated))
    assert len(hours) == 6
    assert Hours.BAD not in hours


def test_each_city_of_the_real_summit_speaks_once_and_the_host_three_times(seated: Outcome) -> None:
    seats = seating(seated).meeting_of()
    assert {city: len(each) for city, each in seats.items() if len(each) != 1} == {"tokyo": 3}
    assert len(seats) == 31
    found = SummitScales(summit()).score(seating(seated))
    assert found.broken == ()
    assert found.tiers == tuple(each.value for each in seated.tiers)


def moves(before: Seating, after: Seating) -> int:
    return len(set(after.cities) - set(before.cities)) + len(set(after.slots) - set(before.slots))


def test_a_city_that_goes_online_disturbs_few_others(seated: Outcome) -> None:
    before = seating(seated)
    late = {each for each, n in before.slots if n >= 4}
    paris = next(
        city
        for city, meeting in before.cities
        if meeting not in late and city in {"paris", "nice", "helsinki", "amsterdam", "brussels", "malmo"}
    )
    cities = tuple(
        replace(each, modes=frozenset({Mode.ONLINE})) if each.id == paris else each for each in summit().cities
    )
    changed = summit(cities=cities)
    assert SummitScales(changed).score(before).broken != ()
    found = answered(Request(Task.SEAT, summit=changed, seating=before, seconds=ENOUGH))
    assert SummitScales(changed).score(seating(found)).broken == ()
    assert (found.tiers[1].optimal, found.unplaced) == (True, 0)
    assert 1 <= moves(before, seating(found)) <= 2


def test_a_city_that_cancels_disturbs_few_others(seated: Outcome) -> None:
    before = seating(seated)
    changed = summit(cities=tuple(each for each in summit().cities if each.id != "nairobi"))
    found = answered(Request(Task.SEAT, summit=changed, seating=before, seconds=ENOUGH))
    assert SummitScales(changed).score(seating(found)).broken == ()
    assert moves(before, seating(found)) <= 2


def test_a_moderator_who_is_away_moves_sessions(seated: Outcome) -> None:
    before = seating(seated)
    theme, slot = summit().meetings[0].moderator, dict(before.slots)["session-1"]
    away = Person(id=theme, name="ISHII Naoko", zone=ZONE, absences=(Absence(SLOTS[slot]),))
    found = answered(Request(Task.SEAT, summit=summit(people=(away,)), seating=before, seconds=ENOUGH))
    assert dict(seating(found).slots)["session-1"] != slot
    assert SummitScales(summit(people=(away,))).score(seating(found)).broken == ()


def test_a_city_that_is_pinned_to_a_session_stays_there() -> None:
    found = answered(Request(Task.SEAT, summit=summit(fixed=(("seoul", "session-5"),)), seconds=ENOUGH))
    assert seating(found).meeting_of()["seoul"] == ["session-5"]


def test_a_summit_that_cannot_be_seated_whole_says_who_is_left_out() -> None:
    evening = summit(cities=tuple(each for each in summit().cities if each.id != "tokyo"), slots=SLOTS[:4])
    found = answered(Request(Task.SEAT, summit=evening, seconds=5))
    assert found.unplaced > 0
    assert Hours.BAD not in awake(evening, seating(found))


TWO_DAYS = Grid(
    ZONE,
    (*SMALL.windows, span("09:00", "18:00", DAY + timedelta(days=1))),
    SMALL.breaks,
    (*SMALL.starts, *(at(clock, DAY + timedelta(days=1)) for clock in ("09:00", "10:00", "13:00"))),
)


@settings(max_examples=60, deadline=None)
@given(pinned_plans(), STEPS, st.sampled_from([SMALL, TWO_DAYS]), st.integers(0, 100))
def test_the_model_counts_as_the_evaluator_does(
    given_: Given, steps: Mapping[Rule, Step], grid: Grid, which: int
) -> None:
    whole, plan = replace(given_[0], grid=grid), given_[1]
    table = Places(whole, Wishes(steps), plan, plan)
    model = Congress(table)
    chosen = {each: places[which % len(places)] for each, places in table.places.items() if places}
    weighed = table.scales.weigh(table.plan(chosen))
    assume(not weighed.musts)
    assert [cost.value(model.values(chosen)) for cost in model.costs] == list(weighed.tiers)


def test_the_model_of_a_summit_counts_as_the_evaluator_does(seated: Outcome) -> None:
    for told in (None, seating(seated)):
        scales = SummitScales(summit(), Wishes(), told)
        model = SummitModel(scales)
        for found in (Seating(), seating(seated)):
            costs = [cost.value(model.values(found)) for cost in model.costs]
            assert costs == list(scales.score(found).tiers)


@settings(max_examples=15, deadline=None, phases=UNSHRUNK)
@given(pinned_plans(), STEPS)
def test_a_proposal_breaks_no_hard_rule_and_moves_no_pin(given_: Given, steps: Mapping[Rule, Step]) -> None:
    whole, before = given_
    wishes = Wishes(steps)
    outcome = propose(Request(Task.PROPOSE, whole, wishes, before, before, seconds=3.0, workers=1), Stop(3.0))
    found = score(whole, outcome.plan, wishes, before)
    stay = stuck(whole, before, outcome.plan)
    assert [each for each in found.broken if not set(each.sessions) <= stay] == []
    assert [each for each in found.musts if not set(each.sessions) & stay] == []
    assert keeps_pins(whole, before, outcome.plan)
    assert found.tiers == tuple(each.value for each in outcome.tiers)


@settings(max_examples=15, deadline=None, phases=UNSHRUNK)
@given(pinned_plans(), STEPS)
def test_what_themes_cost_alone_is_no_more_than_they_cost_together(given_: Given, steps: Mapping[Rule, Step]) -> None:
    whole, before = given_
    table, stop = Places(whole, Wishes(steps), before, before), Stop(ENOUGH)
    plain, floored = Congress(table), Congress(table)
    start, least = plain.values({}), Alone(floored, stop, seed=1).least
    _, without = improve(plain, plain.costs, start, stop, seed=1, workers=1)
    _, proven = improve(floored, floored.costs, start, stop, seed=1, workers=1, least=least)
    assert all(each.optimal for each in without)
    assert proven == without


def broken(index: Clashes) -> list[Conflict]:
    """Hard rules that sessions with a time break."""
    placed = {each.session for each in index.placings.values() if each.start is not None}
    return [each for each in index.full() if each.kind in HARD and placed.issuperset(each.sessions)]


def ways(whole: Problem, plan: tuple[Placing, ...], count: int) -> Iterator[tuple[Placing, ...]]:
    """Every plan after so many moves in which nothing hard is broken and nothing placed is out."""
    table = Places(whole, placings=plan)
    stood = [each for each in plan if each.start is not None]
    choices = {each.session: [Placing(each.session, at.where.start, at.where.room) for at in table.could(each.session)]
               for each in stood}  # fmt: skip
    for who in combinations([each.session for each in stood], count):
        for moves_ in product(*(choices[each] for each in who)):
            index = Clashes(whole, plan)
            index.move_all(moves_)
            if not broken(index):
                yield tuple(index.placings.values())


def fewest(whole: Problem, plan: tuple[Placing, ...], most: int) -> int | None:
    """The fewest such moves; None: more than `most`."""
    return next((count for count in range(most + 1) if any(True for _ in ways(whole, plan, count))), None)


def moved(before: tuple[Placing, ...], after: tuple[Placing, ...]) -> list[str]:
    stood = {each.session: each for each in before}
    return [each.session for each in after if each != stood[each.session]]


def four_starts(whole: Problem) -> Problem:
    return replace(whole, grid=replace(SMALL, starts=SMALL.starts[:4]))


def on_grid(each: Placing, whole: Problem) -> Placing:
    """In a room, and at a start that the solver knows: it leaves nothing where it could not put it."""
    start = each.start if each.start is None or each.start in whole.grid.starts else whole.grid.starts[0]
    return Placing(each.session, start, each.room or "hall")


@settings(max_examples=60, deadline=None)
@given(plans(most=4))
def test_a_repair_moves_no_more_than_a_fresh_search_would(given_: Given) -> None:
    whole, plan = four_starts(given_[0]), given_[1]
    least = fewest(whole, plan, 2)
    found = at_once.repair(Request(Task.REPAIR, whole, plan=plan), Stop(ENOUGH))
    if least is not None:
        assert isinstance(found, Outcome)
        assert len(moved(plan, found.plan)) == least
        assert [each.value for each in found.tiers[1:2]] == [least] * bool(least)
        assert broken(Clashes(whole, found.plan)) == []


@settings(max_examples=12, deadline=None, phases=UNSHRUNK)
@given(plans(most=4))
def test_the_solver_repairs_with_as_few_moves(given_: Given) -> None:
    whole = four_starts(given_[0])
    plan = tuple(on_grid(each, whole) for each in given_[1])
    least = fewest(whole, plan, 2)
    found = repair(Request(Task.REPAIR, whole, plan=plan, workers=1), Stop(ENOUGH))
    if least is not None:
        assert len(moved(plan, found.plan)) == least
        assert {each.session for each in found.plan if each.start is None} == {
            each.session for each in plan if each.start is None
        }
    assert broken(Clashes(whole, found.plan)) == []


@settings(max_examples=15, deadline=None, phases=UNSHRUNK)
@given(plans(most=4))
def test_of_the_repairs_with_the_fewest_moves_the_cheapest_is_taken(given_: Given) -> None:
    whole, plan = four_starts(given_[0]), given_[1]
    found = at_once.repair(Request(Task.REPAIR, whole, plan=plan), Stop(ENOUGH))
    least = fewest(whole, plan, 2)
    if isinstance(found, Outcome) and least:
        each = [score(whole, plan_, reference=plan).tiers[1:3] for plan_ in ways(whole, plan, least)]
        assert tuple(one.value for one in found.tiers[2:]) == min(each)


def test_a_repair_leaves_a_sound_plan_alone() -> None:
    plan = (put("one", "10:00"), put("two", "14:00"))
    whole = problem(session("one"), session("two"))
    found = at_once.repair(Request(Task.REPAIR, whole, plan=plan), Stop(ENOUGH))
    assert isinstance(found, Outcome)
    assert (found.plan, found.tiers) == (plan, ())
    assert repair(Request(Task.REPAIR, whole, plan=plan), Stop(ENOUGH)).plan == plan


def test_where_the_hall_is_full_a_rival_makes_way() -> None:
    night = session("six", *appears("city:london", mode=Mode.ONLINE), length=120)
    other = session("seven", expected=80, length=120)
    whole = problem(
        night, other, rooms=problem().rooms[:1], grid=replace(SMALL, breaks=(), starts=(at("09:00"), at("16:00")))
    )
    plan = (put("six", "09:00"), put("seven", "16:00"))
    asked = Request(Task.REPAIR, whole, plan=plan)
    found, solved_ = at_once.repair(asked, Stop(ENOUGH)), repair(asked, Stop(ENOUGH))
    assert isinstance(found, Outcome)
    assert found.plan == solved_.plan == (put("six", "16:00"), put("seven", "09:00"))
    assert [each.value for each in found.tiers[:2]] == [each.value for each in solved_.proven[:2]] == [0, 2]


def test_two_wrong_pins_are_named_and_nothing_else() -> None:
    made = (
        session("one", *appears("city:london", mode=Mode.ONLINE), pin=Pin.PLACE),
        session("two", *appears("city:lancaster", mode=Mode.ONLINE), pin=Pin.PLACE),
        session("three", *appears("city:seoul")),
    )
    plan = (put("one", "10:00"), put("two", "17:00"), put("three"))
    whole = problem(*made, grid=SMALL)
    after, given_up, proven = give_up(Request(Task.GIVE_UP, whole, plan=plan), Stop(ENOUGH))
    assert given_up == (
        GivenUp(Kind.HOURS, ("one",), ("city:london",)),
        GivenUp(Kind.HOURS, ("two",), ("city:lancaster",)),
    )
    assert proven[0].optimal
    assert all(each.start is not None for each in after)


def test_somebody_who_would_have_to_be_everywhere_is_named() -> None:
    whole = problem(
        *(session(f"s{n}", *appears("person:ishii")) for n in range(3)), grid=replace(SMALL, starts=SMALL.starts[:2])
    )
    _, given_up, _ = give_up(Request(Task.GIVE_UP, whole), Stop(ENOUGH))
    assert given_up == (GivenUp(Kind.PERSON_TWICE, (), ("person:ishii",)),)


def test_a_proposal_comes_through_the_process_with_its_progress() -> None:
    made = tuple(session(f"s{n}", *appears("city:seoul"), theme="water") for n in range(4))
    heard: list[Progress] = []
    found = solved(Request(Task.PROPOSE, problem(*made, grid=SMALL), seconds=ENOUGH, seed=5), heard.append)
    assert (found.unplaced, found.optimal, found.seed, found.stopped) == (0, True, 5, False)
    assert [each.phase for each in heard[:2]] == ["first", "improved"]
    assert found.by_rule == score(problem(*made, grid=SMALL), found.plan).by_rule


def test_who_is_stopped_keeps_the_best_so_far() -> None:
    made = tuple(session(f"s{n}", *appears("city:seoul"), theme=f"theme {n % 3}") for n in range(7))
    whole = problem(*made)
    stop = Stop(ENOUGH)
    stop.asked.set()
    at_once = propose(Request(Task.PROPOSE, whole), stop)
    assert (at_once.stopped, at_once.unplaced) == (True, 0)
    found = solved(Request(Task.PROPOSE, whole, seconds=ENOUGH), stop=lambda: True)
    assert found.unplaced == 0
    assert score(whole, found.plan).broken == ()


def test_what_the_solver_cannot_do_is_said() -> None:
    with pytest.raises(Failed, match="A proposal needs a problem"):
        solved(Request(Task.PROPOSE))


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module}
    return names | {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}


def test_only_the_solvers_own_program_loads_it() -> None:
    room = Path(running.__file__).parent
    for path in room.parent.rglob("*.py"):
        inside = room / "solve" in path.parents
        names = imported(path)
        assert inside or not any(each.startswith(("ortools", "app.planning.solve")) for each in names), path


def loaded(module: str) -> set[str]:
    """What is in memory once this module is."""
    program = [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"]
    done = subprocess.run(program, cwd=running.CHECKOUT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_solvers_program_loads_nothing_else_of_the_house() -> None:
    first, all_ = loaded("app.planning.solve.__main__"), loaded(solving.TASKS)
    assert ("ortools" in first, "ortools" in all_, "flask" in all_) == (False, True, False)
    assert {each for each in all_ if each.startswith("app.") and not each.startswith("app.planning")} == set()
