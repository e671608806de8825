"""The organisers' page of calendars: links to join, moderators' links, and when calendars were last fetched."""

from __future__ import annotations

import re

import html5lib
import pytest
from sqlalchemy import select

from app.db import db, write
from app.events.models import Room
from app.journal import Note
from app.publishing.calendars.models import CalendarLink
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, rows, words
from tests.ical import rules

PAGE, LINKS = f"{REHEARSAL}/calendars", f"{REHEARSAL}/calendars/links"
LINK = "https://meet.example/hall?pwd=1"


def press(organiser: Organiser, code: str, act: str) -> None:
    tree = html5lib.parse(organiser.get(PAGE).text, namespaceHTMLElements=False)
    (form,) = [each for each in tree.iter("form") if each.get("action", "").endswith(f"/people/{code}/{act}")]
    values = {each.get("name", ""): each.get("value", "") for each in form.iter("input")}
    assert organiser.client.post(form.get("action", ""), data=values).status_code == 303


def address(organiser: Organiser, code: str) -> str:
    found = re.search(rf'id="link-{code}"[^>]*value="http://localhost(/c/[^"]+)"', organiser.get(PAGE).text)
    return found[1] if found else ""


def stored(app: KeepingFlask) -> dict[str, str]:
    with app.app_context():
        return {room.name: room.link for room in db.session.execute(select(Room)).scalars() if room.link}


def test_a_moderators_link_is_made_handed_over_replaced_and_withdrawn(desks: KeepingFlask, tokyo: Organiser) -> None:
    code = "ishii"
    assert address(tokyo, code) == ""
    press(tokyo, code, "make")
    first = address(tokyo, code)
    found = {entry["SUMMARY"] for entry in rules.events(desks.test_client().get(first).data)}
    assert found == {"Session 1: Environment", "Session 2: Environment"}
    press(tokyo, code, "renew")
    second = address(tokyo, code)
    press(tokyo, code, "withdraw")
    assert (address(tokyo, code), len({first, second})) == ("", 2)
    assert [desks.test_client().get(each).status_code for each in (first, second)] == [404, 404]


def test_the_table_says_in_how_many_sessions_somebody_is_and_when_it_was_fetched(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    press(tokyo, "ishii", "make")
    assert rows(tokyo.get(PAGE))["ISHII Naoko"].split(" | ")[0] == "2"
    for path in (address(tokyo, "ishii"), "/rehearsal/agenda.ics"):
        desks.test_client().get(path).close()
    found = rows(tokyo.get(PAGE))
    assert re.search(r"\| \w+day \d+ \w+ \d{4} \|", found["ISHII Naoko"])
    assert re.search(r"All of the summit \| \w+day \d+ \w+ \d{4} \|", found["The whole agenda"])
    assert found["Rehearsal Hall"].startswith("One room | – |")


def test_links_to_join_are_stored_and_follow_with_the_next_release(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert tokyo.send(LINKS, {"rows-0-link": LINK}).status_code == 303
    assert stored(desks) == {"Rehearsal Hall": LINK}
    assert "Stored for 1 room. Calendars follow with the next release." in words(tokyo.get(PAGE))
    preview = words(tokyo.get(f"{REHEARSAL}/publish"))
    assert ("Link to join" in preview, LINK in preview) == (True, True)
    assert tokyo.send(f"{REHEARSAL}/publish").status_code == 303
    press(tokyo, "ishii", "make")
    octets = desks.test_client().get(address(tokyo, "ishii")).data
    assert [entry["SEQUENCE"] for entry in rules.events(octets)] == ["1", "1"]
    assert LINK in "".join(rules.unfolded(octets))


def test_a_draft_with_another_link_is_called_edited(tokyo: Organiser) -> None:
    assert "Draft edited since" not in words(tokyo.get("/organise/"))
    tokyo.send(LINKS, {"rows-0-link": LINK})
    assert "Draft edited since" in words(tokyo.get("/organise/"))


@pytest.mark.parametrize(
    "link",
    ["http://meet.example/1", "meet.example", "javascript:alert(1)", "https://", f"https://x.example/{'a' * 500}"],
)
def test_what_is_no_https_address_is_refused_beside_its_field(desks: KeepingFlask, tokyo: Organiser, link: str) -> None:
    answer = tokyo.send(LINKS, {"rows-0-link": link, "rows-1-link": LINK})
    assert (answer.status_code, "Give a whole address that begins with https://" in answer.text) == (422, True)
    assert (held(answer)["rows-1-link"], stored(desks)) == (LINK, {})


def test_a_link_that_somebody_changed_meanwhile_is_not_overwritten(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(LINKS)
    tokyo.send(LINKS, {"rows-0-link": LINK})
    answer = tokyo.send(LINKS, {"rows-0-link": "https://meet.example/other"}, page=page)
    assert (answer.status_code, "Somebody changed the link of Rehearsal Hall" in answer.text) == (422, True)
    assert stored(desks) == {"Rehearsal Hall": LINK}
    assert tokyo.send(LINKS, {"rows-0-link": LINK}, page=page).status_code == 303  # the same form twice is one act


def test_a_room_of_another_summit_is_out_of_reach(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        room = db.session.execute(select(Room).where(Room.name == "Rehearsal Studio")).scalar_one()
        room.event_id = 1

    with desks.app_context():
        page = tokyo.get(LINKS)
        write(act)
    tokyo.send(LINKS, {"rows-1-link": LINK}, page=page)
    assert stored(desks) == {}


def test_the_journal_names_the_room_and_not_the_link(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(LINKS, {"rows-0-link": LINK})
    with desks.app_context():
        (note,) = db.session.execute(select(Note).where(Note.what == "changed links to join")).scalars()
    assert (note.who, note.after) == ("KOIKE Yuriko", {"rooms": ["Rehearsal Hall"]})


@pytest.mark.parametrize("path", [PAGE, LINKS, f"{PAGE}/doctor"])
def test_others_do_not_see_the_pages(rome: Organiser, path: str) -> None:
    assert rome.get(path).status_code == 404


def test_nothing_is_made_by_others_or_for_nobody(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    token = held(tokyo.get(LINKS))["csrf_token"]
    for organiser, code in ((rome, "ishii"), (tokyo, "nobody")):
        answer = organiser.client.post(f"{PAGE}/people/{code}/make", data={"csrf_token": token})
        assert answer.status_code in (400, 404)
    with desks.app_context():
        assert list(db.session.execute(select(CalendarLink)).scalars()) == []
