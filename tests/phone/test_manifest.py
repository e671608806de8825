"""How a phone shows a summit among its apps: in the reader's language, and without anybody's secret."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from app.db import db, write
from app.events.models import Event
from tests.registration.cast import Cast, read

pytestmark = pytest.mark.one_database

DIRECTIONS = {"en": "ltr", "ja": "ltr", "ko": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl"}


@pytest.mark.parametrize("language", DIRECTIONS)
def test_a_summits_manifest_speaks_the_language_of_its_address(cast: Cast, client: FlaskClient, language: str) -> None:
    answer = client.get(f"/summit/manifest.webmanifest?lang={language}", headers={"Accept-Language": "ko"})
    assert answer.content_type == "application/manifest+json; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    told = answer.get_json(force=True)
    assert (told["lang"], told["dir"]) == (language, DIRECTIONS[language])
    assert (told["name"], told["short_name"]) == ("G-NETS Leaders Summit", "G-NETS 2090")
    assert (told["id"], told["start_url"], told["scope"]) == ("/summit/", "/device/start/summit", "/")
    assert [each["url"] for each in told["shortcuts"]] == ["/summit/agenda", "/device"]
    assert all(each["name"] for each in told["shortcuts"])


def test_without_a_language_in_its_address_it_is_english_for_everybody(cast: Cast, client: FlaskClient) -> None:
    client.set_cookie("plenary-language", "ar")
    assert client.get("/summit/manifest.webmanifest").get_json(force=True)["lang"] == "en"


def test_its_icons_are_there_in_the_sizes_it_says(cast: Cast, client: FlaskClient) -> None:
    icons = client.get("/summit/manifest.webmanifest").get_json(force=True)["icons"]
    found = []
    for each in icons:
        with client.get(each["src"]) as answer:
            picture = Image.open(io.BytesIO(answer.data))
        assert f"{picture.width}x{picture.height}" == each["sizes"]
        found.append((picture.width, each["purpose"]))
    assert found == [(192, "any"), (512, "any"), (512, "maskable")]


def test_a_summit_that_is_not_published_is_not_named(cast: Cast, client: FlaskClient) -> None:
    hidden = update(Event).where(Event.slug == "summit").values(release=0)
    read(cast.app, lambda: write(lambda: db.session.execute(hidden)))
    for path in ("/summit/manifest.webmanifest", "/nothing/manifest.webmanifest", "/manifest.webmanifest"):
        told = client.get(path).get_json(force=True)
        assert (told["name"], told["id"], told["start_url"]) == ("Plenary", "/", "/"), path


def test_pages_name_the_manifest_of_their_summit_in_their_language(cast: Cast, client: FlaskClient) -> None:
    assert 'rel="manifest" href="/summit/manifest.webmanifest?lang=fr"' in client.get("/summit/agenda?lang=fr").text
    assert 'rel="manifest" href="/manifest.webmanifest?lang=en"' in client.get("/").text
    assert "manifest" not in client.get("/sign-in").text
