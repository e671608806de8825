"""Rooms, people, cities and delegates that cannot be had: told by whom it concerns, warned of on the board."""

from __future__ import annotations

import pytest

from app.planning.model import Absence, Span
from app.planning.proposals import Task
from app.registration.models import Capacity, Delegate
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, stored, words
from tests.schedule.delegates import delegate, span, speaks
from tests.schedule.test_proposing import ask, frozen, row

PATH = f"{REHEARSAL}/schedule/absences"
CLASHES = f"{REHEARSAL}/schedule/clashes"


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


def tell(app: KeepingFlask, who: Delegate, **typed: str) -> None:
    """As the person tells it on their own page: all of the day of Session 4, by the clocks of Seoul."""
    with app.app_context():
        path = f"/d/{who.link}/availability"
    client, on = app.test_client(), (stored(app, "rehearsal", "session-4").day or span(app, "session-4")[0]).isoformat()
    values = {"begins_on": on, "begins": "06:00", "ends_on": on, "ends": "22:00", "only": ""} | typed
    assert client.post(path, data=held(client.get(path)) | values).status_code == 303


def test_the_board_warns_of_a_head_who_told_it_and_not_of_the_city(desks: KeepingFlask, tokyo: Organiser) -> None:
    tell(desks, delegate(desks, "seoul", "OH Se-hoon"))
    said = words(tokyo.get(CLASHES))
    assert "OH Se-hoon (Seoul) is not available during “Session 4”." in said
    assert "Seoul is not available" not in said


def test_where_another_speaks_the_heads_absence_is_no_fault(desks: KeepingFlask, tokyo: Organiser) -> None:
    tell(desks, delegate(desks, "seoul", "OH Se-hoon"))
    speaks(desks, delegate(desks, "seoul", "KIM Minji", Capacity.DEPUTY), "session-4")
    assert "is not available during “Session 4”" not in words(tokyo.get(CLASHES))


def test_who_speaks_nowhere_is_not_warned_of(desks: KeepingFlask, tokyo: Organiser) -> None:
    delegate(desks, "seoul", "OH Se-hoon")
    tell(desks, delegate(desks, "seoul", "KIM Minji", Capacity.DELEGATE))
    assert "is not available during “Session 4”" not in words(tokyo.get(CLASHES))


def test_a_speaker_who_can_come_only_online_is_warned_of_at_the_venue(desks: KeepingFlask, tokyo: Organiser) -> None:
    tell(desks, delegate(desks, "seoul", "OH Se-hoon"), only="online")
    assert "OH Se-hoon (Seoul) can join “Session 4” only online." in words(tokyo.get(CLASHES))


def test_organisers_read_what_a_person_told_and_tell_it_for_those_who_speak(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    head = delegate(desks, "seoul", "OH Se-hoon")
    other = delegate(desks, "seoul", "KIM Minji", Capacity.DELEGATE)
    tell(desks, head, note="The night train")
    page = tokyo.get(PATH)
    assert "OH Se-hoon (Seoul):" in words(page)
    assert "The night train" in words(page)
    offered = (f'value="delegate:{head.reference}"' in page.text, f'value="delegate:{other.reference}"' in page.text)
    assert offered == (True, False)
    answer = tokyo.send(PATH, away(desks, tokyo, whose=f"delegate:{head.reference}", note="An audience"))
    assert answer.status_code == 303
    assert "An audience" in words(tokyo.get(PATH))


def test_what_is_noted_reaches_neither_the_board_nor_the_planner(desks: KeepingFlask, tokyo: Organiser) -> None:
    tell(desks, delegate(desks, "seoul", "OH Se-hoon"), note="The night train")
    uids = [ask(desks, frozen(desks, task), key=task.value) for task in (Task.PROPOSE, Task.SEAT)]
    assert ["night train" in str(row(desks, uid).asked) for uid in uids] == [False, False]
    pages = (CLASHES, f"{REHEARSAL}/schedule", f"{REHEARSAL}/publish", "/rehearsal/agenda", "/rehearsal/agenda.json")
    assert [path for path in pages if "night train" in tokyo.get(path).text] == []


def test_cities_are_shared_out_by_when_who_speaks_for_them_is_free(desks: KeepingFlask) -> None:
    tell(desks, delegate(desks, "seoul", "OH Se-hoon"))
    tell(desks, delegate(desks, "delhi", "Shelly Oberoi"), only="online")
    asked = frozen(desks, Task.SEAT).summit
    assert asked is not None
    found = {each.id: each.absences for each in asked.cities}
    assert (len(found["city:seoul"]), found["city:delhi"], found["city:miami"]) == (1, (), ())
    assert found["city:seoul"][0].span.covers(Span(*span(desks, "session-4")))
    assert isinstance(found["city:seoul"][0], Absence)
