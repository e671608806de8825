"""What mischief could be made with uploads: of others, too many, too large, through the door in the guard."""

from __future__ import annotations

import threading

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.outbox.cutting import cut
from app.videos.models import Coming, Upload
from app.web.kept import KeepingFlask
from tests.videos.cast import Sender, Senders, film, terms

OCTETS = "application/offset+octet-stream"


def test_the_door_in_the_guard_is_as_narrow_as_its_three_addresses(app: KeepingFlask) -> None:
    open_ones = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "takes_octets", False)
    }
    assert open_ones == {"/v/<token>/uploads", "/v/uploads/<secret>", "/f/<token>/videos/<uid>/uploads"}


@pytest.mark.parametrize("page", ["about", "file", "link", "captions", "uploads/x/discard"])
def test_nothing_but_forms_is_read_anywhere_else(milan: Sender, page: str) -> None:
    assert milan.client.post(f"{milan.page}{page}", data=film(64), content_type=OCTETS).status_code == 415


@pytest.mark.parametrize("page", ["uploads/x/discard"])
def test_an_act_without_a_token_is_refused(milan: Sender, page: str) -> None:
    assert milan.client.post(f"{milan.page}{page}").status_code == 400


def test_cookies_open_no_upload_of_anybody(senders: Senders) -> None:
    """No answer of the protocol looks at who is signed in, and none sets a cookie."""
    sender = Sender(senders.cities.app.test_client(), senders.link("Milan"))
    answers = [sender.announce(1000), sender.head("/v/uploads/x"), sender.client.options(f"{sender.page}uploads")]
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None] * 3
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}


def test_an_upload_of_one_city_is_no_other_city_s_to_discard(milan: Sender, senders: Senders) -> None:
    path = milan.begun(1000)
    (upload,) = senders.uploads()
    rome = senders.link("Rome")
    form = milan.client.get(f"{rome}about").text
    token = form.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    milan.client.post(f"{rome}uploads/{upload.uid}/discard", data={"csrf_token": token})
    assert milan.head(path).status_code == 200


@pytest.mark.parametrize("path", ["", "about", "file", "link", "captions", "captions/file", "uploads"])
def test_no_office_of_another_city_opens_a_video(senders: Senders, milan: Sender, path: str) -> None:
    office, uid = senders.cities.link("Rome"), senders.message("Milan").uid
    assert uid not in milan.client.get(f"{office}videos").text
    page = Sender(milan.client, f"{office}videos/{uid}/")
    status = (page.announce(1000) if path == "uploads" else milan.client.get(f"{page.page}{path}")).status_code
    assert (status, senders.uploads()) == (404, [])


def test_many_announcements_at_once_get_no_more_room_than_one_city_has(
    senders: Senders, standing: KeepingFlask
) -> None:
    """Twenty at the same moment, of which two files fit and three may be on their way."""
    terms(senders)
    page = senders.link("Milan")
    start = threading.Barrier(20)
    outcome: list[int] = []

    def announce() -> None:
        client: FlaskClient = standing.test_client()
        start.wait()
        outcome.append(Sender(client, page).announce(900_000).status_code)

    threads = [threading.Thread(target=announce) for _number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    let_in = select(func.count()).where(Upload.state == Coming.OPEN)
    assert senders.cities.read(lambda: db.session.execute(let_in).scalar_one()) == 2
    assert sorted(outcome)[:2] == [201, 201]
    assert set(outcome) <= {201, 413, 503}


def test_older_files_are_let_go_but_for_what_was_accepted(milan: Sender, senders: Senders) -> None:
    milan.whole(film(30_000))
    accept(senders)
    for _number in range(3):
        milan.whole(film(30_000))
    versions = senders.message("Milan").versions
    assert [(each.number, each.key is not None) for each in versions] == [(1, True), (2, False), (3, False), (4, True)]


def accept(senders: Senders) -> None:
    (version,) = senders.message("Milan").versions

    def act() -> None:
        row = db.session.get_one(type(version), version.id)
        row.accepted_at = row.uploaded_at

    senders.cities.do(act)


def test_no_secret_of_a_video_is_shown_with_its_letter(senders: Senders) -> None:
    link, office = senders.link("Milan"), senders.cities.link("Milan")
    with senders.cities.app.app_context():
        for secret in (link.split("/")[2], office.split("/")[2]):
            assert secret not in str(cut(f"Open http://localhost{link} or http://localhost{office}videos/x"))
