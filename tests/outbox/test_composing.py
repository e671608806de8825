"""Letters from templates: the shared layout, and values that arrive as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import jinja2
import pytest
from flask import Flask

from app.outbox import compose
from app.web.kept import KeepingFlask
from tests.outbox.test_mime import HOSTILE
from tests.pages import words

TEXT = """{% extends "letters/layout.txt" %}
{% from "letters/parts.txt" import facts, link %}
{% block heading %}You take part in the summit{% endblock %}
{% block body %}
{{ city }} is expected.

{{ facts([("Reference", "7K4M9Q"), ("Begins", ["27 February, 09:00 (Tokyo)", "26 February, 19:00 (New York)"])]) }}
{{ link("See or change it", "https://summit.example/d/4f1c?a=1&b=2") }}
{% endblock %}
"""
HTML = """{% extends "letters/layout.html" %}
{% from "letters/parts.html" import facts, link with context %}
{% block heading %}You take part in the summit{% endblock %}
{% block body %}
<p>{{ city }} is expected.</p>
{{ facts([("Reference", "7K4M9Q"), ("Begins", ["27 February, 09:00 (Tokyo)", "26 February, 19:00 (New York)"])]) }}
{{ link("See or change it", "https://summit.example/d/4f1c?a=1&b=2") }}
{% endblock %}
"""

pytestmark = pytest.mark.one_database


@pytest.fixture
def paper(standing: KeepingFlask) -> Iterator[Flask]:
    """The application with one more letter."""
    before = standing.jinja_env.loader
    ours = jinja2.DictLoader({"letters/greeting.txt": TEXT, "letters/greeting.html": HTML})
    assert before is not None
    standing.jinja_env.loader = jinja2.ChoiceLoader([ours, before])
    with standing.app_context():
        yield standing
    standing.jinja_env.loader = before


def tree(html: str) -> Element:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    assert parser.errors == []
    return root


def test_the_text_reads_well_by_itself(paper: Flask) -> None:
    text, _html = compose(
        "greeting",
        "en",
        city="Rome",
        to_name="Office of Rome",
        summit="G-NETS Summit",
        contact="protocol@tokyo.example",
    )
    assert text == (
        "G-NETS Summit\n"
        "\n"
        "You take part in the summit\n"
        "\n"
        "Dear Office of Rome,\n"
        "\n"
        "Rome is expected.\n"
        "\n"
        "Reference: 7K4M9Q\n"
        "Begins: 27 February, 09:00 (Tokyo)\n"
        "    26 February, 19:00 (New York)\n"
        "\n"
        "See or change it:\n"
        "https://summit.example/d/4f1c?a=1&b=2\n"
        "\n"
        "Questions? Answer this letter, or write to protocol@tokyo.example.\n"
        "Sent by Plenary, for the summits of city networks.\n"
    )


def test_text_and_html_say_the_same(paper: Flask) -> None:
    text, html = compose("greeting", "en", city="Rome", to_name="Office of Rome", contact="protocol@tokyo.example")
    body = tree(html).find("body")
    assert body is not None
    links = [each.get("href", "") for each in body.iter("a")]
    shown = set(re.findall(r"\w+", " ".join(body.itertext())))
    told = set(re.findall(r"\w+", text))
    assert (links, shown - told, told - shown - set(re.findall(r"\w+", " ".join(links)))) == (
        ["https://summit.example/d/4f1c?a=1&b=2", "mailto:protocol@tokyo.example"],
        set(),
        set(),
    )


def test_hostile_values_are_literal_text_in_both(paper: Flask) -> None:
    text, html = compose("greeting", "en", city=HOSTILE, to_name=HOSTILE)
    literal = 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}'
    paragraphs = [words(each) for each in tree(html).iter("p")]
    assert (paragraphs[:2], list(tree(html).iter("b"))) == ([f"Dear {literal},", f"{literal} is expected."], [])
    assert text.count(literal.replace("Bcc", "\nBcc").replace(" \n", "\n")) == 2


def test_values_lose_control_characters_and_marks_that_turn_the_direction(paper: Flask) -> None:
    text, html = compose("greeting", "en", city="Ro\x00\x1bm\u202ee\u2066\ud800")
    assert ("Rome is expected." in text, '<p style="margin:0 0 16px">Rome is expected.</p>' in html) == (True, True)


def test_the_html_fetches_nothing_and_runs_nothing(paper: Flask) -> None:
    _text, html = compose("greeting", "en", city="Rome")
    root = tree(html)
    fetching = [
        each.tag for each in root.iter() if each.get("src") or each.tag in {"link", "script", "img", "form", "object"}
    ]
    assert (fetching, re.findall(r"url\(|@import|@font-face|var\(|flex|position", html)) == ([], [])


def test_the_html_is_a_whole_page_with_one_heading_that_is_its_title(paper: Flask) -> None:
    _text, html = compose("greeting", "en", city="Rome")
    root = tree(html)
    headings = [words(each) for each in root.iter("h1")]
    assert (html[:15], headings, [words(each) for each in root.iter("title")]) == (
        "<!DOCTYPE html>",
        ["You take part in the summit"],
        ["You take part in the summit"],
    )


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ja", "ltr"), ("ar", "rtl"), ("pt-BR", "ltr")])
def test_language_and_direction_stand_on_the_page_and_on_the_table(paper: Flask, language: str, direction: str) -> None:
    root = tree(compose("greeting", language, city="Rome")[1])
    wrapper = root.find("./body/table")
    assert wrapper is not None
    assert [(each.get("lang"), each.get("dir")) for each in (root, wrapper)] == [(language, direction)] * 2


@pytest.mark.parametrize("language", ["", "tlh", "en\r\nx", "not a language"])
def test_a_language_nobody_knows_is_english(paper: Flask, language: str) -> None:
    assert compose("greeting", language, city="Rome") == compose("greeting", "en", city="Rome")


def test_layout_tables_say_so_and_data_tables_have_scopes(paper: Flask) -> None:
    root = tree(compose("greeting", "en", city="Rome")[1])
    roles = [(each.get("role"), each.get("class")) for each in root.iter("table")]
    scopes = {each.get("scope") for each in root.iter("th")}
    assert (roles, scopes) == (
        [("presentation", "paper ltr"), ("presentation", "sheet"), (None, "facts")],
        {"row"},
    )


def test_styles_stand_inline_and_dark_paper_is_known(paper: Flask) -> None:
    _text, html = compose("greeting", "en", city="Rome")
    [style] = tree(html).iter("style")
    assert (style.text or "").strip().startswith("@media (prefers-color-scheme: dark)")
    assert '<a href="https://summit.example/d/4f1c?a=1&amp;b=2" style="color:#0b5d5e">See or change it</a>' in html


def test_a_letter_is_far_below_what_gmail_cuts_off(paper: Flask) -> None:
    assert len(compose("greeting", "en", city="Rome")[1].encode()) < 20_000


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "paper_colour", "least"),
    [
        ("#16213a", "#faf8f3", 7.0),
        ("#4c546d", "#faf8f3", 4.5),
        ("#0b5d5e", "#faf8f3", 4.5),
        ("#e9ecf3", "#12161f", 7.0),
        ("#b2bacd", "#12161f", 4.5),
        ("#62c7c3", "#12161f", 4.5),
    ],
)
def test_every_ink_of_the_layout_stands_out_from_its_paper(
    paper: Flask, ink: str, paper_colour: str, least: float
) -> None:
    _text, html = compose("greeting", "en", city="Rome")
    light, dark = sorted((_luminance(ink), _luminance(paper_colour)), reverse=True)
    assert (ink in html, paper_colour in html, (light + 0.05) / (dark + 0.05) >= least) == (True, True, True)
