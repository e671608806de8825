"""Markdown as people write it in letters and on pages: as HTML that can do nothing but be read, and as plain text.

Each place says in a `Dialect` which signs mean something there. HTML is part of none: it stands as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True)
class Dialect:
    """What Markdown can say somewhere."""

    rules: Collection[str]
    """Of markdown-it's; of all others a sign is nothing but itself."""
    tags: Collection[str]
    """What HTML may come of it."""
    attributes: Mapping[str, set[str]]
    schemes: Collection[str]
    leads: Callable[[str], bool]
    """Whether a link may lead to this address; one that may not makes no link."""


class Reader(MarkdownIt):
    """Reads one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__("zero", {"breaks": True})
        self.enable(list(dialect.rules))
        self.dialect = dialect

    def validateLink(self, url: str) -> bool:  # noqa: N802 (its name in the library)
        return self.dialect.leads(url)

    def blocks(self, source: str) -> list[SyntaxTreeNode]:
        """The paragraphs, lists and so on of a text, in order."""
        return list(SyntaxTreeNode(self.parse(source)).children)

    def html(self, block: SyntaxTreeNode) -> str:
        """One of its blocks as HTML, cleaned once more of all that the dialect does not know."""
        html = self.renderer.render(block.to_tokens(), self.options, {})
        told = self.dialect
        attributes = {"*": set[str]()} | dict(told.attributes)
        clean = nh3.clean(
            html, tags=set(told.tags), attributes=attributes, url_schemes=set(told.schemes), link_rel=None
        )
        return clean.strip()


def targets(blocks: list[SyntaxTreeNode], kind: str = "link") -> list[str]:
    """Every address that links, or images, of these blocks name."""
    name = "src" if kind == "image" else "href"
    return [str(each.attrs[name]) for each in walk(blocks) if each.type == kind]


def walk(blocks: list[SyntaxTreeNode]) -> Iterator[SyntaxTreeNode]:
    """Every node of these blocks."""
    for each in blocks:
        yield from each.walk()


def plain(node: SyntaxTreeNode) -> str:
    """A paragraph or a list as plain text."""
    if node.type in {"bullet_list", "ordered_list"}:
        signs = (f"{number}. " if node.type == "ordered_list" else "- " for number in range(1, len(node.children) + 1))
        return "\n".join(sign + _item(each, len(sign)) for sign, each in zip(signs, node.children, strict=True))
    return "".join(_inline(each) for each in node.children)


def _item(node: SyntaxTreeNode, indent: int) -> str:
    return "\n".join(plain(each) for each in node.children).replace("\n", "\n" + " " * indent)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if not node.children:
        return node.content
    said = "".join(_inline(each) for each in node.children)
    if node.type == "link" and said != node.attrs["href"]:
        return f"{said} ({node.attrs['href']})"
    return said
