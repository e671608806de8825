"""No page is left out of what is measured, and each is what the standard calls HTML."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.measure import glass, nu
from tests.measure.walk import Walk, name_of

pytestmark = pytest.mark.one_database

FILES = "a file, or a word between programs"
SENT_ON = "it sends its reader on to a page"
LETTER = "a letter, drawn for mail programs and shown in a frame"
NO_PAGE = {
    "/<event>/agenda.json": FILES,
    "/<event>/calendar/chosen.ics": FILES,
    "/<event>/look.css": FILES,
    "/<event>/photos/<key>-<int(max=9999):width>.jpg": FILES,
    "/<event>/schedule.json": FILES,
    "/<event>/schedule.xml": FILES,
    "/<event>/videos/<uid>.<any(mp4,mov):ending>": FILES,
    "/<event>/videos/<uid>.vtt": FILES,
    "/c/<token>/<uid>.vtt": FILES,
    "/c/<token>/city.ics": FILES,
    "/c/<token>/programme.ics": FILES,
    "/f/<token>/videos/<uid>/captions/file": FILES,
    "/device/start/<event>": SENT_ON,
    "/healthz": FILES,
    "/metrics": FILES,
    "/organise/<event>/delegations": SENT_ON,
    "/organise/<event>/invitations/city/<slug>/letter": FILES,
    "/organise/<event>/outbox/<int(max=2147483647):number>/letter.eml": FILES,
    "/organise/<event>/publish/letters/<whom>": LETTER,
    "/organise/<event>/schedule/acts": FILES,
    "/organise/<event>/schedule/proposals/<uid>/progress": FILES,
    "/organise/<event>/schedule/since/<int(max=2147483647):number>": FILES,
    "/organise/<event>/videos/<uid>/versions/<int(max=100000):number>/captions.vtt": FILES,
    "/readyz": FILES,
    "/robots.txt": FILES,
    "/sign-in/second": SENT_ON,
    "/sitemap.xml": FILES,
    "/sw.js": FILES,
    "/static/<path:filename>": FILES,
}
"""What no walk over pages has to open, and why. All else that can be opened is walked: by the links of other pages, or
from a door that tests/measure/cast.py names."""
NOT_KNOWN = ("“container-type”", "“@container”", "“scroll-initial-target”")
"""What browsers know of CSS and the checker does not yet."""


def opened(app: Flask) -> set[str]:
    return {each.rule.replace(", ", ",") for each in app.url_map.iter_rules() if "GET" in (each.methods or ())}


def test_every_page_is_walked(walked: Walk) -> None:
    assert sorted(opened(walked.app) - walked.rules - set(NO_PAGE)) == []
    assert sorted(set(NO_PAGE) & {each.split(" ")[0] for each in walked.pages}) == []
    assert sorted(set(NO_PAGE) - opened(walked.app)) == []
    assert len(walked.pages) > 250


def test_every_page_is_valid_html(walked: Walk, tmp_path: Path) -> None:
    """One page with a fault lies among them, so that a checker which finds nothing is found out."""
    wrong = "<!doctype html><html lang=en><title>A page</title><body><span><div>No</div></span></body></html>"
    pages = {name_of(each.key): each.html for each in walked.pages.values()} | {"wrong": wrong}
    for name, html in pages.items():
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
    found = nu.faults(sorted(tmp_path.iterdir()))
    assert [each for each in found if not each.startswith("wrong.html")] == []
    assert "Element “div” not allowed as child of element “span”" in found[0]


def test_every_stylesheet_is_valid(tmp_path: Path) -> None:
    found = nu.faults(sorted((nu.ROOT / "static").glob("*.css")), "--css")
    assert [each for each in found if not any(word in each for word in NOT_KNOWN)] == []


def test_every_page_is_for_everybody(walked: Walk, browser: Browser) -> None:
    """Axe finds nothing, nothing breaks or is lost, in both directions and both schemes, at 320 px and 200 %."""
    by_day = glass.Look("desk", "en", "light", glass.ALL_RULES)
    by_night = glass.Look("phone", "ar", "dark", glass.OF_LOOKS)
    assert glass.wrong(walked, browser, [(by_day, walked.by_rule()), (by_night, walked.by_template())]) == []
