"""Every form sent as nobody meant it: with fields that it does not have (A5), and with strings from the edge (P6)."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.trust.doors.forms import Filled, changes, forms, rows
from tests.trust.doors.survey import Survey
from tests.trust.doors.world import Knocker, World
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

EXTRA = {
    "role": "organiser", "is_admin": "1", "status": "active", "event_id": "1", "city_id": "1", "capacity": "9999",
    "taken": "0", "version": "99", "user_id": "1", "delegation_id": "1", "mode": "video", "state": "approved",
    "network_id": "1", "answer": "approved", "seats": "9999", "granted": "9999", "link_generation": "7",
}  # fmt: skip
OF_CHANCE = ("uid", "key", "hash", "salt", "code", "at", "until", "token", "mark", "reference", "made_by", "seed")
"""Parts of the names of columns in which two runs never hold the same."""
EDGES = {
    "quotes": "\"'`; DROP TABLE events; --",
    "the character zero": "a\0b",
    "percent signs": "%s%n%(x)s{0}{{7*7}}%",
    "ten thousand letters": "é" * 10_000,
    "from right to left": "\u202eabc\u200f \u0645\u0631\u062d\u0628\u0627",
    "signs": "👩🏽‍🚀🇯🇵\u0301\u200d",
    "half a letter": "\ud83d x",
    "a negative number": "-1",
    "a great number": "9" * 30,
    "the first year": "0001-01-01",
    "the last year": "9999-12-31",
    "a time that is none": "25:61",
    "control": "\x01\x0b\x0c\x7f\u2028",
}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
DRAWN = re.compile(r'20[0-8]\d-\d\d-\d\d[T ][\d:.+]+|"seed": "?\d+')
"""The same within values of JSON: when they were made, and by which draw. The summits of the world are in 2090."""
LONG = 60
"""Of a text that must still stand in the page, so much is looked for."""


def _sender(world: World, form: Filled) -> Knocker:
    return world.knockers["several roles" if form.page.startswith("/organise") else "anybody"]


def _sent(world: World, form: Filled, **more: str) -> dict[tuple[str, str], list[Any]]:
    """What sending the form as it stands changes, with more fields if there are any."""
    world.fresh()
    before = rows(world)
    answer = world.ask(_sender(world, form), "POST", form.action, form.changed(**more))
    assert answer.status_code < 500, (form.page, form.action, more)
    return changes(before, rows(world))


def _settled(found: dict[tuple[str, str], list[Any]]) -> dict[tuple[str, str], list[str]]:
    return {
        key: [] if any(part in key[1].split("_") for part in OF_CHANCE) or key[0] in {"notes", "messages"} else
        sorted(DRAWN.sub("drawn", str(each)) for each in values)
        for key, values in found.items()
    }  # fmt: skip


def test_a_field_that_a_form_does_not_have_changes_nothing(
    built: World, surveyed: Survey, heard: io.StringIO, full: bool, figures: Figures
) -> None:
    wrong, sent = [], 0
    for form in forms(surveyed, 1 if full else 12):
        extra = {name: value for name, value in EXTRA.items() if name not in form.values}
        plain, more = _settled(_sent(built, form)), _settled(_sent(built, form, **extra))
        sent += 1
        if plain != more:
            wrong.append((form.page, {key: (plain.get(key), more.get(key)) for key in {*plain, *more}}))
    assert wrong == []
    figures.hold("A5", "forms that took a field which is not theirs", len(wrong), exactly=0)
    figures.hold("A5", "forms sent with fields which are not theirs", sent, least=200 if full else 10)


def test_no_form_falls_over_and_what_was_typed_is_kept(
    built: World, surveyed: Survey, heard: io.StringIO, full: bool, figures: Figures
) -> None:
    broken, lost, sent = [], [], 0
    built.fresh()
    for number, form in enumerate(forms(surveyed, 1 if full else 3)):
        names = list(EDGES) if full else [list(EDGES)[number % len(EDGES)]]
        for name in names:
            text = EDGES[name]
            answer = built.ask(_sender(built, form), "POST", form.action, _typed(form, text), URLENCODED)
            sent += 1
            if answer.status_code >= 500:
                broken.append((form.action, name, answer.status_code))
            kept = name in KEPT and not form.action.endswith(CODES)
            if answer.status_code == 422 and kept and form.typed and text[:LONG] not in unescape(answer.text):
                lost.append((form.action, name))
            if answer.status_code < 400:
                built.fresh()
    assert broken == []
    assert lost == []
    figures.hold("P6", "forms that fell over strings from the edge", len(broken), exactly=0)
    figures.hold("P6", "forms sent with strings from the edge", sent, least=2500 if full else 60)


KEPT = ("quotes", "percent signs")
"""What a page that refuses it shows again letter by letter; of others control characters are cut."""
CODES = ("/code", "/steps/app")
"""Where a code is typed that serves once: it is never shown again."""


def _typed(form: Filled, text: str) -> str:
    """The form with this in every field into which one types, as octets that need not be UTF-8."""
    filled = {**form.values, **{name: [text] for name in form.typed}}
    return urlencode(filled, doseq=True, errors="surrogatepass")


def test_no_line_of_the_log_holds_what_was_typed(heard: io.StringIO, figures: Figures) -> None:
    """Runs last: what was said while forms were sent, as they stood and with strings from the edge."""
    log = heard.getvalue()
    assert log.count("POST") > 20
    said = [name for name, text in EDGES.items() if len(text) > 30 and text[:LONG] in log]
    said += re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+", log)
    figures.hold("A35", f"lines of the log of all forms that tell of somebody {said[:3]}", len(said), exactly=0)
