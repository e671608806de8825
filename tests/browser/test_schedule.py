"""The organisers' two boards in a browser: a day that fits the screen, steps back and ahead, two people at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Eye, People, at_rest
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "boards"


def card(page: Page, code: str) -> Locator:
    return page.locator(f"[data-card='{code}']")


def said(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("status")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_board_of_two_organisers(summit: Summit, people: People) -> None:
    one, two = people.desk(), people.desk()
    for page in (one, two):
        page.goto(f"{summit.desk}/schedule")
    a_day_fits_the_screen(one)
    Eye(one, SLUG).see("board")
    move_by_keyboard(one)
    expect(card(two, "session-6")).to_have_attribute("data-from", "1060")
    expect(said(two)).to_contain_text("Session moved (")
    steps_hold_after_a_reload(one)
    choose_of_two_places(one, two)


def a_day_fits_the_screen(page: Page) -> None:
    """The busiest day with all its hours, no item lower than a line, a session for all as wide as all rooms."""
    sizes = page.evaluate("[...document.querySelectorAll('[data-floor]')].map(each => each.scrollHeight)")
    assert max(sizes) < 900, sizes
    lines = page.evaluate("[...document.querySelectorAll('[data-floor] [data-card]')].map(each => each.offsetHeight)")
    assert min(lines) >= 20, lines
    hall, plenary = page.locator("[data-floor] [data-room]").last.bounding_box(), card(page, "plenary").bounding_box()
    assert hall is not None
    assert plenary is not None
    assert plenary["width"] > 2 * hall["width"]


def move_by_keyboard(page: Page) -> None:
    card(page, "session-6").focus()
    press(page, "Enter", "ArrowDown", "ArrowDown")
    expect(said(page)).to_contain_text("17:40–19:00, Rehearsal Hall")
    press(page, "Enter")
    expect(said(page)).to_contain_text("“Session 6”: ")
    expect(card(page, "session-6")).to_be_focused()


def steps_hold_after_a_reload(page: Page) -> None:
    press(page, "Control+z")
    expect(said(page)).to_contain_text("Undone: “Session 6”")
    page.reload()
    expect(page.get_by_role("button", name=re.compile("Redo ?: Session moved: Session 6, by "))).to_be_enabled()
    press(page, "Control+Shift+z")
    expect(said(page)).to_contain_text("Done again: “Session 6”")
    press(page, "Control+z")
    expect(card(page, "session-6")).to_have_attribute("data-from", "1050")
    press(page, "Control+y")
    expect(card(page, "session-6")).to_have_attribute("data-from", "1060")


def nothing_new(route: Route) -> None:
    route.fulfill(json={"last": 0, "cards": {}, "said": ""})


def choose_of_two_places(one: Page, two: Page) -> None:
    """Both move Session 5; the second keeps the time and takes the other's room."""
    two.reload()
    two.route("**/schedule/since/*", nothing_new)
    card(one, "session-5").focus()
    press(one, "Enter", "ArrowRight", "Enter")
    expect(said(one)).to_contain_text("Rehearsal Studio")
    card(two, "session-5").focus()
    press(two, "Enter", "ArrowUp", "Enter")
    asked = two.get_by_role("dialog", name="Somebody was quicker")
    expect(asked.get_by_role("row", name="When")).to_contain_text("16:15–17:15")
    asked.get_by_role("row", name="Room").get_by_label("Rehearsal Studio").check()
    asked.get_by_role("button", name="Store what is chosen").click()
    expect(said(two)).to_contain_text("16:15, Rehearsal Studio")


def test_a_city_is_carried_by_keyboard_and_by_mouse(summit: Summit, people: People) -> None:
    page = people.desk()
    page.goto(f"{summit.desk}/schedule/cities")
    page.locator("[data-session=''] [data-city='queensland']").focus()
    press(page, "Enter")
    for _session in range(12):
        press(page, "ArrowRight")
        if "Session 3" in (said(page).text_content() or ""):
            break
    press(page, "Enter")
    expect(said(page)).to_contain_text("Queensland: Session 3.")
    expect(page.locator("[data-session='session-3'] [data-city='queensland']")).to_be_focused()
    Eye(page, SLUG).see("cities")
    press(page, "Control+z")
    expect(page.locator("[data-session=''] [data-city='queensland']")).to_be_visible()
    carry(page, "milan", "session-2", "session-3")
    expect(said(page)).to_contain_text("Milan: Session 3.")


def carry(page: Page, city: str, source: str, target: str) -> None:
    lifted = page.locator(f"[data-session='{source}'] [data-city='{city}']")
    lifted.scroll_into_view_if_needed()
    begin, end = at_rest(lifted), at_rest(page.locator(f"[data-session='{target}'] [data-list]"))
    page.mouse.move(begin["x"] + 60, begin["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 20, steps=6)
    page.mouse.up()
