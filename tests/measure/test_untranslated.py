"""No word of a page, and none that a script shows, is written in English alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.measure.nu import ROOT
from tests.measure.test_mirroring import SCRIPTS, TEMPLATES

pytestmark = pytest.mark.one_database

LEXER = Environment(extensions=["jinja2.ext.i18n"])
NAMES = {"CSV", "Excel", "SHA-256", "Plenary", "Google Calendar", "Outlook", "Apple", "Thunderbird", "?lang="}
NAMES |= {"news/", "info/", "](https://…)", "![](photo:"}
"""Names of products and of kinds of files, which every language writes so, pieces of addresses and of Markdown."""
ATTRIBUTES = re.compile(r'\s(?:title|alt|aria-label|aria-description|placeholder|label)="([^"]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"^[A-Z][a-z]+( |$)|[a-z]{2,} [a-z]{2,}")
TRANSLATES = {"_", "gettext", "ngettext"}
IN_A_TAG = {"width", "root", "at", "facts", "tongue", "page_tongue"}
"""Blocks and macros that hold attributes and their values."""
FIELDS = re.compile(r"[A-Z]\w*Field$|Control\+|List-Unsubscribe|One-Click")
"""Kinds of form fields, and words that programs read."""
Token = tuple[str, str]


def tokens(source: str) -> list[Token]:
    return [(kind, value) for _line, kind, value in LEXER.lex(source) if kind != "whitespace"]


def bare(source: str) -> Iterator[str]:
    """The words of a template's own that no translator sees: in its text, and in attributes that are read aloud."""
    text, inside, tag = "", 0, list[str]()
    for kind, value in tokens(source):
        if kind == "data":
            text += re.sub(r"[^<>\n]", " ", value) if inside else value
        elif kind == "block_begin":
            tag = []
        elif kind == "name":
            tag.append(value)
        elif kind == "block_end" and tag:
            opens = tag[0] == "trans" or (tag[0] in {"block", "macro"} and tag[1] in IN_A_TAG)
            inside = max(inside + opens - (tag[0] in {"endtrans", "endblock", "endmacro"} and inside > 0), 0)
            text += "\0"
        elif kind == "variable_end":
            text += "\0"
    text = re.sub(r"<!--.*?-->|<!doctype html>|&\w+;", "", text, flags=re.DOTALL)
    yield from (each[1] for each in ATTRIBUTES.finditer(text))
    yield from re.split(r"[\0\n]", re.sub(r"<[^>]*>", "\0", text))


def spoken(source: str) -> Iterator[str]:
    """Strings within {{ }} and {% %} that read like words, outside of what translates."""
    calls, before = list[bool](), ""
    for kind, value in tokens(source):
        if kind in {"variable_begin", "block_begin"}:
            calls = []
        elif value == "(" and kind == "operator":
            calls.append(before in TRANSLATES)
        elif value == ")" and kind == "operator" and calls:
            calls.pop()
        elif kind == "string" and not any(calls) and SENTENCE.search(value[1:-1]) and not FIELDS.search(value[1:-1]):
            yield value[1:-1]
        before = value


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def untranslated(source: str) -> list[str]:
    words = [each.strip(" \n·,") for each in bare(source)]
    return [each for each in words if WORD.search(each) and each not in NAMES]


def test_no_template_says_a_word_of_its_own() -> None:
    found = {name(each): untranslated(each.read_text(encoding="utf-8")) for each in TEMPLATES}
    assert {path: words for path, words in found.items() if words} == {}
    assert len(found) > 200


STATES = {
    *("quiet slim", "needs captions", "ranked wishes", "deputy head", "focal point and organiser", "not yours"),
    *("family first", "given first", "video missing", "give up", "message from city", "contribution to a session"),
    *("Title", "Plenary", "out of date"),
}
"""Classes of a button, states as they are stored, the head of a file's column, the product's name."""


def test_no_expression_says_a_word_of_its_own() -> None:
    found = {name(each): set(spoken(each.read_text(encoding="utf-8"))) - STATES for each in TEMPLATES}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ("<p>{{ _('Hello') }} there</p>", ["there"]),
        ("{% trans %}Hello{% endtrans %}<b>you</b>", ["you"]),
        ('<img alt="A bridge">', ["A bridge"]),
        ('<a aria-label="{{ name }} of Rome">{{ name }}</a>', ["{} of Rome"]),
        ("<p>{{ name }}</p><p class='note'>{{ _('All is well') }} &middot; CSV</p>", []),
        ("{% if a %}<td>Überall</td>{% endif %}", ["Überall"]),
    ],
)
def test_a_bare_word_would_be_found(source: str, said: list[str]) -> None:
    assert [each.replace("\0", "{}") for each in untranslated(source)] == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ parts.chip('Draft') }}", ["Draft"]),
        ("{{ parts.chip(_('Draft')) }}", []),
        ("{{ 'in all cities' if all else '' }}", ["in all cities"]),
        ("{{ ngettext('%(num)s city', '%(num)s cities', n) }}{{ form.RadioField('RadioField') }}", []),
    ],
)
def test_a_word_in_an_expression_would_be_found(source: str, said: list[str]) -> None:
    assert list(spoken(source)) == said


LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
SAID = re.compile(r"(?:^|[\s>])[A-Z][a-z]+ [a-z]+|[a-z]{2,} [a-z]{2,} [a-z]{2,}|^[A-Z][a-z]{2,}[.!…]?$")
KEYS = {"Enter", "Escape", "Delete", "Backspace", "Tab", "Home", "End", "Accept", "Number"}
"""Names of keys and heads of requests."""
THINGS = {"btn quiet slim", "zoom of the board"}
"""The classes of a button; under what a choice is kept."""


def said_by_a_script(source: str) -> list[str]:
    """Literals of a script that read like words. Scripts take theirs from the page, in its language."""
    text = re.sub(r"(?<![:\"'`])//[^\n]*|/\*.*?\*/", "", source, flags=re.DOTALL)
    words = [re.sub(r"\$\{[^}]*\}", "", next(filter(None, each.groups()), "")) for each in LITERAL.finditer(text)]
    return [each for each in words if SAID.search(each) and each not in KEYS | THINGS]


def test_no_script_says_a_word_of_its_own() -> None:
    found = {each.name: said_by_a_script(each.read_text(encoding="utf-8")) for each in SCRIPTS}
    assert {name: words for name, words in found.items() if words} == {}
    assert said_by_a_script('say("Picked up. Now move it");') == ["Picked up. Now move it"]
    assert said_by_a_script("button.title = `Remove ${name}`; go('[data-x] .is-on', 'Enter')") == []
    assert said_by_a_script("button.textContent = 'Sending…'") == ["Sending…"]
