"""schedule.json and schedule.xml hold what conference programs ask of them: the rules of the format that matter."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from app.agenda.models import Visibility
from app.web.kept import KeepingFlask
from tests.publishing.summits import edit, publish, published, within

pytestmark = pytest.mark.one_database

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
TEXT = {"type": "string"}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$"}
EVENT = {
    "type": "object",
    "required": (
        "id guid date start duration room slug url title subtitle track type language abstract persons links".split()
    ),
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys("room title subtitle track type language abstract description".split(), TEXT),
        "id": {"type": "integer", "minimum": 1},
        "guid": {"type": "string", "pattern": UUID},
        "date": INSTANT,
        "start": {"type": "string", "pattern": r"^[0-2]\d:[0-5]\d$"},
        "duration": {"type": "string", "pattern": r"^\d{1,2}:\d\d$"},
        "slug": {"type": "string", "pattern": "^[a-z0-9_-]+[a-z0-9]$"},
        "url": {"type": "string", "pattern": "^https?://"},
        "persons": {"type": "array", "items": {"type": "object", "required": ["id", "public_name"]}},
        "links": {"type": "array"},
        "attachments": {"type": "array"},
    },
}
RULES = {
    "type": "object",
    "required": ["schedule"],
    "additionalProperties": False,
    "properties": {
        "generator": {"type": "object"},
        "schedule": {
            "type": "object",
            "required": ["version", "conference"],
            "properties": {
                "version": TEXT,
                "rooms": False,
                "conference": {
                    "type": "object",
                    "required": "title acronym days daysCount start end timeslot_duration".split(),
                    "properties": {
                        "acronym": {"type": "string", "pattern": r"^[a-z0-9_-][a-z0-9_]{3,}$"},
                        "start": DATE,
                        "end": DATE,
                        "days": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": "date day_end day_start index rooms".split(),
                                "additionalProperties": False,
                                "properties": {
                                    "index": {"type": "integer"},
                                    "date": DATE,
                                    "day_start": INSTANT,
                                    "day_end": INSTANT,
                                    "rooms": {
                                        "type": "object",
                                        "additionalProperties": {"type": "array", "items": EVENT},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def schedule(app: KeepingFlask, slug: str = "rehearsal") -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get(f"/{slug}/schedule.json").get_json()
    jsonschema.validate(found, RULES)
    return found


def events(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        each["title"]: each
        for day in found["schedule"]["conference"]["days"]
        for room in day["rooms"].values()
        for each in room
    }


def tree(app: KeepingFlask, slug: str = "rehearsal") -> ET.Element:
    answer = app.test_client().get(f"/{slug}/schedule.xml")
    assert answer.content_type == "application/xml; charset=utf-8"
    return ET.fromstring(answer.data)


@pytest.mark.parametrize("slug", ["rehearsal", "gnets-2023"])
def test_the_json_keeps_the_rules(rehearsal: KeepingFlask, slug: str) -> None:
    assert schedule(rehearsal, slug)["schedule"]["conference"]["daysCount"] == 3


def test_times_carry_the_offset_of_the_event(rehearsal: KeepingFlask) -> None:
    two = events(schedule(rehearsal))["Session 2"]
    assert (two["start"], two["duration"]) == ("11:50", "01:20")
    assert datetime.fromisoformat(two["date"]).isoformat().endswith("T11:50:00+09:00")


def test_what_has_no_time_stands_in_the_agenda_alone(rehearsal: KeepingFlask) -> None:
    assert events(schedule(rehearsal, "gnets-2023")) == {}
    assert len(tree(rehearsal, "gnets-2023").findall("day")) == 3


def test_cancelled_and_closed_sessions_are_left_out(rehearsal: KeepingFlask) -> None:
    def act() -> None:
        edit("session-4", cancelled=True)
        edit("session-5", visibility=Visibility.CLOSED)
        publish()

    assert {"Session 4", "Session 5"} <= events(schedule(rehearsal)).keys()
    within(rehearsal, act)
    assert {"Session 4", "Session 5"} & events(schedule(rehearsal)).keys() == set()
    assert b"Session 5" not in rehearsal.test_client().get("/rehearsal/schedule.xml").data


def test_the_xml_holds_the_same_events_in_the_order_of_its_schema(rehearsal: KeepingFlask) -> None:
    root = tree(rehearsal)
    assert [each.tag for each in root] == ["generator", "version", "conference", "day", "day", "day"]
    told = {each.findtext("title", ""): each for each in root.iter("event")}
    expected = events(schedule(rehearsal))
    assert told.keys() == expected.keys()
    for title, each in told.items():
        assert {each.get("guid"), each.get("id")} == {expected[title]["guid"], str(expected[title]["id"])}
        assert each.findtext("date") == expected[title]["date"]
        names = [child.tag for child in each]
        assert len(set(names)) == len(names)
        assert set("room title subtitle type date start duration abstract slug track".split()) <= set(names)


def test_what_must_be_unique_is(rehearsal: KeepingFlask) -> None:
    found = list(events(schedule(rehearsal)).values())
    assert [len({each[name] for each in found}) for name in ("id", "guid", "slug")] == [len(found)] * 3


def test_a_session_keeps_guid_and_number_when_it_moves(rehearsal: KeepingFlask) -> None:
    before = events(schedule(rehearsal))["Session 2"]
    within(rehearsal, lambda: published("session-2", starts=time(12, 10), ends=time(13, 30)))
    after = events(schedule(rehearsal))["Session 2"]
    assert [after[name] for name in ("guid", "id", "slug")] == [before[name] for name in ("guid", "id", "slug")]
    assert after["start"] == "12:10"


def test_hostile_words_are_words(rehearsal: KeepingFlask) -> None:
    within(rehearsal, lambda: published("session-2", title='<event id="1">&\x07'))
    assert '<event id="1">&' in {each.findtext("title") for each in tree(rehearsal).iter("event")}


@pytest.mark.parametrize("name", ["schedule.xml", "schedule.json"])
def test_who_has_it_gets_304(rehearsal: KeepingFlask, name: str) -> None:
    client = rehearsal.test_client()
    have = client.get(f"/rehearsal/{name}").headers["ETag"]
    assert client.get(f"/rehearsal/{name}", headers={"If-None-Match": have}).status_code == 304
