"""What comes of Markdown, be it as hostile as may be."""

from __future__ import annotations

import re

import html5lib
import pytest

from app.refused import Refused
from app.site.writing import checked, crowded, excerpt, parts
from app.web.kept import KeepingFlask
from tests.moments import takes_less

pytestmark = pytest.mark.one_database
KEY = "3f9a0c11d2e4b576"


def html(text: str) -> str:
    return "".join(str(each.html) for each in parts(text))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<style>*{display:none}</style>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=https://evil.example></iframe>",
        "<svg/onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "[x](https://tokyo.example@evil.example)",
        "[x](file:///etc/passwd)",
        "![x](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "![x](data:image/svg+xml;base64,AAAA)",
        "<javascript:alert(1)>",
        '[x](https://a.example "onclick=alert(1)")',
        "**<b onclick=alert(1)>x</b>**",
        "| <script>x</script> | a |\n|---|---|\n| <img src=x> | [y](javascript:z) |",
    ],
)
def test_nothing_hostile_comes_through(text: str) -> None:
    found = list(html5lib.parseFragment(html(text), namespaceHTMLElements=False).iter())[1:]
    assert {each.tag for each in found} <= {"p", "strong", "a", "table", "thead", "tbody", "tr", "th", "td"}
    assert [each.attrib for each in found if each.attrib not in ({}, {"href": "https://a.example"})] == []


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "//evil.example", "https://tokyo.example@evil.example"),
        *("ftp://a.example", "agenda", "http:", "mailto:", "/\\evil.example"),
    ],
)
def test_a_link_that_may_not_stand_is_named(app: KeepingFlask, address: str) -> None:
    with app.test_request_context(), pytest.raises(Refused, match="A link cannot lead there") as no:
        checked(f"[x]({address})", [])
    assert no.value.field == "text"


@pytest.mark.parametrize(
    "address",
    [
        *("https://a.example/b?c=d#e", "http://a.example", "/gnets-2023/agenda", "#rooms", "mailto:a@b.example"),
        "tel:+81312345678",
    ],
)
def test_a_link_that_may_stand_stands(app: KeepingFlask, address: str) -> None:
    with app.test_request_context():
        checked(f"[x]({address})", [])
    assert f'href="{address}"' in html(f"[x]({address})")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("![x](https://evil.example/a.jpg)", "Only photos of this summit can appear"),
        ("![x](photo:0000000000000000)", "Only photos of this summit can appear"),
        (f"Before ![x](photo:{KEY}) after", "A photo stands in a paragraph of its own"),
        (f"- ![x](photo:{KEY})", "A photo stands in a paragraph of its own"),
        ("|a|b|\n|-|-|\n" + "|c|d|\n" * 1000, "The tables have more cells than a page can show; at most 2000."),
        ("|" + "a|" * 600 + "\n|" + "-|" * 600 + "\n" + "b\n" * 105, "more cells than a page can show"),
        ("> |" + "a|" * 600 + "\n> |" + "-|" * 600 + "\n" + "> b\n" * 105, "more cells than a page can show"),
    ],
)
def test_what_may_not_stand_on_a_page_is_refused(app: KeepingFlask, text: str, sentence: str) -> None:
    with app.test_request_context(), pytest.raises(Refused, match=re.escape(sentence)):
        checked(text, [KEY])


def test_a_photo_of_ours_stands_between_paragraphs_with_its_words(app: KeepingFlask) -> None:
    text = f"One.\n\n![The *great* hall](photo:{KEY})\n\nTwo."
    with app.test_request_context():
        checked(text, [KEY])
    assert [(each.photo, each.caption) for each in parts(text)] == [("", ""), (KEY, "The great hall"), ("", "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# A\n\n## B\n\n# C", ["h2", "h3", "h2"]),
        ("### A\n\n##### B\n\n### C", ["h2", "h3", "h2"]),
        ("## A\n\n#### B\n\n###### C\n\n##### D", ["h2", "h3", "h4", "h4"]),
        ("### B\n\n## A", ["h2", "h2"]),
    ],
)
def test_headings_begin_below_the_title_and_leave_no_level_out(text: str, found: list[str]) -> None:
    assert re.findall(r"<(h\d)>", html(text)) == found


def test_everything_that_can_be_written() -> None:
    text = "Doors **open** at *nine*.\nSecond line.\n\n1. a\n2. b\n\n> said\n\n|a|b|\n|-|-|\n|c|d|\n\n---\n\n<https://a.example>"
    tags = re.findall(r"<(\w+)", html(text))
    assert tags == ("p strong em br ol li li blockquote p table thead tr th th tbody tr td td hr p a".split())


def test_the_first_paragraph_stands_in_lists() -> None:
    assert excerpt(f"## Title\n\n![x](photo:{KEY})\n\nDoors [open](https://a.example) at\n**nine**.\n\nMore.") == (
        "Doors open at nine."
    )
    assert excerpt("word " * 100) == ("word " * 44).strip() + " …"
    assert excerpt("") == ""


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "> " * 10_000, "*a_ " * 5_000, "![](" * 5_000, "- " * 10_000, "`" * 20_000, "_*" * 10_000]
)
def test_no_text_keeps_the_reader_busy(text: str) -> None:
    assert takes_less(5, lambda: html(text))


def test_a_table_of_a_thousand_rows_is_not_crowded() -> None:
    rows = "| Line | Minutes |\n| --- | ---: |\n" + "| Express | 80 |\n" * 990
    assert not crowded(f"Before.\n\n{rows}\nAfter | with | bars\n\n---\n\n- a | b")
    assert crowded(rows + "| Local | 120 |\n" * 20)
