"""A whole Plenary, started as `make run` starts it, and a Chromium to look at it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    StorageState,
    ViewportSize,
    expect,
)
from sqlalchemy import update

from app import clock
from app.accounts.models import SignIn
from app.db import db
from tests.browser import chromium
from tests.browser.summits import Setting, Summit

ROOT = Path(__file__).resolve().parents[2]
PICTURED, PICTURES = bool(os.environ.get("PICTURES")), ROOT / "instance" / "screenshots"
"""Whether to leave pictures of the journeys, and where."""
PATIENCE = 90
"""Seconds that a loaded machine may take to start everything."""
PASSWORD = "a long enough sentence for Tokyo"
SLOWEST = 20_000
"""Milliseconds that a page may take on a loaded machine; on a quick one nobody waits for them."""
expect.set_options(timeout=SLOWEST)
KEPT = """async (address) => {
  await navigator.serviceWorker.ready;
  const drawn = document.querySelectorAll("link[rel=stylesheet], script[src]");
  const needed = [address, ...[...drawn].map((each) => each.href ?? each.src)];
  for (let tries = 0; tries < 200; tries += 1) {
    const there = await Promise.all(needed.map((each) => caches.match(each, {ignoreVary: true})));
    if (there.every(Boolean)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${address} is not kept`);
}"""
"""A script that ends once the device keeps the page at this address, and what the open page is drawn with."""


@dataclass(frozen=True)
class Running:
    """What `make run` told on its first start."""

    url: str
    code: str
    password_link: str
    folder: Path


@pytest.fixture(scope="session")
def plenary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("plenary")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
    environment |= {"PORT": str(port), "PLENARY_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1"}
    parent = subprocess.Popen(
        [sys.executable, "start.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        said = _until_ready(parent)
        url = f"http://127.0.0.1:{port}"
        code = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", said)
        link = re.search(r"http://\S+/sign-in/set/\S+", said)
        assert code is not None, said
        assert link is not None, said
        yield Running(url, code[0], link[0], folder)
    finally:
        parent.send_signal(signal.SIGINT)
        said, _ = parent.communicate(timeout=PATIENCE)
        assert parent.returncode == 0, said


def _until_ready(parent: subprocess.Popen[str]) -> str:
    assert parent.stdout is not None
    said = ""
    for line in parent.stdout:
        said += line
        if "Plenary is ready" in line:
            return said
    raise AssertionError(f"Plenary did not start:\n{said}")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may say nothing wrong: no error in the console, no breach of the policy."""
    errors: list[str] = []
    yield watched(context, errors)
    assert errors == []


def watched(context: BrowserContext, errors: list[str]) -> Page:
    """A new page; what goes wrong in it is written down in `errors`."""
    opened = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search("status of (409|422)", message.text):  # a form to be corrected
            errors.append(f"{opened.url}: {message.text}")

    opened.on("console", note)
    opened.on("pageerror", lambda fault: errors.append(f"{opened.url}: {fault}"))
    return opened


@pytest.fixture(scope="session")
def setting(plenary: Running) -> Iterator[Setting]:
    """The running product's own services, for what a test must find done already."""
    opened = Setting(plenary.url, plenary.folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def summit(setting: Setting, request: pytest.FixtureRequest) -> Summit:
    """A rehearsal of the test file's own, so that no journey crosses another."""
    return setting.summit(request.module.SLUG)


def signed_in(browser: Browser, setting: Setting, email: str) -> StorageState:
    """The cookies of an organiser who has just been made, set a password and signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(setting.organiser(email))
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/organise/**")
    cookies = context.storage_state()
    context.close()
    return cookies


@pytest.fixture(scope="session")
def organiser(browser: Browser, setting: Setting) -> StorageState:
    """The cookies of an organiser."""
    return signed_in(browser, setting, "koike@tokyo.example")


class People:
    """Those who walk a journey, each with a browser of their own: the organiser, focal points, delegates."""

    def __init__(self, browser: Browser, organiser: StorageState) -> None:
        self.browser = browser
        self.cookies = organiser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def desk(self, **settings: Any) -> Page:
        """The organiser, signed in, in Tokyo; another one with the cookies of that one as `storage_state`."""
        return self._open(1280, **{"timezone_id": "Asia/Tokyo", "storage_state": self.cookies} | settings)

    def phone(self, **settings: Any) -> Page:
        """Somebody with a small phone and no account."""
        return self._open(320, **settings)

    def laptop(self) -> Page:
        """Somebody at a desk, with no account."""
        return self._open(1280)

    def _open(self, width: int, **settings: Any) -> Page:
        size = ViewportSize(width=width, height=640 if width < 600 else 900)
        made = self.browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce", **settings)
        made.set_default_timeout(SLOWEST)
        self.contexts.append(made)
        return watched(made, self.errors)


@pytest.fixture
def people(browser: Browser, organiser: StorageState, setting: Setting) -> Iterator[People]:
    """Nobody's page may say anything wrong. The organiser has just signed in, however long the journeys before took."""
    setting.do(lambda: db.session.execute(update(SignIn).values(proven_at=clock.now())))
    everybody = People(browser, organiser)
    yield everybody
    for each in everybody.contexts:
        each.close()
    assert everybody.errors == []


def at_rest(found: Locator) -> FloatRect:
    """Where this is, once it moves no more: the page may still be scrolling or folding."""
    before = None
    while (now := found.bounding_box()) is None or now != before:
        before = now
        found.page.wait_for_timeout(100)
    return now


class Eye:
    """Looks at each step at the widths of a phone, a tablet and a desk, and asks axe what it finds by day and night.

    With PICTURES=1 in the environment it also leaves pictures of what it sees, which takes far longer than to look.
    """

    WIDTHS = (320, 768, 1440)

    def __init__(self, page: Page, journey: str = "") -> None:
        self.page = page
        self.journey = f"{journey}-" if journey else ""
        self.count = 0
        self.axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def see(self, name: str) -> None:
        """Fail when something sticks out sideways, which no colours change, or axe finds fault."""
        self.count += 1
        self.page.wait_for_load_state()  # a click comes back once another page has begun to come
        size = self.page.viewport_size
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in self.WIDTHS if PICTURED else ():
                self._widen(width)
                self.keep(f"{self.count:02}-{name}-{width}-{scheme}")
            for width in self.WIDTHS if scheme == "light" else ():
                self._widen(width)
                wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, f"{name} is {wide} px too wide at {width} px"
            assert self._found(colours=scheme == "dark") == [], f"{name} in {scheme}"
        self.page.emulate_media(color_scheme="light")
        if size is not None:
            self.page.set_viewport_size(size)

    def _widen(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})

    def keep(self, name: str) -> None:
        """Leave a picture of the whole page in instance/screenshots, if pictures are wished for."""
        if PICTURED:
            PICTURES.mkdir(parents=True, exist_ok=True)
            chromium.picture(self.page, PICTURES / f"{self.journey}{name}.png")

    def _found(self, colours: bool) -> list[object]:
        """What axe finds fault with: anything, or no more than the colours, which alone a scheme changes."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(self.axe)
        rules = "{runOnly: ['color-contrast']}" if colours else "{}"
        ask = f"axe.run({rules}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        return list(self.page.evaluate(ask))


@pytest.fixture
def eye(page: Page) -> Eye:
    return Eye(page)
