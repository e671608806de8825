"""What organisers read of letters: all of it, but no secret in any address."""

from __future__ import annotations

import pytest
from flask import Flask

from app import tokens
from app.outbox import Attachment, Rendered, cutting
from tests.outbox.test_mime import HOSTILE, made, words

pytestmark = pytest.mark.one_database
SECRET = "Zk3vQm_8-dXw0bYtR5aLpHsE"


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (f"http://localhost/d/{SECRET}/", "http://localhost/d/…/"),
        (f"http://localhost/d/{SECRET}/change", "http://localhost/d/…/change"),
        (f"webcal://localhost/c/{SECRET}/agenda.ics", "webcal://localhost/c/…/agenda.ics"),
        (f"http://localhost/summit/register/{SECRET}", "http://localhost/summit/register/…"),
        (f"http://localhost/somewhere?key={SECRET}#{SECRET}", "http://localhost/somewhere?…#…"),
        ("http://localhost/gnets-2023/agenda", "http://localhost/gnets-2023/agenda"),
        ("http://localhost/sign-in/set/WyIxIiwi.Zx-9.aB_c", "http://localhost/sign-in/set/…"),
        ("http://localhost/d/7K4M9Q", "http://localhost/d/…"),
        ("https://meet.example/j/83?pwd=81", "https://meet.example/…?…"),
        ("https://me:secret@tokyo.example/", "https://tokyo.example/"),
        ("http://[broken/d/secret", "…"),
        (f"(http://localhost/d/{SECRET})", "(http://localhost/d/…"),
        (f"Your key: {SECRET}.", "Your key: …."),
        ("office-of-the-mayor@rome.example", "office-of-the-mayor@rome.example"),
        ("Reference: 7K4M9Q", "Reference: 7K4M9Q"),
    ],
)
def test_of_an_address_the_words_stay_and_the_secret_goes(standing: Flask, found: str, shown: str) -> None:
    with standing.app_context():
        assert cutting.cut(found) == shown


def test_no_secret_of_ours_is_ever_taken_for_a_word(standing: Flask) -> None:
    with standing.app_context():
        made = [tokens.secret("page", str(number), 0) for number in range(3000)]
        assert [each for each in made if each in cutting.cut(f"http://localhost/d/{each}/ and {each}")] == []


def test_what_the_octets_say_is_what_was_rendered(standing: Flask) -> None:
    rendered = words(HOSTILE)
    found = cutting.read(made(HOSTILE, rendered))
    assert (found.subject, found.text, found.html) == (
        'Welcome, Å"s,a Bcc: x@y <b>&amp;{{7*7}}',
        rendered.text.replace("\r\n", "\n"),
        rendered.html.replace("\r\n", "\n"),
    )
    assert [(each.filename, each.mimetype, each.content) for each in found.attachments] == [
        (each.filename, each.mimetype, each.content) for each in rendered.attachments
    ]


def test_a_copy_differs_from_what_was_sent_in_its_secrets_alone(standing: Flask) -> None:
    link = f"http://localhost/d/{SECRET}/"
    page = Rendered("Welcome", f"Dear Rome,\nsee {link}\n", f'<p>Dear Rome</p><a href="{link}">See</a>\n')
    shown = Rendered("Welcome", page.text.replace(SECRET, "…"), page.html.replace(SECRET, "…"))
    with standing.app_context():
        assert cutting.without_secrets(page) == shown
        assert cutting.without_secrets(cutting.read(made("Rome", page))) == shown


def test_a_secret_that_a_calendar_folds_over_two_lines_is_cut(standing: Flask) -> None:
    lines = (
        f"BEGIN:VCALENDAR\r\nURL:https://localhost/c/{SECRET[:10]}\r\n {SECRET[10:]}/agenda.ics\r\nEND:VCALENDAR\r\n"
    )
    file = Attachment("agenda.ics", "text/calendar", lines.encode())
    with standing.app_context():
        [kept] = cutting.without_secrets(Rendered("a", "a", "a", (file,))).attachments
    assert kept.content.decode() == "BEGIN:VCALENDAR\r\nURL:https://localhost/c/…/agenda.ics\r\nEND:VCALENDAR\r\n"


CALENDAR = (
    f"BEGIN:VCALENDAR\r\nURL:https://localhost/c/{SECRET[:10]}\r\n {SECRET[10:]}/a.ics\r\nEND:VCALENDAR\r\n".encode()
)
OPEN = "See http://localhost/gnets-2023/agenda"


@pytest.mark.parametrize(
    ("letter", "holds"),
    [
        (Rendered("Welcome", f"{OPEN}\n", f"<p>{OPEN}</p>\n"), True),
        (Rendered("Welcome", f"{OPEN}\n", f"<p>{SECRET}</p>\n"), False),
        (Rendered("Welcome", f"{SECRET}\n", f"<p>{OPEN}</p>\n"), False),
        (Rendered(f"Welcome {SECRET}", OPEN, OPEN), False),
        (Rendered("a", "a", "a", (Attachment("a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n"),)), True),
        (Rendered("a", "a", "a", (Attachment("a.ics", "text/calendar", CALENDAR),)), False),
        (Rendered("a", "a", "a", (Attachment("a.ics", "text/calendar", CALENDAR, "REQUEST"),)), False),
        (Rendered("a", "a", "a", (Attachment("badge.pdf", "application/pdf", b"a"),)), False),
    ],
    ids=["none", "html", "text", "subject", "calendar", "folded", "invitation", "no text"],
)
def test_only_a_letter_with_a_secret_in_no_part_may_be_seen_as_it_is(
    standing: Flask, letter: Rendered, holds: bool
) -> None:
    with standing.app_context():
        assert cutting.holds_none(made("Rome", letter)) is holds


def test_a_name_that_looks_like_a_secret_keeps_the_octets_back(standing: Flask) -> None:
    with standing.app_context():
        assert cutting.holds_none(made(f"Rome {SECRET}", Rendered("Welcome", OPEN, OPEN))) is False


def test_files_that_are_no_text_are_left_out(standing: Flask) -> None:
    file = Attachment("badge.pdf", "application/pdf", SECRET.encode())
    with standing.app_context():
        assert cutting.without_secrets(Rendered("a", "a", "a", (file,))).attachments == ()
