"""Reports of mail servers: which letter they mean, what becomes of it and of its address, and all that is no report."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import db, write
from app.journal import Note
from app.outbox import Message, bounces, deliver
from app.outbox.bounces import Report, What
from app.outbox.models import Mark, Try
from app.outbox.transport import Parcel, Passing
from app.refused import Refused
from tests.moments import takes_less
from tests.outbox import reports
from tests.outbox.cast import NOW, Bag, fails, letter, put, row, rows, states

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def verp(house: Flask) -> Iterator[Flask]:
    """A house that names a mailbox for what comes back."""
    house.config["MAIL_BOUNCES"] = f"bounces@{reports.DOMAIN}"
    yield house
    house.config["MAIL_BOUNCES"] = ""


def sent() -> Message:
    """A letter that Rome's server took."""
    put(letter("Rome", event_id=7))
    deliver(NOW, carrier=Bag())
    return row()


def brought(octets: bytes) -> str:
    """What the command says of such a message."""
    try:
        report = bounces.read(octets)
        return write(lambda: bounces.settle(report, LATER))
    except Refused as no:
        return no.message


def marks() -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(each.address, each.why.value, each.code) for each in db.session.scalars(select(Mark))]


def history() -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(each.phase, each.code, each.said) for each in db.session.scalars(select(Try).order_by(Try.id))]


def test_each_letter_has_an_envelope_of_its_own_that_cannot_be_guessed(verp: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    bag = Bag()
    deliver(NOW, carrier=bag)
    assert [each.sender for each in bag.carried] == [f"bounces+{each.token}@{reports.DOMAIN}" for each in rows()]
    assert len({each.token for each in rows()} | {each.message_id[1:33] for each in rows()}) == 4
    assert [each.sender in each.octets.decode() for each in bag.carried] == [False, False]


def test_the_envelope_stays_the_same_at_every_try(verp: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag(fails(Passing("450 later"))))
    first, bag = row().envelope_from, Bag()
    deliver(LATER, carrier=bag)
    assert bag.carried[0].sender == first


@pytest.mark.parametrize("wrong", ["bounces", "Bounces <b@x.example>", "b" * 32 + "@x.example", "ü@x.example"])
def test_a_mailbox_for_reports_that_is_none_costs_no_letter(verp: Flask, wrong: str) -> None:
    put(letter("Rome"))
    verp.config["MAIL_BOUNCES"] = wrong
    with pytest.raises(ValueError, match=r"MAIL_BOUNCES is .*; it must be like bounces@example\.org"):
        deliver(NOW, carrier=Bag())
    assert states() == ["queued"]


UNKNOWN = "550 5.1.1 <office@rome.example>: Recipient address rejected: User unknown in local table"
NOT_FOUND = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
NO_ACCOUNT = (
    "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the"
    " recipient's email address for typos or 550 5.1.1 unnecessary spaces. k18-20020a05651c1612b00 - gsmtp"
)


@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        (reports.postfix, "5.1.1", UNKNOWN),
        (reports.exchange, "5.1.10", NOT_FOUND),
        (reports.gmail, "5.1.1", NO_ACCOUNT),
    ],
    ids=["Postfix", "Exchange", "Google"],
)
def test_a_report_that_there_is_no_such_mailbox_marks_letter_and_address(
    verp: Flask, report: Callable[[Message], bytes], code: str, said: str
) -> None:
    assert brought(report(sent())) == "Letter 1 came back: there is no such mailbox."
    assert (row().state, row().error, marks()) == ("bounced", said, [("office@rome.example", "bounced", code)])
    assert history() == [("report", code, said)]


@pytest.mark.parametrize("report", [reports.postfix, reports.exchange, reports.gmail])
def test_without_a_mailbox_of_its_own_a_report_is_known_by_the_message_id(
    house: Flask, report: Callable[[Message], bytes]
) -> None:
    assert brought(report(sent())) == "Letter 1 came back: there is no such mailbox."
    assert states() == ["bounced"]


def test_a_letter_that_went_before_there_were_tokens_is_known_by_its_message_id(house: Flask) -> None:
    octets = reports.postfix(sent())
    write(lambda: db.session.execute(update(Message).values(token=None)))
    assert (brought(octets), states()) == ("Letter 1 came back: there is no such mailbox.", ["bounced"])


def test_the_same_report_twice_is_one(verp: Flask) -> None:
    octets = reports.postfix(sent())
    assert [brought(octets), brought(octets)] == [
        "Letter 1 came back: there is no such mailbox.",
        "Letter 1: known already.",
    ]
    assert len(history()) == 1
    notes = db.session.scalars(select(Note.what).order_by(Note.id)).all()
    assert notes == ["letter came back", "address marked"]


@pytest.mark.parametrize(
    ("status", "diagnosis"),
    [
        ("5.2.2", "552 5.2.2 Mailbox full"), ("5.7.1", "550 5.7.1 Spam"), ("5.0.0", "554 Host not allowed"),
        ("5.1.8", "550 5.1.8 Sender address rejected: Domain not found"), ("5.1.0", "550 5.1.0 Sender denied"),
        ("4.4.7", "Delivery time expired"),
    ],
)  # fmt: skip
def test_what_came_back_for_another_reason_leaves_the_address_as_it_is(
    verp: Flask, status: str, diagnosis: str
) -> None:
    assert brought(reports.postfix(sent(), status, diagnosis=diagnosis)) == "Letter 1 came back."
    assert (states(), marks()) == (["bounced"], [])


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_is_late_or_arrived_changes_nothing(verp: Flask, action: str) -> None:
    assert brought(reports.postfix(sent(), "4.4.1", action)) == "Letter 1: nothing changes."
    assert (states(), history()) == (["sent"], [])


def test_a_diagnosis_is_more_exact_than_a_report_that_knows_only_the_class(verp: Flask) -> None:
    brought(reports.postfix(sent(), "5.0.0", diagnosis="550 5.1.1 no such user"))
    assert marks() == [("office@rome.example", "bounced", "5.1.1")]


def test_an_address_to_which_mail_was_passed_on_does_not_mark_ours(verp: Flask) -> None:
    assert brought(reports.postfix(sent(), recipient="gaia@old.example")) == "Letter 1 came back."
    assert (states(), marks()) == (["bounced"], [])


def test_a_report_of_google_that_says_nothing_marks_the_letter_alone(verp: Flask) -> None:
    assert brought(reports.gmail_that_says_nothing(sent())) == "Letter 1 came back."
    assert (row().error, marks()) == ("Delivery Status Notification (Failure)", [])


def test_a_complaint_is_noted_and_the_letter_stays_sent(verp: Flask) -> None:
    octets = reports.complaint(sent())
    assert {brought(octets), brought(octets)} == {"Letter 1: noted that it was unwanted."}
    assert (states(), marks()) == (["sent"], [("office@rome.example", "complaint", "")])


def test_a_complaint_keeps_no_registration_letter_from_going(verp: Flask) -> None:
    brought(reports.complaint(sent()))
    put(letter("Rome", key="another"))
    assert (deliver(LATER, carrier=Bag()), states()) == (1, ["sent", "sent"])


def test_a_report_that_it_is_no_abuse_changes_nothing(verp: Flask) -> None:
    assert (brought(reports.complaint(sent(), "not-spam")), marks()) == ("Letter 1: nothing changes.", [])


def test_a_letter_that_came_back_is_not_tried_again(verp: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag(fails(Passing("the line broke", cut=True))))
    brought(reports.postfix(row()))
    assert (deliver(LATER, carrier=Bag()), states()) == (0, ["bounced"])


def test_a_report_faster_than_our_own_note_that_it_went_is_not_forgotten(verp: Flask) -> None:
    put(letter("Rome"))

    def meanwhile(parcel: Parcel) -> None:
        brought(reports.postfix(row()))

    deliver(NOW, carrier=Bag(meanwhile))
    assert (row().state, row().sent_at is not None, row().worker) == ("bounced", True, "")


def test_a_report_about_no_letter_of_ours_is_refused(verp: Flask) -> None:
    octets = reports.postfix(sent())
    write(lambda: db.session.execute(update(Message).values(token="f" * 32, message_id="<other@tokyo.example>")))
    assert (brought(octets), states()) == ("This report is about no letter of ours.", ["sent"])


def test_where_the_envelope_has_a_token_the_message_id_that_organisers_see_is_not_enough(verp: Flask) -> None:
    mine = sent()
    octets = reports.postfix(mine).replace((mine.token or "").encode(), b"0" * 32)
    assert (brought(octets), states()) == ("This report is about no letter of ours.", ["sent"])
    unwanted = reports.complaint(mine).replace((mine.token or "").encode(), b"redacted")
    assert brought(unwanted) == "Letter 1: noted that it was unwanted."


def test_whoever_knows_neither_token_nor_message_id_marks_nobody(verp: Flask) -> None:
    mine = sent()
    octets = reports.postfix(mine).replace((mine.token or "").encode(), b"0" * 32)
    forged = octets.replace(mine.message_id.encode(), b"<guessed@localhost.localdomain>")
    assert (brought(forged), states(), marks()) == ("This report is about no letter of ours.", ["sent"], [])


NO_REPORT = "This is no report of a mail server about a letter."
HOLIDAY = b"From: gaia@rome.example\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
EMPTY = (
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: message/delivery-status\r\n\r\n--b--\r\n"
)
NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (number, number) for number in range(20_000)
)


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"", NO_REPORT),
        (HOLIDAY, NO_REPORT),
        (bytes(range(256)) * 4, NO_REPORT),
        (b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n", NO_REPORT),
        (b"\xff\xfe: \x00\r\nContent-Type: \xff/\xfe; boundary=\xff\r\n\r\n", NO_REPORT),
        (EMPTY, "This report does not say what became of the letter."),
        (b"a" * (bounces.LARGEST + 1), "This is larger than 1 MB, so it is no report of a mail server."),
        (NESTED[: bounces.LARGEST], "This is nested too deeply to be a report of a mail server."),
    ],
    ids="nothing holiday binary bare garbled empty huge nested".split(),
)
def test_what_is_no_report_is_refused_in_words_and_soon(house: Flask, octets: bytes, sentence: str) -> None:
    assert takes_less(10, lambda: brought(octets))
    assert brought(octets) == sentence


def delivery(fields: bytes) -> bytes:
    return EMPTY.replace(b"\r\n\r\n--b--", b"\r\n\r\n" + fields + b"\r\n--b--")


FAILED = b"Action: failed\r\nStatus: 5.1.1\r\nFinal-Recipient: rfc822; a@b\r\n\r\n"


@pytest.mark.parametrize(
    "octets",
    [
        b"Content-Type: multipart/report;" + b";" * 1_000_000,
        b"Content-Type: multipart/report" + b"; a=b" * 200_000,
        b"Content-Type: multipart/report" + b"".join(b"; a*%d*=x" % number for number in range(90_000)),
        b'Content-Type: multipart/report; boundary="' + b'\\"' * 500_000,
        b'Content-Type: multipart/digest; boundary="b"\r\n\r\n' + b"--b\r\n\r\nA: b\r\n" * 70_000,
        b'Content-Type: multipart/report; boundary="' + b"b" * 500_000 + b'"\r\n\r\n--' + b"b" * 500_000,
        delivery(FAILED * 12_000),
        delivery(b"Action: failed\r\nStatus: " + b"5." * 500_000),
        delivery(b"Action: failed\r\nDiagnostic-Code: smtp;" + b"\r\n 5.1.1" * 100_000),
        delivery(b"Action: failed\r\nFinal-Recipient: rfc822; " + b"@" * 1_000_000),
        b"+0123456789abcdef" * 60_000,
        b"<0123456789abcdef0123456789abcdef@" * 30_000,
        b"\r" * 1_000_000,
    ],
    ids="semicolons parameters pieces quotes digest boundary blocks status folds at plus less returns".split(),
)
def test_no_report_costs_more_than_a_moment(house: Flask, octets: bytes) -> None:
    said: list[str] = []
    assert takes_less(4, lambda: said.append(brought(octets[: bounces.LARGEST])))
    assert all(each.endswith(".") for each in said)


@pytest.mark.parametrize(
    "lie",
    [
        (b"Final-Recipient: rfc822; office@rome.example", b"Final-Recipient: rfc822; office@milan.example"),
        (b"Original-Recipient: rfc822;office@rome.example", b"Original-Recipient: rfc822;office@milan.example"),
        (b"Original-Recipient: rfc822;office@rome.example", b"Original-Recipient: rfc822;;;office@milan.example<"),
    ],
)
def test_a_report_that_lies_about_whom_it_speaks_of_never_marks_anybody_else(
    verp: Flask, lie: tuple[bytes, bytes]
) -> None:
    put(letter("Milan", event_id=8))
    deliver(NOW, carrier=Bag())
    put(letter("Rome", event_id=7))
    deliver(NOW, carrier=Bag())
    brought(reports.postfix(rows()[1]).replace(*lie))
    assert (states(), {each[0] for each in marks()} <= {"office@rome.example"}) == (["sent", "bounced"], True)


def test_the_envelope_of_one_letter_says_nothing_of_any_other(verp: Flask) -> None:
    mine = sent()
    forged = reports.postfix(mine)
    for token in ("0" * 32, "f" * 32, "1", (mine.token or "")[:-1] + "z", (mine.token or "")[:31]):
        octets = forged.replace((mine.token or "").encode(), token.encode())
        assert brought(octets) == "This report is about no letter of ours."
    assert (states(), marks()) == (["sent"], [])


@pytest.mark.parametrize("seed", range(40))
def test_a_report_with_octets_knocked_out_of_place_is_read_or_refused(verp: Flask, seed: int) -> None:
    chance = random.Random(seed)
    octets = bytearray(chance.choice([reports.postfix, reports.exchange, reports.gmail, reports.complaint])(sent()))
    for _ in range(60):
        octets[chance.randrange(len(octets))] = chance.randrange(256)
    assert brought(bytes(octets[: chance.randrange(len(octets))])).endswith(".")


def test_what_a_server_says_is_kept_on_one_line_and_turns_nothing_around(verp: Flask) -> None:
    brought(reports.postfix(sent(), diagnosis="550 5.1.1 \u202eno\x1b[2J\n   " + "x" * 3000))
    assert ("no[2J xxx" in row().error, "\u202e" in row().error, len(row().error)) == (True, False, 500)


def test_a_report_knows_whether_there_is_no_such_mailbox() -> None:
    hard = [code for code in ("5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.1.7", "5.1.8", "5.2.1", "4.1.1")
            if Report(What.FAILED, status=code).hard]  # fmt: skip
    assert hard == ["5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10"]
