"""From frozen facts to words: who renders which kind of letter, and how templates become text and HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import css_inline
from flask import current_app
from flask_babel import force_locale

from app.ical import clean
from app.outbox.openings import Wording
from app.outbox.tongues import locale_of


@dataclass(frozen=True)
class Attachment:
    filename: str
    mimetype: str
    """Without parameters: "text/calendar"."""
    content: bytes
    method: str = ""
    """What a calendar program is asked to do with it (iMIP): "REQUEST", "CANCEL"; empty: it is a file to look at."""


@dataclass(frozen=True)
class Rendered:
    """A letter in words, before it becomes octets."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str = ""
    """The address at which one press ends letters of this kind (RFC 8058); empty: they are the reader's own matters."""


Renderer = Callable[[Mapping[str, Any], str], Rendered]

renderers: dict[str, Renderer] = {}
"""Kind of letter -> what words it, given the facts and the language. Filled by each feature's letters.py."""


Unwanted = Callable[[Mapping[str, Any]], str]
"""Why somebody is to get no such letter any more, given its facts; empty: they may. May ask the database."""
unasked: dict[str, Unwanted] = {}
"""Kinds that nobody asked for and that concern no matter of the reader's own: none goes to who complained, nor to who
wants none, which is asked before each leaves."""
Rests = Callable[[Mapping[str, Any], datetime], datetime]
"""Until when a letter that could leave at this moment waits all the same, given its facts; that moment: not at all."""
resting: dict[str, Rests] = {}
"""Kinds that reach nobody at certain hours; asked before each leaves, since letters are held, and tried again."""
sealed: set[str] = set()
"""Kinds that open an account, or what was told in confidence: nobody but the reader sees what such a letter says."""


def renders(
    kind: str, *, seal: bool = False, unless: Unwanted | None = None, rests: Rests | None = None
) -> Callable[[Renderer], Renderer]:
    """Mark a function as the one that words letters of this kind. `seal`: it opens more than its reader's own page;
    `unless`: it is news for many and no matter of its reader's own, and this tells who wants none; `rests`: until when
    it disturbs its reader."""

    def mark(renderer: Renderer) -> Renderer:
        if kind in renderers:
            raise ValueError(f"Two functions word letters of the kind {kind!r}.")
        renderers[kind] = renderer
        if seal:
            sealed.add(kind)
        if unless is not None:
            unasked[kind] = unless
        if rests is not None:
            resting[kind] = rests
        return renderer

    return mark


def render(kind: str, facts: Mapping[str, Any], language: str, own: Mapping[str, Wording] | None = None) -> Rendered:
    """The letter in words, by the function that words its kind. Raises LookupError when there is none.

    `own`: the words that organisers put in the place of those with which letters begin, by name of the opening.
    """
    if kind not in renderers:
        raise LookupError(f"Nothing words letters of the kind {kind!r}.")
    with force_locale(locale_of(language)):
        return renderers[kind]({**facts, "words": own or {}}, language)


def compose(template: str, language: str, **values: Any) -> tuple[str, str]:
    """(text, html) from templates/letters/<template>.txt and .html, in the reader's language.

    `lead`, if there is one, is how the letter begins: its heading, and the words above all else. To `values` are added
    `language` and `direction` ("ltr" or "rtl"). Values arrive as literal text: escaped in the
    HTML, as they are in the text, in both without control characters and marks that turn the direction around. The HTML
    carries its styles inline and fetches nothing.
    """
    locale = locale_of(language)
    values |= {"language": str(locale).replace("_", "-"), "direction": locale.text_direction}
    with force_locale(locale):
        text, html = (
            clean(current_app.jinja_env.get_template(f"letters/{template}.{end}").render(values))
            for end in ("txt", "html")
        )
    return _tidy(text), _INLINER.inline(html)


_INLINER = css_inline.CSSInliner(minify_css=True, load_remote_stylesheets=False)


def _tidy(text: str) -> str:
    """The text without what a template's own lines leave behind: blanks at line ends, more than one empty line."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ ]+\n", "\n", text)).strip() + "\n"
