"""Every letter of an event in every language and for every way of taking part, held against the rules of letters.

No database: people and their summit are rows that no session knows of. One of them has a name that is out for mischief.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import html5lib
import pytest
from icalendar import Calendar

from app.desk.letters import examples
from app.events.models import Event, Mode
from app.network.models import Kind, Member, Network
from app.outbox import Letter, Rendered
from app.outbox.mime import Headers, octets
from app.outbox.openings import openings
from app.outbox.rendering import render
from app.outbox.tongues import TONGUES
from app.registration.models import Capacity, Delegate, State
from app.web.kept import KeepingFlask
from tests.outbox.test_composing import _luminance as luminance

pytestmark = pytest.mark.one_database

NOW = datetime(2090, 1, 10, 9, 0, tzinfo=UTC)
HOSTILE = 'Å"s,a\r\nBcc: x@y <b>&amp;{{7*7}}'
LITERAL = 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}'
ZONES = {"ja": "東京", "ko": "도쿄", "fr": "Tokyo", "es": "Tokio", "ar": "طوكيو", "en": "Tokyo"}
VOID = {"br", "meta"}


@pytest.fixture(scope="module", autouse=True)
def paper(standing: KeepingFlask) -> Iterator[None]:
    with standing.app_context():
        yield


def reader(mode: Mode) -> examples.Reader:
    """Somebody of Lancaster, with a name out for mischief, for the summit in Tokyo."""
    network = Network(id=1, slug="g-nets", name="G-NETS", full_name="Global City Network for Sustainability")
    tokyo, lancaster = (
        Member(id=key, network_id=1, slug=name.lower(), name=name, kind=Kind.CITY, country="JP", zone=zone)
        for key, name, zone in ((1, "Tokyo", "Asia/Tokyo"), (2, "Lancaster", "America/Los_Angeles"))
    )
    summit = Event(
        id=1,
        slug="summit",
        uid="summit",
        title="G-NETS Leaders Summit",
        motto="One earth",
        starts_on=date(2090, 2, 27),
        ends_on=date(2090, 3, 1),
        zone="Asia/Tokyo",
        venue="Hilton Tokyo Shinjuku",
        format="",
        note="",
        reply_to="secretariat@example.org",
        release=3,
    )
    summit.network, summit.host = network, tokyo
    person = Delegate(
        uid="0f" * 16,
        reference="7K4M9Q",
        mode=mode,
        state=State.APPROVED,
        role=Capacity.DELEGATE,
        name=HOSTILE,
        honorific="",
        position="Mayor",
        organisation="City of Lancaster",
        email="bob@lancaster.example.org",
        zone="America/Los_Angeles",
        platform_name="",
        video_language="English",
        relation="",
        comment="",
        language="en",
        link_generation=0,
        feed_generation=0,
        mode_changes=0,
        mode_changed_at=NOW,
        version=1,
        participation={},
    )
    return examples.reader(summit, lancaster, person, None, "KOIKE Yuriko", NOW)


def written(name: str, language: str, mode: Mode) -> tuple[Letter, Rendered, EmailMessage, bytes]:
    letter = examples.letter(name, reader(mode), language)
    words = render(letter.kind, {**letter.facts, "to": letter.to}, language)
    head = Headers(
        letter.sender_name, "plenary@tokyo.example", letter.to_name, letter.to, letter.reply_to, "<1@x>", NOW, language
    )
    wire = octets(head, words)
    message = message_from_bytes(wire, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return letter, words, message, wire


class Reading(HTMLParser):
    """What somebody sees of the HTML: words, links, and the tags that make it up."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append(tag)
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))
        if tag == "br":
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag, tag
        self.text.append("" if tag in {"a", "strong", "em", "bdi"} else "\n")

    def handle_data(self, data: str) -> None:
        if {"head", "style"} & set(self.inside):
            return
        self.text.append(data)
        if "a" in self.inside:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def tokens(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def check_message(letter: Letter, message: EmailMessage, wire: bytes) -> None:
    """M1, M3-M8, M12: structure, headers, octets."""
    assert message.get_content_type() == "multipart/mixed"
    alternative, *attached = message.iter_parts()
    kinds = [each.get_content_type() for each in alternative.iter_parts()]
    assert kinds[:2] == ["text/plain", "text/html"]
    assert kinds[2:] in ([], ["text/calendar"])
    assert [each.addr_spec for each in message["To"].addresses] == [letter.to]
    assert [each.addr_spec for each in message["Reply-To"].addresses] == [letter.reply_to]
    assert (message["Bcc"], message["Cc"], message["From"].addresses[0].addr_spec) == (
        None,
        None,
        "plenary@tokyo.example",
    )
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert (message["Content-Language"], message["List-Unsubscribe"]) == (letter.language, None)
    assert [part.defects for part in message.walk() if part.defects] == []
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert wire.isascii()
    for part in attached:
        assert re.fullmatch(r"[A-Za-z0-9._-]+\.ics", part.get_filename() or "")


def check_calendar(language: str, message: EmailMessage) -> None:
    """M1, M2: an invitation stands twice with the same octets, and has one who attends."""
    files = [part for part in message.walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    contents = {part.get_payload(decode=True) for part in files}
    assert len(contents) <= 1
    for content in contents:
        calendar: Any = Calendar.from_ical(content)  # type: ignore[arg-type]
        (event,) = calendar.walk("VEVENT")
        asked = "METHOD" in calendar
        assert (asked, len(files)) in {(True, 2), (False, 1)}
        assert ("ATTENDEE" in event, "ORGANIZER" in event) == (asked, asked)


def check_html(language: str, html: str) -> Reading:
    """M9: a whole page with one h1 that is its title, in its language and direction, that fetches and runs nothing."""
    seen = Reading(html)
    tags = [tag for tag, _attributes in seen.tags]
    direction = "rtl" if language == "ar" else "ltr"
    assert (html.startswith("<!DOCTYPE html>"), tags.count("h1"), tags.count("title")) == (True, 1, 1)
    assert {"script", "form", "img", "link", "iframe", "object", "input", "b"} & set(tags) == set()
    wrapper = next(attributes for tag, attributes in seen.tags if tag == "table")
    for attributes in (seen.tags[0][1], wrapper):
        assert (attributes["lang"], attributes["dir"]) == (language, direction)
    assert re.findall(r"url\(|@import|@font-face|var\(|display: ?flex|position:|src=|<[^>]* on\w+=", html) == []
    title, heading = (re.search(f"<{tag}[^>]*>(.*?)</{tag}>", html, re.DOTALL) for tag in ("title", "h1"))
    assert title is not None
    assert heading is not None
    assert flat(title[1]) == flat(heading[1]) != ""
    assert {attributes.get("scope") for tag, attributes in seen.tags if tag == "th"} <= {"row"}
    assert len(html.encode()) < 100_000
    assert 'name="color-scheme"' in html
    assert "prefers-color-scheme: dark" in html
    assert [size for size in map(int, re.findall(r"font-size: ?(\d+)px", html)) if size < 12] == []
    return seen


def check_links(letter: Letter, words: Rendered, seen: Reading) -> None:
    """M9, M10: links are absolute, lead to us, say where, and stand in the text too."""
    assert seen.links
    for address, said in seen.links:
        ours = address.startswith("http://localhost/") or address == f"mailto:{letter.reply_to}"
        assert (ours, bool(said.strip())) == (True, True), address
        assert address.removeprefix("mailto:") in words.text, address
    told = [each.rstrip(".") for each in re.findall(r"https?://[^\s)]+", words.text)]
    assert set(told) == {address for address, _said in seen.links if address.startswith("http")}


def check_words(name: str, language: str, words: Rendered, seen: Reading) -> None:
    """M7, M10, M11: the same in both forms, dates with their zone, nothing left unfilled, the name as it is."""
    shown, links = flat("".join(seen.text)), " ".join(address for address, _said in seen.links)
    told, read = tokens(words.text), tokens(shown)
    assert len(told & (read | tokens(links))) >= 0.85 * len(told)
    assert len(read & told) >= 0.85 * len(read)
    assert set(re.findall(r"\d\d:\d\d", words.text)) == set(re.findall(r"\d\d:\d\d", shown))
    for text in (words.subject, words.text.replace(HOSTILE.replace("\r\n", "\n"), ""), shown.replace(LITERAL, "")):
        assert re.findall(r"%\(\w+\)|\{\w*\}", text) == [], name
    if "7K4M9Q" in words.text:
        assert "7K4M9Q" in shown
    if re.search(r"2090", words.text):
        assert ZONES[language] in words.text
    if name == "private-code":
        return
    assert "G-NETS Leaders Summit" in words.text
    if not name.startswith(("invitation", "reminder", "lapsed", "owed", "answered", "delegation", "focal", "video")):
        assert LITERAL in flat(words.text)
        assert LITERAL in shown


SAID = {
    "en": {Mode.VENUE: "at the venue", Mode.ONLINE: "online", Mode.VIDEO: "by video message"},
    "ja": {Mode.VENUE: "会場参加", Mode.ONLINE: "オンライン", Mode.VIDEO: "ビデオメッセージ"},
    "ko": {Mode.VENUE: "현장 참가", Mode.ONLINE: "온라인", Mode.VIDEO: "영상 메시지"},
    "fr": {Mode.VENUE: "sur place", Mode.ONLINE: "en ligne", Mode.VIDEO: "par message vidéo"},
    "es": {Mode.VENUE: "en la sede", Mode.ONLINE: "en línea", Mode.VIDEO: "por mensaje de video"},
    "ar": {Mode.VENUE: "حضوريًا", Mode.ONLINE: "عبر الإنترنت", Mode.VIDEO: "برسالة مصورة"},
}


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("name", openings)
def test_every_letter_keeps_every_rule(name: str, language: str) -> None:
    for mode in Mode:
        letter, words, message, wire = written(name, language, mode)
        check_message(letter, message, wire)
        check_calendar(language, message)
        seen = check_html(language, words.html)
        check_links(letter, words, seen)
        check_words(name, language, words, seen)
        if "7K4M9Q" in words.text:
            assert SAID[language][mode] in words.text


def test_an_example_is_made_of_every_letter() -> None:
    assert set(examples.MADE) == set(openings)


@pytest.mark.parametrize("name", openings)
def test_the_html_is_valid(name: str) -> None:
    for language in ("en", "ar"):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parse(written(name, language, Mode.VENUE)[1].html)
        assert parser.errors == []


@pytest.mark.parametrize("language", sorted(set(TONGUES) - {"en"}))
def test_no_letter_falls_back_to_english(language: str) -> None:
    """The words of the English letter that are nobody's name stand in no other language's."""
    for name in openings:
        english, other = (flat(written(name, each, Mode.ONLINE)[1].text) for each in ("en", language))
        for said in re.findall(r"[A-Z][a-z]+(?: [a-z]+){3,}", english):
            assert said not in other or said.startswith("Here stands"), (name, said)  # as somebody typed it


def test_ink_stands_out_from_paper_in_every_letter() -> None:
    html = written("confirmation", "ar", Mode.ONLINE)[1].html
    inks = set(re.findall(r"(?<![-\w])color: ?(#[0-9a-f]{6})", html.split("<body")[1]))
    paper = luminance("#faf8f3")
    assert "#16213a" in inks
    assert [each for each in inks if (paper + 0.05) / (luminance(each) + 0.05) < 4.5] == []
