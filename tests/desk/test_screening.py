"""The review of a video and the running order: what organisers see, decide and hand on."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from werkzeug.test import TestResponse

from app import db as database
from app.db import write
from app.publishing import checks
from app.refused import Refused
from app.videos import reviewing, service, serving
from app.videos.models import State
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, notes, rows, words
from tests.queries import counted
from tests.videos import clips, films
from tests.videos.films import Sent

PLAYLIST = f"{REHEARSAL}/playlist"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return films.good(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def reviewed(desks: KeepingFlask, good: Sent) -> KeepingFlask:
    """Milan's film was checked and waits for a word; Cairo and Kuala Lumpur owe theirs."""
    with desks.app_context():
        films.expect()
        films.send("milan", good)
        films.check()
    return desks


def review(app: KeepingFlask, city: str = "milan") -> str:
    with app.app_context():
        return f"{REHEARSAL}/videos/{films.message(city).uid}"


def held(organiser: Organiser, page: str, name: str) -> dict[str, str]:
    """What the form of one button holds on the page as it stands now."""
    path = PLAYLIST if name == "mark" else f"{page}/review"
    tree: Element = html5lib.parse(organiser.get(path).text, namespaceHTMLElements=False)
    values: dict[str, str] = {}
    for each in (field for field in tree.iter("input") if field.get("name") == "csrf_token"):
        values["csrf_token"] = each.get("value", "")
    for form in (each for each in tree.iter("form") if each.get("action") == f"{page}/{name}"):
        values |= {
            str(each.get("name")): each.get("value", "") for each in form.iter("input") if each.get("type") == "hidden"
        }
    return values


def act(organiser: Organiser, page: str, name: str, **values: str) -> TestResponse:
    """Press a button of the review page."""
    return organiser.client.post(f"{page}/{name}", data=held(organiser, page, name) | values)


def fetch(organiser: Organiser, path: str, ranges: str = "") -> TestResponse:
    """A file, read to its end and closed as servers do."""
    return organiser.client.get(path, headers={"Range": ranges} if ranges else {}, buffered=True)


def state(app: KeepingFlask, city: str = "milan") -> State:
    with app.app_context():
        return films.message(city).state


def accept(app: KeepingFlask, city: str = "milan") -> None:
    with app.app_context():
        key, number = films.message(city).id, films.newest(city).number
        write(lambda: reviewing.accept(key, number, without_captions=True, who="KOIKE Yuriko", now=films.NOW))


def test_the_review_shows_the_film_its_captions_and_what_was_measured(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(f"{review(reviewed)}/review")
    seen = words(page)
    assert "waits for your review" in seen
    assert "No rule has anything against it." in seen
    assert "1280 × 720, H.264" in seen
    assert f'src="{review(reviewed)}/versions/1/film"' in page.text
    assert f'src="{review(reviewed)}/versions/1/captions.vtt" srclang="it"' in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert "media-src 'none'" in tokyo.get(PLAYLIST).headers["Content-Security-Policy"]


def test_what_the_rules_say_is_said_with_its_figures(desks: KeepingFlask, tokyo: Organiser, tmp_path: Path) -> None:
    with desks.app_context():
        films.expect()
        films.send("milan", Sent(clips.film(tmp_path / "tall.mp4", size=(720, 1280), sound=None)))
        films.check()
    seen = words(tokyo.get(f"{review(desks)}/review"))
    assert "Refused 720 × 1280, portrait: 16:9, at least 1280 × 720 is wanted." in seen
    assert "Refused There is no sound in the file: speech is wanted." in seen
    assert "Needs captions There are no captions" in seen
    assert "Accept version 1" not in seen


def test_accepting_tells_the_city_and_gives_the_video_its_place(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert act(tokyo, review(reviewed), "accept", number="1").status_code == 303
    with reviewed.app_context():
        message = films.message("milan")
        assert message.state == State.SCHEDULED
        assert {each.to for each in films.letters("video accepted")} == films.readers("milan")
    made = [each.what for each in notes(reviewed, f"video/{message.uid}")][-2:]
    assert made == ["video accepted", "video scheduled"]


def test_pressing_twice_accepts_once(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert act(tokyo, review(reviewed), "accept", number="1").status_code == 303
    assert act(tokyo, review(reviewed), "accept", number="1").status_code == 422
    with reviewed.app_context():
        assert len(films.letters("video accepted")) == len(films.readers("milan"))


def test_a_version_that_the_reviewer_did_not_see_is_not_accepted(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    with reviewed.app_context():
        films.send("milan", good)
        films.check()
    page = act(tokyo, review(reviewed), "accept", number="1")
    assert page.status_code == 422
    assert "A newer version has come meanwhile." in words(page)
    assert state(reviewed) == State.IN_REVIEW


def test_a_film_without_captions_is_accepted_only_if_somebody_says_so(
    desks: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    with desks.app_context():
        films.expect()
        films.send("milan", Sent(good.path))
        films.check()
    assert "needs captions" in words(tokyo.get(f"{review(desks)}/review"))
    refused = act(tokyo, review(desks), "accept", number="1")
    assert (refused.status_code, state(desks)) == (422, State.IN_REVIEW)
    assert "Captions are missing." in words(refused)
    assert act(tokyo, review(desks), "accept", number="1", without_captions="y").status_code == 303
    assert state(desks) == State.SCHEDULED


def test_a_link_is_looked_at_where_it_lies_and_accepted_with_its_captions_in_mind(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    with desks.app_context():
        films.expect()
        key = films.message("milan").id
        write(lambda: service.add_link(key, "https://milan.example/film", who="Milan", now=films.NOW))
        films.change("milan", told_at=films.NOW, may_show=True, cleared=True)
    page = tokyo.get(f"{review(desks)}/review")
    assert 'href="https://milan.example/film" rel="noopener noreferrer nofollow"' in page.text
    assert "Look at this The file lies elsewhere, so it was not examined" in words(page)
    assert "<video" not in page.text
    assert act(tokyo, review(desks), "accept", number="1").status_code == 422
    assert act(tokyo, review(desks), "accept", number="1", without_captions="y").status_code == 303
    assert "lies elsewhere" in rows(tokyo.get(PLAYLIST))["5"]


def test_a_film_whose_rights_were_not_told_goes_to_review_and_is_not_accepted(
    desks: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    with desks.app_context():
        films.expect()
        films.send("milan", good)
        films.change("milan", told_at=None, may_show=False, cleared=False, transcript="")
        films.check()
    assert state(desks) == State.IN_REVIEW
    page = act(tokyo, review(desks), "accept", number="1")
    assert page.status_code == 422
    assert "The city has not said yet that the film may be shown" in words(page)
    with desks.app_context():
        films.change("milan", may_show=True, cleared=True)
    assert act(tokyo, review(desks), "accept", number="1").status_code == 303


def test_returning_a_film_takes_a_comment_to_the_city(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert act(tokyo, review(reviewed), "changes", number="1", comments=" ").status_code == 422
    said = "Please name the city.\n<b>Thank you.</b>"
    assert act(tokyo, review(reviewed), "changes", number="1", comments=said).status_code == 303
    assert state(reviewed) == State.CHANGES_REQUESTED
    with reviewed.app_context():
        (letter,) = films.letters("video changes")
        assert "Please name the city." in films.words(letter)
        assert "<b>Thank you.</b>" in films.words(letter)
    assert "Please name the city." in rows(tokyo.get(f"{review(reviewed)}/review"))["1"]


def test_what_was_accepted_stays_until_the_next_is(reviewed: KeepingFlask, tokyo: Organiser, tmp_path: Path) -> None:
    accept(reviewed)
    with reviewed.app_context():
        films.send("milan", Sent(clips.film(tmp_path / "new.mp4", level=0.5), clips.captions((0, 1))))
        films.check()
    first, second = (f"{review(reviewed)}/versions/{number}/film" for number in (1, 2))
    assert [fetch(tokyo, each).status_code for each in (first, second)] == [200, 200]
    assert "Version 1, which was accepted before, is let go." in words(tokyo.get(f"{review(reviewed)}/review"))
    with reviewed.app_context():
        played = reviewing.accepted(reviewing.whole(films.event().id, films.message("milan").uid).versions)
        assert played is not None
        assert played.number == 1
    assert act(tokyo, review(reviewed), "accept", number="2").status_code == 303
    assert [fetch(tokyo, each).status_code for each in (first, second)] == [404, 200]


def test_a_film_is_placed_in_another_session_and_stays_there(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    accept(reviewed)
    assert act(tokyo, review(reviewed), "place", session="city-videos", running="1").status_code == 303
    with reviewed.app_context():
        films.expect()  # what follows from the agenda leaves it where organisers put it
        message = films.message("milan")
        assert (message.session_code, message.running, message.state) == ("city-videos", 1, State.SCHEDULED)
    found = rows(tokyo.get(PLAYLIST))
    assert found["2"].startswith("MilanGiuseppe SALA")
    assert act(tokyo, review(reviewed), "place", session="", running="").status_code == 303
    assert state(reviewed) == State.ACCEPTED
    assert act(tokyo, review(reviewed), "place", session="nowhere", running="").status_code == 422


def test_a_film_accepted_before_its_city_had_a_place_is_scheduled_with_it(
    reviewed: KeepingFlask, tokyo: Organiser
) -> None:
    with reviewed.app_context():
        accept(reviewed)
        key = films.message("milan").id
        write(lambda: reviewing.place(key, "", None, who="KOIKE Yuriko", now=films.NOW))
        assert films.message("milan").state == State.ACCEPTED
        write(lambda: reviewing.place(key, "session-2", None, who="KOIKE Yuriko", now=films.NOW))
        assert films.message("milan").state == State.SCHEDULED


def test_played_and_not_played_are_marked_and_taken_back(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    page = review(reviewed)
    assert act(tokyo, page, "mark", played="yes").status_code == 303
    assert state(reviewed) == State.IN_REVIEW  # it was not accepted
    accept(reviewed)
    for said, after in (("yes", State.PLAYED), ("back", State.SCHEDULED), ("no", State.NOT_PLAYED)):
        assert act(tokyo, page, "mark", played=said).status_code == 303
        assert state(reviewed) == after
    assert act(tokyo, page, "mark", played="perhaps").status_code == 404


def test_the_running_order_follows_the_agenda_and_tells_what_is_missing(
    reviewed: KeepingFlask, tokyo: Organiser
) -> None:
    accept(reviewed)
    page = tokyo.get(PLAYLIST)
    found = rows(page)
    assert list(found) == ["1", "2", "3", "4", "5"]
    assert [found[each].split(" ")[0] for each in ("2", "3", "5")] == ["Cairo", "Kuala", "MilanGiuseppe"]
    assert "05-session-2-milan-v1.mp4" in found["5"]
    assert "accepted, in its place" not in found["2"]
    assert "3 missing" in words(page)


def test_a_block_of_videos_is_held_against_its_slot(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        films.expect()
        for city, seconds in (("cairo", 400), ("kuala-lumpur", 400), ("new-york", 130)):
            films.change(city, seconds=seconds)
    seen = words(tokyo.get(PLAYLIST))
    assert "15:30 of videos in 15:00" in seen, seen
    assert "0:30 too long" in seen


def test_the_table_names_files_lengths_languages_fallbacks_and_checksums(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    accept(reviewed)
    with reviewed.app_context():
        films.change("milan", speaker_name="=HYPERLINK(1)")
    octets = tokyo.get(f"{PLAYLIST}.csv").data.decode("utf-8-sig")
    table = {each["City or person"]: each for each in csv.DictReader(io.StringIO(octets))}
    milan = table["Milan"]
    assert milan["SHA-256"] == hashlib.sha256(good.path.read_bytes()).hexdigest()
    assert (milan["File"], milan["Language"], milan["Captions"]) == ("05-session-2-milan-v1.mp4", "it", "in a file")
    assert (milan["Speaker"], milan["If it fails"]) == ("'=HYPERLINK(1)", "the written text is read out")
    assert (milan["Length"], milan["State"], table["Cairo"]["State"]) == ("0:01", "ready", "missing")


def test_the_playlist_and_the_checksums_name_the_files_as_they_are_downloaded(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    accept(reviewed)
    lines = tokyo.get(f"{PLAYLIST}.m3u").text.split("\n")
    assert lines[0] == "#EXTM3U"
    assert lines[-4:] == ["#EXTGRP:Session 2", "#EXTINF:1,5. Milan (it)", "05-session-2-milan-v1.mp4", ""]
    assert "# 2: Cairo: no file" in lines
    name = hashlib.sha256(good.path.read_bytes()).hexdigest()
    assert tokyo.get(f"{PLAYLIST}.sha256").text == f"{name}  05-session-2-milan-v1.mp4\n"


def test_a_file_is_served_in_ranges_and_can_do_nothing_else(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    octets, path = good.path.read_bytes(), f"{review(reviewed)}/versions/1/film"
    whole = fetch(tokyo, path)
    assert (whole.status_code, whole.data == octets, whole.headers["Accept-Ranges"]) == (200, True, "bytes")
    part = fetch(tokyo, path, "bytes=100-199")
    assert (part.status_code, part.data) == (206, octets[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(octets)}"
    assert fetch(tokyo, path, "bytes=-10").data == octets[-10:]
    assert fetch(tokyo, path, f"bytes={len(octets)}-").status_code == 416
    for answer in (whole, part):
        assert answer.headers["Content-Security-Policy"] == serving.NOTHING_ELSE
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Disposition"].startswith("inline; filename=milan-v1.mp4")
    kept = fetch(tokyo, f"{path}?download=1")
    assert kept.headers["Content-Disposition"].startswith("attachment;")
    assert kept.headers["Content-Security-Policy"] == f"{serving.NOTHING_ELSE}; sandbox"


@pytest.mark.parametrize(
    "ranges",
    ["bytes=" + ",".join(f"{at}-" for at in range(2_000)), "bytes=0-1,2-3", "bytes=a-b", "bytes=9-1", "pages=1-2"],
)
def test_a_thousand_ranges_cost_no_more_than_the_file(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent, ranges: str
) -> None:
    answer = fetch(tokyo, f"{review(reviewed)}/versions/1/film", ranges)
    assert answer.status_code in {200, 416}
    assert len(answer.data) <= max(good.path.stat().st_size, 5_000)


def test_captions_reach_the_browser_as_words_alone(desks: KeepingFlask, tokyo: Organiser, good: Sent) -> None:
    hostile = b"1\n00:00:00,000 --> 00:00:01,000\n<script>alert(1)</script> Ciao & &lt;img src=x&gt;\n"
    with desks.app_context():
        films.expect()
        films.send("milan", Sent(good.path, hostile))
        films.check()
    answer = tokyo.get(f"{review(desks)}/versions/1/captions.vtt")
    assert answer.content_type == "text/vtt; charset=utf-8"
    assert answer.text == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nalert(1) Ciao &amp; &lt;img src=x&gt;\n")


def test_nobody_but_the_organisers_of_the_event_has_its_videos(
    reviewed: KeepingFlask, tokyo: Organiser, rome: Organiser
) -> None:
    milan, stranger = Organiser(reviewed, "milan"), reviewed.test_client()
    page = review(reviewed)
    elsewhere = page.replace("/rehearsal/", "/gnets-2023/")
    for path in (f"{page}/review", f"{page}/versions/1/film", f"{page}/versions/1/captions.vtt", PLAYLIST):
        assert fetch(tokyo, path).status_code == 200
        assert [fetch(each, path).status_code for each in (rome, milan)] == [404, 404]
        assert stranger.get(path).status_code == 303
    for path in (f"{elsewhere}/review", f"{elsewhere}/versions/1/film", f"{elsewhere}/versions/1/captions.vtt"):
        assert [fetch(each, path).status_code for each in (rome, tokyo)] == [404, 404]
    token = held(tokyo, page, "accept") | {"played": "yes"}
    own = rome.get("/organise/gnets-2023/playlist").text
    token["csrf_token"] = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', own)[0]
    for name in ("accept", "changes", "place", "mark"):
        assert rome.client.post(f"{page}/{name}", data=token).status_code == 404
    assert state(reviewed) == State.IN_REVIEW


@pytest.mark.parametrize("number", ["0", "2", "-1", "../1", "1%2f..%2f1", "99999999999"])
def test_no_address_leads_out_of_a_version(reviewed: KeepingFlask, tokyo: Organiser, number: str) -> None:
    assert tokyo.get(f"{review(reviewed)}/versions/{number}/film").status_code == 404


def test_a_video_that_is_missing_is_told_before_a_release(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert "The video of Milan for “Session 2” has not come." in words(tokyo.get(f"{REHEARSAL}/publish"))
    accept(reviewed)
    assert "The video of Milan" not in words(tokyo.get(f"{REHEARSAL}/publish"))
    with reviewed.app_context():
        assert checks.grave(films.event().id) == []


def test_a_missing_video_blocks_a_release_where_organisers_said_so(reviewed: KeepingFlask) -> None:
    with reviewed.app_context():
        films.allow(blocks_release=True)
        found = [(each.code, each.words) for each in checks.grave(films.event().id)]
        assert ("session-2", "Milan") in found
        assert ("city-videos", "Cairo") in found
    accept(reviewed)
    with reviewed.app_context():
        found = [(each.code, each.words) for each in checks.grave(films.event().id)]
        assert ("session-2", "Milan") not in found
        assert ("city-videos", "Cairo") in found
        key = films.message("cairo").id
        write(lambda: service.waive(key, "Cairo sends its greetings", who="KOIKE Yuriko", now=films.NOW))
        assert ("city-videos", "Cairo") not in [(each.code, each.words) for each in checks.grave(films.event().id)]


def test_a_video_placed_by_hand_is_told_when_missing_though_its_city_does_not_stand_there(
    reviewed: KeepingFlask, tokyo: Organiser
) -> None:
    with reviewed.app_context():
        key = films.message("cairo").id
        write(lambda: reviewing.place(key, "opening", None, who="KOIKE Yuriko", now=films.NOW))
        (check,) = [each for each in checks.check(films.event().id) if each.name == "videos missing"]
        assert [(each.code, each.words) for each in check.findings] == [("opening", "Cairo")]
        assert not check.grave


def test_a_block_that_is_too_long_is_told_before_a_release(desks: KeepingFlask) -> None:
    with desks.app_context():
        films.expect()
        for city, seconds in (("cairo", 400), ("kuala-lumpur", 400), ("new-york", 130)):
            films.change(city, seconds=seconds)
        (check,) = [each for each in checks.check(films.event().id) if each.name == "videos too long"]
        assert [(each.code, each.words) for each in check.findings] == [("city-videos", "15:30 of videos in 15:00")]


def test_what_organisers_do_without_is_not_missing(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    with reviewed.app_context():
        key = films.message("cairo").id
        write(lambda: service.waive(key, "Cairo sends its greetings", who="KOIKE Yuriko", now=films.NOW))
    assert "done without" in rows(tokyo.get(PLAYLIST))["2"]
    assert "# 2" not in tokyo.get(f"{PLAYLIST}.m3u").text


def test_the_running_order_costs_the_same_for_one_and_for_three_films(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    accept(reviewed)
    tokyo.get(PLAYLIST)

    def cost() -> int:
        with counted(reviewed) as statements:
            assert tokyo.get(PLAYLIST).status_code == 200
        return len(statements)

    one = cost()
    with reviewed.app_context():
        for city in ("cairo", "kuala-lumpur"):
            films.send(city, good)
            films.check()
    for city in ("cairo", "kuala-lumpur"):
        accept(reviewed, city)
    assert cost() == one


def test_two_who_decide_at_once_decide_once(reviewed: KeepingFlask) -> None:
    with reviewed.app_context():
        key, later = films.message("milan").id, database.now() + timedelta(seconds=1)
        write(lambda: reviewing.accept(key, 1, who="KOIKE Yuriko", now=films.NOW))
        with pytest.raises(Refused):
            write(lambda: reviewing.ask_for_changes(key, 1, "Later", who="ISHII Naoko", now=later))
