"""Every letter of an event in every language and for every way of taking part, held against the rules of letters.

No database: people and their summit are rows that no session knows of. One of them has a name that is out for mischief.

M1 structure, M3 one recipient, M4 sender and numbers, M5, M6, M7 headers, M8 octets, M12 files: `check_message`
M2 invitations, and M1 of their parts: `check_calendar`
M9 the HTML: `check_html`, `check_colours`, `test_the_html_is_valid`; its links: `check_links`
M10 the text says the same: `check_links`, `check_words`
M11 what is said: `check_words`, `test_a_confirmation_says_everything`, `test_a_release_tells_both_clocks`
M13 all of it, in every language and way of taking part, of every kind that is registered:
`test_every_letter_keeps_every_rule`, `test_every_kind_of_letter_stands_in_the_matrix`, and for letters about an account
test_account_letters
That the worker gives letters their Message-ID and Date once, and an envelope of their own, is for tests/outbox.
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
from app.ical import clean
from app.network.models import Kind, Member, Network
from app.outbox import Letter, Rendered, renderers
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
DOMAIN = "tokyo.example"
SENDER = f"plenary@{DOMAIN}"
LITERAL = 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}'
ZONES = {"ja": "東京", "ko": "도쿄", "fr": "Tokyo", "es": "Tokio", "ar": "طوكيو", "en": "Tokyo"}
VOID = {"br", "meta"}
ANNOUNCED = {"announcement", "planned reminder"}
"""The kinds that their readers can take leave of."""


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
        language="en",
        languages={},
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
    return letter, words, *on_the_wire(letter, words, language)


def on_the_wire(letter: Letter, words: Rendered, language: str) -> tuple[EmailMessage, bytes]:
    sender = letter.sender_name or "Plenary"
    told = (sender, SENDER, letter.to_name, letter.to, letter.reply_to, f"<one@{DOMAIN}>", NOW)
    secure = words.unsubscribe.replace("http://localhost/", f"https://{DOMAIN}/")
    head = Headers(*told, language, unsubscribe=secure)
    wire = octets(head, words)
    message = message_from_bytes(wire, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message, wire


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


CALLED_OFF = {"withdrawn", "removed", "cancelled", "replaced"}
"""The letters that tell somebody that they no longer come."""


def check_message(letter: Letter, message: EmailMessage, wire: bytes) -> None:
    """M1, M3-M8, M12: structure, headers, octets; to take leave of it only what goes to many."""
    assert message.get_content_type() == "multipart/mixed"
    alternative, *attached = message.iter_parts()
    kinds = [each.get_content_type() for each in alternative.iter_parts()]
    assert kinds[:2] == ["text/plain", "text/html"]
    assert kinds[2:] in ([], ["text/calendar"])
    assert [each.addr_spec for each in message["To"].addresses] == [letter.to]
    answers = message["Reply-To"].addresses if letter.reply_to else ()
    assert [each.addr_spec for each in answers] == [letter.reply_to] * bool(letter.reply_to)
    assert (message["Bcc"], message["Cc"]) == (None, None)
    (sender,) = message["From"].addresses
    assert (sender.addr_spec, sender.display_name) == (SENDER, letter.sender_name or "Plenary")
    assert (message["Date"].datetime, message["Message-ID"]) == (NOW, f"<one@{DOMAIN}>")
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message["Content-Language"] == letter.language
    leave = message["List-Unsubscribe"], message["List-Unsubscribe-Post"]
    if letter.kind in ANNOUNCED:
        assert re.fullmatch(r"<https://tokyo\.example/u/[0-9a-f]{32}/[\w-]{24}>", leave[0])
        assert leave[1] == "List-Unsubscribe=One-Click"
    else:
        assert leave == (None, None)
    assert [part.defects for part in message.walk() if part.defects] == []
    assert [str(value) for value in message.values() if value != clean(str(value)) or "\n" in str(value)] == []
    assert {message["To"].addresses[0].display_name} <= {LITERAL, letter.to_name}
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert wire.isascii()
    ways = {part.get_content_type(): part["Content-Transfer-Encoding"] for part in message.walk()}
    assert {ways["text/plain"], ways["text/html"]} == {"quoted-printable"}
    assert {ways.get("text/calendar", "base64"), ways.get("application/ics", "base64")} == {"base64"}
    for part in attached:
        assert re.fullmatch(r"[A-Za-z0-9._-]+\.ics", part.get_filename() or "")


def check_calendar(letter: Letter, message: EmailMessage) -> None:
    """M1, M2: an invitation stands twice with the same octets, and has one who attends: the reader, who said yes. Who
    invites reads the answers. What is no invitation is a file without method and without anybody's address."""
    files = [part for part in message.walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    contents = {part.get_payload(decode=True) for part in files}
    assert len(contents) <= 1
    for content in contents:
        calendar: Any = Calendar.from_ical(content)  # type: ignore[arg-type]
        (event,) = calendar.walk("VEVENT")
        asked = "METHOD" in calendar
        assert (asked, len(files)) in {(True, 2), (False, 1)}
        assert ("ATTENDEE" in event, "ORGANIZER" in event) == (asked, asked)
        assert files[0].get_param("method") == calendar.get("METHOD")
        if asked:
            reader, called_off = event["ATTENDEE"], calendar["METHOD"] == "CANCEL"
            assert (str(reader), str(event["ORGANIZER"])) == (f"mailto:{letter.to}", f"mailto:{letter.reply_to}")
            assert (reader.params["PARTSTAT"], reader.params["RSVP"]) == ("ACCEPTED", "FALSE")
            assert (called_off, event["STATUS"] == "CANCELLED") == (letter.kind in CALLED_OFF,) * 2
            assert event["SEQUENCE"] == int(called_off)
            assert {"UID", "SEQUENCE", "DTSTAMP"} <= set(event)


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
    classes = {attributes.get("class") for tag, attributes in seen.tags if tag == "table" and "role" not in attributes}
    assert classes <= {"facts"}  # data; every other table is there for the layout alone, and says so
    assert {attributes.get("role") for tag, attributes in seen.tags if tag == "table"} <= {None, "presentation"}
    assert len(html.encode()) < 100_000
    assert 'name="color-scheme"' in html
    assert "prefers-color-scheme: dark" in html
    assert [size for size in map(int, re.findall(r"font-size: ?(\d+)px", html)) if size < 12] == []
    return seen


def check_colours(html: str) -> None:
    """M9: every ink stands out from the paper, by day and by night."""
    head, body = html.split("<body")
    inks = re.findall(r"(?<![-\w])color: ?(#[0-9a-f]{6})", body)
    night = re.findall(r"(?<![-\w])color: ?(#[0-9a-f]{6})", head)
    assert (inks[0], night[0]) == ("#16213a", "#e9ecf3")
    for paper, found in (("#faf8f3", inks), ("#12161f", night)):
        for ink in set(found):
            light, dark = sorted((luminance(paper), luminance(ink)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, ink


def check_links(letter: Letter, words: Rendered, seen: Reading) -> None:
    """M9, M10: links are absolute, lead to us, say where, and stand in the text too."""
    assert seen.links
    for address, said in seen.links:
        ours = address.startswith("http://localhost/") or address == f"mailto:{letter.reply_to}"
        assert (ours, bool(said.strip())) == (True, True), address
        assert address.removeprefix("mailto:") in words.text, address
    told = [each.rstrip(".") for each in re.findall(r"https?://[^\s)]+", words.text)]
    assert set(told) == {address for address, _said in seen.links if address.startswith("http")}


def check_words(letter: Letter, name: str, language: str, words: Rendered, seen: Reading) -> None:
    """M7, M10, M11: the same in both forms, dates with their zone, nothing left unfilled, the name as it is; whose
    letter it is, and who answers."""
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
    assert letter.reply_to in words.text
    if name == "private-code":
        return
    assert "G-NETS Leaders Summit" in words.text
    assert "Lancaster" in words.text or name == "redirected"
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
        check_calendar(letter, message)
        seen = check_html(language, words.html)
        check_colours(words.html)
        check_links(letter, words, seen)
        check_words(letter, name, language, words, seen)
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


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("mode", Mode)
def test_a_confirmation_says_everything(language: str, mode: Mode) -> None:
    """M11: who, where or how, what to bring, when by both clocks, until when, the ways on, and the calendar."""
    _letter, words, message, _wire = written("confirmation", language, mode)
    who = reader(mode)
    page, feed = f"http://localhost/d/{who.delegate.link}/", f"http://localhost/c/{who.delegate.feed}/agenda.ics"
    links = [each for each in (page, f"{page}change", f"{page}withdraw", feed) if f"\n{each}\n" not in words.text]
    there = ("Hilton Tokyo Shinjuku" in words.text, ZONES[language] in words.text, "2090" in words.text)
    asked = re.findall('<th scope="row"', words.html)  # name, reference, mode, days; two of how; until when
    assert (links, there[0], there[1:]) == ([], mode == Mode.VENUE, (True, True))
    assert (len(asked), "07:00" in words.text) == (7, mode == Mode.ONLINE)
    assert [part.get_filename() for part in message.iter_attachments()] == ["summit.ics"]


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("name", ["release", "release-at-once", "release-office", "release-office-at-once"])
def test_a_release_tells_both_clocks(name: str, language: str) -> None:
    """M11: 11:00 in Tokyo is 18:00 of the day before in Los Angeles, as it was an hour earlier."""
    text = written(name, language, Mode.ONLINE)[1].text
    assert {"10:00", "11:00", "17:00", "18:00"} <= set(re.findall(r"\d\d:\d\d", text))


ACCOUNT = {"password set", "sign-in link", "staff", "second step", "new sign-in"}
"""Letters to those who work for a summit, which begin by no words of organisers."""


def test_every_kind_of_letter_stands_in_the_matrix() -> None:
    made = {examples.letter(name, reader(Mode.VENUE), "en").kind for name in openings}
    assert set(renderers) - {"greeting", "broken"} == made | ACCOUNT
