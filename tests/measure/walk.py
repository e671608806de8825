"""Every page of the product, found as a reader finds it: by the links of other pages, beginning at the doors."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, RequestRedirect, Rule
from werkzeug.test import TestResponse

from app.web.kept import KeepingFlask
from tests.desk.office import Organiser
from tests.measure.cast import gather

LINK = re.compile(r'\s(?:href|src|action|formaction)="([^"#]+)')
HOLLOW = ("/organise/crowd/releases/", "/organise/crowd/outbox/", "/crowd/videos")
"""The third summit has so many releases, letters and films, but nothing is in them."""
TRIES = 12
"""How many addresses of one kind are opened at one summit, at most, before it is given up."""
ENOUGH = 3
"""Pages of one kind, of as many summits or people, of which the fullest is measured."""


@dataclass(frozen=True)
class Page:
    """One page, as its reader gets it in English."""

    key: str
    """Its rule, with the choices that the address offers; one page is walked of each."""
    path: str
    html: str
    anybody: bool
    """It is for those who are not signed in."""
    template: str
    """What drew it."""


@dataclass(frozen=True)
class Walk:
    """All that was walked."""

    app: KeepingFlask
    pages: dict[str, Page]
    """key -> the fullest page of its kind."""
    files: frozenset[str]
    """The rules that gave something else than a page."""
    cookie: str
    """The session of the organiser, who has every role."""

    def by_rule(self) -> list[Page]:
        """The fullest page of each rule, whatever choice its address offers."""
        return self._fullest(lambda page: page.key.split(" ")[0])

    def by_template(self) -> list[Page]:
        """The fullest page that each template drew."""
        return self._fullest(lambda page: page.template)

    def _fullest(self, kind: Callable[[Page], str]) -> list[Page]:
        found: dict[str, Page] = {}
        for each in sorted(self.pages.values(), key=lambda page: len(page.html)):
            found[kind(each)] = each
        return list(found.values())

    def rule(self, path: str) -> str:
        """The rule that an address of ours follows, whatever is sent to it; "" without one."""
        for method in ("POST", "GET"):
            try:
                found, _values = self.app.url_map.bind("localhost").match(
                    urlsplit(path).path, method=method, return_rule=True
                )
            except (HTTPException, RequestRedirect):
                continue
            return found.rule
        return ""

    @property
    def rules(self) -> set[str]:
        """The rules of which some page or file was opened."""
        return {each.split(" ")[0] for each in self.pages} | self.files


def walk(app: KeepingFlask, clips: Path) -> Walk:
    """Fill the rehearsal with the cast and open a page of every kind that the links lead to."""
    return from_doors(app, *gather(app, clips))


def from_doors(
    app: KeepingFlask, organiser: Organiser, doors: list[str], browser: type[FlaskClient] = FlaskClient
) -> Walk:
    """Open a page of every kind that the links lead to, beginning at these addresses, with browsers of this kind."""
    clients = {False: browser(app, app.response_class), True: browser(app, app.response_class)}
    clients[False]._cookies = organiser.client._cookies
    walker = _Walker(clients)
    with template_rendered.connected_to(walker.drawn, app):
        pages, files = walker.from_doors(doors)
    cookie = organiser.client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
    assert cookie is not None
    return Walk(app, pages, frozenset(files), cookie.value)


AGAIN = "/sign-in/again"
"""The one page of signing in that is for whom is signed in."""


class _Walker:
    def __init__(self, clients: dict[bool, FlaskClient]) -> None:
        self.clients = clients
        self.template = ""
        self.adapter = clients[True].application.url_map.bind("localhost")
        self.pages: dict[str, Page] = {}
        self.files: set[str] = set()
        self.tried: dict[tuple[str, str], int] = {}
        self.found: dict[str, int] = {}

    def drawn(self, _app: Flask, template: Template, **_more: object) -> None:
        """A template has drawn something."""
        self.template = template.name or ""

    def from_doors(self, doors: list[str]) -> tuple[dict[str, Page], set[str]]:
        waiting, seen = deque(doors), set[str]()
        while waiting:
            path = waiting.popleft()
            if path not in seen and not path.startswith(HOLLOW):
                seen.add(path)
                waiting.extend(self._open(path, path in doors))
        return self.pages, self.files

    def _open(self, path: str, door: bool) -> Iterator[str]:
        """Open an address if a page of its kind is still wanted; the addresses that it leads to."""
        kind = self._rule(urlsplit(path).path)
        if kind is None:
            return
        rule, key, summit = kind
        if self._has(key, summit) and not door:
            return
        self.tried[key, summit] = self.tried.get((key, summit), 0) + 1
        anybody = rule.rule.startswith("/sign-in") and rule.rule != AGAIN
        answer = self.clients[anybody].get(path, buffered=True)
        if answer.status_code in {302, 303}:
            yield urlsplit(answer.location).path
        elif answer.status_code == 200 and not _is_page(answer):
            self.files.add(rule.rule.replace(", ", ","))
        elif answer.status_code == 200:
            self._keep(Page(key, path, answer.text, anybody, self.template), summit)
            for each in LINK.finditer(answer.text):
                there = urljoin(path, each[1].replace("&amp;", "&"))
                if urlsplit(there).netloc in ("", "localhost"):
                    yield urlsplit(there)._replace(scheme="", netloc="").geturl()

    def _rule(self, path: str) -> tuple[Rule, str, str] | None:
        """The rule of an address, the kind of page it is, and whose."""
        try:
            rule, values = self.adapter.match(path, method="GET", return_rule=True)
        except (HTTPException, RequestRedirect):
            return None
        if rule.endpoint == "static":
            return None
        choices = [str(values[name]) for name, each in rule._converters.items() if isinstance(each, AnyConverter)]
        whose = values.get("event") or values.get("network") or values.get("token") or ""
        return rule, " ".join([rule.rule.replace(", ", ","), *choices]), str(whose)

    def _has(self, key: str, summit: str) -> bool:
        enough = self.found.get(key, 0) >= ENOUGH or self.tried.get((key, summit), 0) >= TRIES
        return enough or key.split(" ")[0] in self.files

    def _keep(self, page: Page, summit: str) -> None:
        """One page of a kind is enough of each summit; of all the fullest is kept."""
        self.tried[page.key, summit] = TRIES
        self.found[page.key] = self.found.get(page.key, 0) + 1
        other = self.pages.get(page.key)
        if other is None or len(page.html) > len(other.html):
            self.pages[page.key] = page


def _is_page(answer: TestResponse) -> bool:
    """Whether this is a page: a letter is none, which is drawn for mail programs and shown in a frame."""
    return answer.mimetype == "text/html" and "sandbox" not in answer.headers.get("Content-Security-Policy", "")


def name_of(key: str) -> str:
    """A name for files about a kind of page: "organise-event-visits-code"."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"<(?:[^:>]+:)?(\w+)>", r"\1", key).lower()).strip("-") or "home"
