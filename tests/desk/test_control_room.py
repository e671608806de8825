"""The control room: whoever has its link plays what is published, and nothing else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db, write
from app.desk.screening import service
from app.videos import reviewing
from app.videos.models import State
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, notes, rows, words
from tests.videos import films
from tests.videos.films import Sent

PLAYLIST = f"{REHEARSAL}/playlist"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return films.good(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def stage(desks: KeepingFlask, good: Sent) -> KeepingFlask:
    """Milan's film is accepted and in its place, Cairo's waits for a word; the control room is open."""
    with desks.app_context():
        films.expect()
        for city in ("milan", "cairo"):
            films.send(city, good)
            films.check()
        key, event_id = films.message("milan").id, films.event().id
        write(lambda: reviewing.accept(key, 1, who="KOIKE Yuriko", now=films.NOW))
        write(lambda: service.open_room(event_id, who="KOIKE Yuriko", now=films.NOW))
    return desks


def room(app: KeepingFlask) -> str:
    """The address of the control room."""
    with app.app_context():
        return f"/c/{service.screening(films.event().id).link}"


def uid(app: KeepingFlask, city: str) -> str:
    with app.app_context():
        return films.message(city).uid


def fetch(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers=headers, buffered=True)


def mark(client: FlaskClient, page: str, city_uid: str, said: str) -> int:
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"{page}/playlist").text)[0]
    return client.post(f"{page}/{city_uid}/mark", data={"csrf_token": token, "played": said}).status_code


def test_the_link_opens_the_running_order_without_an_account(stage: KeepingFlask) -> None:
    client = stage.test_client()
    answer = client.get(f"{room(stage)}/playlist")
    found = rows(answer)
    assert "05-session-2-milan-v1.mp4" in found["5"]
    assert "missing" in found["2"]
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Look at it" not in words(answer)


def test_the_playlist_plays_from_the_control_rooms_own_addresses(stage: KeepingFlask, good: Sent) -> None:
    client, page = stage.test_client(), room(stage)
    lines = client.get(f"{page}/playlist.m3u").text.split("\n")
    at = lines.index("#EXTINF:1,5. Milan (it)")
    assert lines[at + 1] == f"http://localhost{page}/{uid(stage, 'milan')}.mp4"
    played = fetch(client, lines[at + 1].removeprefix("http://localhost"), Range="bytes=0-99")
    assert (played.status_code, played.data) == (206, good.path.read_bytes()[:100])
    assert "05-session-2-milan-v1.mp4" in client.get(f"{page}/playlist.m3u?files=1").text.split("\n")
    assert page not in client.get(f"{page}/playlist.m3u?files=1").text


def test_a_file_is_kept_under_the_name_of_its_place(stage: KeepingFlask) -> None:
    answer = fetch(stage.test_client(), f"{room(stage)}/{uid(stage, 'milan')}.mp4?name=05-session-2-milan-v1")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=05-session-2-milan-v1.mp4")


@pytest.mark.parametrize("name", ["../../etc/passwd", 'a"b\r\nSet-Cookie: x=y', "‮4pm", ""])
def test_no_name_breaks_out_of_its_header(stage: KeepingFlask, name: str) -> None:
    path = f"{room(stage)}/{uid(stage, 'milan')}.mp4"
    answer = stage.test_client().get(path, query_string={"name": name}, buffered=True)
    assert re.fullmatch(
        r"attachment; filename=[a-z0-9.-]+; filename\*=UTF-8''[a-z0-9.-]+", answer.headers["Content-Disposition"]
    )
    assert "Set-Cookie" not in answer.headers


def test_what_was_not_accepted_or_is_not_published_has_no_file_there(stage: KeepingFlask) -> None:
    client, page = stage.test_client(), room(stage)
    cairo, milan = uid(stage, "cairo"), uid(stage, "milan")
    assert [fetch(client, f"{page}/{each}.mp4").status_code for each in (cairo, milan)] == [404, 200]
    with stage.app_context():
        key = films.message("milan").id
        write(lambda: reviewing.place(key, "", None, who="KOIKE Yuriko", now=films.NOW))
    assert [fetch(client, f"{page}/{milan}.{each}").status_code for each in ("mp4", "vtt")] == [404, 404]


def test_played_is_marked_there_and_seen_at_the_desk(stage: KeepingFlask, tokyo: Organiser) -> None:
    client, page = stage.test_client(), room(stage)
    milan, cairo = uid(stage, "milan"), uid(stage, "cairo")
    assert mark(client, page, milan, "yes") == 303
    assert "played" in rows(tokyo.get(PLAYLIST))["5"]
    assert notes(stage, f"video/{milan}")[-1].who == "the control room"
    assert mark(client, page, cairo, "yes") == 303
    with stage.app_context():
        assert (films.message("milan").state, films.message("cairo").state) == (State.PLAYED, State.IN_REVIEW)


def test_a_replaced_or_closed_link_opens_nothing(stage: KeepingFlask, tokyo: Organiser) -> None:
    old, milan = room(stage), uid(stage, "milan")
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', tokyo.get(PLAYLIST).text)[0]
    send = {"csrf_token": token, "act": "open"}
    assert tokyo.client.post(f"{PLAYLIST}/room", data=send).status_code == 303
    new, client = room(stage), stage.test_client()
    assert old != new
    assert f"http://localhost{new}/playlist" in tokyo.get(PLAYLIST).text
    paths = ("playlist", "playlist.csv", "playlist.m3u", f"{milan}.mp4", f"{milan}.vtt")
    assert [fetch(client, f"{old}/{each}").status_code for each in paths] == [404] * 5
    assert [fetch(client, f"{new}/{each}").status_code for each in paths] == [200] * 5
    assert tokyo.client.post(f"{PLAYLIST}/room", data=send | {"act": "close"}).status_code == 303
    assert [fetch(client, f"{new}/{each}").status_code for each in paths] == [404] * 5


def test_one_events_control_room_plays_nothing_of_another(stage: KeepingFlask) -> None:
    with stage.app_context():
        other = films.event("gnets-2023").id
        write(lambda: service.open_room(other, who="KOIKE Yuriko", now=films.NOW))
        elsewhere = f"/c/{service.screening(other).link}"
    client, milan = stage.test_client(), uid(stage, "milan")
    assert client.get(f"{elsewhere}/playlist").status_code == 200
    assert [fetch(client, f"{elsewhere}/{milan}.{each}").status_code for each in ("mp4", "vtt")] == [404, 404]
    assert mark(stage.test_client(), room(stage), "0" * 32, "yes") == 404


@pytest.mark.parametrize("secret", ["", "x", "0" * 24, "..", "%2e%2e"])
def test_a_guessed_link_opens_nothing(stage: KeepingFlask, secret: str) -> None:
    assert stage.test_client().get(f"/c/{secret}/playlist").status_code == 404


def test_the_link_is_stored_as_a_hash_alone(stage: KeepingFlask) -> None:
    with stage.app_context():
        row = service.screening(films.event().id)
        held = [str(each) for each in db.session.execute(db.select(type(row).__table__)).one()]
        assert row.link not in " ".join(held)
