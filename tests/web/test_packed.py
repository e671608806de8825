"""Public pages and static files go out compressed to whoever takes that; nothing with a token in it does."""

from __future__ import annotations

import brotli
import pytest

from app.web.kept import KeepingFlask
from app.web.packed import WAYS, taken
from tests.pages import UNPACKS

pytestmark = pytest.mark.one_database

AGENDA = "/rehearsal/agenda"
TAKES = {"Accept-Encoding": "gzip, deflate, br, zstd"}
"""What browsers say."""


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br", "br"),
        ("br;q=0.5, gzip;q=0.8, *;q=0.1", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("", ""),
        ("zstd", ""),
        ("gzip;q=0, br;q=0", ""),
        ("gzip;q=nonsense", ""),
        ("\x7f" * 5000, ""),
    ],
)
def test_who_asks_gets_the_compression_they_like_best(header: str, wanted: str) -> None:
    assert taken({"HTTP_ACCEPT_ENCODING": header}) == wanted


@pytest.mark.parametrize(
    "path", [AGENDA, f"{AGENDA}?city=rome", "/rehearsal/", "/rehearsal/people", "/", "/sitemap.xml"]
)
@pytest.mark.parametrize("way", WAYS)
def test_a_public_page_is_the_same_when_it_is_unpacked(rehearsal: KeepingFlask, path: str, way: str) -> None:
    client = rehearsal.test_client()
    for _kept in range(2):
        plain, light = client.get(path), client.get(path, headers={"Accept-Encoding": way})
        assert "Content-Encoding" not in plain.headers
        assert light.headers["Content-Encoding"] == way
        assert UNPACKS[way](light.data) == plain.data
        assert int(light.headers["Content-Length"]) == len(light.data) < len(plain.data) / 2
        assert ["Accept-Encoding" in each.headers["Vary"] for each in (plain, light)] == [True, True]


def test_brotli_makes_a_kept_page_smaller_than_gzip_does(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    sizes = [len(client.get(AGENDA, headers={"Accept-Encoding": way}).data) for way in (*WAYS, "identity")]
    assert sizes == sorted(sizes)


def test_whoever_has_either_form_gets_304(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    client.get(AGENDA)
    asked: list[dict[str, str]] = [{}, TAKES, {"Accept-Encoding": "gzip"}]
    plain, light, other = (client.get(AGENDA, headers=each).headers["ETag"] for each in asked)
    assert light == other == f"W/{plain}"
    for etag in (plain, light):
        again = client.get(AGENDA, headers={"If-None-Match": etag} | TAKES)
        assert (again.status_code, again.headers["ETag"], again.data) == (304, light, b"")


def test_a_static_file_is_compressed_and_a_font_is_not(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    plain, light = (client.get("/static/plenary.css", headers=each, buffered=True) for each in ({}, TAKES))
    assert brotli.decompress(light.data) == plain.data
    font = "/static/vendor/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
    assert "Content-Encoding" not in client.get(font, headers=TAKES, buffered=True).headers


@pytest.mark.parametrize("path", ["/rehearsal/register", "/sign-in", "/healthz", "/nothing"])
def test_what_holds_a_token_goes_out_as_it_is(rehearsal: KeepingFlask, path: str) -> None:
    assert "Content-Encoding" not in rehearsal.test_client().get(path, headers=TAKES).headers


def test_the_head_of_a_page_tells_the_length_of_what_would_come(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    client.get(AGENDA)
    light, head = client.get(AGENDA, headers=TAKES), client.head(AGENDA, headers=TAKES)
    assert (head.data, head.headers["Content-Length"]) == (b"", light.headers["Content-Length"])
