"""A browser that looks at the pages of the walk: on a desk or on a phone, in two directions, by day or by night."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from app.web.reading import COOKIE
from tests.measure.nu import ROOT
from tests.measure.walk import Page as Walked
from tests.measure.walk import Walk

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
ALL_RULES: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
OF_LOOKS: dict[str, Any] = {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "html-has-lang"]
}
"""What night, a phone, and another direction can change; all else is judged once."""

ASK = """options => axe.run(document, {resultTypes: ['violations'], preload: false, iframes: false, ...options})
  .then(found => found.violations)
  .then(all => all.map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 200)).join(' | ')}`))"""
WORDS = ":is(p, h1, h2, h3, a, button, li, td, th, dd, dt, label, span, summary)"
LOST = """words => {
  const root = document.documentElement, found = [];
  const shown = all => all.slice(0, 3).map(each => each.outerHTML.slice(0, 160)).join(' | ');
  const outside = each => {
    const box = each.getBoundingClientRect();
    return box.width && (box.right > root.clientWidth + 1 || box.left < -1) && !each.closest('.scroll, .hidden');
  };
  const cut = each => {
    if (each.scrollWidth <= each.clientWidth + 1 && each.scrollHeight <= each.clientHeight + 1) return false;
    if (each.offsetWidth < 3 || each.matches('.hidden, .hidden *, .floor.on *')) return false;
    const style = getComputedStyle(each);
    return /hidden|clip/.test(style.overflowX + style.overflowY);
  };
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].filter(outside);
    found.push(`${root.scrollWidth - root.clientWidth} px too wide: ${shown(wide)}`);
  }
  const less = [...document.querySelectorAll(`main ${words}`)].filter(cut);
  if (less.length) found.push(`cuts words: ${shown(less)}`);
  return found;
}"""
"""What sticks out sideways, and what is cut off. A table may scroll in a frame of its own; in the grid of times,
where a minute has its height, words may be shortened: a card that has the focus opens, and the list says them all."""
LARGE = "size => { document.documentElement.style.fontSize = size }"


class Quiet(WSGIRequestHandler):
    """Keeps what it answers to itself."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own, in this process; its address."""
    server = make_server("localhost", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Glass(ABC):
    """One page of the browser, which goes from address to address and notes what is wrong."""

    def __init__(self, context: BrowserContext, language: str, rules: dict[str, Any]) -> None:
        self.context = context
        self.language = language
        self.rules = rules
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda fault: self.errors.append(f"script: {fault}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text}")

    @abstractmethod
    def look(self, url: str) -> list[str]:
        """Everything that is wrong with the page at this address."""

    def open(self, url: str) -> None:
        self.errors = []
        answer = self.page.goto(url, wait_until="load")
        if answer is None or answer.status != 200:
            self.errors.append(f"answers {answer.status if answer else 'nothing'}")
        seen_as_they_do = "/as/" in url  # in the language of whoever's page it is
        direction = "rtl" if self.language == "ar" else "ltr"
        if not seen_as_they_do and self.page.evaluate("document.documentElement.dir || 'ltr'") != direction:
            self.errors.append(f"is not written {direction}")

    def axe(self) -> None:
        self.page.evaluate(AXE)
        self.errors += self.page.evaluate(ASK, self.rules)

    def lost(self, when: str) -> None:
        self.errors += [f"{when}: {each}" for each in self.page.evaluate(LOST, WORDS)]

    def large(self, when: str) -> None:
        """Look for what is lost with letters twice as large."""
        self.page.evaluate(LARGE, "200%")
        self.lost(when)
        self.page.evaluate(LARGE, "")


class Desk(Glass):
    """1280 px wide; then with large letters, then as narrow as a phone."""

    def look(self, url: str) -> list[str]:
        """Everything that is wrong with the page at this address."""
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        self.open(url)
        self.axe()
        self.large("letters of 200 %")
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.lost("320 px")
        return self.errors


class Phone(Glass):
    """320 px wide, with a finger."""

    def look(self, url: str) -> list[str]:
        """Everything that is wrong with the page at this address."""
        self.open(url)
        self.axe()
        self.lost("320 px, with a finger")
        return self.errors


@dataclass(frozen=True)
class Look:
    """How pages are looked at: with what, in which language, by day (light) or night (dark), by which rules of axe."""

    glass: Literal["desk", "phone"]
    language: Literal["en", "ar"]
    scheme: Literal["light", "dark"]
    rules: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.glass}, {self.language}, {self.scheme}"

    def through(self, browser: Browser, cookies: list[Any]) -> Glass:
        """A browser of its own that looks so, with these cookies."""
        context = browser.new_context(
            viewport=DESK if self.glass == "desk" else PHONE,  # type: ignore[arg-type]
            locale="en-GB" if self.language == "en" else self.language,
            color_scheme=self.scheme,
            reduced_motion="reduce",
            has_touch=self.glass == "phone",
        )
        context.add_cookies(cookies)
        return (Desk if self.glass == "desk" else Phone)(context, self.language, dict(self.rules))


def wrong(walked: Walk, browser: Browser, looks: Iterable[tuple[Look, list[Walked]]]) -> list[str]:
    """What is wrong with these pages of the walk, looked at so; who is not signed in looks through another browser."""
    found = []
    with served(walked.app) as url:
        session = {"name": str(walked.app.config["SESSION_COOKIE_NAME"]), "value": walked.cookie, "url": url}
        for look, pages in looks:
            for anybody in (False, True):
                tongue = [] if look.language == "en" else [{"name": COOKIE, "value": look.language, "url": url}]
                glass = look.through(browser, [*tongue, *([] if anybody else [session])])
                for each in (page for page in pages if page.anybody == anybody):
                    found += [f"{look}, {each.path}: {said}" for said in glass.look(url + each.path)]
                glass.context.close()
    return found
