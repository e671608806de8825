"""Feeds in Atom (RFC 4287), from frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from app import ical

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """One entry. `id` never changes; `content` is plain text, unless it is told to be HTML."""

    id: str
    title: str
    published: datetime
    updated: datetime
    page: str
    content: str
    html: bool = False
    language: str = ""


@dataclass(frozen=True)
class Feed:
    id: str
    title: str
    author: str
    updated: datetime
    page: str
    """The page that says the same."""
    itself: str
    language: str = "en"


def written(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """The feed as octets, its entries in the order given."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _instant(feed.updated))
    _text(ET.SubElement(root, "author"), "name", feed.author)
    _link(root, "self", feed.itself, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    for each in entries:
        entry = ET.SubElement(root, "entry", {"xml:lang": each.language} if each.language else {})
        _text(entry, "id", each.id)
        _text(entry, "title", each.title)
        _text(entry, "updated", _instant(each.updated))
        _text(entry, "published", _instant(each.published))
        _link(entry, "alternate", each.page, "text/html")
        kind = {"type": "html", "xml:base": each.page} if each.html else {"type": "text"}
        content = ET.SubElement(entry, "content", kind)
        content.text = ical.clean(each.content)
    ET.indent(root)
    octets: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return octets


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, name).text = ical.clean(words)


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "href": href, "type": kind})
