"""Every page fetched in any test is also checked: what must hold of all pages is said here once."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import brotli
import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TIED = {"input", "select", "textarea"}
UNTIED_KINDS = {"hidden", "submit", "button", "reset", "image"}


class CheckedClient(FlaskClient):
    """A test client that finds fault with any HTML page it is given: on SQLite, since of the same rows another
    database draws the same page, and to read a page takes as long as to draw it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        letter = "sandbox" in response.headers.get("Content-Security-Policy", "")  # drawn for mail programs
        page = response.mimetype == "text/html" and response.status_code not in range(300, 400) and response.data
        if page and not letter:
            judged = str(self.application.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite:")
            faults = page_faults(unpacked(response).decode()) if judged else []
            assert faults == [], (response.request.path, faults)
            assert "Content-Security-Policy" in response.headers
        return response


UNPACKS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
"""Content coding -> how octets are taken out of it."""


def unpacked(response: TestResponse) -> bytes:
    """What the answer holds, however it was sent."""
    return UNPACKS[response.headers.get("Content-Encoding", "")](response.data)


def page_faults(text: str) -> list[str]:
    """What is wrong with a page: HTML that does not parse, titles, ids, labels, tokens, inline code."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(text)
    faults = [f"line {at[0]}: {what} {more}" for at, what, more in parser.errors]
    return [*faults, *_heading(tree), *_ids(tree), *_labels(tree), *_forms(tree), *_inline(tree)]


def words(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _heading(tree: Element) -> list[str]:
    headings, title = tree.findall(".//h1"), tree.find(".//title")
    if len(headings) != 1:
        return [f"{len(headings)} h1"]
    if title is None or not words(title).startswith(words(headings[0])):
        return [f"the title does not begin with the h1 {words(headings[0])!r}"]
    return []


def _ids(tree: Element) -> list[str]:
    seen: set[str] = set()
    twice = []
    for element in tree.iter():
        if (name := element.get("id")) is not None:
            twice += [f"id {name!r} twice"] * (name in seen)
            seen.add(name)
    for element in tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            missing = set((element.get(attribute) or "").split()) - seen
            twice += [f"{attribute} points at {name!r}, which is not there" for name in missing]
    return twice


def _labels(tree: Element) -> list[str]:
    tied = {label.get("for") for label in tree.iter("label")}
    inside = {id(field) for label in tree.iter("label") for field in label.iter()}
    return [
        f"{field.tag} {field.get('name')!r} has no label"
        for field in tree.iter()
        if field.tag in TIED
        and field.get("type") not in UNTIED_KINDS
        and field.get("id") not in tied
        and id(field) not in inside
        and not field.get("aria-label")
    ]


def _forms(tree: Element) -> list[str]:
    return [
        f"form to {form.get('action')!r} posts without a token"
        for form in tree.iter("form")
        if (form.get("method") or "get").lower() == "post"
        and not any(field.get("name") == "csrf_token" and field.get("value") for field in form.iter("input"))
    ]


def _inline(tree: Element) -> list[str]:
    faults = [f"style attribute on {element.tag}" for element in tree.iter() if element.get("style") is not None]
    faults += [f"{name} on {each.tag}" for each in tree.iter() for name in each.attrib if name.startswith("on")]
    faults += ["inline <style>" for _ in tree.iter("style")]
    scripts = [each for each in tree.iter("script") if not each.get("src")]
    return faults + ["inline script" for each in scripts if each.get("type") != "application/ld+json"]
