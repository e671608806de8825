"""The public pages of the two summits, as a visitor reads them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.web.kept import KeepingFlask
from tests.queries import counted

pytestmark = pytest.mark.one_database

PAGES = ("", "agenda", "cities", "people", "visits", "outcome", "sessions/session-2", "cities/milan", "register")


def text(app: KeepingFlask, path: str) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 200, path
    plain = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"\s+", " ", plain)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_archive_answers(gnets: KeepingFlask, page: str) -> None:
    assert gnets.test_client().get(f"/gnets-2023/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_rehearsal_says_that_it_is_one(rehearsal: KeepingFlask, page: str) -> None:
    assert "rehearsal" in text(rehearsal, f"/rehearsal/{page}").lower()


def test_cities_are_counted_once_however_many_modes_they_have(gnets: KeepingFlask) -> None:
    expected = "34 cities: 26 at the venue, 6 online, 4 by video message; 2 in two modes"
    assert expected in text(gnets, "/gnets-2023/cities")


def test_the_archive_shows_no_clock_time(gnets: KeepingFlask) -> None:
    page = text(gnets, "/gnets-2023/agenda").split("Video message", 1)[1]
    assert "Time to be announced" in page
    assert re.findall(r"\b\d\d:\d\d[–-]\d\d:\d\d\b", page) == []


def test_the_speaking_order_of_session_6_stands_as_printed(gnets: KeepingFlask) -> None:
    page = text(gnets, "/gnets-2023/sessions/session-6")
    order = ["Rio de Janeiro", "Bangkok", "London", "Taipei", "Nairobi", "Nice", "Nouakchott"]
    assert [page.index(f" {city} ") for city in order] == sorted(page.index(f" {city} ") for city in order)


def test_romes_mode_in_session_5_is_to_be_confirmed(gnets: KeepingFlask) -> None:
    page = text(gnets, "/gnets-2023/sessions/session-5")
    assert re.search(r"Rome .{0,40}venue or online, to be confirmed", page, re.IGNORECASE)


def test_queensland_is_shown_with_no_item_of_its_own(gnets: KeepingFlask) -> None:
    page = text(gnets, "/gnets-2023/cities/queensland")
    assert "Federal state" in page
    assert "no item of its own" in page


def test_a_name_is_never_turned(gnets: KeepingFlask) -> None:
    page = text(gnets, "/gnets-2023/people")
    assert "Ms. KOIKE Yuriko" in page
    assert "Yuriko KOIKE" not in page


def test_taipei_stands_without_a_country(gnets: KeepingFlask) -> None:
    assert "Taiwan" not in text(gnets, "/gnets-2023/cities/taipei")


def test_seoul_of_the_other_network_does_not_show_here(gnets: KeepingFlask) -> None:
    assert "Yokohama" not in text(gnets, "/gnets-2023/cities")


def begins(app: KeepingFlask, code: str, zone: str) -> datetime:
    """When a session of the rehearsal begins, in a zone; its date moves with the day of the test."""
    sessions = app.test_client().get("/rehearsal/agenda.json").get_json()["sessions"]
    (starts,) = (each["starts"] for each in sessions if each["code"] == code)
    return datetime.fromisoformat(starts).astimezone(ZoneInfo(zone))


def test_the_readers_time_stands_beneath_the_summits(rehearsal: KeepingFlask) -> None:
    starts = begins(rehearsal, "session-6", "Europe/London")
    ends = starts + timedelta(minutes=80)
    page = text(rehearsal, "/rehearsal/agenda?tz=Europe/London")
    assert f"17:30–18:50 {starts:%H:%M}–{ends:%H:%M} London" in page


def test_the_local_date_is_written_when_it_differs(rehearsal: KeepingFlask) -> None:
    starts = begins(rehearsal, "session-2", "America/Los_Angeles")
    ends = starts + timedelta(minutes=80)
    page = text(rehearsal, "/rehearsal/sessions/session-2?tz=America/Los_Angeles")
    assert f"{starts:%H:%M}–{ends:%H:%M} Los Angeles, {starts:%a} {starts.day} {starts:%b}" in page


def test_a_reader_finds_their_own_city_among_the_clocks(rehearsal: KeepingFlask) -> None:
    page = rehearsal.test_client().get("/rehearsal/agenda?tz=Asia/Kolkata").text
    offered = re.findall(r'<option value="([^"]+)"( selected)?>([^<]+)</option>', page)
    assert ("Asia/Kolkata", " selected", "Delhi") in offered
    assert ("America/Los_Angeles", "", "Lancaster") in offered
    assert [label for _, selected, label in offered if selected] == ["Delhi"]


def test_an_online_city_carries_its_own_hour(rehearsal: KeepingFlask) -> None:
    starts = begins(rehearsal, "session-6", "Europe/London")
    assert f"London (online) {starts:%H:%M} local" in text(rehearsal, "/rehearsal/agenda")


def test_a_zone_that_does_not_exist_gets_the_summits_time_and_a_note(rehearsal: KeepingFlask) -> None:
    page = text(rehearsal, "/rehearsal/agenda?tz=Mars/Phobos")
    assert "There is no time zone of that name" in page
    assert "17:30–18:50" in page


@pytest.mark.parametrize("path", ["sessions/session-7", "cities/atlantis", "sessions/session-7.ics"])
def test_what_a_summit_does_not_have_answers_404(gnets: KeepingFlask, path: str) -> None:
    assert gnets.test_client().get(f"/gnets-2023/{path}").status_code == 404


def test_a_kept_agenda_costs_nothing_but_the_question_for_the_release(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    first = client.get("/rehearsal/agenda")
    with counted(rehearsal) as statements:
        second = client.get("/rehearsal/agenda")
    told = [{name: value for name, value in each.headers if name != "X-Request-ID"} for each in (first, second)]
    assert (statements, second.data, told[1]) == ([], first.data, told[0])


def test_a_kept_page_answers_304_to_whom_has_it(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    etag = client.get("/rehearsal/agenda").headers["ETag"]
    again = client.get("/rehearsal/agenda", headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


def test_head_of_a_kept_page_has_no_body(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    length = client.get("/rehearsal/agenda").headers["Content-Length"]
    head = client.head("/rehearsal/agenda")
    assert (head.data, head.headers["Content-Length"]) == (b"", length)


def test_a_stranger_cannot_fill_the_memory(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    for query in ("tz=Mars/Phobos", "lang=xx", "anything=1", "tz=Asia/Tokyo&x=1", "tz=Asia/Tokyo&tz=Europe/Rome"):
        client.get(f"/rehearsal/agenda?{query}")
    assert list(rehearsal.shelf.pages) == []


def test_a_choice_is_kept_once_however_it_is_written(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    pages = {client.get(f"/rehearsal/agenda?tz={zone}").data for zone in ("Asia/Tokyo", "Asia%2FTokyo", "%41sia/Tokyo")}
    assert (len(pages), list(rehearsal.shelf.pages)) == (1, [("/rehearsal/agenda", "Asia/Tokyo", "en")])


def test_the_front_page_costs_one_query_for_any_number_of_summits(rehearsal: KeepingFlask) -> None:
    with counted(rehearsal) as statements:
        page = rehearsal.test_client().get("/").text
    assert (len(statements), page.count("G-NETS Leaders Summit")) == (1, 2)


def test_the_data_of_the_agenda_holds_what_the_page_says(gnets: KeepingFlask) -> None:
    data = gnets.test_client().get("/gnets-2023/agenda.json").get_json()
    (session,) = (each for each in data["sessions"] if each["code"] == "session-2")
    milan = session["appearances"][4]
    assert (milan["city"], milan["mode"]) == ("milan", "video")
