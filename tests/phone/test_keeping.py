"""What a device may keep: said by the server page by page, and nothing of what was told in confidence."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db import db, write
from app.events.models import Event
from app.registration import service
from app.registration.models import Delegate
from app.web.device import HEADER, VERSION
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, application, hidden, read

pytestmark = pytest.mark.one_database

MAY_BE_KEPT = {
    *("publishing.home", "publishing.summit", "publishing.agenda", "publishing.session", "publishing.changes"),
    *("publishing.cities", "publishing.city", "publishing.visits", "publishing.outcome", "phone.device"),
    *("mypage.page", "my_visits.page", "profiles.badge", "online.join"),
    *("office.page", "office_visits.page", "boarding.page"),
}
"""Whoever adds to these has asked: was anything in it told in confidence, and whom does an old copy harm?"""


def register(cast: Cast, **changes: Any) -> Delegate:
    def act() -> Delegate:
        event = db.session.get_one(Event, cast.event_id)
        return service.register(event, application(cast, "the first form of all", **changes), NOW)

    return read(cast.app, lambda: write(act))


def test_these_pages_may_be_kept_and_no_others(app: KeepingFlask) -> None:
    marked = {name for name, view in app.view_functions.items() if getattr(view, "on_device", False)}
    assert marked == MAY_BE_KEPT


def test_a_public_page_may_be_kept_as_it_is(cast: Cast, client: FlaskClient) -> None:
    for _once_more in range(2):  # made, and from memory
        assert client.get("/summit/agenda").headers[HEADER] == "keep"
        assert client.get("/summit/agenda").headers[VERSION] == client.get("/summit/").headers[VERSION]
    assert HEADER not in client.get("/summit/people").headers
    assert HEADER not in client.get("/summit/sessions/nothing").headers
    assert HEADER not in client.get("/summit/register").headers


def test_ones_own_pages_say_whose_they_are_and_no_secret(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = f"/d/{read(cast.app, lambda: anna.link)}"
    home, visits = client.get(f"{path}/"), client.get(f"{path}/visits")
    assert home.headers[HEADER] == f"home {anna.uid} summit"
    assert visits.headers[HEADER] == f"keep {anna.uid}"
    assert home.headers["Cache-Control"] == visits.headers["Cache-Control"] == "no-store"
    for page in ("change", "links", "travel", "visa", "withdraw", "availability", "participants", "registered"):
        assert HEADER not in client.get(f"{path}/{page}").headers, page


def test_who_takes_no_part_any_more_keeps_nothing(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = f"/d/{read(cast.app, lambda: anna.link)}/"
    read(cast.app, lambda: write(lambda: service.withdraw(anna.id, NOW)))
    assert client.get(path).headers[HEADER] == f"drop {anna.uid}"


def test_a_link_that_opens_nothing_has_all_forgotten_that_it_opened(cast: Cast, client: FlaskClient) -> None:
    for path in ("/d/replaced/", "/d/replaced/change", "/j/replaced/session", "/b/replaced"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers[HEADER]) == (404, "gone"), path
    anna = register(cast)
    early = client.get(f"/d/{read(cast.app, lambda: anna.link)}/visits/nothing")
    assert (early.status_code, HEADER in early.headers) == (404, False)


def test_an_answer_to_a_form_is_not_to_be_kept(cast: Cast, client: FlaskClient) -> None:
    path = f"/d/{read(cast.app, lambda: register(cast).link)}/about/badge"
    told = hidden(client.get(path))
    assert HEADER in client.get(path).headers
    assert HEADER not in client.post(path, data=told | {"badge_first": "x" * 400}).headers


def test_the_worker_is_asked_for_anew_each_time(app: KeepingFlask, client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    said = answer.headers
    assert (said["Cache-Control"], said["Service-Worker-Allowed"]) == ("no-cache", "/")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert "script-src 'self'" in said["Content-Security-Policy"]
    assert client.get("/sw.js", headers={"If-None-Match": said["ETag"]}).status_code == 304


def test_an_installation_that_keeps_nothing_has_devices_forget(
    cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "js/device.js" in client.get("/summit/cities").text
    monkeypatch.setitem(cast.app.config, "OFFLINE", False)
    assert "unregister" in client.get("/sw.js").text
    page = client.get(f"/d/{read(cast.app, lambda: register(cast).link)}/").text
    assert ("js/device.js" in page, "Forget on this device" in page) == (False, False)


def test_the_desk_and_the_signing_in_have_no_part_in_it(cast: Cast, client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert ("js/device.js" in page, "data-as-of" in page) == (False, True)


def test_the_app_begins_at_the_summit_where_the_device_knows_of_nobody(cast: Cast, client: FlaskClient) -> None:
    answer = client.get("/device/start/summit")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/summit/")


@pytest.mark.parametrize("language", ["en", "ja", "ko", "fr", "es", "ar"])
def test_what_the_device_shows_by_itself_is_the_same_for_everybody(client: FlaskClient, language: str) -> None:
    answer = client.get(f"/device?lang={language}")
    assert (answer.headers["Cache-Control"], answer.headers[HEADER]) == ("public, no-cache", "keep")
    assert (answer.headers["Content-Language"], "Set-Cookie" in answer.headers) == (language, False)
