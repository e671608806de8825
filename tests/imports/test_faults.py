"""A wrong event file: every fault named with its place, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import Base, db
from app.imports import Fault, Faulty, read, read_file
from app.web.kept import KeepingFlask
from tests.imports.cast import Document, changed, document, loaded

MEMBER = {"id": "kyoto", "name": "Kyoto", "kind": "city", "country": "JP", "zone": "Asia/Tokyo"}
"""A member that no delegation is of."""


def faults(given: Document) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as caught:
        read(given)
    return [(fault.place, fault.message) for fault in caught.value.faults]


CROSSED = [
    ("/event/delegations/venue/3", "Atlantis", "No member of the network goes by the name “Atlantis”."),
    ("/event/delegations/online/0", "---", "No member of the network goes by the name “---”."),
    ("/event/delegations/venue/25", "NEW YORK", "“New York” stands twice in this list."),
    ("/event/host", "Osaka", "No member of the network goes by the name “Osaka”."),
    ("/event/people/0/city", "Gotham", "No member of the network goes by the name “Gotham”."),
    ("/event/agenda/4/sessions/1/appearances/2", "Dehli", "No member of the network goes by the name “Dehli”."),
    ("/event/agenda/4/sessions/1/appearances/2", "Amman", "“Amman” stands twice in this item."),
    ("/event/agenda/4/theme", "peace", "There is no theme with the id “peace”."),
    ("/event/outcomes/0/sections/1/theme", "peace", "There is no theme with the id “peace”."),
    ("/event/agenda/4/appearances/0/person", "nobody", "There is no person with the id “nobody”."),
    ("/event/agenda/3/room", "Hall 9", "There is no room called “Hall 9”."),
    ("/event/timetable/items/2/id", "lunch", "There is no agenda item with the id “lunch”."),
    ("/event/timetable/items/1/id", "site-visit", "The item “site-visit” is given twice."),
    ("/event/agenda/5/sessions/0/id", "session-1", "The id “session-1” is given twice."),
    ("/event/agenda/5/sessions/0/number", 2, "The number 2 is given twice."),
    ("/network/members/1/id", "abu-dhabi", "The id “abu-dhabi” is given twice."),
    ("/event/themes/2/id", "inclusive", "“inclusive” is given twice."),
    ("/event/people/1/id", "bloomberg", "“bloomberg” is given twice."),
    ("/network/members/33/name", "Tokyo", "“Tokyo” is a name of “tokyo” too, so nobody could tell which is meant."),
    (
        "/network/members/3/zone",
        "Asia/Krungthep2",
        "“Asia/Krungthep2” is no time zone; they are written as Area/City, as “Asia/Tokyo”.",
    ),
    (
        "/network/members/3/zone",
        "Etc/GMT+9",
        "“Etc/GMT+9” is no time zone; they are written as Area/City, as “Asia/Tokyo”.",
    ),
    ("/network/members/3/country", "XX", "“XX” is the code of no country."),
    ("/event/zone", "JST", "“JST” is no time zone; they are written as Area/City, as “Asia/Tokyo”."),
    ("/event/slug", "sign-in", "“sign-in” is a word the product keeps for addresses of its own."),
    ("/event/ends_on", "2023-02-26", "The event ends on 2023-02-26, before it starts on 2023-02-27."),
    ("/event/agenda/9/day", "2023-03-02", "2023-03-02 is not a day of the event (2023-02-27 to 2023-03-01)."),
    ("/event/timetable/items/4/ends", "10:40", "It ends at 10:40, which is not after its start at 10:40."),
    ("/event/timetable/items/4/ends", "09:00", "It ends at 09:00, which is not after its start at 10:40."),
]
"""Where, the wrong value, and the sentence."""


@pytest.mark.one_database
@pytest.mark.parametrize(("place", "value", "sentence"), CROSSED)
def test_what_no_schema_can_say_is_said_at_its_place(place: str, value: Any, sentence: str) -> None:
    told = [message for where, message in faults(changed((place, value))) if where == place]
    assert told == [sentence]


@pytest.mark.one_database
def test_an_alias_leads_to_one_member_alone() -> None:
    given = changed(("/network/members/33/aliases", ["Milano"]))
    sentence = "“Milano” is a name of “milan” too, so nobody could tell which is meant."
    assert faults(given) == [("/network/members/33/aliases/0", sentence)]


AN_ID = "an id: small letters, figures and single hyphens, at most 40 characters, as “abu-dhabi”"
EXCURSION = (
    "“excursion” is not a kind of agenda item: ceremony, keynote, videos, block, session, forum, plenary, announcement,"
    " signing, visit, meal, social, press, closing, break, bilateral or internal."
)
SHAPED = [
    ("/event/title", 7, "7 is not one line of text, without spaces at its ends."),
    ("/event/title", " Summit", "“ Summit” is not one line of text, without spaces at its ends."),
    ("/event/title", "Sum\nmit", "“Sum\nmit” is not one line of text, without spaces at its ends."),
    ("/event/title", "Sum\x00mit", "“Sum\x00mit” is not one line of text, without spaces at its ends."),
    (
        "/event/slug",
        "Tokyo 2023",
        f"“Tokyo 2023” is not {AN_ID}.",
    ),
    ("/event/slug", "tokyo-2023\n", f"“tokyo-2023\n” is not {AN_ID}."),
    ("/event/starts_on", "27 February", "“27 February” is not a day between 1900 and 2199, as “2023-02-28”."),
    ("/event/starts_on", "2023-02-30", "“2023-02-30” is not a day between 1900 and 2199, as “2023-02-28”."),
    ("/event/stated/cities", -1, "-1 is not a whole number from 0 to 1000000."),
    ("/event/stated/cities", True, "true is not a whole number from 0 to 1000000."),
    ("/event/agenda/0/kind", "excursion", EXCURSION),
    ("/event/agenda/0/starts", "9:00", "“9:00” is not a time on the clock in the event's zone, as “09:15”."),
    ("/event/agenda/4/appearances/0", {"part": "moderator"}, "Give either “city” or “person”, and not both."),
    (
        "/event/agenda/4/appearances/0",
        {"city": "Rome", "person": "koike"},
        "Give either “city” or “person”, and not both.",
    ),
    (
        "/event/agenda/4/appearances/0/mode",
        "vido",
        "“vido” is not a mode: “venue”, “online”, “video”, or null when it is to be confirmed.",
    ),
    ("/event/themes", {}, "An object is not a list of themes."),
    ("/event/colour", "red", "“colour” is not a word of this format here."),
    ("/network/members/0/country", "jp", "“jp” is not an ISO 3166-1 code of two capital letters, as “JP”."),
    ("/network/members/0/latitude", 91, "91 is not degrees north, from -90 to 90."),
    ("/plenary", 2, "2 is not 1, the number of this format."),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("place", "value", "sentence"), SHAPED)
def test_a_departure_from_the_schema_is_said_at_its_place(place: str, value: Any, sentence: str) -> None:
    told = [message for where, message in faults(changed((place, value))) if where == place]
    assert told == [sentence]


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["slug", "title", "starts_on", "ends_on", "zone"])
def test_what_is_missing_is_named(name: str) -> None:
    given = document()
    del given["event"][name]
    assert ("/event", f"“{name}” is missing.") in faults(given)


@pytest.mark.one_database
def test_a_mode_must_be_one_of_the_delegation_s() -> None:
    given = changed(("/event/agenda/4/sessions/0/appearances/0", {"city": "Tokyo", "mode": "online"}))
    place = "/event/agenda/4/sessions/0/appearances/0/mode"
    assert faults(given) == [(place, "The delegation of “Tokyo” does not take part in the mode “online”.")]


@pytest.mark.one_database
def test_a_city_that_appears_must_send_a_delegation() -> None:
    given = changed(("/network/members/-", MEMBER), ("/event/agenda/4/sessions/0/appearances/0", "Kyoto"))
    assert faults(given) == [
        ("/event/agenda/4/sessions/0/appearances/0", "“Kyoto” appears here and has no delegation.")
    ]


@pytest.mark.one_database
def test_only_a_block_holds_sessions() -> None:
    inner = {"id": "inner", "kind": "session", "title": "Inner"}
    given = changed(("/event/agenda/1/sessions", [inner]), ("/event/agenda/4/sessions/0/sessions", [inner]))
    sentence = "Only a block holds sessions, and a session holds none."
    assert faults(given) == [("/event/agenda/1/sessions", sentence), ("/event/agenda/4/sessions/0/sessions", sentence)]


@pytest.mark.one_database
def test_a_time_that_spring_leaves_out_is_a_fault() -> None:
    given = changed(
        ("/event/zone", "Europe/Brussels"),
        ("/event/starts_on", "2023-03-26"),
        ("/event/ends_on", "2023-03-26"),
        ("/event/agenda", [{"id": "a", "kind": "session", "title": "A", "day": "2023-03-26"}]),
        ("/event/agenda/0/starts", "02:30"),
        ("/event/agenda/0/ends", "03:30"),
        ("/event/timetable/items", []),
        ("/event/words", {}),
    )
    ((place, sentence),) = faults(given)
    assert place == "/event/agenda/0/starts"
    assert sentence.endswith("02:30 is left out: the next valid time is 03:00.")


@pytest.mark.one_database
def test_a_time_needs_a_day_and_an_end() -> None:
    given = changed(
        ("/event/agenda/1/starts", "09:15"),
        ("/event/agenda/2/day", None),
        ("/event/agenda/2/starts", "09:25"),
        ("/event/agenda/2/ends", "10:00"),
    )
    assert faults(given) == [
        ("/event/agenda/1", "“starts” is given without “ends”."),
        ("/event/agenda/2", "It has a time and no day."),
    ]


@pytest.mark.one_database
def test_a_city_stands_once_in_a_list_however_it_is_spelled() -> None:
    given = changed(("/event/delegations/venue/-", "New York"))
    assert faults(given) == [("/event/delegations/venue/26", "“New York” stands twice in this list.")]


@pytest.mark.one_database
def test_an_office_ends_after_it_begins() -> None:
    given = changed(
        ("/network/members/0/offices/0", {"name": "chair", "since": "2013", "until": "2012"}), name="citynet-2013"
    )
    assert faults(given) == [("/network/members/0/offices/0/until", "The office ends (2012) before it begins (2013).")]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("settings", "place", "sentence"),
    [
        ({"closes": "2023-02-20T23:59"}, "", "It says when registration closes, and not when it opens."),
        (
            {"opens": "2023-02-20T09:00", "closes": "2023-02-19T09:00"},
            "/closes",
            "Registration closes (2023-02-19T09:00) before it opens (2023-02-20T09:00).",
        ),
        ({"opens": "2023-02-30T09:00"}, "/opens", "There is no day 2023-02-30."),
        (
            {"shows_code": {"city": "Kyoto", "sentence": "Use {code}."}},
            "/shows_code/city",
            "“Kyoto” has no delegation, and so no code.",
        ),
        (
            {"shows_code": {"city": "Tokyo", "sentence": "Use {code.__class__}."}},
            "/shows_code/sentence",
            "“Use {code.__class__}.” is not a sentence of at most 180 characters that holds {code} once.",
        ),
    ],
)
def test_settings_of_registration_must_make_sense(settings: Document, place: str, sentence: str) -> None:
    given = changed(("/network/members/-", MEMBER), ("/event/registration", settings))
    assert faults(given) == [(f"/event/registration{place}", sentence)]


@pytest.mark.one_database
def test_all_faults_are_told_at_once_in_order_of_place() -> None:
    given = changed(
        ("/event/zone", "Mars/Phobos"),
        ("/event/delegations/venue/10", "Atlantis"),
        ("/event/delegations/venue/2", "Lemuria"),
        ("/event/agenda/4/theme", "peace"),
        ("/event/title", 7),
        ("/network/members/0/country", "jp"),
        ("/network/members/1/zone", "Nowhere"),
    )
    places = [place for place, _ in faults(given)]
    assert [place for place in places if "/sessions/" not in place] == [
        "/event/agenda/4/theme",
        "/event/delegations/venue/2",
        "/event/delegations/venue/10",
        "/event/title",
        "/event/zone",
        "/network/members/0/country",
        "/network/members/1/zone",
    ]


@pytest.mark.one_database
@pytest.mark.parametrize("broken", [None, [], 7, "text", {}, {"network": [], "event": 3}, {"event": {"agenda": [[]]}}])
def test_any_json_is_answered_with_faults(broken: Any) -> None:
    assert faults(broken) != []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"{", "“bad.json” is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        (b"\xff\xfe", "“bad.json” is not text in UTF-8 (octet 0)."),
        (b'{"plenary": NaN}', "“bad.json” is not JSON: NaN is not a number."),
        (b"[1]", "“bad.json” does not hold a JSON object."),
        (b"[" * 100_000, "“bad.json” is nested too deeply."),
        (b" " * 5_000_001, "“bad.json” is larger than 5 MB."),
    ],
)
def test_a_file_that_is_no_json_is_told_in_a_sentence(tmp_path: Path, octets: bytes, fault: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(octets)
    with pytest.raises(Faulty) as caught:
        read_file(path)
    assert caught.value.faults == (Fault("", fault),)


@pytest.mark.one_database
def test_a_word_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "twice.json"
    path.write_text('{"plenary": 1, "event": {"rooms": [{"name": "A", "name": "B"}]}}')
    with pytest.raises(Faulty) as caught:
        read_file(path)
    assert caught.value.faults == (Fault("/event/rooms/0/name", "“name” is given twice here."),)


@pytest.mark.one_database
@pytest.mark.parametrize("base", ["../gnets-2023.json", "/etc/passwd", "elsewhere"])
def test_a_file_is_based_on_its_neighbours_alone(tmp_path: Path, base: str) -> None:
    path = tmp_path / "over.json"
    path.write_text(json.dumps({"plenary": 1, "based_on": base}))
    with pytest.raises(Faulty) as caught:
        read_file(path)
    assert "/based_on" in {fault.place for fault in caught.value.faults}


@pytest.mark.one_database
def test_a_base_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "over.json"
    path.write_text(json.dumps({"plenary": 1, "based_on": "under.json"}))
    with pytest.raises(Faulty) as caught:
        read_file(path)
    assert caught.value.faults == (Fault("", "“under.json” cannot be read: No such file or directory."),)


@pytest.mark.one_database
def test_a_fault_reads_as_place_and_sentence() -> None:
    assert str(Fault("/event/zone", "No zone.")) == "/event/zone: No zone."
    assert str(Faulty((Fault("", "A."), Fault("/b", "B.")))) == "The event file has 2 faults; nothing was loaded."


def everything(app: Flask) -> dict[str, int]:
    """How many rows each table holds."""
    with app.app_context():
        return {
            table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def test_nothing_is_written_from_a_faulty_file(app: KeepingFlask) -> None:
    before = everything(app)
    with pytest.raises(Faulty):
        loaded(app, changed(("/event/agenda/9/theme", "peace")))
    assert everything(app) == before


def test_an_office_since_no_date_is_a_fault_of_shape() -> None:
    given = changed(
        ("/network/members/0/offices/0", {"name": "chair", "since": "0", "until": "2012"}), name="citynet-2013"
    )
    assert [place for place, _message in faults(given)] == ["/network/members/0/offices/0/since"]
