"""What the outside gets by other methods, from beside `static/`, from other sites, and how its kind is named."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.web.kept import KeepingFlask

pytestmark = pytest.mark.one_database
TAKEN = {"GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"}
"""PATCH and DELETE send and give up a file in pieces (videos.tus)."""
STRANGE = ("TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "BREW", "GETS", "X" * 5000)
ECHO = "what-a-cookie-would-hold"
OPENED = ("/", "/rehearsal/agenda", "/sign-in", "/organise/", "/static/plenary.css", "/d/x/")
HIDDEN = (
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/wsgi.py",
    "/plenary.db",
    "/instance/secret.key",
    "/static/.git/HEAD",
    "/static/../wsgi.py",
    "/static/..%2fwsgi.py",
    "/static/%2e%2e/wsgi.py",
    "/static/js/../../pyproject.toml",
    "/static//etc/hostname",
    "/static/..\\wsgi.py",
    "/static",
    "/static/",
    "/static/js",
    "/static/js/",
)
KINDS = {
    "/rehearsal/": "text/html",
    "/nowhere": "text/html",
    "/rehearsal/agenda.ics": "text/calendar",
    "/rehearsal/agenda.json": "application/json",
    "/static/plenary.css": "text/css",
    "/static/js/forms.js": "text/javascript",
    "/static/favicon.svg": "image/svg+xml",
    "/robots.txt": "text/plain",
}


def asked(app: Flask, path: str, method: str = "GET", **headers: str) -> TestResponse:
    return app.test_client().open(path, method=method, headers=headers, buffered=True)


@pytest.mark.parametrize("method", STRANGE, ids=lambda method: method[:10])
def test_a_method_that_nothing_takes_is_refused_and_nothing_comes_back(rehearsal: KeepingFlask, method: str) -> None:
    for path in OPENED:
        asked(rehearsal, path)  # so that a page which is kept is kept by now
        answer = asked(rehearsal, path, method, Cookie=ECHO, Authorization=ECHO)
        assert (path, answer.status_code, ECHO in answer.text + str(answer.headers)) == (path, 405, False)
        assert {each.upper() for each in answer.allow} <= TAKEN


def test_small_letters_are_no_way_round_the_token(rehearsal: KeepingFlask) -> None:
    assert asked(rehearsal, "/sign-in", "post").status_code == 400


def test_no_address_takes_a_method_that_sends_back_what_it_got(app: KeepingFlask) -> None:
    assert {method for rule in app.url_map.iter_rules() for method in rule.methods or ()} == TAKEN


def test_nothing_beside_static_is_served_and_no_folder_is_listed(rehearsal: KeepingFlask) -> None:
    answers = {path: rehearsal.test_client().get(path, follow_redirects=True, buffered=True) for path in HIDDEN}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(HIDDEN, 404)


def test_another_site_reads_nothing(rehearsal: KeepingFlask) -> None:
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for path in KINDS:
        for method in ("GET", "OPTIONS"):
            told = asked(rehearsal, path, method, **asks).headers
            assert [name for name, _value in told if name.startswith("Access-Control")] == []


def test_what_is_text_says_in_which_letters(rehearsal: KeepingFlask) -> None:
    for path, kind in KINDS.items():
        bare = kind == "application/json"  # which is UTF-8 by its RFC
        assert asked(rehearsal, path).content_type == kind + ("" if bare else "; charset=utf-8")
