"""Two organisers at one session: theirs and yours side by side, field by field, and what is stored after the choice."""

from __future__ import annotations

from datetime import time

from werkzeug.test import TestResponse

from app.web.kept import KeepingFlask
from tests.agenda.test_session import FIVE, NEW, added, empty_line, names, speaker
from tests.desk.office import REHEARSAL, Organiser, held, rows, stored, words


def crossed(organiser: Organiser, theirs: dict[str, str], yours: dict[str, str]) -> TestResponse:
    """Both open the session, they save first; what is answered to you."""
    page = organiser.get(FIVE)
    assert organiser.send(FIVE, theirs, page=page).status_code == 303
    return organiser.send(FIVE, yours, page=page)


def test_both_values_stand_side_by_side_with_who_stored_theirs(tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"title": "Safe streets"}, {"title": "Safe squares"})
    assert answer.status_code == 409
    assert rows(answer)["Title"] == "Safe streets | Safe squares | "
    assert "KOIKE Yuriko stored this at" in words(answer)


def test_what_only_you_changed_is_no_matter_of_choice(tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"title": "Safe streets"}, {"note": "For heads alone", "title": "Safe squares"})
    assert [each for each in rows(answer) if each in {"Title", "Note"}] == ["Title"]


def test_what_only_they_changed_is_taken_over(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"starts": "16:30"}, {"title": "Safe squares"})
    assert tokyo.send(FIVE, page=answer).status_code == 303
    row = stored(desks, "rehearsal", "session-5")
    assert (row.title, row.starts) == ("Safe squares", time(16, 30))


def test_what_both_changed_stays_yours_unless_you_take_theirs(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"title": "Safe streets", "note": "Theirs"}, {"title": "Safe squares", "note": "Yours"})
    tokyo.send(FIVE, {"take-note": "1"}, page=answer)
    row = stored(desks, "rehearsal", "session-5")
    assert (row.title, row.note) == ("Safe squares", "Theirs")


def test_theirs_can_be_left_although_you_changed_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"room": ""}, {"title": "Safe squares"})
    assert rows(answer)["Room"] == "None | Rehearsal Hall | "
    tokyo.send(FIVE, {"take-room": None}, page=answer)
    assert stored(desks, "rehearsal", "session-5").room_id is not None


def test_who_appears_is_taken_over_as_a_whole(desks: KeepingFlask, tokyo: Organiser) -> None:
    theirs = speaker(tokyo, FIVE, "jakarta", remove="y")
    answer = crossed(tokyo, theirs, {"title": "Safe squares"})
    assert rows(answer)["Who appears"].count("Jakarta (Speaker, At the venue)") == 1
    tokyo.send(FIVE, page=answer)
    assert names(desks, "session-5") == ["Tokyo", "Helsinki", "Rome", "Tirana"]


def test_a_third_one_in_between_is_shown_in_turn(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"title": "Safe streets"}, {"title": "Safe squares"})
    tokyo.send(FIVE, {"title": "Safe bridges"})
    again = tokyo.send(FIVE, page=answer)
    assert (again.status_code, rows(again)["Title"]) == (409, "Safe bridges | Safe squares | ")
    assert stored(desks, "rehearsal", "session-5").title == "Safe bridges"


def test_nothing_is_to_be_chosen_while_nobody_was_quicker(tokyo: Organiser) -> None:
    assert "Somebody was quicker" not in words(tokyo.get(FIVE))


def lost(desks: KeepingFlask, organiser: Organiser, typed: dict[str, str]) -> TestResponse:
    """You open a session that was added and never published; they delete it; what is answered when you save."""
    made = added(desks, organiser, title="Dinner")
    page = organiser.get(f"{REHEARSAL}/agenda/{made.code}")
    organiser.send(f"{REHEARSAL}/agenda/{made.code}/delete")
    return organiser.send(f"{REHEARSAL}/agenda/{made.code}", typed, page=page)


def test_what_was_typed_about_a_session_that_they_deleted_still_stands(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = lost(desks, tokyo, {"title": "Dinner on the river", "note": "Dark suit"})
    assert answer.status_code == 409
    assert "Somebody took this session off the draft meanwhile." in words(answer)
    assert {"title": "Dinner on the river", "note": "Dark suit"}.items() <= held(answer).items()


def test_and_can_be_added_anew(desks: KeepingFlask, tokyo: Organiser) -> None:
    speaks = empty_line(tokyo, NEW, who="city:rome", part="speaker", mode="venue")
    answer = lost(desks, tokyo, {"title": "Dinner on the river", **speaks})
    assert f'action="{NEW}"' in answer.text
    assert tokyo.send(NEW, page=answer).status_code == 303
    assert "Dinner on the river" in words(tokyo.get(f"{REHEARSAL}/agenda"))


def test_the_card_of_a_session_that_they_deleted_goes_from_your_board(desks: KeepingFlask, tokyo: Organiser) -> None:
    code = added(desks, tokyo, title="Dinner").code
    card = f"{REHEARSAL}/schedule/sessions/{code}"
    mine = held(tokyo.get(card)) | {"starts": "18:00"}
    tokyo.send(f"{REHEARSAL}/agenda/{code}/delete")
    answer = tokyo.client.post(card, data=mine, headers={"Accept": "application/json"})
    told = answer.get_json()
    assert (answer.status_code, told["cards"]) == (409, {code: ""})
    assert told["said"] == "Somebody took this session off the draft meanwhile."
