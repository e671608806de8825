"""Nothing says left or right where a page must turn around for those who read from right to left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.web import wording
from app.web.kept import KeepingFlask
from tests.measure.nu import ROOT

pytestmark = pytest.mark.one_database

PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b[\w-]*\s*:"
    r"|(?<![\w-])(?:left|right)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius\s*:"
    r"|(?:text-align|float|clear|justify-\w+|caption-side|resize)\s*:\s*(?:left|right)\b"
    r"|translate(?:X|3d)?\((?!0\b)|(?<![\w-])translate\s*:(?!\s*0\b)"
    r"|(?:background|mask|object|transform)[\w-]*\s*:[^;}]*\b(?:left|right)\b"
)
"""A side of the paper instead of the beginning or the end of a line; a shift along the line."""
ARROWS = re.compile("[\u2190\u2192\u21d0\u21d2\u2039\u203a\u00ab\u00bb\u25b6\u25b8\u25c0\u25c2]")
"""Arrows, and angles that are used as arrows."""
STYLES = sorted((ROOT / "static").glob("*.css"))
TEMPLATES = [each for each in sorted((ROOT / "templates").rglob("*.html")) if "letters" not in each.parts]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
WITHIN_WORDS = re.compile(r"""_\((["']).*?\1""")
"""What translators may turn around themselves."""
IN_ITS_OWN_PLACE = re.compile(r'<span class="turns"[^>]*>.</span>')


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_style_names_a_side_of_the_paper(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [found[0] for found in PHYSICAL.finditer(text)] == []


@pytest.mark.parametrize(
    "style",
    [
        *("margin-left: 1rem", "padding-right:0", "left: 0", "float: right", "text-align: left", "inset-right: 0"),
        *("border-left-width: 1px", "translate: 1rem 0", "transform: translateX(4px)", "border-top-left-radius: 1px"),
        *("background: url(x) right center", "transform-origin: left", "justify-content: left"),
    ],
)
def test_a_side_of_the_paper_would_be_found(style: str) -> None:
    assert PHYSICAL.search(f".a {{ color: red; {style} }}")


@pytest.mark.parametrize(
    "style",
    ["margin-inline-start: 1rem", "text-align: start", "translate: 0 -50%", "inset-inline-end: 0", "copyright: 1"],
)
def test_what_turns_by_itself_is_not_found(style: str) -> None:
    assert not PHYSICAL.search(f".a {{ color: red; {style} }}")


def test_no_template_points_along_the_line_without_turning() -> None:
    found = []
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = IN_ITS_OWN_PLACE.sub("", WITHIN_WORDS.sub("", text))
        found += [f"{path.name}: {each[0]}" for each in re.finditer(rf".{{0,30}}{ARROWS.pattern}", text)]
        found += [f"{path.name}: {each[0]}" for each in re.finditer(r'\salign="', text)]
    assert found == []


def test_no_script_asks_for_a_side_without_asking_for_the_direction() -> None:
    sides = re.compile(r"ArrowLeft|ArrowRight|\.style\.(left|right|marginLeft)|scrollLeft|translateX")
    texts = {each.name: each.read_text(encoding="utf-8") for each in SCRIPTS}
    assert [name for name, text in texts.items() if sides.search(text) and "document.dir" not in text] == []


def test_pictures_keep_their_direction() -> None:
    """Time runs from left to right in charts of the Arab world too; the words of a chart have their places."""
    styles = (ROOT / "static" / "charts.css").read_text(encoding="utf-8")
    assert re.search(r"\.chart \{[^}]*direction: ltr", styles)


def test_icons_that_point_turn_and_others_do_not(app: KeepingFlask) -> None:
    with app.test_request_context():
        drawn = {name: 'class="icon turns"' in wording.icon(name) for name in ("arrow-right", "pencil", "clipboard")}
    assert drawn == {"arrow-right": True, "pencil": False, "clipboard": False}
