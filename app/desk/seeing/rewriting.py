"""A page of somebody's, rewritten for other eyes: no form acts, no link leads with a secret, nothing runs. Pure.

What is taken out is not a list of known secrets. Of an address only that stays which is plainly none; every other text
goes through `cut`; elements that could act, play or run are changed or left out, whatever they are called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import escape

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
LEFT_OUT = frozenset("script iframe object embed video audio base template noscript".split())
"""Left out with all that is in them."""
LANDMARKS = frozenset("header main aside nav footer".split())
CONTROLS = frozenset("input button select textarea".split())
STRUCTURE = frozenset(
    "class id for role lang dir hreflang type width height viewbox d x y x1 x2 y1 y2 r cx cy transform colspan rowspan"
    " scope tabindex checked selected multiple readonly disabled required open hidden rows cols size min max step start"
    " value maxlength datetime charset name content rel media label headers translate inert"
    " fill rx ry opacity stroke stroke-width fill-rule clip-rule focusable points".split()
)
"""Attributes that may stay, beside aria-*; what they say is cut like any text, but where nobody wrote it."""
UNWRITTEN = frozenset("class id for d viewbox transform type".split())
"""Attributes that hold words of our templates alone."""
LONG = re.compile(r"(?=[\w-]*[A-Z0-9])[\w-]{20,}", re.ASCII)
"""A part of an address that may be a secret."""


@dataclass(frozen=True)
class Rules:
    """How a page is rewritten."""

    link: Callable[[str], str | None]
    """Where an address within our house leads for these eyes; None: nowhere."""
    picture: Callable[[str], str | None]
    cut: Callable[[str], str]
    band: str
    """HTML that stands before all else."""
    blank: str
    """HTML in place of what was told in confidence (elements marked `data-confidential`)."""
    forbidden: frozenset[str] = frozenset()
    """Secrets of these people: none of them may be left, wherever it stood."""


def rewritten(page: str, rules: Rules) -> str:
    """The whole page. Raises LookupError rather than let a known secret through."""
    parser = _Rewriter(rules)
    parser.feed(page)
    parser.close()
    text = "".join(parser.said)
    if any(secret and secret in text for secret in rules.forbidden):
        raise LookupError("a secret was left in a page that is shown to others")
    return text


@dataclass
class _Skipped:
    """What is being left out: until the end of an element, counted with those of its name within it."""

    tag: str = ""
    depth: int = 0


@dataclass
class _Rewriter(HTMLParser):
    rules: Rules
    said: list[str] = field(default_factory=list)
    skipped: _Skipped = field(default_factory=_Skipped)
    banded: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_decl(self, decl: str) -> None:
        self.said.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self.skipped.tag:
            self.skipped.depth += tag == self.skipped.tag
        elif tag in LEFT_OUT or "data-confidential" in given:
            self._skip(tag, given)
        elif not self._dropped(tag, given):
            self._open(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if not self.skipped.tag and tag not in LEFT_OUT and not self._dropped(tag, given):
            self._open(tag, given, closed=tag not in VOID)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped.tag:
            self.skipped.depth -= tag == self.skipped.tag
            if not self.skipped.depth:
                self.skipped.tag = ""
        elif tag not in VOID:
            if tag == "body":
                self._say_band()
            self.said.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.skipped.tag:
            self.said.append(str(escape(self.rules.cut(data))))

    def _skip(self, tag: str, given: Mapping[str, str]) -> None:
        if "data-confidential" in given:
            self.said.append(self.rules.blank)
        if tag not in VOID:
            self.skipped = _Skipped(tag, 1)

    def _dropped(self, tag: str, given: Mapping[str, str]) -> bool:
        """Whether an element without content is left out: hidden fields, pictures of nowhere, heads that lead on."""
        if tag == "input":
            return given.get("type") == "hidden"
        if tag == "meta":
            return "http-equiv" in given
        if tag == "link":
            return given.get("rel") not in {"stylesheet", "icon"} or not given.get("href", "").startswith("/static/")
        if tag in {"img", "image"}:
            return self.rules.picture(given.get("src") or given.get("href", "")) is None
        return tag in {"source", "track"}

    def _open(self, tag: str, given: Mapping[str, str], *, closed: bool = False) -> None:
        kept = {name: self._value(name, value) for name, value in given.items() if self._stays(tag, name)}
        kept |= self._led(tag, given)
        if tag in CONTROLS:
            kept.pop("required", None)
            kept |= {"disabled": ""}
        if tag in LANDMARKS:
            self._say_band()
        words = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in kept.items())
        self.said.append(f"<{tag}{words}{'/' if closed else ''}>")

    def _say_band(self) -> None:
        """Before the first landmark, so that the link that skips to the content stays the first of all."""
        if not self.banded:
            self.banded = True
            self.said.append(self.rules.band)

    def _stays(self, tag: str, name: str) -> bool:
        if tag in CONTROLS and (name == "name" or (name == "value" and tag == "button")):
            return False
        if tag == "form":
            return name in {"class", "id", "role"} or name.startswith("aria-")
        return name in STRUCTURE or name in {"alt", "title"} or name.startswith("aria-") or name == "data-label"

    def _value(self, name: str, value: str) -> str:
        return value if name in UNWRITTEN else self.rules.cut(value)

    def _led(self, tag: str, given: Mapping[str, str]) -> dict[str, str]:
        """The addresses of an element, as far as they lead anywhere."""
        if tag == "link":
            return {"href": given["href"]}
        if tag in {"img", "image"}:
            name = "src" if "src" in given else "href"
            return {name: self.rules.picture(given.get(name, "")) or ""}
        if tag == "use":
            return {name: value for name, value in given.items() if name in {"href", "xlink:href"}}
        if tag == "a" and "href" in given:
            to = self._address(given["href"])
            return {"href": to} if to else {"aria-disabled": "true", "role": "link"}
        return {}

    def _address(self, href: str) -> str | None:
        if href.startswith("#"):
            return href
        if href.startswith("mailto:"):
            return None if self.rules.cut(href) != href else href
        if href.startswith(("/", "?")) and not href.startswith("//"):
            return self.rules.link(href)
        return None


def harmless(address: str) -> bool:
    """Whether no part of an address of ours may be a secret, so that it may be followed as it is."""
    return not any(LONG.fullmatch(part) for part in re.split(r"[/?&=#]", address))
