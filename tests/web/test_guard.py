"""What is refused before a view runs, and what goes wrong said in words."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app
from app.db import db, passing
from app.web import guard
from app.web.kept import KeepingFlask


class Gone(Exception):
    sqlstate = "57P01"


def test_a_form_without_its_token_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "yuriko@tokyo.example", "password": "a long enough sentence"})
    assert (answer.status_code, "Nothing was changed" in answer.text) == (400, True)


def test_a_forged_token_on_the_register_keeps_what_was_typed(rehearsal: KeepingFlask) -> None:
    answer = rehearsal.test_client().post("/rehearsal/register", data={"csrf_token": "forged", "name": "KIM Minji"})
    assert (answer.status_code, "Nothing is lost" in answer.text, "KIM Minji" in answer.text) == (422, True, True)


@pytest.mark.parametrize(
    "path", ["/rehearsal%00/agenda", "/rehearsal/sessions/%00", "/d/%00", "/organise/%00/agenda", "/?tz=%00"]
)
def test_an_address_with_a_control_character_answers_404(rehearsal: KeepingFlask, path: str) -> None:
    assert rehearsal.test_client().get(path).status_code == 404


def test_a_method_that_an_address_does_not_take_answers_405(rehearsal: KeepingFlask) -> None:
    answer = rehearsal.test_client().post("/rehearsal/agenda")
    assert (answer.status_code, set(answer.allow)) == (405, {"GET", "HEAD", "OPTIONS"})


@pytest.mark.parametrize("body", ["5", '"x"', "[1]", '{"name": 5}', "[" * 100_000])
def test_what_is_no_form_is_not_read(rehearsal: KeepingFlask, body: str) -> None:
    answer = rehearsal.test_client().post("/rehearsal/register", data=body, content_type="application/json")
    assert (answer.status_code, "Plenary takes forms" in answer.text) == (415, True)


@pytest.mark.parametrize("name", ["name", "code", "email", "submit_key"])
def test_a_file_in_the_place_of_a_word_is_no_word(rehearsal: KeepingFlask, name: str) -> None:
    file = {name: (BytesIO(b"octets"), "name.txt")}
    answer = rehearsal.test_client().post("/rehearsal/register", data=file, content_type="multipart/form-data")
    assert answer.status_code == 422


def test_a_form_with_very_many_fields_is_refused_at_once(rehearsal: KeepingFlask) -> None:
    form = "application/x-www-form-urlencoded"
    answer = rehearsal.test_client().post("/rehearsal/register", data="a=&" * 20_000, content_type=form)
    assert answer.status_code == 413


def test_what_goes_wrong_is_logged_without_the_secret_of_the_address(
    app: KeepingFlask, caplog: pytest.LogCaptureFixture
) -> None:
    with app.test_request_context("/d/a-secret-of-somebodys/change"):
        app.log_exception((ValueError, ValueError("broken"), None))
    assert ("/d/<token>/change" in caplog.text, "a-secret-of-somebodys" in caplog.text) == (True, False)


def test_another_host_than_ours_gets_a_plain_no(tmp_path: Path) -> None:
    app = create_app({"INSTANCE": str(tmp_path), "BASE_URL": "https://summit.example"})
    answer = app.test_client().get("/", base_url="https://elsewhere.example")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    with app.app_context():
        db.engine.dispose()


def test_a_body_that_is_too_large_answers_413(rehearsal: KeepingFlask) -> None:
    answer = rehearsal.test_client().post("/rehearsal/register", data={"name": "x" * 2_000_000})
    assert answer.status_code == 413


def test_a_database_out_of_reach_answers_503_in_words(app: KeepingFlask) -> None:
    with app.test_request_context():
        page, status, headers = guard._broken(OperationalError("", {}, Gone()))
    assert (status, headers["Retry-After"], "Please go back and try again" in page) == (503, "2", True)


def test_a_fault_of_ours_is_not_taken_for_a_passing_one(app: KeepingFlask) -> None:
    with app.test_request_context(), pytest.raises(OperationalError):
        guard._broken(OperationalError("", {}, Exception("no such column")))


@pytest.mark.parametrize(
    "path", ["/", "/rehearsal/", "/rehearsal/agenda", "/nowhere", "/sign-in", "/rehearsal/agenda.ics"]
)
def test_every_answer_carries_the_policy(rehearsal: KeepingFlask, path: str) -> None:
    headers = rehearsal.test_client().get(path).headers
    assert {name: headers[name] for name in guard.HEADERS} == guard.HEADERS


@pytest.mark.parametrize(("base", "sent"), [("https://summit.example", True), ("http://localhost", False)])
def test_production_alone_asks_browsers_to_keep_to_https(base: str, sent: bool) -> None:
    app = Flask("secure")
    app.config["BASE_URL"] = base
    app.after_request(guard._headers)
    app.add_url_rule("/", view_func=lambda: "ok")
    assert ("Strict-Transport-Security" in app.test_client().get("/").headers) is sent


def test_a_form_that_comes_while_the_database_is_away_can_be_sent_again_as_it_was(app: KeepingFlask) -> None:
    typed = {"name": 'Anna "A" Bianchi', "submit_key": "the key", "password": "a secret of hers"}
    with app.test_request_context("/summit/register", method="POST", data=typed):
        page, _status, headers = guard._broken(OperationalError("", {}, Gone()))
    assert headers["Cache-Control"] == "no-store"
    assert '<input type="hidden" name="name" value="Anna &#34;A&#34; Bianchi">' in page
    assert ('value="the key"' in page, "a secret of hers" in page) == (True, False)


def test_a_server_that_cannot_be_reached_is_a_passing_fault() -> None:
    assert passing(OperationalError("", {}, psycopg.OperationalError("connection refused")))
    assert not passing(OperationalError("", {}, psycopg.errors.UndefinedColumn("no such column")))
