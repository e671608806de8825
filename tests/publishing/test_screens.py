"""Which videos the public may play: accepted, in a session of the release, with the right, and not too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db as database
from app.agenda import acts
from app.agenda.acts import Changed
from app.db import write
from app.desk.screening import service
from app.publishing import service as publishing
from app.publishing.screens.service import may_be_shown
from app.videos import reviewing
from app.videos.models import Origin, Shown, State
from app.web.kept import KeepingFlask
from tests.desk.office import words
from tests.videos import films
from tests.videos.films import Sent

PAGE = "/rehearsal/videos"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return films.good(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def stage(rehearsal: KeepingFlask, good: Sent) -> KeepingFlask:
    """Milan's film is accepted and in its place, and may be seen as soon as that is published, which it is."""
    with rehearsal.app_context():
        films.expect()
        films.send("milan", good)
        films.check()
        key, event_id = films.message("milan").id, films.event().id
        write(lambda: reviewing.accept(key, 1, who="KOIKE Yuriko", now=films.NOW))
        write(lambda: service.show_from(event_id, Shown.RELEASED, who="KOIKE Yuriko", now=films.NOW))
    return rehearsal


def fetch(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers=headers, buffered=True)


def milan(app: KeepingFlask) -> str:
    with app.app_context():
        return f"{PAGE}/{films.message('milan').uid}"


def answers(app: KeepingFlask) -> tuple[int, int, bool]:
    """What the public gets: of the film, of its captions, and whether the page plays it."""
    client, address = app.test_client(), milan(app)
    page = client.get(PAGE)
    assert page.status_code == 200
    film, captions = (fetch(client, f"{address}.{ending}") for ending in ("mp4", "vtt"))
    return film.status_code, captions.status_code, f"{address}.mp4" in page.text


def test_what_may_be_shown_is_played_with_its_captions(stage: KeepingFlask, good: Sent) -> None:
    client, address = stage.test_client(), milan(stage)
    page = client.get(PAGE)
    assert f'<source src="{address}.mp4" type="video/mp4">' in page.text
    assert f'<track kind="captions" src="{address}.vtt" srclang="it"' in page.text
    assert "Giuseppe SALA" in words(page)
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    film = fetch(client, f"{address}.mp4", Range="bytes=0-9")
    assert (film.status_code, film.data) == (206, good.path.read_bytes()[:10])
    assert film.headers["Cache-Control"] == "public, max-age=300"
    again = fetch(client, f"{address}.mp4", **{"If-None-Match": film.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert fetch(client, f"{address}.vtt").text.startswith("WEBVTT")


def test_the_page_of_the_session_leads_there(stage: KeepingFlask) -> None:
    assert f'href="{PAGE}#session-2"' in stage.test_client().get("/rehearsal/sessions/session-2").text
    assert 'id="session-2"' in stage.test_client().get(PAGE).text


@pytest.mark.parametrize(
    "told",
    [
        {"may_stream": False},
        {"known": False},
        {"session_code": "", "origin": Origin.HAND},
        {"state": State.WITHDRAWN},
    ],
)
def test_without_right_place_or_will_nothing_is_shown(stage: KeepingFlask, told: dict[str, Any]) -> None:
    assert answers(stage) == (200, 200, True)
    with stage.app_context():
        films.change("milan", **told)
    assert answers(stage) == (404, 404, False)


def test_what_was_not_accepted_is_not_shown_however_good(rehearsal: KeepingFlask, good: Sent) -> None:
    with rehearsal.app_context():
        films.expect()
        films.send("milan", good)
        films.check()
        event_id = films.event().id
        write(lambda: service.show_from(event_id, Shown.RELEASED, who="KOIKE Yuriko", now=films.NOW))
    assert answers(rehearsal) == (404, 404, False)


def test_while_a_newer_version_is_looked_at_the_accepted_one_is_shown(stage: KeepingFlask, good: Sent) -> None:
    with stage.app_context():
        films.send("milan", Sent(good.path))
        films.check()
    assert answers(stage) == (200, 200, True)


def test_a_film_moved_in_the_draft_is_shown_where_the_release_has_its_city(stage: KeepingFlask) -> None:
    def move(code: str) -> None:
        event_id = films.event().id
        acts.hold(event_id)
        before = acts.stored(event_id, {"session-2", code})
        here, there = before["session-2"], before[code]
        (seat,) = (each for each in here.seats if each.delegation_id == films.message("milan").delegation_id)
        left = replace(here, seats=tuple(each for each in here.seats if each != seat))
        changes = [Changed(here, left), Changed(there, replace(there, seats=(*there.seats, seat)))]
        acts.perform(event_id, "cities moved", changes, who="KOIKE Yuriko", now=films.NOW)

    with stage.app_context():
        write(lambda: move("session-4"))
        assert films.message("milan").session_code == "session-4"
    assert answers(stage) == (200, 200, True)
    assert 'id="session-2"' in stage.test_client().get(PAGE).text
    with stage.app_context():
        event_id = films.event().id
        write(lambda: publishing.publish(event_id, who="KOIKE Yuriko", now=database.now(), note="Milan moved"))
    assert answers(stage) == (200, 200, True)
    assert 'id="session-4"' in stage.test_client().get(PAGE).text


def test_nothing_is_shown_before_its_session_unless_organisers_say_so(stage: KeepingFlask) -> None:
    with stage.app_context():
        event_id = films.event().id
        write(lambda: service.show_from(event_id, Shown.BEGUN, who="KOIKE Yuriko", now=films.NOW))
    assert answers(stage) == (404, 404, False)


def test_once_played_it_is_shown_where_organisers_wait_for_that(stage: KeepingFlask) -> None:
    with stage.app_context():
        event_id, key = films.event().id, films.message("milan").id
        write(lambda: service.show_from(event_id, Shown.PLAYED, who="KOIKE Yuriko", now=films.NOW))
        assert answers(stage) == (404, 404, False)
        write(lambda: reviewing.mark(key, True, who="KOIKE Yuriko", now=films.NOW))
    assert answers(stage) == (200, 200, True)


def test_one_events_video_has_no_address_at_another(stage: KeepingFlask) -> None:
    client, address = stage.test_client(), milan(stage).replace("/rehearsal/", "/gnets-2023/")
    assert [fetch(client, f"{address}.{ending}").status_code for ending in ("mp4", "vtt")] == [404, 404]
    assert client.get("/nowhere/videos").status_code == 404


@pytest.mark.parametrize(
    ("day", "stream", "archive", "shown"),
    [
        (0, True, False, True),
        (0, False, True, False),
        (30, True, False, False),
        (30, False, True, True),
    ],
)
def test_streaming_ends_with_the_summit_and_the_archive_begins_then(
    stage: KeepingFlask, day: int, stream: bool, archive: bool, shown: bool
) -> None:
    with stage.app_context():
        programme = publishing.current("rehearsal").public  # type: ignore[union-attr]
        message = films.message("milan")
        message.may_stream, message.may_archive = stream, archive
        session = programme.session["session-2"]
        assert session.starts is not None
        now = session.starts + timedelta(days=day)
        assert may_be_shown(message, session, programme.summit, Shown.BEGUN, now) is shown
        assert not may_be_shown(message, session, programme.summit, Shown.BEGUN, session.starts - timedelta(seconds=1))
        database.db.session.rollback()
