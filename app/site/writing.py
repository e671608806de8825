"""The Markdown in which pages and news are written, and what a page shows of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from flask_babel import gettext as _
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from app.markdown import Dialect, Reader, plain, targets, walk
from app.refused import Refused

TITLE, TEXT = 120, 20_000
"""How many characters a title and a text may have."""
EXCERPT = 220
"""How many characters of a text stand in lists."""
PHOTO = "photo:"
"""With this an image of ours begins, as in ![](photo:3f9a0c11d2e4b576)."""
LOWEST = 4
"""No heading is smaller than an h4."""
CELLS = 2000
"""How many cells the tables of one text may have."""


@dataclass(frozen=True)
class Part:
    """A piece of a page: clean HTML, as Markup, or a photo by its key with the words beneath it."""

    html: str = ""
    photo: str = ""
    caption: str = ""
    table: bool = False
    """The HTML is a table, which may be wider than a phone."""


def leads(address: str) -> bool:
    """Whether a page may lead there: to the web, to a mailbox or telephone, to our own pages, to a place on the page;
    never to an address that names one host and leads to another ("https://ours@theirs")."""
    if re.search(r"[\\\s\x00-\x1f]|%5c", address, re.IGNORECASE):
        return False
    try:
        found = urlsplit(address)
    except ValueError:
        return False
    if found.scheme in {"mailto", "tel"}:
        return bool(found.path)
    if found.scheme in {"http", "https"}:
        return bool(found.netloc) and "@" not in found.netloc
    return not found.scheme and not found.netloc and address.startswith(("/", "#")) and not address.startswith("//")


READER = Reader(
    Dialect(
        rules=(
            *("heading", "list", "blockquote", "hr", "table"),
            *("emphasis", "link", "autolink", "image", "newline", "escape"),
        ),
        tags=(
            *("h2", "h3", "h4", "p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr"),
            *("table", "thead", "tbody", "tr", "th", "td"),
        ),
        attributes={"a": {"href"}, "ol": {"start"}},
        schemes=("https", "http", "mailto", "tel"),
        leads=lambda _address: True,  # so that one that may not stand there is named; the cleaning lets none through
    )
)


def crowded(text: str) -> bool:
    """Whether its tables have more cells than a page can show, told without reading them: a short row is filled up to
    the widest, so a small text can hold a great many."""
    cells = 0
    for block in re.split(r"\n[ \t>]*\n", text):
        lines = block.splitlines()
        if any(DELIMITER.fullmatch(each) for each in lines):
            widest = max(each.strip(" \t>|").count("|") + 1 for each in lines)
            cells += widest * (len(lines) - 1)
    return cells > CELLS


DELIMITER = re.compile(r"[\s>|:+*-]*-[\s>|:+*-]*")
"""The second line of a table, which makes it one."""


def checked(text: str, photos: Collection[str]) -> None:
    """Refused on "text", in words that name what is wrong. `photos`: the keys of those that may appear."""
    if len(text) > TEXT:
        raise Refused(_("At most %(most)d characters fit here; these are %(num)d.", most=TEXT, num=len(text)), "text")
    if crowded(text):
        raise Refused(too_many_cells(), "text")
    blocks = READER.blocks(text)
    for each in targets(blocks):
        if not leads(each):
            said = _("A link cannot lead there: %(address)s. It may lead to https://, mailto:, tel: or a page of ours.")
            raise Refused(said % {"address": each[:200]}, "text")
    for each in targets(blocks, "image"):
        if not each.startswith(PHOTO) or each.removeprefix(PHOTO) not in photos:
            said = _("Only photos of this summit can appear, and this is none: %(address)s. Choose one below the text.")
            raise Refused(said % {"address": each[:200]}, "text")
    images = [each for each in walk(blocks) if each.type == "image"]
    if len(images) > len([each for each in blocks if _photo(each)]):
        raise Refused(_("A photo stands in a paragraph of its own: leave an empty line before and after it."), "text")


def too_many_cells() -> str:
    """The sentence about a crowded text."""
    return str(_("The tables have more cells than a page can show; at most %(most)d.", most=CELLS))


@lru_cache(maxsize=512)
def parts(text: str) -> tuple[Part, ...]:
    """What a page shows of a text, in order. Headings begin at h2, whatever was typed, and leave none out."""
    blocks = READER.blocks(text)
    _level(blocks)
    return tuple(_parts(blocks))


@lru_cache(maxsize=512)
def excerpt(text: str) -> str:
    """The first paragraph as plain text, cut at a word."""
    first = next((each for each in READER.blocks(text) if each.type == "paragraph" and not _photo(each)), None)
    said = " ".join(_words(first).split()) if first else ""
    return said if len(said) <= EXCERPT else said[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _words(block: SyntaxTreeNode) -> str:
    """Its words without the addresses of its links."""
    return "".join(
        " " if each.type in {"softbreak", "hardbreak"} else each.content
        for each in block.walk()
        if each.type in {"text", "softbreak", "hardbreak"}
    )


def _parts(blocks: list[SyntaxTreeNode]) -> Iterator[Part]:
    for each in blocks:
        if (image := _photo(each)) is not None:
            yield Part(photo=str(image.attrs["src"]).removeprefix(PHOTO), caption=plain(image))
        else:
            _unlink(each)
            yield Part(Markup(READER.html(each)), table=each.type == "table")  # noqa: S704 (cleaned)


def _photo(block: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """The image of a paragraph that is nothing else."""
    inside = block.children[0].children if block.type == "paragraph" and block.children else []
    return inside[0] if len(inside) == 1 and inside[0].type == "image" else None


def _unlink(block: SyntaxTreeNode) -> None:
    """Let no link lead where it may not, even one that was stored before there was this rule."""
    for each in block.walk():
        if each.type == "link" and not leads(str(each.attrs["href"])):
            token = each.nester_tokens.opening if each.nester_tokens else None
            if token is not None:
                token.attrs = {}


def _level(blocks: list[SyntaxTreeNode]) -> None:
    """Turn the levels that were typed into h2 and below, in their order, without a gap."""
    headings = [each for each in walk(blocks) if each.type == "heading" and each.nester_tokens]
    typed = sorted({each.tag for each in headings})
    before = 1
    for each in headings:
        before = min(2 + typed.index(each.tag), before + 1, LOWEST)
        if each.nester_tokens:
            each.nester_tokens.opening.tag = each.nester_tokens.closing.tag = f"h{before}"
