"""A step back and a step ahead: which of the last acts each is about, by button, without scripts and after a reload."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from app.agenda.models import Act
from app.schedule.history import Steps, steps
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, stored, words

BOARD = f"{REHEARSAL}/schedule"
SIX = f"{BOARD}/sessions/session-6"


def act(number: int, *, undone: bool = False) -> Act:
    at = datetime(2027, 2, 9, tzinfo=UTC)
    return Act(number=number, deed="session moved", who="KOIKE Yuriko", at=at, changes=[], undone=undone)


def numbers(found: Steps) -> tuple[int | None, int | None]:
    return found.back.number if found.back else None, found.again.number if found.again else None


def test_before_anything_was_done_there_is_no_step() -> None:
    assert numbers(steps([], {})) == (None, None)


def test_the_newest_that_stands_is_taken_back() -> None:
    assert numbers(steps([act(3), act(2), act(1)], {})) == (3, None)


def test_what_was_taken_back_last_is_done_again_first() -> None:
    done = [act(3, undone=True), act(2, undone=True), act(1)]
    assert numbers(steps(done, {3: 4, 2: 5})) == (1, 2)


def test_what_was_done_again_can_be_taken_back_again() -> None:
    assert numbers(steps([act(2), act(1)], {2: 4})) == (2, None)


def test_a_newer_act_ends_doing_again() -> None:
    assert numbers(steps([act(4), act(2, undone=True), act(1)], {2: 3})) == (4, None)


def test_a_newer_act_that_is_taken_back_does_not_bring_the_older_one_back() -> None:
    done = [act(4, undone=True), act(2, undone=True), act(1)]
    assert numbers(steps(done, {2: 3, 4: 5})) == (1, 4)


def move(organiser: Organiser, hour: str) -> None:
    values = held(organiser.get(SIX)) | {"starts": hour, "ends": ""}
    assert organiser.client.post(SIX, data=values).status_code == 303


def press(organiser: Organiser, way: str, page: str = BOARD, came_from: str = "") -> str:
    """Press the button of the board that goes a step back or ahead; where it leads."""
    text = organiser.get(page).text
    address = text.split(f'data-act="{way}"')[0].rpartition('action="')[2].split('"')[0]
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    return str(organiser.client.post(address, data={"csrf_token": token, "from": came_from}).location)


def test_two_steps_back_and_two_ahead(desks: KeepingFlask, tokyo: Organiser) -> None:
    found = [stored(desks, "rehearsal", "session-6").starts]
    for hour in ("18:00", "18:30"):
        move(tokyo, hour)
    for way in ("undo", "undo", "redo", "redo"):
        press(tokyo, way)
        found.append(stored(desks, "rehearsal", "session-6").starts)
    assert found == [time(17, 30), time(18), time(17, 30), time(18), time(18, 30)]


def test_the_buttons_say_what_they_are_about_and_by_whom(tokyo: Organiser) -> None:
    move(tokyo, "18:00")
    assert "Undo: Session moved: Session 6, by KOIKE Yuriko" in words(tokyo.get(BOARD))
    press(tokyo, "undo")
    assert "Redo: Session moved: Session 6, by KOIKE Yuriko" in words(tokyo.get(BOARD))


def test_what_was_taken_back_is_said(tokyo: Organiser) -> None:
    move(tokyo, "18:00")
    press(tokyo, "undo")
    assert "Undone: “Session 6”: " in words(tokyo.get(BOARD))


def test_from_the_cities_one_comes_back_to_the_cities(tokyo: Organiser) -> None:
    move(tokyo, "18:00")
    cities = f"{BOARD}/cities"
    assert press(tokyo, "undo", cities, "cities") == cities


def test_a_board_that_stands_open_is_told_the_steps_the_list_and_the_clashes(tokyo: Organiser) -> None:
    before = told(tokyo)
    move(tokyo, "10:40")
    after = told(tokyo)
    assert "Nothing was moved yet." in before["history"]
    assert ("KOIKE Yuriko" in after["history"], "Session moved: Session 6" in after["steps"]) == (True, True)
    assert int(after["clashes"].split()[0]) > int(before["clashes"].split()[0])


def told(organiser: Organiser) -> dict[str, Any]:
    found: dict[str, Any] = organiser.get(f"{BOARD}/acts").get_json()
    return found


def test_another_summits_organiser_is_told_nothing(rome: Organiser) -> None:
    assert rome.get(f"{BOARD}/acts").status_code == 404
