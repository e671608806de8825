"""No English is left on pages of delegates, offices and the public: every word is translated, or somebody's data.

Pages are asked for in Arabic, with a catalogue that puts each message between ⟦ and ⟧. Dates, countries, zones and
numbers then come in Arabic letters; whatever has Latin letters outside of the marks is data of the summit, or a fault.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import flask_babel
import html5lib
import pytest
from babel.support import NullTranslations
from flask import Flask, has_request_context
from sqlalchemy import JSON, Enum, String, select

from app.db import Model, db
from app.delegations import focal
from app.delegations.focal import Contact
from app.events.models import Mode
from app.publishing import service as publishing
from app.videos import expecting
from app.videos.models import VideoMessage
from app.web import choices
from app.web.kept import KeepingFlask
from tests.online.afar import furnish, moderator, uid
from tests.registration.cast import NOW, assemble
from tests.registration.people import delegation_id, register
from tests.visits.cast import act, bus, guests, roomy, sign_up, visit

pytestmark = pytest.mark.one_database

PLACES = re.compile(r"(%\(\w+\)[sd]|%%)")
MARKED = re.compile(r"⟦[^⟧]*⟧")
LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{2,}")
WORD = re.compile(r"\w+(?:['’]\w+)*")
ADDRESS = re.compile(r"(https?://|mailto:|/)\S+|\S+@\S+")
SHOWN = ("title", "alt", "aria-label", "placeholder", "label")
SILENT = {"script", "style", "template", "code"}
NAMES = set(
    "Plenary English Français Español iCalendar Google Calendar Thunderbird Outlook Apple Atom JSON CSV XLSX PDF QR ICS"
    " MP4 MOV WebVTT SubRip SRT VTT MB UTC SHA Coyhaique".split()
)
"""What is called so in every language; Coyhaique is a zone younger than the locale data."""
TABLES = {"notes", "messages", "acts", "releases", "told"}
"""What these hold is ours, or is held elsewhere too."""
MOST = 3
"""Pages of one kind that are looked at."""


class Marks(NullTranslations):
    """A language in which every message is itself, between marks that leave its values outside."""

    def ugettext(self, message: str) -> str:
        return "".join(each if PLACES.fullmatch(each) else f"⟦{each}⟧" for each in PLACES.split(message) if each)

    gettext = ugettext

    def ungettext(self, one: str, many: str, number: int) -> str:
        return self.ugettext(one if number == 1 else many)

    def upgettext(self, _context: str, message: str) -> str:
        return self.ugettext(message)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shipped = flask_babel.Domain.get_translations

    def given(domain: flask_babel.Domain) -> object:
        return Marks() if has_request_context() else shipped(domain)

    monkeypatch.setattr(flask_babel.Domain, "get_translations", given)
    choices.forget()
    yield
    choices.forget()


class Data:
    """Whatever stands in the database, so that it may stand on a page."""

    def __init__(self, app: Flask) -> None:
        self.values: set[str] = set()
        with app.app_context():
            for table in Model.metadata.sorted_tables:
                columns = [] if table.name in TABLES else [each for each in table.columns if _words(each.type)]
                if columns:
                    for row in db.session.execute(select(*columns)):
                        self._keep(list(row))
        self.long = "\n".join(sorted(each for each in self.values if len(each) > 40))
        self.by_first: dict[str, list[list[str]]] = {}
        for each in sorted(self.values, key=len, reverse=True):
            if (spelt := WORD.findall(each)) and not re.fullmatch("[a-z_]+", each):
                self.by_first.setdefault(spelt[0], []).append(spelt)

    def _keep(self, value: object) -> None:
        match value:
            case str():
                self.values.update(" ".join(each.split()) for each in (value, *value.split("\n")))
            case dict():
                self._keep(list(value.values()))
            case list():
                for each in value:
                    self._keep(each)

    def strangers(self, text: str) -> list[str]:
        """The words of a text that are neither marked nor data nor a name."""
        found = []
        for piece in ADDRESS.sub(" ", MARKED.sub("\n", text)).split("\n"):
            said = " ".join(piece.split()).strip(" .,;:،·()–-*+")
            if LATIN.search(said) and not (len(said) > 11 and said in self.long):
                found += self._unknown(WORD.findall(said))
        return found

    def _unknown(self, spelt: list[str]) -> list[str]:
        found, at = [], 0
        while at < len(spelt):
            known = next(
                (each for each in self.by_first.get(spelt[at], []) if spelt[at : at + len(each)] == each), None
            )
            if known is None and LATIN.fullmatch(spelt[at]) and spelt[at] not in NAMES:
                found.append(spelt[at])
            at += len(known or [""])
        return [" ".join(found)] if found else []


def _words(kind: object) -> bool:
    return isinstance(kind, JSON) or (isinstance(kind, String) and not isinstance(kind, Enum))


def texts(element: Element) -> Iterator[str]:
    """Every text a reader sees or hears, in order."""
    if element.tag in SILENT or not isinstance(element.tag, str) or element.get("lang") not in (None, "ar"):
        return
    yield from (element.get(each) or "" for each in SHOWN)
    if element.tag == "input" and element.get("type") in ("submit", "button"):
        yield element.get("value") or ""
    yield element.text or ""
    for each in element:
        yield from texts(each)
        yield each.tail or ""


class Walk:
    """Follows links within some addresses, a few pages of each kind."""

    def __init__(self, app: KeepingFlask, within: tuple[str, ...]) -> None:
        self.app, self.within, self.client = app, within, app.test_client()
        self.data, self.seen, self.kinds = Data(app), set[str](), Counter[str]()
        self.faults: dict[str, str] = {}

    def from_(self, *roots: str) -> Walk:
        waiting = list(roots)
        while waiting:
            path = waiting.pop(0)
            if path not in self.seen and self._wanted(path):
                self.seen.add(path)
                waiting += self._look(path)
        return self

    def _wanted(self, path: str) -> bool:
        if not path.startswith(self.within) or re.search(r"\.(ics|json|xml|atom|csv|xlsx|svg|png|jpg|vtt)\b", path):
            return False
        adapter = self.app.url_map.bind("localhost")
        try:
            kind = str(adapter.match(urlsplit(path).path, method="GET")[0])
        except Exception:
            return False
        self.kinds[kind] += 1
        return self.kinds[kind] <= MOST

    def _look(self, path: str) -> list[str]:
        answer = self.client.get(path, headers={"Accept-Language": "ar"})
        if answer.mimetype != "text/html" or answer.status_code in range(300, 400):
            return [answer.location] if answer.location else []
        tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
        self._judge(path, tree)
        links = (each.get("href") or "" for each in tree.iter("a"))
        return [urljoin(path, each.partition("#")[0]) for each in links if each and "lang=" not in each]

    def _judge(self, path: str, tree: Element) -> None:
        for text in texts(tree):
            for each in self.data.strangers(text):
                self.faults.setdefault(each, path)


def test_a_word_that_nobody_translated_is_found(rehearsal: KeepingFlask) -> None:
    data = Data(rehearsal)
    assert data.strangers("⟦Release ⟧2⟦, by ⟧KOIKE Yuriko") == []
    assert data.strangers("⟦Publish⟧ behind every fence") == ["behind every fence"]


def test_public_pages(rehearsal: KeepingFlask, marked: None) -> None:
    walk = Walk(rehearsal, ("/rehearsal", "/sign-in")).from_("/rehearsal/", "/sign-in")
    assert walk.faults == {}
    assert len(walk.seen) > 15


def test_pages_of_delegates_and_offices(app: KeepingFlask, marked: None) -> None:
    cast = roomy(assemble(app))
    furnish(cast)
    ishii = moderator(cast).rpartition("/")[0]
    boat = visit(cast)
    bus(cast, boat, 12, 1)
    publish = partial(publishing.publish, cast.event_id, who="test", now=NOW, reason="Rehearsed")
    act(cast, publish)
    anna, mario = guests(cast, 2)
    lena, clip = (
        register(cast, city, city, mode=mode) for city, mode in (("Lancaster", Mode.ONLINE), ("Milan", Mode.VIDEO))
    )
    sign_up(cast, boat, anna)
    key = delegation_id(cast, "Rome")
    gaia = act(cast, lambda: focal.appoint(key, Contact("Gaia Romani", "gaia@rome.example"), who="test", now=NOW))
    act(cast, lambda: expecting.settle(cast.event_id, "test", NOW))
    with app.app_context():
        people = [f"/d/{each.link}" for each in (anna, mario, lena, clip)]
        office = f"/f/{gaia.link}/"
        doors = [f"/j/{each.join}/{uid(cast)}" for each in (lena, mario)] + [f"{ishii}/{uid(cast)}"]
        videos = [f"/v/{each.link}/" for each in db.session.execute(select(VideoMessage)).scalars()]
    walk = Walk(app, ("/d/", "/f/", "/j/", "/v/", "/m/")).from_(*people, office, *doors, *videos)
    assert walk.faults == {}
    assert len(walk.seen) > 20
