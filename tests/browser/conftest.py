"""A whole Plenary, started as `make run` starts it, and a Chromium to look at it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
"""Seconds that a loaded machine may take to start everything."""


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory():
        opened = playwright.chromium.launch(executable_path=chromium.executable(), args=[*chromium.FLAGS])
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may say nothing wrong: no error in the console, no breach of the policy."""
    opened = context.new_page()
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 422" not in message.text:  # a form to be corrected
            errors.append(f"{opened.url}: {message.text}")

    opened.on("console", note)
    opened.on("pageerror", lambda fault: errors.append(f"{opened.url}: {fault}"))
    yield opened
    assert errors == []


class Eye:
    """Takes a picture of each step at the widths of a phone, a tablet and a desk, and asks axe what it finds."""

    WIDTHS = (320, 768, 1440)

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        self.folder = ROOT / "instance" / "screenshots"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def see(self, name: str) -> None:
        """Leave pictures of the page in light and dark; fail when something sticks out sideways or axe finds fault."""
        self.count += 1
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in self.WIDTHS:
                self.page.set_viewport_size({"width": width, "height": 900})
                path = self.folder / f"{self.count:02}-{name}-{width}-{scheme}.png"
                self.page.screenshot(path=path, full_page=True)
                wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, f"{name} is {wide} px too wide at {width} px"
            self.page.evaluate(self.axe)
            found = self.page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            assert found == [], f"{name} in {scheme}"
        self.page.emulate_media(color_scheme="light")


@pytest.fixture
def eye(page: Page) -> Eye:
    return Eye(page)
