"""The pages by which a city tells of its video and sends it without any program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.network.models import Member
from app.registration import nominating
from app.registration.models import Capacity, Delegate, Rank
from app.registration.nominating import Nomination
from app.videos.models import State, VideoMessage
from app.web.kept import KeepingFlask
from tests.videos.cast import Sender, Senders, film, terms

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nGood morning.\n"
ABOUT = {
    "speaker_name": "Giuseppe Sala",
    "speaker_position": "Mayor of Milan",
    "language": "it",
    "duration": "2:45",
    "subtitles": "file",
    "transcript": "Buongiorno a tutti.",
    "may_show": "y",
    "cleared": "y",
    "contact_name": "Luca Milani",
    "contact_email": "luca@milan.example.org",
    "contact_language": "fr",
}


@pytest.fixture
def client(senders: Senders) -> FlaskClient:
    return senders.cities.app.test_client()


def send(client: FlaskClient, page: str, values: Mapping[str, object]) -> TestResponse:
    """Press the button of a form with what is given, as a browser would."""
    form = client.get(page).text
    token = form.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    return client.post(page, data={**values, "csrf_token": token}, content_type="multipart/form-data")


def test_the_page_says_what_is_asked_and_by_when(client: FlaskClient, senders: Senders) -> None:
    page = client.get(senders.link("Milan")).text
    for words in (
        "Video message of Milan",
        "Message from the city",
        "13 February 2090, 15:59 (Rome)",
        "23:59 (Tokyo)",
        "3:00",
        "Send the video",
    ):
        assert words in page


def test_what_is_told_of_a_video_is_stored(client: FlaskClient, senders: Senders) -> None:
    answer = send(client, f"{senders.link('Milan')}about", dict(ABOUT))
    message = senders.message("Milan")
    assert (answer.status_code, message.speaker_name, message.seconds, message.burned_in) == (
        303,
        "Giuseppe Sala",
        165,
        False,
    )
    assert (message.may_show, message.may_stream, message.contact_language) == (True, False, "fr")
    assert "Giuseppe Sala, Mayor of Milan" in client.get(senders.link("Milan")).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("duration", "2.45.1", "Write minutes and seconds"),
        ("duration", "0:00", "Write minutes and seconds"),
        ("language", "", "Choose the language."),
        ("may_show", "", "Without this nobody could see the video."),
        ("cleared", "", "Tick this once you have the right"),
        ("contact_email", "luca", "email"),
        ("transcript", "x" * 20_001, "At most 20000 characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    client: FlaskClient, senders: Senders, field: str, typed: str, said: str
) -> None:
    answer = send(client, f"{senders.link('Milan')}about", ABOUT | {field: typed})
    assert (answer.status_code, said in answer.text, "Giuseppe Sala" in answer.text) == (422, True, True)
    assert senders.message("Milan").told_at is None


def test_without_a_program_a_file_goes_in_one_piece(client: FlaskClient, senders: Senders) -> None:
    answer = send(client, f"{senders.link('Milan')}file", {"file": (BytesIO(film(90_000)), "sala.mov")})
    (version,) = senders.message("Milan").versions
    assert (answer.status_code, senders.state("Milan"), version.size, version.name) == (
        303,
        State.UPLOADED,
        90_000,
        "sala.mov",
    )


@pytest.mark.parametrize(
    ("state", "mark"), [(State.UPLOADED, "good"), (State.FAILED, "warn"), (State.CHANGES_REQUESTED, "warn")]
)
def test_a_file_that_came_back_is_not_ticked_as_done(
    client: FlaskClient, senders: Senders, state: State, mark: str
) -> None:
    send(client, f"{senders.link('Milan')}file", {"file": (BytesIO(film(9_000)), "sala.mov")})
    senders.change("Milan", state=state)
    page = client.get(senders.link("Milan")).text
    step = page.split("<strong>The video itself")[0].rsplit('<li class="notice ', 1)[1]
    assert (step.split('"')[0], "Send another file in its place" in page) == (mark, True)


def test_a_renamed_pdf_is_refused_in_words(client: FlaskClient, senders: Senders) -> None:
    answer = send(client, f"{senders.link('Milan')}file", {"file": (BytesIO(b"%PDF-1.7 speech"), "sala.mp4")})
    assert (answer.status_code, "this is a PDF, whatever its name says" in answer.text) == (422, True)
    assert (senders.state("Milan"), senders.uploads()) == (State.EXPECTED, [])


def test_a_file_larger_than_one_piece_may_be_is_refused(
    client: FlaskClient, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.videos.views.SMALL_MB", 0.25)
    answer = send(client, f"{senders.link('Milan')}file", {"file": (BytesIO(film(300_000)), "sala.mp4")})
    assert (answer.status_code, "larger than 0.25 MB" in answer.text) == (422, True)


def test_a_link_can_stand_for_the_file_and_is_looked_at_by_people(client: FlaskClient, senders: Senders) -> None:
    page = f"{senders.link('Milan')}link"
    answer = send(client, page, {"link": "https://files.milan.example.org/sala.mp4"})
    send(client, page, {"link": "https://files.milan.example.org/sala.mp4"})
    (version,) = senders.message("Milan").versions
    assert (answer.status_code, senders.state("Milan"), version.key) == (303, State.IN_REVIEW, None)


@pytest.mark.parametrize(
    "link",
    [
        "http://milan.example.org/x",
        "javascript:alert(1)",
        "https://",
        "https://u:p@x.org/",
        "https://[",
        "ftp://x.org/a",
    ],
)
def test_a_link_that_nobody_should_open_is_refused(client: FlaskClient, senders: Senders, link: str) -> None:
    assert send(client, f"{senders.link('Milan')}link", {"link": link}).status_code == 422
    assert senders.message("Milan").versions == []


def test_captions_go_with_the_newest_version_and_it_is_checked_again(
    client: FlaskClient, milan: Sender, senders: Senders
) -> None:
    milan.whole(film(50_000))
    senders.change("Milan", state=State.FAILED)
    answer = send(client, f"{milan.page}captions", {"captions": (BytesIO(VTT), "sala.vtt")})
    assert (answer.status_code, senders.state("Milan")) == (303, State.UPLOADED)
    given = client.get(f"{milan.page}captions/file")
    assert (given.data, given.headers["Content-Disposition"]) == (VTT, "attachment; filename=sala.vtt")


@pytest.mark.parametrize(
    "octets", [b"", b"hello", b"\xff\xfe00:00:01.000 --> ", b"%PDF 00:00:01.000 --> \0", b"<html>"]
)
def test_what_are_no_captions_is_refused(client: FlaskClient, milan: Sender, senders: Senders, octets: bytes) -> None:
    milan.whole(film(50_000))
    answer = send(client, f"{milan.page}captions", {"captions": (BytesIO(octets), "sala.vtt")})
    assert (answer.status_code, senders.message("Milan").versions[0].captions_key) == (422, None)


def test_the_page_shows_what_has_come_of_a_file_and_deletes_it_on_demand(
    client: FlaskClient, milan: Sender, senders: Senders
) -> None:
    path = milan.begun(100_000)
    milan.patch(path, 0, film(43_000))
    page = client.get(f"{milan.page}file").text
    assert "43 % of “milan.mp4” (98 kB) have come" in page
    (upload,) = senders.uploads()
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post(f"{milan.page}uploads/{upload.uid}/discard", data={"csrf_token": token})
    assert (milan.head(path).status_code, senders.size(upload.key)) == (410, 0)


def test_after_a_hard_deadline_nothing_is_taken_but_what_was_asked_anew(
    client: FlaskClient, milan: Sender, senders: Senders
) -> None:
    terms(senders, hard=1)
    senders.change("Milan", due_at=datetime(2024, 1, 1, tzinfo=UTC))
    answer = milan.announce(1000)
    assert (answer.status_code, "This was possible until" in answer.text) == (403, True)
    senders.change("Milan", state=State.CHANGES_REQUESTED)
    assert milan.announce(1000).status_code == 201


def test_an_office_finds_its_videos_and_no_other_city_s(client: FlaskClient, senders: Senders) -> None:
    milan, rome = senders.cities.link("Milan"), senders.cities.link("Rome")
    theirs = senders.message("Rome").uid
    assert "Message from the city" in client.get(f"{milan}videos").text
    assert client.get(f"{rome}videos/{theirs}").status_code == 200
    pages = ("", "/about", "/file", "/link", "/captions", "/captions/file")
    assert {client.get(f"{milan}videos/{theirs}{page}").status_code for page in pages} == {404}
    assert Sender(client, f"{milan}videos/{theirs}/").announce(1000).status_code == 404


def test_an_office_sends_by_its_own_link(client: FlaskClient, senders: Senders) -> None:
    page = f"{senders.cities.link('Rome')}videos/{senders.message('Rome').uid}/"
    assert Sender(client, page).whole(film(60_000)).status_code == 204
    (version,) = senders.message("Rome").versions
    assert (senders.state("Rome"), version.uploaded_by) == (State.UPLOADED, "Gaia Romani (focal point of Rome)")


def test_a_video_that_only_organisers_know_of_is_shown_to_nobody(client: FlaskClient, senders: Senders) -> None:
    link, office, uid = senders.link("Milan"), senders.cities.link("Milan"), senders.message("Milan").uid
    senders.change("Milan", known=False, session_code="two")
    assert (client.get(link).status_code, client.get(f"{office}videos/{uid}").status_code) == (404, 404)
    assert "No video is expected" in client.get(f"{office}videos").text


def test_pages_of_a_video_are_kept_by_nobody(client: FlaskClient, senders: Senders) -> None:
    answer = client.get(senders.link("Milan"))
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_who_speaks_in_it_finds_the_video_on_their_own_page(rehearsal: KeepingFlask) -> None:
    """Milan's head speaks for it; another of its people is shown nothing."""
    with rehearsal.app_context():
        milan = select(Delegation.id).join(Member).join(Event, Delegation.event_id == Event.id)
        key = db.session.execute(milan.where(Member.name == "Milan", Event.slug == "rehearsal")).scalar_one()
        links = [write(lambda role=role: named(key, role).link) for role in (Capacity.HEAD, Capacity.DELEGATE)]  # type: ignore[misc]
        video = db.session.execute(select(VideoMessage).where(VideoMessage.delegation_id == key)).scalar_one().link
    pages = [rehearsal.test_client().get(f"/d/{link}/").text for link in links]
    assert [f"/v/{video}/" in page for page in pages] == [True, False]


def named(delegation_id: int, role: Capacity) -> Delegate:
    wanted = Nomination(f"Giuseppe {role.value}", role, Rank.LEADER, "Mayor", "", Mode.VIDEO, knows=True)
    return nominating.nominate(delegation_id, wanted, who="the office of Milan", now=clock.now())
