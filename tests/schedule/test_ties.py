"""Sessions that come after others, share their day, or never run beside them: told in full, warned of on the board."""

from __future__ import annotations

import pytest

from app.planning.proposals import Task
from app.web.kept import KeepingFlask
from tests.agenda.test_session import FIVE
from tests.desk.office import REHEARSAL, Organiser, notes, stored, words
from tests.schedule.test_board import move, when
from tests.schedule.test_proposing import frozen

CLASHES = f"{REHEARSAL}/schedule/clashes"


def test_two_kept_apart_are_warned_of_when_they_run_beside_each_other(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert tokyo.send(FIVE, {"apart": ["session-6"]}).status_code == 303
    said = "“Session 5” and “Session 6” should not run at the same time."
    assert said not in words(tokyo.get(CLASHES))
    starts = when(desks, "session-5")[0]
    move(tokyo, starts=f"{starts:%H:%M}", ends="")
    assert said in words(tokyo.get(CLASHES))


def test_a_session_on_another_day_than_it_belongs_to_is_warned_of(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(FIVE, {"same_day": "plenary"})
    assert "“Session 5” should be on the same day." in words(tokyo.get(CLASHES))
    tokyo.send(FIVE, {"same_day": "session-4"})
    assert "should be on the same day" not in words(tokyo.get(CLASHES))


def test_a_session_before_the_one_it_follows_is_warned_of(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(FIVE, {"after": "session-6"})
    assert "“Session 5” should begin after “Session 6” has ended." in words(tokyo.get(CLASHES))


def test_what_is_tied_stays_when_other_things_are_saved_and_can_be_untied(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    tokyo.send(FIVE, {"after": "session-4", "same_day": "session-4", "apart": ["session-1", "session-2"]})
    tokyo.send(FIVE, {"note": "With interpretation"}, {"apart": ["session-1", "session-2"]})
    row = stored(desks, "rehearsal", "session-5")
    assert (row.after_code, row.same_day_code, row.apart) == ("session-4", "session-4", ["session-1", "session-2"])
    tokyo.send(FIVE, {"after": "", "same_day": "", "apart": []})
    row = stored(desks, "rehearsal", "session-5")
    assert (row.after_code, row.same_day_code, row.apart) == ("", "", [])
    note = notes(desks, "session/session-5")[-1]
    assert note.before == {"after": "session-4", "on the day of": "session-4", "apart from": ["session-1", "session-2"]}


@pytest.mark.parametrize(
    "typed", [{"after": "session-5"}, {"same_day": "gone"}, {"apart": ["session-5"]}, {"apart": ["session-1", "gone"]}]
)
def test_a_session_is_tied_to_others_that_are_there(tokyo: Organiser, typed: dict[str, str | list[str]]) -> None:
    answer = tokyo.send(FIVE, typed)
    assert (answer.status_code, "This session is no longer there. Choose another." in words(answer)) == (422, True)


def test_the_planner_hears_of_the_ties(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(FIVE, {"after": "session-1", "same_day": "session-4", "apart": ["session-6"]})
    problem = frozen(desks, Task.PROPOSE).problem
    assert problem is not None
    five = next(each for each in problem.sessions if each.id == "session-5")
    assert (five.after, five.same_day, five.apart) == (("session-1",), ("session-4",), ("session-6",))
