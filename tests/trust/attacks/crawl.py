"""A crawl that keeps every answer, what a page holds that no text should bring in, and forms that are sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.desk.office import Organiser
from tests.measure.walk import Walk, from_doors
from tests.pages import unpacked
from tests.trust.attacks.payloads import MARK


@dataclass(frozen=True)
class Answer:
    """What came back."""

    method: str
    path: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def kind(self) -> str:
        return self.one("Content-Type").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def one(self, name: str) -> str:
        """The value of a header; "" without it."""
        return next((value for said, value in self.headers if said.lower() == name.lower()), "")


def kept(answer: TestResponse) -> Answer:
    body = unpacked(answer)
    asked = answer.request
    path = asked.path + (f"?{asked.query_string.decode()}" if asked.query_string else "")
    return Answer(asked.method, path, answer.status_code, list(answer.headers), body)


@dataclass(frozen=True)
class House:
    """A house that was walked through."""

    walk: Walk
    organiser: Organiser
    answers: list[Answer]
    """All that was answered on the way, in its order."""

    def files(self) -> list[Answer]:
        """What is no page: letters, calendars, tables, pictures."""
        pages = {each.path for each in self.walk.pages.values()}
        return [each for each in self.answers if each.status == 200 and each.path not in pages]


def crawl(organiser: Organiser, doors: list[str]) -> House:
    """Walk through a filled house from its doors."""
    answers: list[Answer] = []

    class Keeping(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> TestResponse:
            answer = super().open(*args, **kwargs)
            answers.append(kept(answer))
            return answer

    walked = from_doors(organiser.client.application, organiser, doors, Keeping)  # type: ignore[arg-type]
    return House(walked, organiser, answers)


FOREIGN = {"object", "embed", "applet", "frame", "frameset", "math", "mglyph"}
"""Elements of which no page of ours has any."""
LEADS = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "srcset",
    "poster",
    "xlink:href",
    "srcdoc",
    "background",
    "ping",
}
RUNS = re.compile(r"\s*(?:j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t|vbscript|data\s*:\s*text)\s*:?", re.I)
OWN = ({"type": "application/ld+json"}, {"data-css-inline": "keep"}, {"target": "_blank"})
"""Data for search engines, the styles of a letter, and where the links of a framed agenda open."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._judge(tag, said)
        if tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None:
            self._field(tag, said)

    def _judge(self, tag: str, said: dict[str, str]) -> None:
        shown = f"<{tag} {said}>"[:300]
        ours = said in OWN or said.get("src", "").startswith("/static/")
        if tag in FOREIGN or (tag in {"script", "style", "base"} and not ours):
            self.faults.append(shown)
        for name, value in said.items():
            bad = name.startswith("on") or (name in {"style", "autofocus", "srcdoc"} and MARK in value)
            led = name in LEADS and (
                RUNS.match(value)
                or value.lstrip("./").startswith(MARK)
                or value.partition(":")[2][:9].startswith(f"//{MARK}")
            )
            asks = name.removeprefix("data-").startswith("hx-") and MARK in value
            if bad or led or asks or not re.fullmatch(r"[\w:.@-]+", name):
                self.faults.append(shown)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        assert self._open is not None
        name = said.get("name", "")
        if tag == "input" and name:
            kind = said.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in said:
                    self._open.add(name, said.get("value", "on"), kind)
            elif kind not in {"submit", "button", "image", "reset"}:
                self._open.add(name, said.get("value", ""), kind)
        elif tag == "textarea" and name:
            self._area = name
            self._open.add(name, "", "textarea")
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select is not None:
            if "selected" in said or self._select not in self._open.values:
                self._open.set(self._select, said.get("value", ""), "select")
        elif tag == "button" and name and said.get("type", "submit") == "submit":
            self._open.buttons.append((name, said.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._open is not None:
            self._open.values[self._area] = [self._open.values[self._area][-1] + data.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


@dataclass
class Form:
    """A form of a page, with what it holds."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """Name of a field -> its kind of input, or textarea, or select."""
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, value: str, kind: str) -> None:
        self.values.setdefault(name, []).append(value)
        self.kinds[name] = kind

    def set(self, name: str, value: str, kind: str) -> None:
        self.values[name] = [value]
        self.kinds[name] = kind

    def typed(self) -> list[str]:
        """The fields in which anything can be typed."""
        free = {"text", "search", "email", "tel", "url", "textarea", "password"}
        return [name for name, kind in self.kinds.items() if kind in free]

    def filled(self, spoil: Callable[[str, str], str | None]) -> dict[str, list[str]]:
        """What is sent when `spoil`, given the name and the kind of each field, says something in its place."""
        found = {}
        for name, held in self.values.items():
            new = None if name == "csrf_token" else spoil(name, self.kinds[name])
            found[name] = held if new is None else [new]
        return found


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def faults(html: str) -> list[str]:
    """Elements and attributes that a text brought into a page."""
    return read(html).faults


def forms(house: House) -> Iterator[tuple[str, bool, Form]]:
    """Every form of the house, once for each place it stands at and what it holds: the address that takes it, whether
    it is for those who are not signed in, and the form."""
    seen = set()
    for page in house.walk.pages.values():
        for form in read(page.html).forms:
            where = form.action or page.path
            key = house.walk.rule(where), form.method, tuple(sorted(form.kinds))
            if key not in seen:
                seen.add(key)
                yield where, page.anybody, form
