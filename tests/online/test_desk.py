"""The organisers' pages: links that work at once, settings, moderators' links, slots and results, who joined."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from app.db import db, write
from app.events.models import Room
from app.journal import Note
from app.online.joining import Ways
from app.online.models import CheckSlot, OnlineRoom, OnlineSettings, StageLink
from app.publishing.models import Told
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, desks, held, rome, rows, tokyo, words

__all__ = ["desks", "rome", "tokyo"]

PAGE = f"{REHEARSAL}/online"
ROOMS, CHECKS = f"{PAGE}/rooms", f"{PAGE}/checks"
LINK = "https://meet.example/hall?pwd=1"
HALL = "Rehearsal Hall"


def stored(app: KeepingFlask) -> dict[str, Ways]:
    """The links of the rooms that have any."""
    with app.app_context():
        asked = select(Room.name, Room.link, OnlineRoom.speaker_link, OnlineRoom.channels)
        asked = asked.outerjoin(OnlineRoom, OnlineRoom.room_id == Room.id)
        found = {
            row.name: Ways(
                row.link, row.speaker_link or "", tuple((each["language"], each["link"]) for each in row.channels or ())
            )
            for row in db.session.execute(asked)
        }
    return {name: ways for name, ways in found.items() if ways != Ways()}


def press(organiser: Organiser, path: str, ending: str, **more: str) -> int:
    """The button of the first form on a page whose address ends like this."""
    tree = html5lib.parse(organiser.get(path).text, namespaceHTMLElements=False)
    form = next(each for each in tree.iter("form") if each.get("action", "").endswith(ending))
    values = {each.get("name", ""): each.get("value", "") for each in form.iter("input")}
    return organiser.client.post(form.get("action", ""), data=values | more).status_code


def test_links_are_stored_and_no_preview_shows_them(desks: KeepingFlask, tokyo: Organiser) -> None:
    typed = {
        "rows-0-link": LINK,
        "rows-0-speaker_link": "https://meet.example/green",
        "rows-0-channels": "French: https://meet.example/fr\n\nKorean:https://meet.example/ko",
    }
    assert tokyo.send(ROOMS, typed).status_code == 303
    channels = (("French", "https://meet.example/fr"), ("Korean", "https://meet.example/ko"))
    assert stored(desks) == {HALL: Ways(LINK, "https://meet.example/green", channels)}
    page = tokyo.get(PAGE)
    assert "Stored for 1 room. Whoever joins from now on is led there." in words(page)
    assert (rows(page)[HALL], "meet.example" in page.text) == ("can join | a link of their own | French, Korean", False)
    preview = tokyo.get(f"{REHEARSAL}/publish").text
    assert ("Joined from afar" in preview, "meet.example" in preview) == (True, False)


def test_a_room_that_can_be_joined_now_is_an_edit_of_the_draft_and_another_link_is_none(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    assert "Draft edited since" not in words(tokyo.get("/organise/"))
    tokyo.send(ROOMS, {"rows-0-link": LINK})
    assert "Draft edited since" in words(tokyo.get("/organise/"))
    assert tokyo.send(f"{REHEARSAL}/publish").status_code == 303
    tokyo.send(ROOMS, {"rows-0-link": "https://meet.example/other"})
    assert "Draft edited since" not in words(tokyo.get("/organise/"))
    assert stored(desks)[HALL].link == "https://meet.example/other"


def test_what_is_published_says_that_it_can_be_joined_and_not_where(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(ROOMS, {"rows-0-link": LINK})
    tokyo.send(f"{REHEARSAL}/publish")
    with desks.app_context():
        told = [each.entry["item"] for each in db.session.execute(select(Told)).scalars()]
    assert {(each["online"], each["joinable"]) for each in told if HALL in each["place"]} == {("", True)}


@pytest.mark.parametrize(
    "link",
    ["http://meet.example/1", "meet.example", "javascript:alert(1)", "https://", f"https://x.example/{'a' * 500}"],
)
@pytest.mark.parametrize("field", ["link", "speaker_link"])
def test_what_is_no_https_address_is_refused_beside_its_field(
    desks: KeepingFlask, tokyo: Organiser, link: str, field: str
) -> None:
    answer = tokyo.send(ROOMS, {f"rows-0-{field}": link, "rows-1-link": LINK})
    assert (answer.status_code, "Give a whole address that begins with https://" in answer.text) == (422, True)
    assert (held(answer)["rows-1-link"], stored(desks)) == (LINK, {})


@pytest.mark.parametrize(
    "link",
    [
        "https://meet.example@other.example/hall",
        "https://us:er@meet.example/",
        "https://m\u0435et.example/hall",
        "https://meet.example\\@other.example/",
        "https://meet.example:99999/",
    ],
)
def test_an_address_that_looks_like_anothers_is_refused(desks: KeepingFlask, tokyo: Organiser, link: str) -> None:
    assert tokyo.send(ROOMS, {"rows-0-link": link}).status_code == 422
    assert (stored(desks), opened(tokyo, link=link)) == ({}, 422)


@pytest.mark.parametrize(
    "text",
    [
        "https://meet.example/fr",
        "French",
        "French: javascript:alert(1)",
        "Fr: https://a.example\nFR: https://b.example",
    ],
)
def test_channels_that_name_no_language_or_no_address_are_refused(
    desks: KeepingFlask, tokyo: Organiser, text: str
) -> None:
    assert (tokyo.send(ROOMS, {"rows-0-channels": text}).status_code, stored(desks)) == (422, {})


def test_links_that_somebody_changed_meanwhile_are_not_overwritten(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(ROOMS)
    tokyo.send(ROOMS, {"rows-0-link": LINK})
    answer = tokyo.send(ROOMS, {"rows-0-link": "https://meet.example/other"}, page=page)
    assert (answer.status_code, f"Somebody changed the links of {HALL}" in answer.text) == (422, True)
    assert stored(desks) == {HALL: Ways(LINK)}
    assert tokyo.send(ROOMS, {"rows-0-link": LINK}, page=page).status_code == 303  # the same form twice is one act


def test_a_room_of_another_summit_is_out_of_reach(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        room = db.session.execute(select(Room).where(Room.name == "Rehearsal Studio")).scalar_one()
        room.event_id = 1

    with desks.app_context():
        page = tokyo.get(ROOMS)
        write(act)
    tokyo.send(ROOMS, {"rows-1-link": LINK}, page=page)
    assert stored(desks) == {}


def test_the_journal_names_the_room_and_not_the_link(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(ROOMS, {"rows-0-link": LINK})
    with desks.app_context():
        (note,) = db.session.execute(select(Note).where(Note.what == "changed links to join")).scalars()
    assert (note.who, note.after) == ("KOIKE Yuriko", {"rooms": [HALL]})


@pytest.mark.parametrize(("opens", "status"), [("0", 303), ("240", 303), ("-1", 422), ("241", 422), ("soon", 422)])
def test_minutes_before_a_session_are_within_reason(
    desks: KeepingFlask, tokyo: Organiser, opens: str, status: int
) -> None:
    assert tokyo.send(f"{PAGE}/settings", {"opens": opens, "venue_joins": "y"}).status_code == status
    with desks.app_context():
        found = [(each.opens, each.venue_joins) for each in db.session.execute(select(OnlineSettings)).scalars()]
    assert found == ([(int(opens), True)] if status == 303 else [])


def addresses(organiser: Organiser) -> list[str]:
    return re.findall(r'value="http://localhost(/m/[^"]+)"', organiser.get(PAGE).text)


def test_every_moderator_gets_a_link_that_is_replaced_and_withdrawn(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert (addresses(tokyo), press(tokyo, PAGE, "/moderators")) == ([], 303)
    first = addresses(tokyo)
    assert len(first) >= 6
    assert press(tokyo, PAGE, "/moderators") == 303
    assert addresses(tokyo) == first
    assert {desks.test_client().get(each).status_code for each in first} == {200}
    assert press(tokyo, PAGE, "/renew") == 303
    replaced = set(first) - set(addresses(tokyo))
    assert [desks.test_client().get(each).status_code for each in replaced] == [404]
    assert press(tokyo, PAGE, "/withdraw") == 303
    assert len(addresses(tokyo)) == len(first) - 1


def test_nobody_who_does_not_moderate_gets_a_link(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert press(tokyo, PAGE, "/make", whom="person/nobody") == 404
    with desks.app_context():
        assert list(db.session.execute(select(StageLink)).scalars()) == []


def opened(organiser: Organiser, **changes: Any) -> int:
    """Send the form of slots with its first day ticked."""
    page = organiser.get(f"{CHECKS}/open")
    day = re.search(r'name="days"[^>]* value="([^"]+)"|value="([^"]+)"[^>]* name="days"', page.text)
    first = (day[1] or day[2]) if day else ""
    typed = {"days": first, "begins": "09:00", "ends": "10:00", "minutes": "20", "seats": "2", "staff": "Sato"}
    return organiser.send(f"{CHECKS}/open", typed | changes, page=page).status_code


def test_slots_are_opened_and_taken_away(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert opened(tokyo, link="https://check.example/1") == 303
    page = tokyo.get(CHECKS)
    assert (page.text.count("0 of 2"), "check.example" in page.text) == (3, False)
    assert press(tokyo, CHECKS, "/close") == 303
    with desks.app_context():
        assert len(list(db.session.execute(select(CheckSlot)).scalars())) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"days": None},
        {"days": "1999-01-01"},
        {"ends": "09:10"},
        {"minutes": "0"},
        {"seats": "0"},
        {"link": "http://x.example"},
    ],
)
def test_slots_that_cannot_be_are_refused(desks: KeepingFlask, tokyo: Organiser, changes: dict[str, Any]) -> None:
    assert opened(tokyo, **changes) == 422
    with desks.app_context():
        assert list(db.session.execute(select(CheckSlot)).scalars()) == []


@pytest.mark.parametrize("path", [PAGE, ROOMS, CHECKS, f"{CHECKS}/open", f"{PAGE}/settings", f"{PAGE}/joined"])
def test_others_do_not_see_the_pages(rome: Organiser, path: str) -> None:
    assert rome.get(path).status_code == 404
