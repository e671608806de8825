"""Who goes on which visit: held against every allocation there is in small cases, against the rules in large ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.planning.allocate.deciding import allocate
from app.planning.allocate.model import Outcome, Party, Question, Seat, Signature, Vehicle, Visit, Why
from app.planning.allocate.report import Filled, Served, report
from bench.allocating import crowd

pytestmark = pytest.mark.one_database

NOWHERE = 4
Plan = dict[str, Seat]


# The judge: written from the rules alone, sharing nothing with the product.


def broken(question: Question, plan: Plan) -> list[str]:
    """The rules that a plan breaks, beyond what kept seats break already."""
    wrong = []
    for party in question.parties:
        if party.kept and plan.get(party.id) != party.kept:
            wrong.append(f"{party.id} lost its seat")
        elif not party.kept and party.id in plan and plan[party.id].visit not in party.wishes:
            wrong.append(f"{party.id} never wished it")
    for visit in question.visits:
        there = [each for each in question.parties if each.id in plan and plan[each.id].visit == visit.id]
        if any(each.kept is None for each in there):
            wrong += _visit_broken(visit, there)
            for vehicle in visit.vehicles:
                riding = [each for each in there if plan[each.id] == Seat(visit.id, vehicle.id)]
                wrong += _vehicle_broken(vehicle, riding)
    return wrong


def _visit_broken(visit: Visit, there: list[Party]) -> list[str]:
    people, kept = sum(each.people for each in there), any(each.kept for each in there)
    by: Counter[str] = Counter()
    for each in there:
        by[each.delegation] += each.people
    new = {each.delegation for each in there if each.kept is None}
    return [
        *(["too many"] if visit.most is not None and people > visit.most else []),
        *(["too few"] if people < visit.least and not kept else []),
        *(["too many of one"] if visit.of_delegation and any(by[each] > visit.of_delegation for each in new) else []),
    ]


def _vehicle_broken(vehicle: Vehicle, riding: list[Party]) -> list[str]:
    new = [each for each in riding if each.kept is None]
    full = new and sum(each.people for each in riding) > vehicle.seats
    steps = any(each.step_free for each in new) and sum(each.step_free for each in riding) > vehicle.step_free
    return [*(["no seat"] if full else []), *(["no step-free place"] if steps else [])]


def rank(party: Party, plan: Plan) -> int:
    if party.id not in plan:
        return NOWHERE
    wishes = party.wishes
    return wishes.index(plan[party.id].visit) + 1 if plan[party.id].visit in wishes else 1


def signature(question: Question, plan: Plan) -> Signature:
    by: Counter[int] = Counter()
    for party in question.parties:
        if party.kept is None:
            by[rank(party, plan)] += party.people
    return by[NOWHERE], by[3], by[2]


def burdens(question: Question, plan: Plan) -> list[Fraction]:
    """Steps down a person, of each delegation, the worst-off first."""
    steps: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for party in question.parties:
        steps[party.delegation] += party.people * (rank(party, plan) - 1)
        people[party.delegation] += party.people
    return sorted((Fraction(steps[each], people[each]) for each in people), reverse=True)


def every(question: Question) -> Iterator[Plan]:
    """Each allocation that the rules allow; what would fill a vehicle twice is left out early, to save time."""
    vehicles = {visit.id: [Seat(visit.id, each.id) for each in visit.vehicles] for visit in question.visits}
    left = {Seat(visit.id, each.id): each.seats for visit in question.visits for each in visit.vehicles}
    kept = {each.id: each.kept for each in question.parties if each.kept}
    free = [each for each in question.parties if not each.kept]

    def go(at: int, plan: Plan) -> Iterator[Plan]:
        if at == len(free):
            yield from [] if broken(question, plan) else [dict(plan)]
            return
        yield from go(at + 1, plan)
        for seat in (seat for visit in free[at].wishes for seat in vehicles[visit]):
            if left[seat] >= free[at].people:
                left[seat] -= free[at].people
                yield from go(at + 1, plan | {free[at].id: seat})
                left[seat] += free[at].people

    return go(0, dict(kept))


def plan_of(outcome: Outcome) -> Plan:
    return {each.party: each.seat for each in outcome.given if each.seat}


# Small cases, drawn.

VISITS = ("bay", "dam", "zoo")


@st.composite
def small(draw: st.DrawFn, alone: bool = False, most: int = 5) -> Question:
    visits = []
    for name in VISITS:
        sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=1 if alone else 2))
        vehicles = tuple(
            Vehicle(f"{name}{n}", seats, draw(st.integers(0, min(seats, 2)))) for n, seats in enumerate(sizes)
        )
        limits = draw(st.none() | st.integers(1, 3)), draw(st.none() | st.integers(1, 4))
        visits.append(Visit(name, vehicles, draw(st.sampled_from((0, 0, 2, 3))), limits[1], limits[0]))
    parties = []
    for n in range(draw(st.integers(1, most + 2 if alone else most))):
        people = 1 if alone else draw(st.integers(1, 3))
        needs = 0 if alone else draw(st.sampled_from((0, 0, 0, 1)))
        wishes = draw(st.permutations(VISITS))[: draw(st.integers(1, 3))]
        kept = draw(st.sampled_from((None, None, None, "seat")))
        at = draw(st.sampled_from([Seat(each.id, vehicle.id) for each in visits for vehicle in each.vehicles]))
        delegation = draw(st.sampled_from(("rome", "seoul", "tokyo")))
        parties.append(Party(f"p{n}", delegation, tuple(wishes), people, needs, at if kept else None))
    return Question(tuple(visits), tuple(parties), draw(st.sampled_from(("", "seven"))))


@settings(max_examples=100, deadline=None)
@given(small())
def test_nothing_is_better_than_what_is_found_where_there_are_few(question: Question) -> None:
    found = allocate(question)
    plan = plan_of(found)
    assert broken(question, plan) == []
    best = min((signature(question, each), burdens(question, each)) for each in every(question))
    assert (found.signature, burdens(question, plan)) == best
    assert signature(question, plan) == found.signature == found.bound


@settings(max_examples=100, deadline=None)
@given(small(alone=True))
def test_the_flow_is_exact_where_all_go_alone(question: Question) -> None:
    found = allocate(question, few=0)
    assert broken(question, plan_of(found)) == []
    assert found.signature == found.bound == min(signature(question, each) for each in every(question))


@settings(max_examples=100, deadline=None)
@given(small())
def test_the_bound_of_whole_parties_holds(question: Question) -> None:
    found = allocate(question, few=0)
    assert broken(question, plan_of(found)) == []
    assert found.bound <= min(signature(question, each) for each in every(question)) <= found.signature


@settings(max_examples=60, deadline=None)
@given(small(), st.randoms(use_true_random=False))
def test_the_order_of_asking_decides_nothing(question: Question, chance: random.Random) -> None:
    parties, visits = list(question.parties), list(question.visits)
    chance.shuffle(parties)
    chance.shuffle(visits)
    shuffled = Question(tuple(visits), tuple(parties), question.seed)
    assert allocate(shuffled) == allocate(question)
    assert allocate(shuffled, few=0) == allocate(question, few=0)


@settings(max_examples=60, deadline=None)
@given(small())
def test_nobody_could_have_more_without_another_having_less(question: Question) -> None:
    plan = plan_of(allocate(question))
    mine = [rank(each, plan) for each in question.parties]
    for other in every(question):
        theirs = [rank(each, other) for each in question.parties]
        assert theirs == mine or any(new > old for new, old in zip(theirs, mine, strict=True))


# Large ones.

CROWDS = {
    "parties": crowd(1, people=300),
    "alone": crowd(2, people=300, together=0.0, step_free=0.0),
    "at most three of a city": crowd(3, people=300, of_delegation=3),
    "parties only": crowd(4, people=300, together=1.0),
    "minima": crowd(5, people=200, least=15),
}


@pytest.mark.parametrize("question", CROWDS.values(), ids=CROWDS)
def test_a_crowd_is_seated_by_the_rules(question: Question) -> None:
    found = allocate(question)
    assert broken(question, plan_of(found)) == []
    assert signature(question, plan_of(found)) == found.signature
    assert found.bound <= found.signature


@pytest.mark.parametrize("question", CROWDS.values(), ids=CROWDS)
def test_a_crowd_in_another_order_is_seated_alike(question: Question) -> None:
    parties = list(question.parties)
    random.Random(1).shuffle(parties)
    assert allocate(Question(question.visits, tuple(parties), question.seed)) == allocate(question)


def test_of_people_alone_the_best_is_found_and_proven() -> None:
    found = allocate(CROWDS["alone"])
    assert found.proven


@pytest.mark.parametrize("question", CROWDS.values(), ids=CROWDS)
def test_what_was_found_is_kept_when_it_is_asked_again(question: Question) -> None:
    first = plan_of(allocate(question))
    kept = tuple(Party(p.id, p.delegation, p.wishes, p.people, p.step_free, first.get(p.id)) for p in question.parties)
    again = allocate(Question(question.visits, kept, "another seed"))
    assert {name: seat for name, seat in plan_of(again).items() if name in first} == first


def test_lots_are_drawn_by_the_seed() -> None:
    visits = (Visit("bay", (Vehicle("bus", 1),)),)
    parties = tuple(Party(name, name, ("bay",)) for name in ("rome", "seoul", "tokyo"))
    first = {next(iter(plan_of(allocate(Question(visits, parties, str(seed)))))) for seed in range(30)}
    assert first == {"rome", "seoul", "tokyo"}


def test_a_city_with_two_parties_makes_way_for_one_that_has_nothing() -> None:
    visits = (Visit("bay", (Vehicle("bus", 2),)),)
    people = {"rome1": "rome", "rome2": "rome", "seoul": "seoul"}
    for seed in range(10):
        plan = plan_of(allocate(Question(visits, tuple(Party(p, d, ("bay",)) for p, d in people.items()), str(seed))))
        assert "seoul" in plan


def test_a_second_wish_makes_room_for_who_has_no_other() -> None:
    visits = (Visit("bay", (Vehicle("bus", 1),)), Visit("zoo", (Vehicle("bus", 1),)))
    parties = (Party("rome", "rome", ("bay", "zoo")), Party("seoul", "seoul", ("bay",)))
    assert plan_of(allocate(Question(visits, parties))) == {"rome": Seat("zoo", "bus"), "seoul": Seat("bay", "bus")}


BUS, VAN = Vehicle("bus", 2, 1), Vehicle("van", 2)


@pytest.mark.parametrize(
    ("visit", "others", "party", "why"),
    [
        (Visit("bay", (BUS,)), (2,), Party("rome", "rome", ("bay",)), Why.FULL),
        (Visit("bay", (BUS, VAN), most=2), (2,), Party("rome", "rome", ("bay",)), Why.FULL),
        (Visit("bay", (BUS, VAN)), (1, 1), Party("rome", "rome", ("bay",), 2), Why.APART),
        (Visit("bay", (VAN,)), (1,), Party("rome", "rome", ("bay",), 1, 1), Why.STEP_FREE),
        (Visit("bay", (BUS, VAN), of_delegation=1), (1,), Party("rome", "rome", ("bay",), 2), Why.DELEGATION),
        (Visit("bay", (BUS, VAN), least=3), (), Party("rome", "rome", ("bay",)), Why.MINIMUM),
    ],
    ids=lambda value: value.value if isinstance(value, Why) else None,
)
def test_who_stays_behind_is_told_why(visit: Visit, others: tuple[int, ...], party: Party, why: Why) -> None:
    told = [
        Party(f"seoul{n}", "seoul", ("bay",), size, 0, Seat("bay", visit.vehicles[n % len(visit.vehicles)].id))
        for n, size in enumerate(others)
    ]
    found = {each.party: each for each in allocate(Question((visit,), (*told, party))).given}
    assert (found["rome"].seat, found["rome"].why) == (None, (("bay", why),))


def test_exchanges_leave_no_city_far_behind_another() -> None:
    """Of two parties of one size whose places could be swapped, none is kept by the better-off city."""
    question = CROWDS["alone"]
    plan = plan_of(allocate(question))
    by = {each.id: each for each in question.parties}
    ranks = {each.id: rank(each, plan) for each in question.parties}
    of: Counter[str] = Counter(each.delegation for each in question.parties)
    steps: Counter[str] = Counter()
    for each in question.parties:
        steps[each.delegation] += ranks[each.id] - 1
    for name in (each for each, got in ranks.items() if got == NOWHERE):
        mine = by[name].delegation
        for other, seat in plan.items():
            theirs = by[other].delegation
            if seat.visit in by[name].wishes and by[name].wishes.index(seat.visit) + 1 == ranks[other]:
                after = Fraction(steps[theirs] + NOWHERE - ranks[other], of[theirs])
                assert after >= Fraction(steps[mine], of[mine]) or mine == theirs


def test_the_report_counts_who_got_which_wish() -> None:
    visits = (Visit("bay", (Vehicle("bus", 1),)), Visit("zoo", (Vehicle("bus", 4),), most=3))
    parties = (
        Party("koike", "tokyo", ("bay",), kept=Seat("bay", "bus")),
        Party("guards", "rome", ("bay", "zoo"), 2),
        Party("envoy", "seoul", ("zoo",)),
        Party("mayor", "seoul", ("zoo",)),
    )
    question = Question(visits, parties)
    found = report(question, allocate(question))
    assert [(each.wish, each.people, each.percent) for each in found.levels] == [
        (1, 2, 40),
        (2, 2, 40),
        (3, 0, 0),
        (0, 1, 20),
    ]
    assert found.visits == (Filled("bay", 1, 1, 1, 3, 3, True), Filled("zoo", 3, 3, 0, 2, 4, True))
    assert found.delegations == (
        Served("seoul", 2, (1, 1, 0, 0), 1.5),
        Served("rome", 2, (0, 0, 2, 0), 1.0),
        Served("tokyo", 1, (0, 1, 0, 0), 0.0),
    )
    assert found.worst == "seoul"


def test_percentages_make_a_hundred() -> None:
    visits = tuple(Visit(name, (Vehicle("bus", 1),)) for name in VISITS)
    question = Question(visits, tuple(Party(f"p{n}", f"d{n}", VISITS) for n in range(3)))
    assert [each.percent for each in report(question, allocate(question)).levels] == [34, 33, 33, 0]
