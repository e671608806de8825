"""What moving does to sessions: times, rooms, order, and what the clock does not allow."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agenda import moves
from app.agenda.acts import Changed
from app.agenda.facts import Facts, Seat, from_json, to_json
from app.agenda.models import Kind, Part
from app.agenda.moves import Target
from app.refused import Refused

DAY, NEXT = date(2090, 3, 13), date(2090, 3, 14)


def session(code: str, starts: str = "", ends: str = "", *, room: int | None = 1, day: date = DAY) -> Facts:
    times = (time.fromisoformat(starts), time.fromisoformat(ends)) if starts else (None, None)
    return Facts(code, code, Kind.SESSION, code, day=day, starts=times[0], ends=times[1], room_id=room)


def spans(changes: list[Changed]) -> dict[str, str]:
    return {
        each.code: f"{each.after.starts:%H:%M}-{each.after.ends:%H:%M}" if each.after.starts else "tray"
        for each in changes
        if each.after
    }


TWO = session("two", "11:50", "13:10")
SIX = session("six", "17:30", "18:40", room=2)


def test_a_session_keeps_its_length() -> None:
    moved = moves.place(SIX, Target(DAY, time(10, 40), 1))
    assert spans([moved]) == {"six": "10:40-11:50"}


def test_a_session_without_a_time_gets_as_long_as_it_needs() -> None:
    moved = moves.place(Facts("new", "new", Kind.SESSION, "New", length=25), Target(DAY, time(9), 1))
    assert spans([moved]) == {"new": "09:00-09:25"}


def test_the_tray_remembers_the_length() -> None:
    there = moves.place(TWO, Target()).after
    assert there is not None
    assert (there.day, there.starts, there.room_id, there.length) == (None, None, None, 80)


def test_all_after_14_00_begin_20_minutes_later() -> None:
    assert spans(moves.shift([TWO, SIX], DAY, time(14), 20)) == {"six": "17:50-19:00"}


def test_nothing_runs_past_midnight() -> None:
    with pytest.raises(Refused, match="“six” would run past midnight"):
        moves.shift([TWO, SIX], DAY, time(14), 330)


def test_nothing_begins_before_its_day() -> None:
    with pytest.raises(Refused, match="“two” would run past midnight"):
        moves.shift([TWO], DAY, time(9), -720)


def test_a_day_goes_to_another() -> None:
    assert [each.after.day for each in moves.to_day([TWO, SIX], DAY, NEXT) if each.after] == [NEXT, NEXT]


def test_two_swap_starts_and_rooms() -> None:
    changes = moves.swap(TWO, SIX)
    assert spans(changes) == {"two": "17:30-18:50", "six": "11:50-13:00"}
    assert [each.after.room_id for each in changes if each.after] == [2, 1]


def test_a_copy_waits_in_the_tray_without_a_number() -> None:
    made = moves.copy(TWO, "copied", "uid", 9, "Two again").after
    assert made is not None
    assert (made.title, made.starts, made.length, made.number) == ("Two again", None, 80, None)


def test_a_session_is_split_with_those_who_speak() -> None:
    seats = tuple(Seat(Part.SPEAKER, delegation_id=key) for key in (1, 2, 3))
    whole = Facts("two", "two", Kind.SESSION, "Two", day=DAY, starts=time(11), ends=time(12), room_id=1, seats=seats)
    second = Facts("rest", "rest", Kind.SESSION, "Two, continued", position=4)
    changes = moves.split(whole, time(11, 40), second, 2)
    assert spans(changes) == {"two": "11:00-11:40", "rest": "11:40-12:00"}
    assert [[seat.delegation_id for seat in each.after.seats] for each in changes if each.after] == [[1, 2], [3]]


def test_a_session_is_not_split_outside_itself() -> None:
    with pytest.raises(Refused, match="Choose a time within the session"):
        moves.split(TWO, time(13, 10), SIX, 0)


def test_a_block_fits_its_sessions_by_their_lengths() -> None:
    block = session("block", "11:00", "12:30")
    within = [session("long", "09:00", "10:00"), session("short", "10:00", "10:30")]
    assert spans(moves.fit(block, within)) == {"long": "11:00-12:00", "short": "12:00-12:30"}


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12), st.integers(60, 900))
def test_what_fits_fills_the_block_without_a_gap(lengths: list[int], whole: int) -> None:
    block = session("block", "00:00", f"{whole // 60:02}:{whole % 60:02}")
    within = [Facts(str(n), str(n), Kind.SESSION, "", length=each) for n, each in enumerate(lengths)]
    made = [each.after for each in moves.fit(block, within) if each.after]
    assert made[0].starts == block.starts
    assert made[-1].ends == block.ends
    assert all(one.ends == two.starts for one, two in pairwise(made))
    assert all(each.starts < each.ends for each in made if each.starts and each.ends)


def test_a_late_room_uses_up_its_pauses() -> None:
    there = [
        session("a", "10:00", "11:00"),
        session("b", "11:00", "12:00"),
        session("c", "12:15", "13:00"),
        session("d", "14:00", "15:00"),
        session("elsewhere", "10:00", "11:00", room=2),
    ]
    assert spans(moves.delay(there, 1, DAY, time(10), 30)) == {
        "a": "10:30-11:30",
        "b": "11:30-12:30",
        "c": "12:30-13:15",
    }


def test_a_room_with_nothing_more_to_come_is_not_late() -> None:
    with pytest.raises(Refused, match="Nothing begins in this room after that time"):
        moves.delay([TWO], 1, DAY, time(14), 10)


def test_facts_survive_being_stored() -> None:
    seat = Seat(Part.SPEAKER, delegation_id=4, topic="Heat", minutes=5)
    facts = Facts("x", "y", Kind.PLENARY, "T", day=DAY, starts=time(9), ends=time(10), needs=("stage",), seats=(seat,))
    assert from_json(to_json(facts)) == facts
