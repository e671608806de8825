"""A browser that looks for anything a text makes it do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Dialog, Request

from tests.trust.attacks.payloads import MARK

WATCH = """
addEventListener('securitypolicyviolation', found =>
  (window.reports ??= []).push(`${found.violatedDirective} ${found.blockedURI} ${found.sample}`));
"""
OPEN = """() => {
  for (const each of document.querySelectorAll('details')) each.open = true;
  for (const each of document.querySelectorAll('dialog')) { try { each.showModal(); each.close(); } catch {} }
  for (const each of document.querySelectorAll('input, select, textarea, button, [tabindex]')) each.focus();
}"""
"""What is folded away is opened, and what can be focussed is."""
DONE = f"() => ['{MARK}' in window, window.reports ?? [], document.querySelectorAll('[onerror], [onload]').length]"


class Watch:
    """One tab, which goes from page to page and counts what happens that should not."""

    def __init__(self, browser: Browser, cookies: list[Any]) -> None:
        self.context = browser.new_context(locale="en-GB", reduced_motion="reduce")
        self.context.add_cookies(cookies)
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.ran: list[str] = []
        self.asked: list[str] = []
        self.reports: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("request", self._asks)
        self.page.on("dialog", self._says)

    def _asks(self, request: Request) -> None:
        if MARK in request.url.split("?")[0] or request.headers.get("hx-request"):
            self.asked.append(f"{self.page.url} -> {request.url}")

    def _says(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def look(self, url: str) -> None:
        self.page.goto(url, wait_until="load")
        self.page.evaluate(OPEN)
        ran, reports, attributes = self.page.evaluate(DONE)
        self.ran += [url] * bool(ran or attributes)
        self.reports += [f"{url}: {each}" for each in reports]

    @property
    def found(self) -> dict[str, Sequence[str]]:
        return {
            "scripts that ran": self.ran,
            "requests of htmx and for what was injected": self.asked,
            "reports of the policy": self.reports,
            "dialogs": self.dialogs,
        }
