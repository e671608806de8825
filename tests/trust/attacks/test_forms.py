"""Hostile words in every field of every form of the house, and hostile files through every door for files.

Beside these: what single forms make of numbers, missing fields and fields sent twice, in tests/desk/test_hostile*.py;
what is no photo, in tests/profiles/test_photos.py; bombs of spreadsheets, in tests/test_sheets.py and
tests/schedule/sheets/test_refusals.py; films and the doors for their pieces, in tests/videos.
"""

from __future__ import annotations

import gc
import io
import re
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import request_finished, request_started
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.db import db
from app.files import File
from tests.databases import States
from tests.trust.attacks import payloads
from tests.trust.attacks.conftest import STATE
from tests.trust.attacks.crawl import Answer, Form, House, faults, forms, kept, read
from tests.trust.attacks.poison import every
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database
Spoil = Callable[[str, str], str | None]
FREE = {"text", "search", "email", "tel", "url", "textarea", "password"}
IN_WORDS = {200, 302, 303, 400, 403, 404, 405, 409, 410, 413, 415, 422, 429}


@pytest.fixture
def fresh(house: House, database: States) -> House:
    """The house as it was walked through, whatever an attack before this one stored in it."""
    database.restore(STATE)
    return house


def sent(house: House, spoil: Spoil, *, step: int = 1, files: bool = False) -> Iterator[tuple[Answer, float]]:
    """The answer to each form with such fields, and the seconds of CPU that it took us; looking whether a page is valid
    takes the client longer. A fault of ours is an answer of 500."""
    moments: list[float] = []

    def note(_app: object, **_told: object) -> None:
        moments.append(time.thread_time())

    found = [each for each in forms(house) if bool({"file"} & set(each[2].kinds.values())) is files and each[2].typed()]
    spoiled = [each for each in found if each[2].filled(spoil) != each[2].values]
    for where, anybody, form in spoiled[::step]:
        client = house.organiser.client
        if anybody:
            client = FlaskClient(house.walk.app, house.walk.app.response_class)
            asked = [each for each in read(client.get(where).text).forms if each.kinds == form.kinds]
            form = asked[0] if asked else form
        moments.clear()
        with request_started.connected_to(note), request_finished.connected_to(note):
            answer = _answer(client, where, form, spoil)
        yield answer, moments[-1] - moments[0]


def _answer(client: FlaskClient, where: str, form: Form, spoil: Spoil) -> Answer:
    values = form.filled(spoil)
    try:
        if form.method == "post":
            answer = client.post(where, data=MultiDict(values), buffered=True)
        else:
            answer = client.get(urlsplit(where).path, query_string=MultiDict(values), buffered=True)
    except Exception as fault:
        return Answer(form.method.upper(), where, 500, [], repr(fault)[:300].encode())
    return kept(answer)


def _broken(answers: list[Answer]) -> list[tuple[str, int, str]]:
    return [(each.path, each.status, each.text[:300]) for each in answers if each.status not in IN_WORDS]


QUOTES = "O'Brien\" -- ; DROP TABLE users; %s %(x)s %00 \\ \x1b \0 ' OR 1=1 /* "


def test_no_field_takes_words_for_more(fresh: House, full: bool, figures: Figures) -> None:
    """Quotes, zeros, signs of formatting and markup in every field; then every page that comes of it is read."""
    number = 0

    def spoil(_name: str, kind: str) -> str | None:
        nonlocal number
        number += kind in FREE
        at = number * 8 % 40
        return QUOTES + " ".join(payloads.SCRIPTS[at : at + 8]) if kind in FREE else None

    answers = [answer for answer, _time in sent(fresh, spoil, step=1 if full else 2)]
    figures.hold("A27", "forms that were sent", len(answers), least=100 if full else 50)
    broken = _broken(answers)
    figures.hold("A27", f"forms that fell over {broken[:3]}", len(broken), exactly=0)
    grown = [(each.path, fault) for each in answers if each.kind == "text/html" for fault in faults(each.text)]
    figures.hold("A17", f"elements made of words that were typed {grown[:3]}", len(grown), exactly=0)
    _follow(fresh, answers, figures)


def _follow(house: House, answers: list[Answer], figures: Figures) -> None:
    """What was stored is shown, with the sentences that say so."""
    to = sorted({each.one("Location") for each in answers if each.status == 303})
    pages = [kept(house.organiser.client.get(each, buffered=True)) for each in to if each.startswith("/")]
    grown = [(each.path, fault) for each in pages if each.kind == "text/html" for fault in faults(each.text)]
    figures.hold("A17", f"elements made of words on the pages that follow {grown[:3]}", len(grown), exactly=0)


def test_no_stale_form_makes_more_of_words(fresh: House, figures: Figures) -> None:
    """Every form that was made from an older version, with hostile words: the page that shows both versions."""

    def spoil(name: str, kind: str) -> str | None:
        if kind == "hidden" and name.rpartition("-")[2] in {"version", "seen", "opened"}:
            return "1"
        if name.rpartition("-")[2] == "code":
            return None
        return " ".join(payloads.SCRIPTS[:8])[:190] if kind in {"text", "textarea"} else None

    answers = [answer for answer, _time in sent(fresh, spoil)]
    conflicts = [each for each in answers if each.status == 409]
    assert len(conflicts) > 1
    broken = _broken(answers)
    figures.hold("A27", f"stale forms that fell over {broken[:3]}", len(broken), exactly=0)
    grown = [(each.path, fault) for each in answers if each.kind == "text/html" for fault in faults(each.text)]
    figures.hold("A17", f"elements made of words on pages of conflicts {grown[:3]}", len(grown), exactly=0)


def test_no_field_for_an_address_stores_one_that_runs(fresh: House, figures: Figures) -> None:
    broken, before = [], _addresses(fresh)
    for link in payloads.LINKS:

        def spoil(name: str, kind: str, link: str = link) -> str | None:
            return link if kind == "url" or ("link" in name and kind in FREE) else None

        broken += _broken([answer for answer, _time in sent(fresh, spoil)])
    figures.hold("A17", f"forms that fell over addresses that are none {broken[:3]}", len(broken), exactly=0)
    stored = _addresses(fresh) - before
    runs = [
        each for each in stored if re.search(r"(?:java|vb)\s*script:|data:text", each.partition("https://")[0], re.I)
    ]
    figures.hold("A17", f"addresses stored that run something {runs[:3]}", len(runs), exactly=0)


def _addresses(house: House) -> set[str]:
    """What is stored where addresses are, with what the house was filled with."""
    with house.walk.app.app_context():
        return {
            str(value)
            for _table, column in every()
            if column.name.endswith("link") or column.name == "channels"
            for value in db.session.execute(select(column)).scalars()
        }


MARKS = "a" + "\u0301" * 50_000 + "\u0316" * 50_000 + "@a.example"
"""Where texts are normalised, all of these marks have to change places."""
LONG = ("a@" + "a." * 50_000, MARKS, "[" * 100_000, "*" * 100_000, "(" * 100_000, " " * 100_000 + "x", "<" * 100_000)


def test_no_long_word_holds_a_form_up(fresh: House, full: bool, figures: Figures) -> None:
    slowest, where = 0.0, ""
    for at, long in enumerate(LONG if full else LONG[:2]):
        count = 0

        def spoil(_name: str, kind: str, long: str = long) -> str | None:
            nonlocal count
            count += kind in FREE
            return long if kind in FREE and count % 8 else None

        broken = []
        for answer, took in sent(fresh, spoil, step=1 if full else 4 + at):
            broken += _broken([answer])
            if took > slowest:
                slowest, where = took, answer.path.partition("?")[0][:80]
        figures.hold("A25", f"forms that fell over words of 100 kB {broken[:2]}", len(broken), exactly=0)
    figures.measure("A25", f"CPU of the slowest form with words of 100 kB {where}", slowest, most=0.5, unit="s")
    kept = [name for name, words in remembered() if len(words) > 50_000]
    figures.hold("A25", f"functions that remember words of 100 kB {kept[:3]}", len(kept), exactly=0)


def remembered() -> Iterator[tuple[str, str]]:
    """What this process remembers of the words that functions were called with, each with the function's name: who
    sends others with every request would fill its memory."""
    for module in [*sys.modules.values()]:
        for function in [each for each in vars(module).values() if isinstance(each, _lru_cache_wrapper)]:
            for called in (call for part in gc.get_referents(function) if isinstance(part, dict) for call in part):
                for word in called if isinstance(called, tuple | list) else (called,):
                    if isinstance(word, str):
                        yield f"{module.__name__}.{function.__name__}", word


def png(width: int, height: int) -> bytes:
    """A white picture of one bit a pixel."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    data = b"".join(packer.compress(row) for _line in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(each)) + kind + each + struct.pack(">I", zlib.crc32(kind + each)) for kind, each in parts
    )


RUN = f"<script>window.{payloads.MARK}=1</script>".encode()
HOSTILE_FILES = {
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg">' + RUN + b"</svg>",
    "page.html": b"<!doctype html>" + RUN,
    "page.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "both.png": png(600, 600)[:-12] + b"=1;/*" + RUN + b"*/",
    "both.pdf": b"%PDF-1.7\n" + RUN,
    "../../../evil.jpg": png(8, 8),
    "..%2f..%2fevil.pdf": b"%PDF-1.7\n",
    "nul\0.csv": b"Code,Title\r\nx,y\r\n",
    "\u202egpj.exe": b"MZ",
    "x" * 300 + ".png": png(8, 8),
    "crlf\r\nX-Evil: 1.csv": b"a,b\r\n1,2\r\n",
    "huge.png": b"",
    "empty.csv": b"",
}
KINDS = {"image/jpeg", "image/png", "application/pdf"}
"""What lies in the store: pictures drawn anew, and letters, which are handed out as files."""


def test_no_hostile_file_gets_in_or_out_of_the_store(fresh: House, instance: Path, figures: Figures) -> None:
    app = fresh.walk.app
    roots = [instance.parent, Path(app.static_folder or ""), Path(app.root_path)]
    database = Path(app.config["DATABASE_URL"].removeprefix("sqlite:///")).parent
    before = {each for root in roots for each in root.rglob("*") if "__pycache__" not in each.parts}
    doors = [each for each in forms(fresh) if "file" in each[2].kinds.values()]
    figures.hold("A23", "doors for files", len({fresh.walk.rule(where) for where, _a, _f in doors}), least=9)
    with app.app_context():
        known = set(db.session.execute(select(File.key)).scalars())
    broken, started = [], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest = 0.0
    huge = png(30_000, 30_000)
    for where, _anybody, form in doors:
        for name, octets in HOSTILE_FILES.items():
            began = time.monotonic()
            answer = _upload(fresh.organiser.client, where, form, name, huge if name == "huge.png" else octets)
            slowest = max(slowest, time.monotonic() - began)
            broken += _broken([answer])
            broken += [(where, 0, fault) for fault in faults(answer.text) if answer.kind == "text/html"]
    figures.hold("A23", f"uploads that fell over or ran {broken[:3]}", len(broken), exactly=0)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - started) / 1024
    figures.measure("A24", "memory more after all hostile uploads", grown, most=50, unit="MB")
    figures.measure("A24", "slowest hostile upload", slowest, most=2, unit="s")
    after = {each for root in roots for each in root.rglob("*") if "__pycache__" not in each.parts}
    strays = [each for each in after - before if each.is_file() and not {instance, database} & set(each.parents)]
    named = [each for each in after - before if "evil" in each.name or ".." in each.name]
    figures.hold("A23", f"files outside the store {strays[:3]} {named[:3]}", len(strays) + len(named), exactly=0)
    with app.app_context():
        new = db.session.execute(select(File).where(File.key.not_in(known))).scalars().all()
        kinds = {each.mimetype for each in new}
    figures.hold("A23", f"kinds of files taken that could run {kinds - KINDS}", len(kinds - KINDS), exactly=0)


def _upload(client: FlaskClient, where: str, form: Form, name: str, octets: bytes) -> Answer:
    values: MultiDict[str, object] = MultiDict(form.filled(lambda _name, _kind: None))
    for field, kind in form.kinds.items():
        if kind == "file":
            values.setlist(field, [FileStorage(io.BytesIO(octets), name)])
    boundary, body = encode_multipart(values)
    try:
        return kept(
            client.post(where, data=body, content_type=f'multipart/form-data; boundary="{boundary}"', buffered=True)
        )
    except Exception as fault:
        return Answer("POST", where, 500, [], f"{name!r}: {fault!r}"[:300].encode())


class Endless(io.RawIOBase):
    """A body of zeros that counts how many of them were read."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, to: int, _whence: int = 0) -> int:
        return to

    def readinto(self, room: bytearray) -> int:  # type: ignore[override]
        self.given += len(room)
        return len(room)


UNREAD = "/u/<uid>/<secret>"
"""A press of a mail program, which counts whatever it brings (RFC 8058): it is answered, and nothing of it is read."""


def test_no_door_reads_a_body_that_is_too_large(fresh: House, full: bool, figures: Figures) -> None:
    """100 MB announced, at every address that takes anything; and 10,000 parts."""
    client, app = fresh.organiser.client, fresh.walk.app
    paths = sorted({where for where, _anybody, form in forms(fresh) if form.method == "post"})
    parts = (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _part in range(10_000)) + b"--x--"
    )
    took = 0.0
    wrong: list[tuple[str, int, object]] = []
    for path in paths if full else paths[::5]:
        unread = fresh.walk.rule(path) == UNREAD
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            body = Endless()
            began = time.monotonic()
            answer = client.post(path, input_stream=body, content_length=100 * 1024 * 1024, content_type=kind)
            took = max(took, time.monotonic() - began)
            refused = unread or answer.status_code in {413, 404, 405, 415, 400, 422}
            wrong += [] if refused and body.given == 0 else [(path, answer.status_code, body.given)]
        many = client.post(path, data=parts, content_type="multipart/form-data; boundary=x")
        taken = many.status_code in {200, 303} and not unread
        wrong += [(path, many.status_code, "parts")] * (taken or many.status_code >= 500)
    assert app.config["MAX_CONTENT_LENGTH"] == 1024 * 1024
    figures.hold("A24", f"bodies of 100 MB or 10,000 parts that were taken {wrong[:3]}", len(wrong), exactly=0)
    figures.measure("A24", "slowest refusal of a body of 100 MB", took, most=2, unit="s")
