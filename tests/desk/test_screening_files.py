"""Films, captions and lists as they leave the desk: what they hold, who has them, and what cannot be done with them."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest

from app.videos import serving
from app.videos.models import State
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser
from tests.desk.screens import PLAYLIST, accept, fetch, held, review, state
from tests.videos import films
from tests.videos.films import Sent


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
