"""The octets, read back by a parser: RFC 5322 and what real mail programs stumble over."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest

from app.outbox import Attachment, Rendered
from app.outbox.mime import Headers, octets

pytestmark = pytest.mark.one_database

HOSTILE = 'Å"s,a\r\nBcc: x@y <b>&amp;{{7*7}}'
ON_ONE_LINE = 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}'
CALENDAR = b"BEGIN:VCALENDAR\r\nSUMMARY:\xe6\x9d\xb1\xe4\xba\xac\r\nEND:VCALENDAR\r\n"
NAMES = {
    "hostile": (HOSTILE, ON_ONE_LINE),
    "hostile and long": (HOSTILE * 6, ON_ONE_LINE * 6),
    "commas": ("Koike, Yuriko", "Koike, Yuriko"),
    "commas and long": ("Smith, John <x@y>, " * 9, ("Smith, John <x@y>, " * 9).strip()),
    "quotes": ('The "Office" \\', 'The "Office" \\'),
    "Japanese": ("小池百合子, 東京都知事 " * 8, ("小池百合子, 東京都知事 " * 8).strip()),
    "Arabic": ("محمد، عمّان", "محمد، عمّان"),
    "turned around": ("Koike \u202egro.live\u202c Yuriko", "Koike gro.live Yuriko"),
    "encoded by itself": ("=?utf-8?q?a=40b?= =?utf-8?q?c?=", "=?utf-8?q?a=40b?= =?utf-8?q?c?="),
    "one long word": ("x" * 190, "x" * 190),
}


def made(name: str = "KOIKE Yuriko", rendered: Rendered | None = None, **more: str) -> bytes:
    known = {
        "sender_name": "G-NETS, Tokyo",
        "sender": "summit@tokyo.example",
        "to_name": name,
        "to": "office@rome.example",
        "reply_to": "protocol@tokyo.example",
        "message_id": "<4f1c@tokyo.example>",
        "language": "en",
    }
    dated = datetime(2023, 2, 20, 9, 5, 7, tzinfo=UTC)
    return octets(Headers(dated=dated, **(known | more)), rendered or words(name))


def words(name: str) -> Rendered:
    file = Attachment("summit.ics", "text/calendar", CALENDAR)
    return Rendered(f"Welcome, {name}", f"Dear {name},\nwelcome.\n", f"<p>Dear {name}</p>\n", (file,))


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def plain(raw: bytes, header: str) -> str:
    """The header as it stands, unfolded."""
    [value] = re.findall(rf"^{header}: (.*(?:\r\n[ \t].*)*)\r\n", raw.decode("ascii"), re.MULTILINE)
    return str(value.replace("\r\n", "").replace("\r", ""))


@pytest.mark.parametrize(("given", "arrives"), NAMES.values(), ids=NAMES.keys())
def test_a_name_arrives_whole_and_adds_no_address(given: str, arrives: str) -> None:
    raw = made(given, sender_name=given)
    found = []
    for header in ("To", "From"):
        [(name, address)] = getaddresses([plain(raw, header)])
        found.append((str(make_header(decode_header(name))), address))
    assert found == [(arrives, "office@rome.example"), (arrives, "summit@tokyo.example")]


@pytest.mark.parametrize(("given", "arrives"), NAMES.values(), ids=NAMES.keys())
def test_a_subject_arrives_whole(given: str, arrives: str) -> None:
    raw = made(rendered=Rendered(given, "a\n", "<p>a</p>\n"))
    assert str(make_header(decode_header(plain(raw, "Subject")))) == arrives


@pytest.mark.parametrize("name", [each[0] for each in NAMES.values()], ids=NAMES.keys())
def test_whatever_is_given_there_are_only_our_headers(name: str) -> None:
    message = read(made(name, sender_name=name))
    assert message.keys() == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Language",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    ]


@pytest.mark.parametrize("name", [each[0] for each in NAMES.values()], ids=NAMES.keys())
def test_lines_end_with_crlf_are_short_and_have_seven_bits(name: str) -> None:
    raw = made(name, sender_name=name, rendered=Rendered(name, f"{name}\n" + "東" * 3000, "<p>" + "y" * 3000))
    lines = raw.split(b"\r\n")
    assert (raw.isascii(), [line for line in lines if b"\r" in line or b"\n" in line or b"\0" in line]) == (True, [])
    head = lines[: lines.index(b"")]
    assert max(map(len, lines)) <= 998
    assert [line for line in head if b"=?utf-8?" in line and len(line) > 76] == []


def test_the_parts_are_plain_then_html_then_the_attachment() -> None:
    message = read(made())
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]


def test_no_part_of_a_letter_is_found_defective() -> None:
    assert [part.defects for part in read(made(HOSTILE)).walk()] == [[], [], [], [], []]


def test_a_hostile_name_arrives_as_text_in_the_body() -> None:
    body = read(made(HOSTILE)).get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ['Dear Å"s,a', "Bcc: x@y <b>&amp;{{7*7}},", "welcome."]


def test_a_calendar_is_attached_as_it_is_without_a_method() -> None:
    [part] = read(made()).iter_attachments()
    assert (
        part["Content-Type"],
        part["Content-Transfer-Encoding"],
        part["Content-Disposition"],
        part.get_payload(decode=True),
    ) == ('text/calendar; charset="utf-8"', "base64", 'attachment; filename="summit.ics"', CALENDAR)


def test_an_invitation_stands_last_among_the_forms_and_as_a_file_with_the_same_octets() -> None:
    file = Attachment("summit.ics", "text/calendar", CALENDAR, "REQUEST")
    message = read(made(rendered=Rendered("Welcome", "Dear Rome\n", "<p>Dear Rome</p>\n", (file,))))
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    invitation, attached = [*message.walk()][4:]
    assert invitation["Content-Type"] == 'text/calendar; charset="utf-8"; method="REQUEST"'
    assert attached["Content-Disposition"] == 'attachment; filename="summit.ics"'
    assert invitation.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR


def test_a_later_letter_answers_the_first() -> None:
    message = read(made(answers="<first@tokyo.example>"))
    assert (message["In-Reply-To"], message["References"]) == ("<first@tokyo.example>", "<first@tokyo.example>")


@pytest.mark.parametrize(
    ("given", "arrives"),
    [
        ("../../etc/Programme de l'été.ics", "Programme-de-l-ete.ics"),
        ('a"\r\nX-Evil: 1.ics', "a-X-Evil-1.ics"),
        ("\u202egpj.ics", "gpj.ics"),
        ("東京", "attachment"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_file_name_has_no_path_no_header_and_no_direction(given: str, arrives: str) -> None:
    [part] = read(
        made(rendered=Rendered("a", "a", "a", (Attachment(given, "text/calendar", b"x"),)))
    ).iter_attachments()
    assert part.get_filename() == arrives


def test_the_headers_say_who_when_and_that_a_machine_wrote() -> None:
    message = read(made())
    assert {
        name: message[name]
        for name in ("Date", "Message-ID", "Reply-To", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress")
    } == {
        "Date": "Mon, 20 Feb 2023 09:05:07 +0000",
        "Message-ID": "<4f1c@tokyo.example>",
        "Reply-To": "protocol@tokyo.example",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def test_a_language_that_is_no_code_is_left_out() -> None:
    message = read(made(language="en\r\nBcc: x@y.example"))
    assert ("Content-Language" in message, "Bcc" in message) == (False, False)


def test_without_somebody_to_answer_to_there_is_no_such_header() -> None:
    assert "Reply-To" not in read(made(reply_to=""))


def test_how_to_take_leave_stands_in_two_headers_and_over_https_alone() -> None:
    """RFC 8058 3.1. An address that is none, or holds a line break, is left out and never folded."""

    def leave(address: str) -> list[str | None]:
        message = message_from_bytes(made(unsubscribe=address), policy=policy.default)
        return [message["List-Unsubscribe"], message["List-Unsubscribe-Post"]]

    long = f"https://summit.example.org/u/{'0f' * 16}/{'a' * 24}"
    assert leave(long) == [f"<{long}>", "List-Unsubscribe=One-Click"]
    for other in (
        "",
        "http://summit.example.org/u/a",
        "https://a/\r\nBcc: x@y",
        "https://a/>, <mailto:x@y",
        "https://ä/",
    ):
        assert leave(other) == [None, None]
