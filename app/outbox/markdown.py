"""The little Markdown in which the opening words of letters are written, as HTML and as plain text.

Paragraphs, lists, emphasis and links; HTML is no part of it. Placeholders such as {city} are filled in last, in one
pass: into the HTML as escaped text, once it is HTML, so that nothing in a value is Markdown, HTML or a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import urlsplit

from flask import current_app
from markupsafe import Markup, escape

from app.markdown import Dialect, Reader, plain, targets

PLACE = re.compile(r"\{([a-z]+)\}")
"""A placeholder: a plain name in braces. Whatever else stands in braces is nothing but text."""


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
    return targets(Reader(_dialect(lambda _address: True)).blocks(source))


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


def _dialect(leads: Callable[[str], bool]) -> Dialect:
    return Dialect(
        rules=("emphasis", "link", "autolink", "list", "newline", "escape"),
        tags=("p", "br", "strong", "em", "a", "ul", "ol", "li"),
        attributes={"a": {"href"}},
        schemes=("https", "http"),
        leads=leads,
    )


@lru_cache(maxsize=1024)
def _blocks(source: str, base: str) -> tuple[Block, ...]:
    reader = Reader(_dialect(partial(allowed, base=base)))
    return tuple(Block(reader.html(node), plain(node)) for node in reader.blocks(source))
