"""Every kind of conflict by one small case, and the index that is kept move by move."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.planning.clashes import Change, Clashes, conflicts
from app.planning.kinds import HARD, SENTENCES, SEVERITIES, Kind, Severity, judge, sentence
from app.planning.model import Absence, Appearance, Mode, Placing, Problem, Room, Session, Why
from tests.planning.cast import (
    CITIES,
    ISHII,
    KOIKE,
    SEOUL,
    appears,
    at,
    placings,
    plans,
    problem,
    put,
    sessions,
    span,
)

pytestmark = pytest.mark.one_database

NOISE = {Kind.CITY_NEVER, Kind.SPEAKER_UNNAMED}
"""What every small case has and only one case is about."""


def kinds(*made: Session, plan: list[Placing], **facts: Any) -> set[Kind]:
    return {each.kind for each in conflicts(problem(*made, **facts), plan)} - NOISE


def one(*appearances: Appearance, **facts: Any) -> Session:
    return Session(id="one", title="Session 1", appearances=appearances, **facts)


def two(*appearances: Appearance, **facts: Any) -> Session:
    return Session(id="two", title="Session 2", appearances=appearances, **facts)


def with_absence(why: Why, start: str, end: str) -> dict[str, Any]:
    seoul = replace(SEOUL, absences=(Absence(span(start, end), why, "Water works"),))
    return {"cities": tuple(seoul if each.id == SEOUL.id else each for each in CITIES)}


TOGETHER = [put("one", "10:00"), put("two", "10:30", "studio")]
ALONE = [put("one", "10:00")]
SHUT = Room("hall", "Hall A", open=(span("13:00", "18:00"),))
LOCKED = {"cities": (replace(SEOUL, arrives=at("10:30"), departs=at("16:00")),)}
FROM_SEOUL = appears("city:seoul")
NAMED = (Appearance("city:tokyo", speaker="person:koike"), Appearance("city:tokyo", speaker="person:ishii"))

CASES: list[tuple[set[Kind], list[Session], list[Placing], dict[str, Any]]] = [
    ({Kind.ROOM_TWICE}, [one(), two()], [put("one", "10:00"), put("two", "10:59")], {}),
    ({Kind.CHANGEOVER}, [one(), two(length=30)], [put("one", "10:00"), put("two", "11:09")], {}),
    (set(), [one(), two(length=30)], [put("one", "10:00"), put("two", "11:10")], {}),
    ({Kind.ROOM_SHUT}, [one()], ALONE, {"rooms": (SHUT,)}),
    ({Kind.CAPACITY}, [one(expected=101)], ALONE, {}),
    (set(), [one(expected=100)], ALONE, {}),
    ({Kind.EQUIPMENT}, [one(needs=frozenset({"interpretation"}))], ALONE, {}),
    (set(), [one(needs=frozenset({"screen"}))], ALONE, {}),
    ({Kind.MODE_EQUIPMENT}, [one(*appears("city:lancaster", mode=Mode.ONLINE))], [put("one", "10:00", "studio")], {}),
    ({Kind.CITY_TWICE}, [one(*FROM_SEOUL), two(*FROM_SEOUL)], TOGETHER, {}),
    ({Kind.CITY_SPLIT}, [one(NAMED[0]), two(NAMED[1])], TOGETHER, {}),
    ({Kind.CITY_TWICE, Kind.PERSON_TWICE}, [one(NAMED[0]), two(NAMED[0])], TOGETHER, {}),
    ({Kind.PERSON_TWICE}, [one(*appears(KOIKE.id)), two(*appears(KOIKE.id))], TOGETHER, {}),
    (
        {Kind.MODERATOR_TWICE},
        [one(*appears(ISHII.id)), two(*appears(ISHII.id, part="moderator"))],
        TOGETHER,
        {},
    ),
    (
        {Kind.WALKING},
        [one(*FROM_SEOUL), two(*FROM_SEOUL, length=30)],
        [put("one", "10:00"), put("two", "11:10", "studio")],
        {"walking": 15},
    ),
    (
        set(),
        [one(*FROM_SEOUL), two(*FROM_SEOUL, length=30)],
        [put("one", "10:00"), put("two", "11:15", "studio")],
        {"walking": 15},
    ),
    ({Kind.AWAY}, [one(*FROM_SEOUL)], ALONE, with_absence(Why.AWAY, "10:59", "15:00")),
    (set(), [one(*FROM_SEOUL)], ALONE, with_absence(Why.AWAY, "11:00", "15:00")),
    ({Kind.VISIT}, [one(*FROM_SEOUL)], ALONE, with_absence(Why.VISIT, "09:00", "12:00")),
    ({Kind.ONLY_ONLINE}, [one(*FROM_SEOUL)], ALONE, with_absence(Why.ONLINE, "09:00", "12:00")),
    ({Kind.NOT_ARRIVED}, [one(*FROM_SEOUL)], ALONE, LOCKED),
    ({Kind.LEFT}, [one(*FROM_SEOUL)], [put("one", "15:30")], LOCKED),
    ({Kind.OUTSIDE_DAY}, [one()], [put("one", "08:59")], {}),
    ({Kind.OUTSIDE_DAY}, [one()], [put("one", "18:01")], {}),
    (set(), [one(kind="social")], [put("one", "19:30")], {}),
    ({Kind.BREAK}, [one()], [put("one", "11:30")], {}),
    ({Kind.HOURS}, [one(*appears("city:london", mode=Mode.ONLINE))], [put("one", "10:40")], {}),
    ({Kind.EDGE_HOURS}, [one(*appears("city:london", mode=Mode.ONLINE))], [put("one", "16:00")], {}),
    (set(), [one(*appears("city:london", mode=Mode.ONLINE))], [put("one", "17:30")], {}),
    ({Kind.HOURS, Kind.MODE_OPEN}, [one(*appears("city:rome", mode=None))], ALONE, {}),
    ({Kind.MODE_OPEN}, [one(*appears("city:seoul", mode=None))], ALONE, {}),
    (set(), [one(*appears("city:milan", mode=Mode.VIDEO))], ALONE, {}),
    ({Kind.VIDEO_MISSING}, [one(Appearance("city:milan", mode=Mode.VIDEO, video_ready=False))], ALONE, {}),
    ({Kind.MODE_NOT_OFFERED}, [one(*appears("city:milan"))], ALONE, {}),
    ({Kind.BESIDE_PLENARY}, [one(alone=True), two()], TOGETHER, {}),
    ({Kind.APART}, [one(), two(apart=("one",))], TOGETHER, {}),
    ({Kind.ORDER}, [one(), two(after=("one",))], TOGETHER, {}),
    ({Kind.ORDER}, [one(), two(after=("one",))], [put("one", "16:00"), put("two", "10:00")], {}),
    (set(), [one(), two(after=("one",))], [put("one", "10:00"), put("two", "11:00", "studio")], {}),
    ({Kind.OUTSIDE_BLOCK}, [one(), two(parent="one", length=30)], [put("one", "10:00"), put("two", "10:31")], {}),
    (
        set(),
        [one(*FROM_SEOUL), two(*FROM_SEOUL, parent="one", length=30)],
        [put("one", "10:00"), put("two", "10:30")],
        {},
    ),
    ({Kind.ROLE_MISSING}, [one(roles=frozenset({"moderator"}))], ALONE, {}),
    (
        set(),
        [one(*appears(ISHII.id, part="moderator")), two(parent="one", roles=frozenset({"moderator"}))],
        [put("one", "10:00"), put("two", "10:00")],
        {},
    ),
    ({Kind.OVERRUN}, [one(Appearance("city:seoul", minutes=61))], ALONE, {}),
    ({Kind.UNPLACED}, [one()], [], {}),
    ({Kind.NO_ROOM}, [one()], [put("one", "10:00", None)], {}),
]


@pytest.mark.parametrize(("expected", "made", "plan", "facts"), CASES)
def test_each_kind(expected: set[Kind], made: list[Session], plan: list[Placing], facts: dict[str, Any]) -> None:
    assert kinds(*made, plan=plan, **facts) == expected


def test_a_second_day_breaks_same_day() -> None:
    grid = replace(problem().grid, windows=(span("09:00", "19:00"), span("09:00", "19:00", at("09:00").date())))
    plan = [put("one", "10:00"), Placing("two", at("10:00").replace(month=3, day=1), "hall")]
    assert Kind.SAME_DAY in kinds(one(), two(same_day=("one",)), plan=plan, grid=grid)


def test_queensland_is_in_no_session_and_seoul_in_too_many() -> None:
    made = [
        Session(id=f"s{n}", title=f"Session {n}", appearances=appears("city:seoul", "city:tokyo")) for n in range(3)
    ]
    found = conflicts(problem(*made), [])
    assert [each.who for each in found if each.kind is Kind.CITY_OFTEN] == [("city:seoul",)]
    assert ("city:queensland",) in [each.who for each in found if each.kind is Kind.CITY_NEVER]


def test_the_sentence_of_londons_night() -> None:
    (found,) = Clashes(problem(one(*appears("city:london", mode=Mode.ONLINE))), [put("one", "10:40")]).of("one")[:1]
    assert found.key == (Kind.HOURS, "one city:london")
    assert sentence(found) == "London would take part in “Session 1” from 01:40 to 02:40 of its own clocks."


def test_a_city_that_does_not_name_its_speaker_is_asked_to() -> None:
    (found,) = Clashes(problem(one(*FROM_SEOUL)), ALONE).of("one")
    assert sentence(found) == "Seoul has not said who speaks in “Session 1”."


@given(plans())
def test_every_conflict_has_its_sentence(given_: tuple[Problem, tuple[Placing, ...]]) -> None:
    for each in conflicts(*given_):
        assert "%(" not in sentence(each)


def test_every_kind_has_a_sentence_and_a_severity() -> None:
    assert set(SENTENCES) == set(SEVERITIES) == set(Kind)
    assert set(Kind) > HARD
    assert len(Kind) >= 16


def test_a_waiver_takes_the_block_away_and_keeps_its_reason() -> None:
    found = conflicts(problem(one(*appears("city:london", mode=Mode.ONLINE))), [put("one", "10:40")])
    reason = {(Kind.HOURS, "one city:london"): "London agreed"}
    (plain,) = [each for each in judge(found) if each.conflict.kind is Kind.HOURS]
    (waived,) = [each for each in judge(found, waivers=reason) if each.conflict.kind is Kind.HOURS]
    assert (plain.blocks, waived.blocks, waived.waived) == (True, False, "London agreed")


def test_what_the_organiser_ignores_is_not_shown() -> None:
    found = conflicts(problem(one()), [])
    assert [each.conflict.kind for each in judge(found, {Kind.CITY_NEVER: Severity.IGNORE})] == [Kind.UNPLACED]


def test_asking_about_a_move_changes_nothing() -> None:
    index = Clashes(problem(one(*FROM_SEOUL), two(*FROM_SEOUL)), [put("one", "10:00"), put("two", "15:00", "studio")])
    before = index.full()
    change = index.after(put("two", "10:30", "studio"))
    assert [each.kind for each in change.appeared] == [Kind.CITY_TWICE]
    assert index.full() == before
    assert index.move(put("two", "10:30", "studio")) == change


def test_a_swap_is_one_act() -> None:
    index = Clashes(problem(one(), two()), [put("one", "10:00"), put("two", "15:00")])
    assert index.after_all([put("one", "15:00"), put("two", "10:00")]) == Change()


@settings(max_examples=100, deadline=None)
@given(plans(), st.data())
def test_move_by_move_is_the_same_as_in_full(given_: tuple[Problem, tuple[Placing, ...]], data: st.DataObject) -> None:
    whole, plan = given_
    index, now = Clashes(whole, plan), {each.session: each for each in plan}
    made = {each.id: each for each in whole.sessions}
    ids = [each.id for each in (*whole.cities, *whole.people)]
    for _ in range(data.draw(st.integers(1, 4))):
        before = {each.key: each for each in index.full()}
        n = data.draw(st.integers(0, len(plan) - 1))
        if data.draw(st.booleans()):
            move = data.draw(placings(f"s{n}"))
            asked = index.after(move)
            change = index.move(move)
            assert asked == change
            now[move.session] = move
        else:
            other = data.draw(sessions(n, len(plan), ids, [each.id for each in whole.people]))
            change = index.replace(other)
            made[other.id] = other
        again = Clashes(replace(whole, sessions=tuple(made.values())), now.values())
        assert index.full() == again.full()
        after = {each.key: each for each in again.full()}
        assert set(change.appeared) == {each for key, each in after.items() if before.get(key) != each}
        assert set(change.vanished) == {each for key, each in before.items() if after.get(key) != each}
        for each in made:
            assert index.of(each) == again.of(each)


def test_conflicts_of_unknown_people_and_rooms_do_not_fall_over() -> None:
    made = one(Appearance("city:atlantis"), Appearance("city:seoul", speaker="person:nobody"))
    assert kinds(made, plan=[put("one", "10:00", "nowhere"), put("ghost", "10:00")]) == {Kind.NO_ROOM}
