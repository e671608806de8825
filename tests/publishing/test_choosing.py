"""What is found on an agenda by day, theme, room, mode and city; and that an answer to a choice is not kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.publishing import choosing
from app.publishing.choosing import Choice
from app.publishing.programme import Room, Session
from app.web.kept import KeepingFlask
from tests.publishing.summits import PROGRAMME, SESSION_2, SESSION_5

pytestmark = pytest.mark.one_database

BLOCK = Session("block", "0" * 32, "block", "Resilience", theme="resilience")
UNDATED = replace(
    SESSION_5, code="later", uid="0" * 31 + "6", day=None, starts=None, ends=None, parent="block", room=""
)
AGENDA = replace(
    PROGRAMME,
    rooms=(Room(7, "Hall A"),),
    sessions=(SESSION_2, SESSION_5, BLOCK, UNDATED),
)
NOTHING = {
    "day": "1999-01-01",
    "theme": "<script>",
    "room": "99999999999999999999",
    "mode": "telepathy",
    "city": "'; --",
}


def found(**asked: str) -> list[str]:
    return sorted(choosing.found(AGENDA, asked).shown)


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, ["later", "session-2", "session-5"]),
        ({"day": "2023-02-28"}, ["session-2", "session-5"]),
        ({"day": "undated"}, ["later"]),
        ({"theme": "resilience"}, ["later", "session-2"]),
        ({"room": "7"}, ["session-2", "session-5"]),
        ({"mode": "online"}, ["session-2"]),
        ({"city": "rome"}, ["later", "session-5"]),
        ({"city": "rome", "day": "undated"}, ["later"]),
        ({"city": "milan", "mode": "video"}, ["session-2"]),
        ({"city": "milan", "mode": "online"}, []),
        ({"room": "", "city": ""}, ["later", "session-2", "session-5"]),
    ],
)
def test_each_filter_finds_what_it_says(asked: dict[str, str], codes: list[str]) -> None:
    assert found(**asked) == codes


def test_a_block_is_found_by_its_sessions_alone() -> None:
    rows = [row for _day, rows in AGENDA.days for row in rows]
    assert [row.session.code for row in rows] == ["session-2", "session-5", "block"]
    assert [choosing.found(AGENDA, {"day": "undated"}).has(row) for row in rows] == [False, False, True]


@pytest.mark.parametrize("name", choosing.NAMES)
def test_nonsense_is_left_out_and_said(name: str) -> None:
    read = choosing.found(AGENDA, {name: NOTHING[name]})
    assert (read.choice, read.strange, len(read.shown)) == (Choice(), True, 3)


def test_only_what_a_session_has_is_offered() -> None:
    offered = choosing.found(AGENDA, {}).offered
    assert offered == {
        "day": ["2023-02-28", "undated"],
        "theme": ["resilience"],
        "room": ["7"],
        "mode": ["venue", "online", "video"],
        "city": ["lancaster", "milan", "new-york", "rome"],
    }


def seen(app: KeepingFlask, query: str) -> list[str]:
    """The sessions that a reader without scripts sees, by the answer to this query."""
    answer = app.test_client().get(f"/gnets-2023/agenda?{query}")
    assert answer.status_code == 200
    items = re.findall(
        r'<li id="([a-z0-9-]+)" data-theme="[^>]*?(hidden)?>', re.sub(r' data-at="[^"]*"', "", answer.text)
    )
    return [code for code, hidden in items if not hidden]


def test_the_page_shows_what_the_address_asks_for(gnets: KeepingFlask) -> None:
    assert seen(gnets, "city=rome") == ["session-5"]
    assert seen(gnets, "mode=online") == ["session-2", "session-5", "session-6"]
    assert len(seen(gnets, "")) == 12


def test_the_page_says_how_many_and_keeps_the_choice_in_the_form(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get("/gnets-2023/agenda?city=rome&tz=Europe/Rome&lang=en").text
    assert "Sessions shown: 1 of 12" in page
    assert '<option value="rome" selected>Rome</option>' in page
    form = page.split("data-filters>")[1].split("</form>")[0]
    assert '<input type="hidden" name="tz" value="Europe/Rome">' in form
    zones = page.split('class="zone-picker')[1].split("</form>")[0]
    assert '<input type="hidden" name="city" value="rome">' in zones


def test_an_empty_answer_says_what_to_do(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get("/gnets-2023/agenda?city=rome&mode=video").text
    assert "Sessions shown: 0 of 12" in page
    assert '<div class="empty" data-empty><p>No session is all of this at once.' in page


@pytest.mark.parametrize("query", [f"{name}={NOTHING[name]}" for name in choosing.NAMES])
def test_nonsense_in_the_address_shows_all_and_says_so(gnets: KeepingFlask, query: str) -> None:
    page = gnets.test_client().get("/gnets-2023/agenda", query_string=query).text
    assert "Sessions shown: 12 of 12" in page
    assert "something that this agenda does not have" in page
    assert "<script>" not in page


def test_a_choice_is_not_kept_and_the_whole_is(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    client.get("/gnets-2023/agenda?city=rome")
    client.get("/gnets-2023/agenda?mine=1")
    assert list(gnets.shelf.pages) == []
    client.get("/gnets-2023/agenda")
    assert [key[0] for key in gnets.shelf.pages] == ["/gnets-2023/agenda"]
