"""Hostile values in every form about the agenda: refused in words or stored as words, never a fault of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held
from tests.schedule.test_proposing import answered, at

DESK = (
    "/organise/<event>/schedule",
    "/organise/<event>/agenda",
    "/organise/<event>/releases",
    "/organise/<event>/publish",
    "/organise/<event>/online",
)
NAMED = {"event": "rehearsal", "code": "session-6", "slug": "rome", "number": "1", "way": "undo", "kind": "later"}
NAMED |= {"act": "make", "reference": "NV0000"}
CLASH = "?clash=city+never%7Ccity:queensland"
IN_WORDS = {303, 404, 409, 422}
BUTTON = {"once": "a form", "clash": "city never|city:queensland", "seconds": "10", "submit_key": "a form"}
"""The fields of those acts that are a button on another page."""
Values = dict[str, Any]


def addresses(app: KeepingFlask, uid: str) -> Iterator[str]:
    """Every address about the agenda, and about who joins it from afar, that takes a form."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(DESK) and "POST" in (rule.methods or ()):
            yield address(rule, NAMED | {"uid": uid}) + (CLASH if rule.endpoint == "schedule.waive" else "")


def address(rule: Rule, named: Mapping[str, str]) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: named[found[1]], rule.rule)


def form(organiser: Organiser, path: str) -> tuple[Values, set[str]]:
    """What the form at this address holds, and which of its fields ask for a number."""
    page = organiser.get(path)
    if 'name="submit_key"' not in page.text or page.text.count('name="submit_key"') > 1:
        token = held(organiser.get(f"{REHEARSAL}/schedule/rules"))["csrf_token"]
        return BUTTON | {"csrf_token": token}, set()
    tree: Element = html5lib.parse(page.text, namespaceHTMLElements=False)
    return held(page), {each.get("name", "") for each in tree.iter("input") if each.get("type") == "number"}


def numbers(values: Values, asked: set[str]) -> Values:
    return values | dict.fromkeys(asked, "9" * 400)


def zeros(values: Values, _asked: set[str]) -> Values:
    """The character that PostgreSQL takes nowhere, in everything that is a word."""
    return {name: f"{text}\0" if text and name != "csrf_token" else text for name, text in values.items()}


def missing(values: Values, _asked: set[str]) -> Values:
    return {"csrf_token": values["csrf_token"]}


def no_version(values: Values, _asked: set[str]) -> Values:
    return {name: text for name, text in values.items() if not name.endswith("version")}


def twice(values: Values, _asked: set[str]) -> Values:
    return {name: [text, "9"] if name != "csrf_token" else text for name, text in values.items()}


@pytest.mark.parametrize("spoil", [numbers, zeros, missing, no_version, twice])
def test_no_form_about_the_agenda_falls_over(
    desks: KeepingFlask, tokyo: Organiser, spoil: Callable[[Values, set[str]], Values]
) -> None:
    paths = list(addresses(desks, answered(desks, at(desks, "session-6", 18))))
    assert len(paths) > 20
    found: dict[str, int] = {}
    for path in paths:
        sent: TestResponse = tokyo.client.post(path, data=spoil(*form(tokyo, path)))
        found[path] = sent.status_code
    assert {path: code for path, code in found.items() if code not in IN_WORDS} == {}


@pytest.mark.parametrize(
    "query", ["schedule/cities/rome?from=%00", "schedule/clashes/accept?clash=%00", "releases/compare?first=%00"]
)
def test_an_address_with_the_character_zero_behind_its_question_mark_is_none(tokyo: Organiser, query: str) -> None:
    assert tokyo.get(f"{REHEARSAL}/{query}").status_code == 404


def test_markup_in_a_title_is_words_on_a_card_drawn_for_a_script(tokyo: Organiser) -> None:
    tokyo.send(f"{REHEARSAL}/agenda/session-6", {"title": "<img src=x onerror=alert(1)>"})
    for path, field in (("sessions/session-6", "cards"), ("cities/london?from=session-6", "columns")):
        seen = held(tokyo.get(f"{REHEARSAL}/schedule/{path}"))
        asked = {"starts": "18:00", "ends": ""} if field == "cards" else {"place": "1"}
        answer = tokyo.client.post(
            f"{REHEARSAL}/schedule/{path}", data=seen | asked, headers={"Accept": "application/json"}
        )
        drawn = answer.get_json()[field]["session-6"]
        assert ("<img" in drawn, "&lt;img src=x onerror=alert(1)&gt;" in drawn) == (False, True)
