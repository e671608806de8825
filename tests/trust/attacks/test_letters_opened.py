"""A9: whatever opens a letter's links before its reader does, a scanner or a mail program, changes nothing by it."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Table, select, text

from app import clock
from app.accounts import letters
from app.accounts.models import User
from app.db import db, write
from app.outbox import Message, post
from app.outbox.rendering import render
from app.web.kept import KeepingFlask
from tests.accounts.people import OTHER, address, set_password, sign_in
from tests.desk.test_outbox_secrets import everything
from tests.registration.cast import Cast
from tests.trust.figures import Figures

__all__ = ["everything"]

TIMES = 10


def fingerprint(app: Flask) -> dict[str, str]:
    """Of every table: its rows."""
    with app.app_context():
        tables: list[Table] = list(db.metadata.tables.values())
        found = {}
        for table in tables:
            rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        db.session.remove()
        return found


def mailed(app: Flask) -> set[str]:
    """The paths of all links in all letters of the outbox, each kind of letter and of link a few times."""
    found: dict[tuple[str, str], list[str]] = {}
    with app.app_context():
        for row in db.session.scalars(select(Message).order_by(Message.id)):
            said = render(row.kind, row.facts, row.language)
            for link in re.findall(r"https?://localhost[^\s\"'<>)]*", said.text + said.html + said.unsubscribe):
                parts = urlsplit(link)
                shape = re.sub(r"/[A-Za-z0-9_.-]{20,}", "/<secret>", parts.path)
                found.setdefault((row.kind, shape), []).append(f"{parts.path}?{parts.query}".rstrip("?"))
    return {path for paths in found.values() for path in paths[:2]}


def test_opening_every_mailed_link_ten_times_changes_nothing(
    cast: Cast, everything: list[str], figures: Figures, full: bool
) -> None:
    """Of letters with every kind of secret (tests/desk/test_outbox_secrets.py)."""
    app = cast.app
    with app.app_context():
        write(_accounts)
    paths = sorted(mailed(app))
    assert len(paths) > 8
    before, signed_in = fingerprint(app), 0
    for path in paths:
        client = app.test_client()
        for _each in range(TIMES if full else 3):
            for answer in (client.get(path), client.head(path)):
                assert answer.status_code in {200, 302, 303, 304}, (path, answer.status_code)
        with client.session_transaction() as cookie:
            signed_in += "sign_in" in cookie or "_user_id" in cookie or "half" in cookie
    after = fingerprint(app)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == []
    figures.hold("A9", f"tables changed by opening {len(paths)} kinds of mailed links", len(changed), exactly=0)
    figures.hold("A9", "sign-ins by opening a mailed link", signed_in, exactly=0)


def _accounts() -> None:
    """Letters with the links of accounts, too."""
    now = clock.now()
    user = db.session.scalars(select(User).order_by(User.id)).all()[-1]
    post(letters.new_sign_in(user, "Firefox, Linux", now), now)
    post(letters.password_set(user, now + timedelta(seconds=1)), now)


def test_the_fingerprint_sees_one_row(rehearsal: KeepingFlask) -> None:
    """The control."""
    before = fingerprint(rehearsal)
    with rehearsal.app_context():
        write(lambda: db.session.execute(text("UPDATE events SET note = 'x' WHERE id = 1")))
    assert [name for name, said in fingerprint(rehearsal).items() if said != before[name]] == ["events"]


def test_the_button_sets_a_password_once_after_a_scanner_was_there(door: Flask, figures: Figures) -> None:
    with door.app_context():
        link = letters.link(db.session.scalars(select(User).where(User.email == address("tokyo"))).one())
    path = link.removeprefix("http://localhost")
    scanner, owner, second = (door.test_client() for _each in range(3))
    for _each in range(TIMES):
        scanner.get(path)
        scanner.head(path)
    opened = second.get(path)
    assert set_password(owner, path).status_code == 302
    assert sign_in(owner, "tokyo", OTHER).location == "/organise/"
    values = {"password": "nine gates of Seoul", "password_confirm": "nine gates of Seoul"}
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', opened.text)
    assert found is not None
    second.post(path, data=values | {"csrf_token": found[1]})
    again = sign_in(door.test_client(), "tokyo", "nine gates of Seoul").status_code
    figures.hold("A9", "passwords set by a link that was used", int(again != 422), exactly=0)


@pytest.mark.parametrize("method", ["get", "head"])
def test_confirming_link_signs_nobody_in(door: Flask, method: str) -> None:
    with door.app_context():
        link = letters.link(db.session.scalars(select(User).where(User.email == address("tokyo"))).one())
    client = door.test_client()
    getattr(client, method)(link.removeprefix("http://localhost"))
    assert client.get("/test/gnets-2023/desk").status_code == 303
