"""Rooms, people and cities that cannot be had: told by organisers and offices, warned of on the board."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, stored, words

PATH = f"{REHEARSAL}/schedule/absences"


def day(app: KeepingFlask) -> str:
    found = stored(app, "rehearsal", "session-2").day
    return found.isoformat() if found else ""


def away(app: KeepingFlask, organiser: Organiser, **typed: str) -> dict[str, str]:
    """A span that holds Session 2, of Amman."""
    page = organiser.get(PATH).text
    amman = page.split(">Amman</option>")[0].rsplit('value="', 1)[1].split('"')[0]
    told = {"whose": amman, "begins_on": day(app), "begins": "11:00", "ends_on": day(app), "ends": "14:00", "only": ""}
    return told | typed


def test_the_board_warns_of_a_city_that_is_away(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert tokyo.send(PATH, away(desks, tokyo)).status_code == 303
    assert "Amman is not available during “Session 2”." in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))


def test_only_online_is_no_fault_of_who_is_online(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(PATH, away(desks, tokyo, only="online"))
    assert "Amman can join “Session 2” only online." in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))


def test_what_is_taken_back_is_warned_of_no_more(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(PATH, away(desks, tokyo))
    page = tokyo.get(PATH).text
    action = page.split('action="')[1:]
    remove = next(each.split('"')[0] for each in action if "/remove" in each.split('"')[0])
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for _twice in range(2):
        assert tokyo.client.post(remove, data={"csrf_token": token}).status_code == 303
    assert "Amman is not available" not in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"ends": "10:00"}, "The end must come after the start."),
        ({"whose": "city:999999"}, "Choose whom it is about."),
        ({"begins": "soon"}, "Write the time in 24 hours: 09:15."),
        ({"zone": "Mars/Olympus"}, "There is no time zone of that name."),
    ],
)
def test_nonsense_is_refused_in_words(desks: KeepingFlask, tokyo: Organiser, typed: dict[str, str], said: str) -> None:
    answer = tokyo.send(PATH, away(desks, tokyo, **typed))
    assert (answer.status_code, said in words(answer)) == (422, True)
