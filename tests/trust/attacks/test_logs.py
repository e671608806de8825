"""A35: what people entrusted to us stands in no line that a process writes, whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app, jobs
from app.care import logs
from app.db import db, write
from app.outbox import Message
from app.web.kept import KeepingFlask
from tests.registration.cast import assemble, send, typed
from tests.trust.figures import Figures
from tests.trust.hearing import listening

CANARIES = {
    "name": "Quillon Vanderquist",
    "email": "quillon.canary@secret-city.example",
    "mobile": "+39 06 5550 173942",
    "dietary": "zzcanary halva only",
}
PASSPORT = "XK9918273"
PASSWORD = "correct canary battery staple"
WORDS = ("Vanderquist", "quillon", "secret-city", "173942", "zzcanary", PASSPORT, "canary battery")


@pytest.fixture(params=["text", "json"])
def said(request: pytest.FixtureRequest, app: KeepingFlask) -> Iterator[io.StringIO]:
    """All that this process says, while a fault is answered as it would be."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with listening(app, request.param) as stream:
        yield stream
    app.config["PROPAGATE_EXCEPTIONS"] = None


def found(stream: io.StringIO, *more: str) -> list[str]:
    return [word for word in (*WORDS, *more) if word.lower() in stream.getvalue().lower()]


def break_down(fault: Exception) -> None:
    raise fault


def called(app: Flask, old: str, new: str) -> None:
    with app.app_context():
        write(lambda: db.session.execute(text(f"ALTER TABLE delegates RENAME COLUMN {old} TO {new}")))


def test_nothing_of_a_person_stands_in_the_log_of_the_web(
    app: KeepingFlask, said: io.StringIO, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = assemble(app)
    client = app.test_client()
    answer = send(client, "/summit/register", typed(cast, **CANARIES))
    assert answer.status_code == 303
    token = answer.headers["Location"].split("/d/")[1].split("/")[0]
    client.get(answer.headers["Location"])
    client.get(f"/d/{token}/nowhere?email={CANARIES['email']}&passport={PASSPORT}")
    send(client, "/sign-in", {"email": CANARIES["email"], "password": PASSWORD})
    for fault in (ValueError(f"{CANARIES['dietary']} {PASSPORT}"), KeyError(CANARIES["email"]), OSError(28, PASSWORD)):
        monkeypatch.setattr("app.registration.views.standing", lambda *_, fault=fault: break_down(fault), raising=False)
        monkeypatch.setattr("app.registration.service.register", lambda *_, fault=fault: break_down(fault))
        assert send(client, "/summit/register", typed(cast, **CANARIES)).status_code == 500
    monkeypatch.undo()
    called(app, "name", "gone")
    try:
        assert send(client, "/summit/register", typed(cast, **CANARIES)).status_code == 500
    finally:
        called(app, "gone", "name")  # tests put rows back, and no columns
    assert "POST" in said.getvalue()
    assert "/<event>/register" in said.getvalue()
    assert "ValueError" in said.getvalue()
    leaked = found(said, token, cast.codes["Rome"])
    figures.hold("A35", "canaries in the log of the web", len(leaked), exactly=0)


def test_nothing_of_a_person_stands_in_the_log_of_the_worker(
    app: KeepingFlask, said: io.StringIO, figures: Figures
) -> None:
    cast = assemble(app)
    assert send(app.test_client(), "/summit/register", typed(cast, **CANARIES)).status_code == 303
    stop = threading.Event()

    def break_a_wall(_stop: threading.Event) -> int:
        rows = db.session.execute(db.select(Message)).scalars().all()
        write(lambda: db.session.execute(db.insert(Message).values({"to": rows[0].to, "key": rows[0].key})))
        return 0

    def quote(_stop: threading.Event) -> int:
        stop.set()
        raise ValueError(f"{CANARIES['email']} {PASSPORT} {PASSWORD}")

    jobs.work(stop, app, [jobs.Duty("wall", break_a_wall, timedelta(1)), jobs.Duty("quote", quote, timedelta(1))])
    assert said.getvalue().count("failed") == 2
    figures.hold("A35", "canaries in the log of the worker", len(found(said)), exactly=0)


def test_an_ordinary_log_would_hold_them(app: KeepingFlask) -> None:
    """The control: the same faults in the words of the standard library."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        jobs.work(stop := threading.Event(), app, [jobs.Duty("quote", _quoting(stop), timedelta(1))])
    finally:
        logging.getLogger().removeHandler(handler)
    assert found(stream) != []


def _quoting(stop: threading.Event):  # type: ignore[no-untyped-def]
    def quote(_stop: threading.Event) -> int:
        stop.set()
        raise ValueError(f"{CANARIES['email']} {PASSPORT} {PASSWORD}")

    return quote


def test_a_line_of_json_holds_its_request_and_where_a_fault_came_from() -> None:
    try:
        break_down(PermissionError(13, "secret words"))
    except PermissionError as fault:
        record = logging.LogRecord(
            "app",
            40,
            __file__,
            1,
            "It failed for %s",
            ("anna@rome.example",),
            (type(fault), fault, fault.__traceback__),
        )
    line = json.loads(logs.Lines().format(record))
    assert (line["message"], line["level"]) == ("It failed for [address]", "error")
    assert line["fault"][0] == "PermissionError: Permission denied"
    assert line["fault"][-1].endswith(" break_down")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("to anna@rome.example now", "to [address] now"),
        ("GET /p/Zm9vYmFyYmF6cXV4Zm9vYmFy/x", "GET /p/[secret]/x"),
        ("GET /x?a=b c", "GET /x?[query] c"),
        ("call +81 90-1234-5678", "call [number]"),
        ("code AW51Q-0JJC2", "code [code]"),
        ("3 migrations are pending since 2026-11-29 21:33", "3 migrations are pending since 2026-11-29 21:33"),
    ],
)
def test_what_may_be_somebodys_is_replaced(given: str, told: str) -> None:
    assert logs.scrubbed(given) == told


def test_the_settings_choose_how_a_process_speaks(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = create_app({"INSTANCE": str(tmp_path), "LOG_FORMAT": "json", "LOG_REQUESTS": True})
    root = logging.getLogger()
    before, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    try:
        logs.begin(app, app.extensions["watched"])
        app.test_client().get("/healthz", headers={"X-Request-ID": "0123456789abcdef"})
        (line,) = [json.loads(each) for each in capfd.readouterr().err.splitlines()]
    finally:
        root.handlers[:], logging.raiseExceptions = before, raising
        root.setLevel(level)
        logs.requests.setLevel(logging.NOTSET)
        _close(app)
    assert {"method": "GET", "pattern": "/healthz", "status": 200, "kept": False}.items() <= line.items()
    assert line["request"] != "0123456789abcdef"


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
