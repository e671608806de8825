"""What a server's refusal says of an address: marked where no mailbox is there, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.journal import Note
from app.outbox import deliver
from app.outbox.marks import no_mailbox
from app.outbox.models import Mark
from app.outbox.transport import Rejected
from tests.outbox.cast import NOW, Bag, letter, put, rows, states
from tests.outbox.servers import Sink, listening

UNKNOWN = "550 5.1.1 <office@rome.example>: Recipient address rejected: User unknown in local recipient table"
ROME = [("office@rome.example", "5.1.1", 1)]


def marks() -> list[tuple[str, str, int]]:
    db.session.rollback()
    return [(each.address, each.code, each.message_id) for each in db.session.scalars(select(Mark))]


def refusing(said: str, phase: str = "RCPT") -> Bag:
    """A carrier that refuses Rome's letters so, and takes all others."""

    def answer(parcel: object) -> None:
        if "rome" in str(parcel):
            raise Rejected(said, phase)

    return Bag(answer)


def test_an_address_that_a_server_refuses_to_know_is_marked_once_that_is_certain(house: Flask) -> None:
    put(letter("Rome", event_id=7))
    deliver(NOW, carrier=refusing(UNKNOWN))
    assert (states(), marks()) == (["refused"], [])
    deliver(NOW + timedelta(minutes=16), carrier=Bag())
    assert (states(), marks()) == (["failed"], ROME)
    [note] = db.session.scalars(select(Note))
    assert (note.what, note.subject, note.who, note.event_id) == ("address marked", "letter/1", "a mail server", 7)


def test_it_is_certain_when_the_server_has_taken_another_letter(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    deliver(NOW, carrier=refusing(UNKNOWN))
    assert (states(), marks()) == (["failed", "sent"], ROME)


def test_no_further_letter_goes_to_an_address_that_a_server_refused_to_know(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    deliver(NOW, carrier=refusing(UNKNOWN))
    put(letter("Rome", key="another"))
    bag = Bag()
    deliver(NOW, carrier=bag)
    assert (bag.carried, rows()[2].state, rows()[2].error) == ([], "skipped", "Letters to this address come back.")


def test_a_server_that_refuses_everybody_marks_nobody(house: Flask) -> None:
    put(*(letter(city) for city in ("Tokyo", "Rome", "New York", "Milan", "Lancaster")))

    def nobody(parcel: object) -> None:
        raise Rejected(UNKNOWN, "RCPT")

    deliver(NOW, carrier=Bag(nobody))
    deliver(NOW + timedelta(minutes=16), carrier=Bag())
    deliver(NOW + timedelta(minutes=17), carrier=Bag())
    assert (states(), marks()) == (["sent"] * 5, [])


def test_only_the_last_answer_counts(house: Flask) -> None:
    put(letter("Rome"), *(letter(city) for city in ("Tokyo", "New York", "Milan", "Lancaster")))

    def nobody(parcel: object) -> None:
        raise Rejected(UNKNOWN, "RCPT")

    deliver(NOW, carrier=Bag(nobody))
    for minutes in range(16, 120, 16):
        deliver(NOW + timedelta(minutes=minutes), carrier=refusing("550 5.7.1 blocked"))
    assert (rows()[0].state, marks()) == ("failed", [])


def test_a_real_server_that_knows_no_such_mailbox_marks_the_address(house: Flask, mail_to: Callable[..., None]) -> None:
    put(letter("Rome"), letter("Milan"))
    with listening(Sink(at_rcpt=UNKNOWN, refused=("office@rome.example",))) as port:
        mail_to(port)
        deliver(NOW)
    assert (states(), marks()) == (["failed", "sent"], ROME)


@pytest.mark.parametrize(
    ("phase", "code", "said", "found"),
    [
        *(("RCPT", f"550 {code}", "no", code) for code in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")),
        ("DATA", "550 5.1.1", "550 5.1.1 The email account that you tried to reach does not exist.", "5.1.1"),
        ("RCPT", "550", "550 User unknown", "550"),
        ("RCPT", "550", "550 No such user here", "550"),
        ("RCPT", "553", "553 sorry, this recipient does not exist", "553"),
        ("RCPT", "550", "550 <x@rome.example>: mailbox not found", "550"),
        ("RCPT", "550 5.0.0", "550 5.0.0 <x@rome.example>... User unknown", "5.0.0"),
        ("RCPT", "550 5.1.0", "550 5.1.0 Address rejected, unknown user", "5.1.0"),
        ("RCPT", "550 5.7.1", "550 5.7.1 User unknown", ""),
        ("RCPT", "550 5.7.1", "550 5.7.1 relaying denied", ""),
        ("RCPT", "554 5.7.1", "554 5.7.1 Client host blocked using a list", ""),
        ("RCPT", "552 5.2.2", "552 5.2.2 mailbox full", ""),
        ("RCPT", "550 5.2.1", "550 5.2.1 user disabled", ""),
        ("RCPT", "550 5.4.1", "550 5.4.1 Recipient address rejected: Access denied", ""),
        ("RCPT", "550 5.1.8", "550 5.1.8 domain of sender does not exist", ""),
        ("RCPT", "550 5.1.1", "550 5.1.1 <us@tokyo.example>: Sender address rejected: User unknown", ""),
        ("RCPT", "550", "550 sender verify failed: no such user", ""),
        ("RCPT", "550", "550 Requested action not taken: mailbox unavailable", ""),
        ("RCPT", "550", "550 your host is unknown, user", ""),
        ("RCPT", "450 4.1.1", "450 4.1.1 user unknown", ""),
        ("DATA", "554", "554 no such user", ""),
        ("MAIL", "550 5.1.1", "550 5.1.1 user unknown", ""),
        ("", "", "SMTPServerDisconnected: no such user", ""),
    ],
)
def test_which_answers_mean_that_there_is_no_such_mailbox(phase: str, code: str, said: str, found: str) -> None:
    assert no_mailbox(phase, code, said) == found
