"""A real mail server on loopback, well and badly behaved: what becomes of the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from smtplib import SMTPDataError

import pytest
from flask import Flask

from app.outbox import deliver, transport
from app.outbox.transport import Smtp
from tests.outbox.cast import NOW, letter, octets, put, row, rows, states
from tests.outbox.servers import Sink, certified, free_port, listening, silent

Point = Callable[..., None]
LATER = NOW + timedelta(minutes=3)


def test_a_willing_server_gets_exactly_the_kept_octets(house: Flask, mail_to: Point) -> None:
    put(letter("Rome"))
    sink = Sink()
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
    assert (states(), sink.taken) == (["sent"], [("office@rome.example", octets()[0])])


@pytest.mark.parametrize(
    ("sink", "state", "error"),
    [
        (Sink(at_rcpt="450 greylisted"), "retry", "450 greylisted"),
        (Sink(at_rcpt="451 try later"), "retry", "451 try later"),
        (Sink(at_mail="451 try later"), "retry", "451 try later"),
        (Sink(at_data="451 try later"), "retry", "451 try later"),
        (Sink(at_rcpt="421 too busy"), "retry", "421 too busy"),
        (Sink(at_rcpt="550 no such user"), "refused", "550 no such user"),
        (Sink(at_mail="550 not from you"), "refused", "550 not from you"),
        (Sink(at_data="552 too large"), "refused", "552 too large"),
        (Sink(drops=True), "retry", "SMTPServerDisconnected: Connection unexpectedly closed"),
        (Sink(at_mail="530 sign in first"), "queued", "530 sign in first"),
    ],
    ids="rcpt-450 rcpt-451 mail-451 data-451 rcpt-421 rcpt-550 mail-550 data-552 dropped mail-530".split(),
)
def test_what_the_server_says_decides(house: Flask, mail_to: Point, sink: Sink, state: str, error: str) -> None:
    put(letter("Rome"))
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
    assert (row().state, row().error[: len(error)]) == (state, error)


@pytest.mark.parametrize("sink", [Sink(at_rcpt="450 greylisted"), Sink(drops=True)], ids=["greylisted", "dropped"])
def test_the_second_attempt_sends_the_same_octets(house: Flask, mail_to: Point, sink: Sink) -> None:
    put(letter("Rome"))
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
        first = octets()[0]
        sink.at_rcpt, sink.drops = "", False
        deliver(LATER)
    assert (states(), {raw for _to, raw in sink.taken}) == (["sent"], {first})


def test_a_letter_taken_twice_can_be_told_by_its_message_id(house: Flask, mail_to: Point) -> None:
    put(letter("Rome"))
    sink = Sink(drops=True)
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
        sink.drops = False
        deliver(LATER)
    assert [message_from_bytes(raw)["Message-ID"] for _to, raw in sink.taken] == [row().message_id] * 2


def test_one_connection_carries_a_batch_past_a_refusal(house: Flask, mail_to: Point) -> None:
    put(*(letter(city) for city in ("Tokyo", "Rome", "Milan", "Lancaster")))
    sink = Sink(at_rcpt="550 no such user", refused=("office@rome.example",))
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
    assert (states(), sink.lines) == (["sent", "failed", "sent", "sent"], 1)


def test_after_a_broken_line_the_batch_goes_on_over_a_new_one(house: Flask, mail_to: Point) -> None:
    put(letter("Tokyo"), letter("Rome"))
    sink = Sink(drops=True)
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
    assert (states(), sink.lines) == (["retry", "retry"], 2)


def test_a_silent_server_costs_its_patience_once_and_no_try(house: Flask, mail_to: Point) -> None:
    put(letter("Tokyo"), letter("Rome"))
    with silent() as port:
        mail_to(port)
        assert deliver(NOW, carrier=Smtp(patience=0.2)) == 0
    assert [(each.state, each.attempts, each.worker) for each in rows()] == [("retry", 0, "")] * 2
    assert row_errors() == {"SMTPServerDisconnected: Connection unexpectedly closed: timed out"}


def test_a_server_that_is_down_delays_letters_by_a_minute_and_loses_none(house: Flask, mail_to: Point) -> None:
    put(letter("Tokyo"), letter("Rome"))
    port = free_port()
    mail_to(port)
    assert (deliver(NOW), states()) == (0, ["retry", "retry"])
    sink = Sink()
    with listening(sink, port):
        assert [deliver(NOW + timedelta(seconds=each)) for each in (30, 90, 90)] == [0, 1, 1]
    assert (states(), len(sink.taken)) == (["sent", "sent"], 2)


def test_a_wrong_password_keeps_everything_queued_and_the_log_says_so(
    house: Flask, mail_to: Point, caplog: pytest.LogCaptureFixture
) -> None:
    put(letter("Tokyo"), letter("Rome"))
    with listening(Sink(), guarded=True) as port:
        mail_to(port, MAIL_USERNAME="plenary", MAIL_PASSWORD="not this one")
        assert deliver(NOW) == 0
    assert [(each.state, each.attempts) for each in rows()] == [("queued", 0)] * 2
    [said] = [each.getMessage() for each in caplog.records if each.name == "app.outbox.delivery"]
    assert said.startswith("Letters wait; the mail settings must be mended: 535 ")


def test_no_letter_leaves_in_clear_when_tls_is_asked_for_and_not_offered(house: Flask, mail_to: Point) -> None:
    put(letter("Tokyo"))
    sink = Sink()
    with listening(sink) as port:
        mail_to(port, MAIL_USE_TLS=True)
        assert deliver(NOW) == 0
    assert (states(), sink.taken) == (["queued"], [])
    assert row_errors() == {"SMTPNotSupportedError: STARTTLS extension not supported by server."}


@pytest.mark.parametrize(
    ("trusted", "name", "ends", "state", "error"),
    [
        (True, "localhost", timedelta(days=1), "sent", ""),
        (False, "localhost", timedelta(days=1), "queued", "self-signed certificate"),
        (True, "elsewhere.example", timedelta(days=1), "queued", "Hostname mismatch"),
        (True, "localhost", timedelta(days=-1), "queued", "certificate has expired"),
    ],
    ids="trusted unknown another-name expired".split(),
)
def test_a_letter_goes_only_to_a_server_that_proves_who_it_is(
    house: Flask,
    mail_to: Point,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusted: bool,
    name: str,
    ends: timedelta,
    state: str,
    error: str,
) -> None:
    file = tmp_path / "certificate.pem"
    tls = certified(file, name, ends)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    put(letter("Tokyo"))
    sink = Sink()
    with listening(sink, tls=tls) as port:
        mail_to(port, MAIL_SERVER="localhost", MAIL_USE_TLS=True)
        deliver(NOW)
    assert (states(), len(sink.taken)) == ([state], int(state == "sent"))
    assert [error in each for each in row_errors()] == [True]


def row_errors() -> set[str]:
    return {each.error for each in rows()}


HOSTILE = "550 5.7.1 no\0thanks\x1b[2J " + "x" * 3000


@pytest.mark.parametrize(
    "sink", [Sink(at_rcpt=HOSTILE), Sink(at_data=HOSTILE), Sink(at_mail=HOSTILE)], ids=["RCPT", "DATA", "MAIL"]
)
def test_what_a_hostile_server_says_is_kept_as_words(house: Flask, mail_to: Point, sink: Sink) -> None:
    put(letter("Rome"))
    with listening(sink) as port:
        mail_to(port)
        deliver(NOW)
    assert (row().state, row().error[:23], len(row().error)) == ("refused", "550 5.7.1 nothanks[2J x", 2000)
    assert transport._words(SMTPDataError(550, "no \u202etxt".encode())) == "550 no txt"
