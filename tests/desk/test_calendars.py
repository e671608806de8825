"""The organisers' page of calendars: links to join, moderators' links, and when calendars were last fetched."""

from __future__ import annotations

import re

import html5lib
import pytest
from sqlalchemy import select

from app.db import db
from app.publishing.calendars.models import CalendarLink
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, rows
from tests.ical import rules

PAGE = f"{REHEARSAL}/calendars"


def press(organiser: Organiser, code: str, act: str) -> None:
    tree = html5lib.parse(organiser.get(PAGE).text, namespaceHTMLElements=False)
    (form,) = [each for each in tree.iter("form") if each.get("action", "").endswith(f"/people/{code}/{act}")]
    values = {each.get("name", ""): each.get("value", "") for each in form.iter("input")}
    assert organiser.client.post(form.get("action", ""), data=values).status_code == 303


def address(organiser: Organiser, code: str) -> str:
    found = re.search(rf'id="link-{code}"[^>]*value="http://localhost(/c/[^"]+)"', organiser.get(PAGE).text)
    return found[1] if found else ""


def test_a_moderators_link_is_made_handed_over_replaced_and_withdrawn(desks: KeepingFlask, tokyo: Organiser) -> None:
    code = "ishii"
    assert address(tokyo, code) == ""
    press(tokyo, code, "make")
    first = address(tokyo, code)
    found = {entry["SUMMARY"] for entry in rules.events(desks.test_client().get(first).data)}
    assert found == {"Session 1: Environment", "Session 2: Environment"}
    press(tokyo, code, "renew")
    second = address(tokyo, code)
    press(tokyo, code, "withdraw")
    assert (address(tokyo, code), len({first, second})) == ("", 2)
    assert [desks.test_client().get(each).status_code for each in (first, second)] == [404, 404]


def test_the_table_says_in_how_many_sessions_somebody_is_and_when_it_was_fetched(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    press(tokyo, "ishii", "make")
    assert rows(tokyo.get(PAGE))["ISHII Naoko"].split(" | ")[0] == "2"
    for path in (address(tokyo, "ishii"), "/rehearsal/agenda.ics"):
        desks.test_client().get(path).close()
    found = rows(tokyo.get(PAGE))
    assert re.search(r"\| \w+day \d+ \w+ \d{4} \|", found["ISHII Naoko"])
    assert re.search(r"All of the summit \| \w+day \d+ \w+ \d{4} \|", found["The whole agenda"])
    assert found["Rehearsal Hall"].startswith("One room | – |")


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/doctor"])
def test_others_do_not_see_the_pages(rome: Organiser, path: str) -> None:
    assert rome.get(path).status_code == 404


def test_nothing_is_made_by_others_or_for_nobody(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    token = held(tokyo.get(f"{PAGE}/doctor"))["csrf_token"]
    for organiser, code in ((rome, "ishii"), (tokyo, "nobody")):
        answer = organiser.client.post(f"{PAGE}/people/{code}/make", data={"csrf_token": token})
        assert answer.status_code in (400, 404)
    with desks.app_context():
        assert list(db.session.execute(select(CalendarLink)).scalars()) == []
