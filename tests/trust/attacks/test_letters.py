"""Hostile words in letters: what organisers write, what people are called, and what stands in heads and names of files.

Beside these: single cases of the same in tests/outbox/test_mime.py, test_openings.py and tests/desk/test_words.py; what
organisers see of letters, in tests/outbox/test_cutting.py.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import pytest
from flask import Flask

from app.outbox import Attachment, Rendered
from app.outbox.openings import Wording, checked, openings
from app.refused import Refused
from app.web.kept import KeepingFlask
from app.web.reading import LANGUAGES
from tests.outbox.test_mime import made, plain, read
from tests.outbox.test_openings import GREETING, said
from tests.trust.attacks.payloads import ALL, BREAKS, MARK, SCRIPTS, TEMPLATES
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database
PHISHING = ("[click](http://evil.example)", "<b>{reference}</b>", "https://evil.example", "**{name}**", "{city}")
WORKED_OUT = ("7091", "SECRET", "<Config", "class '", "uid=", "argon2", "a key for tests")


@pytest.fixture
def paper(standing: KeepingFlask) -> Iterator[Flask]:
    openings["greeting"] = GREETING
    with standing.app_context():
        yield standing
    del openings["greeting"]


def test_a_name_is_literal_and_links_nowhere(paper: Flask, figures: Figures) -> None:
    wrong = []
    for name in (*PHISHING, *TEMPLATES, *SCRIPTS):
        html, text = said("Dear {name}, welcome to {city}.", name=name)
        shown = " ".join(text.split())
        literal = shown == " ".join(f"Dear {name}, welcome to Rome.".split())
        wrong += [name] * (not literal or "<a" in html or "<b>" in html or f"<img src=/{MARK}" in html)
    figures.hold("A19", f"names that are more than words in a letter {wrong[:3]}", len(wrong), exactly=0)


def test_no_template_of_organisers_is_worked_out(paper: Flask, figures: Figures) -> None:
    """Each is refused when it is stored, or stands in the letter as it was typed."""
    worked = []
    for text in TEMPLATES:
        try:
            checked(GREETING, Wording("Hello", f"Dear all, {text}"))
        except Refused:
            continue
        html, shown = said(f"Dear all, {text}")
        worked += [text] * any(each in html + shown and each not in text for each in WORKED_OUT)
        worked += [text] * (text not in shown and "{name}" not in text)
    figures.hold("A19", f"templates that were worked out {worked[:3]}", len(worked), exactly=0)


def test_words_break_no_head_and_bring_no_reader_in(figures: Figures) -> None:
    usual = read(made()).keys()
    wrong = []
    for word in (*BREAKS, *SCRIPTS, ALL):
        name = f"KOIKE{word}Yuriko"
        file = Attachment(f"summit{word}.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        letter = Rendered(f"Welcome{word}, {name}", f"Dear {name}\n", "<p>Dear</p>\n", (file,))
        raw = made(name, letter, sender_name=name)
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        addresses = [address for _n, address in getaddresses([plain(raw, "To")])]
        kinds = [each.get_content_type() for each in message.walk() if not each.is_multipart()]
        (attached,) = message.iter_attachments()
        named = attached.get_filename() or ""
        wrong += [word] * (
            message.keys() != usual
            or addresses != ["office@rome.example"]
            or kinds != ["text/plain", "text/html", "text/calendar"]
            or any(ord(each) < 32 or each in '"/\\' for each in named)
            or b"\nBcc:" in raw.partition(b"\r\n\r\n")[0]
        )
    figures.hold("A20", f"words that change heads, readers or parts {wrong[:3]}", len(wrong), exactly=0)


def test_no_language_and_no_zone_makes_a_page_or_a_file_of_its_own(
    rehearsal: KeepingFlask, full: bool, figures: Figures
) -> None:
    """Random words in the place of each, a thousand of them at full length."""
    drawn = random.Random(28)
    letters = "abcdefghijklmnopqrstuvwxyzABC_-./%0123456789 \u202e"
    words = ["../../etc/passwd", "en/../../x", "/etc/localtime", "posixrules"]
    words += ["".join(drawn.choices(letters, k=drawn.randint(1, 40))) for _word in range(996 if full else 16)]
    client, path = rehearsal.test_client(), "/rehearsal/calendars"
    statuses, instance = set(), Path(rehearsal.config["INSTANCE"])
    before = {each for each in instance.rglob("*") if "uploads" not in each.parts}
    for word in words:
        plain = word.encode("ascii", "ignore").decode()
        for asked, headers in (({"lang": word}, {}), ({"tz": word}, {}), ({}, {"Accept-Language": plain})):
            statuses.add(client.get(path, query_string=asked, headers=headers).status_code)
    figures.hold("A28", f"answers of another kind {statuses}", len(statuses - {200, 404}), exactly=0)
    more = {each for each in instance.rglob("*") if "uploads" not in each.parts} - before
    figures.hold("A28", f"files that a language or zone has made {sorted(map(str, more))[:3]}", len(more), exactly=0)
    kept = [key for key in rehearsal.shelf.pages if key[0] == path]
    figures.hold("A28", f"pages kept of one address {kept[:3]}", len(kept), most=len(LANGUAGES))
