"""Hostile values in every form about videos, and at every address of theirs: refused in words or stored as words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.db import write
from app.desk.screening import service
from app.web.kept import KeepingFlask
from tests.desk import test_hostile as hostile
from tests.desk.office import REHEARSAL, Organiser
from tests.desk.office import held as form_of
from tests.desk.screens import held
from tests.desk.test_hostile import IN_WORDS, Values
from tests.videos import films

PREFIXES = ("/organise/<event>/videos", "/organise/<event>/playlist", "/v/<token>", "/c/<token>")
BUTTONS = {"number": "1", "comments": "Briefer.", "session": "session-2", "running": "2"}
"""What the forms of the review page hold besides what is hidden in them."""
BUTTONS |= {"shown": "released", "played": "yes", "generation": "0", "act": "open", "submit_key": "a form"}
ONLY_FORMS = {"accept", "changes", "place"}


def places(app: KeepingFlask) -> dict[str, str]:
    """What the addresses hold: Milan's video, the city's link to it, the control room's."""
    with app.app_context():
        key = films.event().id
        write(lambda: service.open_room(key, who="KOIKE Yuriko", now=films.NOW))
        room, message = service.screening(key).link, films.message("milan")
        return {"event": "rehearsal", "uid": message.uid, "upload": "x", "act": "again", "v": message.link, "c": room}


def forms(app: KeepingFlask, named: dict[str, str]) -> Iterator[str]:
    """Every address about videos that takes a form."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES) and "POST" in (rule.methods or ()) and rule.endpoint != "tus.create":
            secret = {"token": named.get(rule.rule[1], "")}
            yield hostile.address(rule, named | secret)


def form(organiser: Organiser, path: str) -> tuple[Values, set[str]]:
    page, name = path.rsplit("/", 1)
    if name in ONLY_FORMS:
        return BUTTONS | held(organiser, page, name), {"number", "running"}
    answer = organiser.get(path)
    if answer.status_code == 200 and answer.text.count('name="submit_key"') == 1:
        return hostile.form(organiser, path)
    return BUTTONS | {"csrf_token": form_of(organiser.get(f"{REHEARSAL}/videos/new"))["csrf_token"]}, {"generation"}


@pytest.mark.parametrize("spoil", [hostile.numbers, hostile.zeros, hostile.missing, hostile.no_version, hostile.twice])
def test_no_form_about_videos_falls_over(
    reviewed: KeepingFlask, tokyo: Organiser, spoil: Callable[[Values, set[str]], Values]
) -> None:
    paths = list(forms(reviewed, places(reviewed)))
    assert len(paths) > 18
    found: dict[str, int] = {}
    for path in paths:
        found[path] = tokyo.client.post(path, data=spoil(*form(tokyo, path))).status_code
    assert {path: code for path, code in found.items() if code not in IN_WORDS} == {}


@pytest.mark.parametrize(
    "path",
    [
        *("/v/%00/", "/v/uploads/%00", "/v/../../etc/passwd", "/v/%2e%2e%2fetc%2fpasswd/"),
        *("/c/%00/playlist", "/c/{c}/%00.mp4", "/c/{c}/..%2f..%2fplenary.mp4", "/c/{c}/{uid}.mp4/../x"),
        *("/rehearsal/videos/%00.mp4", "/rehearsal/videos/{uid}.mp4", "/rehearsal/videos/..%2f{uid}.vtt"),
        *("/organise/rehearsal/videos/%00/review", "/organise/rehearsal/videos/{uid}/versions/2/film"),
        *("/organise/rehearsal/videos/{uid}/versions/99999999999999999999/film",),
        *("/organise/gnets-2023/videos/{uid}/review", "/organise/gnets-2023/videos/{uid}/versions/1/film"),
        *("/organise/gnets-2023/videos/{uid}/versions/1/captions.vtt", "/organise/gnets-2023/videos/{uid}/extend"),
        *("/v/{c}/", "/c/{v}/playlist", "/f/{v}/videos", "/f/{v}/videos/{uid}/", "/d/{v}/", "/v/{uid}/"),
    ],
)
def test_an_address_that_is_none_or_another_s_leads_to_nothing(
    reviewed: KeepingFlask, tokyo: Organiser, path: str
) -> None:
    """Milan's film waits for a word, so nobody but its organisers is to play it."""
    assert tokyo.get(path.format(**places(reviewed))).status_code in {403, 404}


def test_a_filter_that_is_none_shows_the_whole_table(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.get(f"{REHEARSAL}/videos?stands=<script>")
    assert (answer.status_code, "Milan" in answer.text, "<script>" in answer.text) == (200, True, False)
