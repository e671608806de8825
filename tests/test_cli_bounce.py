"""`flask bounce`, as a mail server calls it: what it prints, and the exit code by which it is kept or dropped."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from app.db import db
from app.outbox import bounces, deliver
from app.outbox.models import Mark, Message
from app.web.kept import KeepingFlask
from tests.outbox import reports
from tests.outbox.cast import NOW, Bag, letter, put, row, states
from tests.outbox.servers import free_port


def bounce(app: Flask, octets: bytes) -> Result:
    return app.test_cli_runner().invoke(args=["bounce"], input=octets)


@pytest.fixture
def sent(app: KeepingFlask) -> Message:
    """A letter that a server took."""
    with app.app_context():
        put(letter("Rome", kind="password set", facts={"at": NOW.isoformat()}))
        deliver(carrier=Bag())
        return row()


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Somebody else holds the database, or this letter, and does not end."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(write=True) as other:
                other.execute(text("SELECT id FROM messages FOR UPDATE"))
                yield
            return
        queue = os.open(f"{db.engine.url.database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(queue)


def test_a_report_that_was_taken_in_is_done_and_so_is_the_same_once_more(app: KeepingFlask, sent: Message) -> None:
    done, again = (bounce(app, reports.postfix(sent)) for _ in range(2))
    assert (done.exit_code, done.output) == (0, "Letter 1 came back: there is no such mailbox.\n")
    assert (again.exit_code, again.output) == (0, "Letter 1: known already.\n")


def test_what_changes_nothing_is_done_too(app: KeepingFlask, sent: Message) -> None:
    late = bounce(app, reports.postfix(sent, "4.4.1", "delayed"))
    unwanted = bounce(app, reports.complaint(sent))
    assert (late.exit_code, late.output) == (0, "Letter 1: nothing changes.\n")
    assert (unwanted.exit_code, unwanted.output) == (0, "Letter 1: noted that it was unwanted.\n")


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "This is no report of a mail server about a letter.\n"),
        (b"Subject: I am away\n\n", "This is no report of a mail server about a letter.\n"),
        (bytes(range(256)) * 100, "This is no report of a mail server about a letter.\n"),
        (b"x" * (bounces.LARGEST + 1), "This is larger than 1 MB, so it is no report of a mail server.\n"),
    ],
    ids=["nothing", "holiday", "binary", "huge"],
)
def test_what_is_no_report_is_not_wanted_again(app: KeepingFlask, octets: bytes, said: str) -> None:
    answer = bounce(app, octets)
    assert (answer.exit_code, answer.output) == (os.EX_DATAERR, said)


def test_a_report_about_a_stranger_is_not_wanted_again(app: KeepingFlask, sent: Message) -> None:
    octets = reports.postfix(sent).replace(sent.message_id.encode(), b"<strange@localhost>")
    answer = bounce(app, octets.replace((sent.token or "").encode(), b"0" * 32))
    assert (answer.exit_code, answer.output) == (os.EX_DATAERR, "This report is about no letter of ours.\n")


def test_while_the_database_is_held_it_is_to_be_brought_again_and_then_taken_in(
    app: KeepingFlask, sent: Message
) -> None:
    octets = reports.postfix(sent)
    with locked(app):
        answer = bounce(app, octets)
    assert (answer.exit_code, answer.output) == (
        os.EX_TEMPFAIL, "The database cannot take it now (Busy). Bring it again.\n",
    )  # fmt: skip
    with app.app_context():
        assert (states(), db.session.scalars(select(Mark)).all()) == (["sent"], [])
    assert bounce(app, octets).exit_code == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("postgresql://plenary:secret@127.0.0.1:{port}/plenary", "Busy"),
        ("sqlite:///{folder}/new.db", "OperationalError"),
    ],
)
def test_while_there_is_no_database_or_one_without_tables_it_is_to_be_brought_again(
    app: KeepingFlask, sent: Message, tmp_path: Path, url: str, fault: str
) -> None:
    told = {name: app.config[name] for name in ("BASE_URL", "SECRET_KEY", "TESTING")} | {"INSTANCE": str(tmp_path)}
    other = create_app(told | {"DATABASE_URL": url.format(port=free_port(), folder=tmp_path)})
    answer = bounce(other, reports.postfix(sent))
    said = f"The database cannot take it now ({fault}). Bring it again.\n"
    assert (answer.exit_code, answer.output) == (os.EX_TEMPFAIL, said)
