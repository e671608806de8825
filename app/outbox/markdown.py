"""The little Markdown in which the opening words of letters are written, as HTML and as plain text.

Paragraphs, lists, emphasis and links; HTML is no part of it. Placeholders such as {city} are filled in last, in one
pass: into the HTML as escaped text, once it is HTML, so that nothing in a value is Markdown, HTML or a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from flask import current_app
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup, escape

PLACE = re.compile(r"\{([a-z]+)\}")
"""A placeholder: a plain name in braces. Whatever else stands in braces is nothing but text."""
RULES = ("emphasis", "link", "autolink", "list", "newline", "escape")
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}}
TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li"}


@dataclass(frozen=True)
class Block:
    """A paragraph or a list, with its placeholders still in it."""

    html: str
    text: str

    @property
    def places(self) -> frozenset[str]:
        return frozenset(PLACE.findall(self.text))


def blocks(source: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text. An address that may not stand in a letter makes no link."""
    return _blocks(source, str(current_app.config["BASE_URL"]))


def addresses(source: str) -> list[str]:
    """Every address to which the text would link, be it allowed or not."""
    found = SyntaxTreeNode(_Reader("").parse(source)).walk()
    return [str(each.attrs["href"]) for each in found if each.type == "link"]


def allowed(address: str, base: str) -> bool:
    """Whether letters may lead there: to https, and to our own pages wherever these are; never to an address that
    names one host and leads to another ("https://ours@theirs")."""
    try:
        host = urlsplit(address).netloc
    except ValueError:
        return False
    if not host or "@" in host:
        return False
    return address.startswith("https://") or address == base or (bool(base) and address.startswith(f"{base}/"))


def filled(template: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in, in one pass: what stands in a value is not looked at again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def filled_html(template: str, values: Mapping[str, str]) -> Markup:
    """The same for HTML: values are escaped, and stand in their own direction of writing."""
    safe = {name: f"<bdi>{escape(value)}</bdi>" for name, value in values.items()}
    return Markup(filled(template, safe))  # noqa: S704 (cleaned HTML with escaped values)


class _Reader(MarkdownIt):
    """Of Markdown only `RULES`, and only links that may stand in a letter; with no base, every link."""

    def __init__(self, base: str) -> None:
        super().__init__("zero", {"breaks": True})
        self.enable(RULES)
        self.base = base

    def validateLink(self, url: str) -> bool:  # noqa: N802 (its name in the library)
        return not self.base or allowed(url, self.base)


@lru_cache(maxsize=1024)
def _blocks(source: str, base: str) -> tuple[Block, ...]:
    reader = _Reader(base)
    found = []
    for node in SyntaxTreeNode(reader.parse(source)).children:
        html = reader.renderer.render(node.to_tokens(), reader.options, {})
        clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "http"}, link_rel=None)
        found.append(Block(clean.strip(), _block(node)))
    return tuple(found)


def _block(node: SyntaxTreeNode) -> str:
    """A paragraph or a list as plain text."""
    if node.type in {"bullet_list", "ordered_list"}:
        signs = (f"{number}. " if node.type == "ordered_list" else "- " for number in range(1, len(node.children) + 1))
        return "\n".join(sign + _item(each, len(sign)) for sign, each in zip(signs, node.children, strict=True))
    return "".join(_inline(each) for each in node.children)


def _item(node: SyntaxTreeNode, indent: int) -> str:
    return "\n".join(_block(each) for each in node.children).replace("\n", "\n" + " " * indent)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if not node.children:
        return node.content
    said = "".join(_inline(each) for each in node.children)
    if node.type == "link" and said != node.attrs["href"]:
        return f"{said} ({node.attrs['href']})"
    return said
