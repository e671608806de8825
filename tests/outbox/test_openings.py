"""How letters begin: the organisers' words in the place of ours, and what they can reach, which is nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from flask_babel import force_locale

from app.outbox import Opening, begin
from app.outbox.openings import PLACES, SUBJECT, TEXT, Wording, checked, openings
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.moments import takes_less
from tests.outbox.test_mime import HOSTILE

pytestmark = pytest.mark.one_database

OFFERS = {"city": "the city", "name": "the person", "motto": "the motto", "reference": "the reference"}
GREETING = Opening("greeting", "the person", "always", "Welcome to {city}", ("{name} is expected.",), OFFERS, "Come!")
VALUES = {"city": "Rome", "name": "Gaia Romani", "motto": "", "reference": "7K4M9Q"}


@pytest.fixture
def paper(standing: KeepingFlask) -> Iterator[Flask]:
    """The application with one more letter whose words can be changed."""
    openings["greeting"] = GREETING
    with standing.app_context():
        yield standing
    del openings["greeting"]


def said(text: str, subject: str = "Hello", **values: str) -> tuple[str, str]:
    """The HTML, without marks of direction, and the text of a letter that begins so."""
    done = begin("greeting", {"words": {"greeting": Wording(subject, text)}}, VALUES | values)
    return re.sub("</?bdi>", "", done.html), done.text


def test_the_shipped_words_have_a_heading_of_their_own(paper: Flask) -> None:
    done = begin("greeting", {}, VALUES)
    assert (done.subject, done.heading, done.text) == ("Welcome to Rome", "Come!", "Gaia Romani is expected.")
    assert done.html == "<p><bdi>Gaia Romani</bdi> is expected.</p>"


def test_the_organisers_subject_is_the_heading_too(paper: Flask) -> None:
    own = {"words": {"greeting": Wording("Dear {city}", "Come."), "another": Wording("No", "No")}}
    done = begin("greeting", own, VALUES)
    assert (done.subject, done.heading, done.text) == ("Dear Rome", "Dear Rome", "Come.")


def test_text_and_html_are_made_of_one_source(paper: Flask) -> None:
    assert said("**{name}**, *come* to\n{city}.\n\n- by train\n- by [ship](https://ship.example/)\n\n1. First") == (
        (
            "<p><strong>Gaia Romani</strong>, <em>come</em> to<br>\nRome.</p>\n"
            '<ul>\n<li>by train</li>\n<li>by <a href="https://ship.example/">ship</a></li>\n</ul>\n'
            "<ol>\n<li>First</li>\n</ol>"
        ),
        "Gaia Romani, come to\nRome.\n\n- by train\n- by ship (https://ship.example/)\n\n1. First",
    )


def test_a_value_is_literal_whatever_it_holds(paper: Flask) -> None:
    html, text = said("{name} of {city}", name="{reference} **b** [x](https://x.example)", city=HOSTILE)
    assert text == '{reference} **b** [x](https://x.example) of Å"s,a\nBcc: x@y <b>&amp;{{7*7}}'
    assert html == ("<p>{reference} **b** [x](https://x.example) of Å&#34;s,a\nBcc: x@y &lt;b&gt;&amp;amp;{{7*7}}</p>")


def test_html_and_templates_are_only_text(paper: Flask) -> None:
    html, text = said("<b onclick=x>{{ config }}</b> {% if 1 %} &lt; &#123;city&#125;")
    assert text == "<b onclick=x>{{ config }}</b> {% if 1 %} &lt; &#123;city&#125;"
    assert html.startswith("<p>&lt;b onclick=x&gt;{{ config }}&lt;/b&gt;")


def test_a_paragraph_whose_placeholder_has_nothing_to_say_is_left_out(paper: Flask) -> None:
    assert said("Come.\n\nUnder the words “{motto}”.\n\n- {motto}")[1] == "Come."
    assert said("Come.\n\nUnder the words “{motto}”.", motto="One earth")[1] == "Come.\n\nUnder the words “One earth”."


def test_a_letter_that_lacks_a_value_is_not_written(paper: Flask) -> None:
    with pytest.raises(KeyError):
        begin("greeting", {}, {"city": "Rome"})


def refusal(text: str, subject: str = "Hello") -> tuple[str | None, str]:
    with pytest.raises(Refused) as no:
        checked(GREETING, Wording(subject, text))
    return no.value.field, no.value.message


def test_words_that_hold_what_the_letter_knows_are_taken(paper: Flask) -> None:
    words = Wording("For {name}", "See [our page](http://localhost/summit/) or <https://x.example>. **{city}**")
    assert checked(GREETING, words) == words


@pytest.mark.parametrize(
    "place",
    ["{city.__class__}", "{0}", "{}", "{city!r}", "{city:>9}", "{ city }", "{City}", "{village}", "{{city}}", "{", "}"],
)
def test_what_is_no_placeholder_of_this_letter_is_named(paper: Flask, place: str) -> None:
    for field, message in (refusal(f"Come to {place}."), refusal("Come.", subject=f"To {place}")):
        assert field in {"subject", "text"}
        assert message.startswith("This letter knows no ")
        assert "It knows: {city}, {name}, {motto}, {reference}." in message
    assert refusal("To {village}.") == (
        "text",
        "This letter knows no {village}. It knows: {city}, {name}, {motto}, {reference}.",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](http://evil.example/)", "https:// only: http://evil.example/"),
        ("[x](javascript:alert)", "https:// only: javascript:alert"),
        ("<ftp://evil.example>", "https:// only: ftp://evil.example"),
        ("[x](http://localhost.evil.example/)", "https:// only: http://localhost.evil.example/"),
        ("[x](//evil.example)", "https:// only: //evil.example"),
        ("[x](JaVaScRiPt:alert)", "https:// only: JaVaScRiPt:alert"),
        ("[x](&#106;avascript:alert)", "https:// only: javascript:alert"),
        ("[x](data:text/html;base64,AA)", "https:// only: data:text/html;base64,AA"),
        ("[x](https://localhost@evil.example/)", "https:// only: https://localhost@evil.example/"),
        ("<https://localhost:x@evil.example/>", "https:// only: https://localhost:x@evil.example/"),
        ("[x](http://localhost@evil.example)", "https:// only: http://localhost@evil.example"),
        ("[x](https://)", "https:// only: https://"),
        ("[x](/d/secret)", "https:// only: /d/secret"),
        ("[x](https://x.example/{reference})", "cannot stand in an address: https://x.example/%7Breference%7D"),
        ("[x](https://x.example/%7Breference%7D)", "cannot stand in an address"),
    ],
)
def test_links_lead_to_https_and_to_our_own_pages(paper: Flask, text: str, said: str) -> None:
    field, message = refusal(text)
    assert (field, said in message) == ("text", True)


def test_no_more_placeholders_are_taken_than_a_letter_can_hold(paper: Flask) -> None:
    words = Wording("{name}", "{name}" * PLACES)
    assert checked(GREETING, words) == words
    assert refusal("{name}" * (PLACES + 1)) == ("text", "At most 50 placeholders fit here.")
    assert refusal("{name} " * 10_000)[0] == "text"
    assert len(begin("greeting", {"words": {"greeting": words}}, VALUES | {"name": '"<&' * 67}).html) < 100_000


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("![x](https://e.example/a.png)", '<p>!<a href="https://e.example/a.png">x</a></p>'),
        ("[x](https://e.example 'a title')", '<p><a href="https://e.example">x</a></p>'),
        ("[x](java\tscript:alert)", "<p>[x](java\tscript:alert)</p>"),
        ("[x]\n\n[x]: javascript:alert", "<p>[x]</p>\n<p>[x]: javascript:alert</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("&lt;img src=x&gt;", "<p>&amp;lt;img src=x&amp;gt;</p>"),
        ("```\n<b>\n```", "<p>```<br>\n&lt;b&gt;<br>\n```</p>"),
        ("# {city}", "<p># Rome</p>"),
    ],
)
def test_of_markdown_only_the_little_that_is_meant_becomes_html(paper: Flask, text: str, html: str) -> None:
    assert said(text)[0] == html


@pytest.mark.parametrize(
    "unit",
    [
        "*",
        "**a",
        "[",
        "[a](",
        "[a](<",
        "<",
        "- ",
        "1. ",
        "\n\n- a",
        "\\",
        "`",
        "_a*",
        "* * *\n",
        "> ",
        "<https://a>",
        "]((",
    ],
)
def test_no_words_hold_a_letter_up(paper: Flask, unit: str) -> None:
    words = Wording("Hello", (unit * TEXT)[:TEXT])

    def both() -> None:
        with suppress(Refused):
            checked(GREETING, words)
        begin("greeting", {"words": {"greeting": words}}, VALUES)

    assert takes_less(2, both)


def test_a_placeholder_in_two_pieces_is_refused(paper: Flask) -> None:
    assert refusal("[a](https://x.example '{city}')")[0] == "text"


def test_what_is_empty_or_too_long_is_refused(paper: Flask) -> None:
    assert (refusal("Come.", subject=" ")[0], refusal("\n")[0]) == ("subject", "text")
    assert (refusal("Come.", subject="a" * (SUBJECT + 1))[0], refusal("a" * (TEXT + 1))[0]) == ("subject", "text")


def test_every_shipped_text_could_be_stored_as_it_is(paper: Flask) -> None:
    for each in openings.values():
        with force_locale("en"):
            assert checked(each, each.shipped) == each.shipped, each.name
