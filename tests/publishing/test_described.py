"""What pages tell machines: events as schema.org writes them, whatever organisers wrote in their titles."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.publishing import described
from app.publishing.programme import City, Programme
from app.web.kept import KeepingFlask
from tests.publishing.great import tell
from tests.publishing.summits import PROGRAMME, SESSION_2, SESSION_5

pytestmark = pytest.mark.one_database

HOSTILE = '</script><script>alert("x")</script>\u2028<!--&\'"'
SCHEMA = "https://schema.org/"


@pytest.fixture
def told(app: Flask) -> Any:
    """Addresses are built within an application."""
    with app.test_request_context("/"):
        yield


def linked(text: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


@pytest.mark.usefixtures("told")
def test_a_summit_is_an_event_with_its_sessions_within() -> None:
    event = described.summit(PROGRAMME, "en")
    assert (event["@type"], event["name"]) == ("Event", "1st G-NETS Leaders Summit")
    assert (event["startDate"], event["endDate"]) == ("2023-02-27", "2023-03-01")
    assert event["eventStatus"] == f"{SCHEMA}EventScheduled"
    assert event["organizer"]["name"] == "Global City Network for Sustainability"
    assert event["eventAttendanceMode"] == f"{SCHEMA}MixedEventAttendanceMode"
    assert [each["@type"] for each in event["location"]] == ["Place", "VirtualLocation"]
    assert event["location"][0]["name"] == "Tokyo Metropolitan Government"
    assert [each["name"] for each in event["subEvent"]] == ["Session 2", "Session 5"]
    assert event["subEvent"][0]["startDate"] == "2023-02-28T11:50:00+09:00"


def only(*modes: str) -> Programme:
    """The programme with one city, which takes part so."""
    return replace(PROGRAMME, cities=(City("rome", "Rome", "city", "", "Europe/Rome", modes),), sessions=())


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("modes", "word", "places"),
    [
        (("venue",), "Offline", "Place"),
        (("venue", "video"), "Offline", "Place"),
        ((), "Offline", "Place"),
        (("online",), "Online", "VirtualLocation"),
    ],
)
def test_how_one_can_attend_follows_the_modes(modes: tuple[str, ...], word: str, places: str) -> None:
    event = described.summit(only(*modes), "en")
    assert event["eventAttendanceMode"] == f"{SCHEMA}{word}EventAttendanceMode"
    assert event["location"]["@type"] == places


@pytest.mark.usefixtures("told")
def test_a_session_stands_within_its_summit_and_in_its_room() -> None:
    event = described.session(PROGRAMME, replace(SESSION_2, cancelled=True), "en")
    assert event is not None
    assert event["eventStatus"] == f"{SCHEMA}EventCancelled"
    assert event["superEvent"]["name"] == "1st G-NETS Leaders Summit"
    assert event["location"][0]["name"] == "Hall A, Tokyo Metropolitan Government"
    assert [each["name"] for each in event["performer"]] == ["ISHII Naoko", "New York", "Lancaster", "Milan"]


@pytest.mark.usefixtures("told")
def test_what_is_on_no_day_is_no_event_yet() -> None:
    assert described.session(PROGRAMME, replace(SESSION_5, day=None, starts=None, ends=None), "en") is None
    untimed = described.session(PROGRAMME, replace(SESSION_5, starts=None, ends=None), "en")
    assert untimed is not None
    assert untimed["startDate"] == "2023-02-28"


def hostile() -> Programme:
    """Everything that organisers can write says what could break a page."""
    summit = replace(PROGRAMME.summit, title=HOSTILE, motto=HOSTILE, venue=HOSTILE, place=HOSTILE, network_name=HOSTILE)
    session = replace(SESSION_2, title=HOSTILE, description=HOSTILE, room=HOSTILE, note=HOSTILE)
    people = tuple(replace(each, name=HOSTILE, positions=(HOSTILE,)) for each in PROGRAMME.people)
    cities = tuple(replace(each, name=f"{HOSTILE} {each.slug}", note=HOSTILE) for each in PROGRAMME.cities)
    themes = tuple(replace(each, name=HOSTILE) for each in PROGRAMME.themes)
    return replace(PROGRAMME, summit=summit, people=people, cities=cities, themes=themes, sessions=(session, SESSION_5))


PAGES = ("", "agenda", "programme", "cities", "cities/rome", "people", "people/ishii", "sessions/session-2", "embed")


@pytest.mark.parametrize("page", PAGES)
def test_no_title_breaks_out_of_a_page(gnets: KeepingFlask, page: str) -> None:
    tell(gnets, hostile())
    text = gnets.test_client().get(f"/gnets-2023/{page}").text
    assert "<script>alert" not in text
    assert "<!--&" not in text
    if "ld+json" in text:
        assert linked(text)["name"] == HOSTILE
        assert "\u2028" not in text.split("ld+json")[1].split("</script>")[0]


@pytest.mark.parametrize("page", ["", "sessions/session-2", "people/ishii"])
def test_the_pages_of_events_and_people_carry_what_they_are(gnets: KeepingFlask, page: str) -> None:
    tell(gnets, PROGRAMME)
    found = linked(gnets.test_client().get(f"/gnets-2023/{page}").text)
    assert found["@context"] == "https://schema.org"
    assert found["url"] == f"http://localhost/gnets-2023/{page}"
