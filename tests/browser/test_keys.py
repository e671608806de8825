"""The first registration, a session in full and a move on the board, by somebody who has no mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.agenda.models import Session
from app.db import db
from app.delegations.models import Delegation
from tests.browser.conftest import People
from tests.browser.keys import go, press, type_into
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "keys"


def stored(summit: Summit, code: str) -> Session:
    """A session as the draft holds it."""
    asked = select(Session).where(Session.event_id == summit.id, Session.code == code)
    return summit.of(lambda: db.session.execute(asked).scalar_one())


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def test_a_delegate_registers(summit: Summit, people: People) -> None:
    page = people.laptop()
    key = summit.city("Nairobi")
    code = summit.of(lambda: db.session.get_one(Delegation, key).code)
    page.goto(f"{summit.public}/agenda")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press(page, page.get_by_role("navigation", name="Summit").get_by_role("link", name="Register", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Register")
    go(page, page.get_by_role("link", name="Skip to the content"))
    page.keyboard.press("Enter")
    type_into(page, page.get_by_label("City code"), code)
    go(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Online")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="At the venue")).to_be_checked()
    type_into(page, box(page, "Name"), "Amina Kamau")
    type_into(page, box(page, "Position"), "Director of Water")
    type_into(page, box(page, "Organisation"), "Nairobi City County")
    type_into(page, box(page, "Email"), summit.address("amina"))
    press(page, page.get_by_role("button", name="Register"))
    what_is_wrong_leads_to_its_field(page)
    press(page, page.get_by_role("button", name="Register"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You are registered")
    assert summit.letter("confirmation", "amina").link("/d/") in page.url


def what_is_wrong_leads_to_its_field(page: Page) -> None:
    """The summary has the focus, and each of its links leads to what is to be mended."""
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("link")).to_have_count(2)
    press(page, alert.get_by_role("link", name="Mobile telephone"))
    expect(page.get_by_label("Mobile telephone")).to_be_focused()
    page.keyboard.type("+254 20 222 4281")
    press(page, page.get_by_label("I have read how these data are used"), "Space")


def test_a_session_in_full(summit: Summit, people: People) -> None:
    """From its card to the form, and back with what was changed."""
    page = people.desk()
    page.goto(f"{summit.desk}/schedule")
    press(page, page.locator("[data-card='session-6']").get_by_role("link", name="Session 6", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Session 6")
    type_into(page, box(page, "Title"), "Ports that keep their people cool")
    room = page.get_by_role("combobox", name=re.compile("^Room"))
    go(page, room)
    page.keyboard.type("Rehearsal St")  # a list of choices goes to what is typed
    expect(room.locator("option:checked")).to_have_text("Rehearsal Studio")
    press(page, page.get_by_role("button", name="Save this session"))
    expect(page.get_by_role("status").filter(has_text="One session was changed.")).to_be_visible()
    found = stored(summit, "session-6")
    assert (found.title, found.cancelled) == ("Ports that keep their people cool", False)


def test_a_session_is_moved(summit: Summit, people: People) -> None:
    page = people.desk()
    page.goto(f"{summit.desk}/schedule")
    before = stored(summit, "session-5").starts
    card = page.locator("[data-card='session-5']")
    go(page, card)
    for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    said = page.get_by_role("main").get_by_role("status")
    expect(said).to_contain_text("“Session 5”: ")
    expect(card).to_be_focused()
    moved = stored(summit, "session-5").starts
    assert moved != before
    press(page, page.get_by_role("link", name="Move Session 5"))
    go(page, page.get_by_label(re.compile("^Start")))
    page.keyboard.type("1005AM")  # the half of the day is typed where the browser asks for it
    press(page, page.get_by_role("button", name="Move it"))
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    press(page, page.get_by_role("button", name="Take it back"))
    expect(page.get_by_role("status").filter(has_text="Undone")).to_be_visible()
    assert stored(summit, "session-5").starts == moved
