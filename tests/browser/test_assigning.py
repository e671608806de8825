"""Assigning with time zones (J11) by mouse, by keyboard alone and without scripts; the order of speakers (J19)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Eye, People, at_rest
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j11"
TOKYO_TWICE = "Tokyo is in “Session 1” and “Session 3” at the same time."
TALL = ViewportSize(width=1280, height=2400)
"""All of a day in sight, so that a mouse reaches it."""


def board(page: Page, summit: Summit, *, scripts: bool = True) -> None:
    """Open the board; with scripts, wait until it can be moved on."""
    page.goto(f"{summit.desk}/schedule")
    if scripts:
        expect(page.locator("[data-zoom]")).to_be_visible()


def card(page: Page, number: int) -> Locator:
    return page.locator(f"[data-card=session-{number}]")


def said(page: Page) -> Locator:
    """What is announced."""
    return page.locator("[data-said]")


def at_night(page: Page) -> None:
    """Session 6 stands at 10:40: London and Nouakchott are red, in words too."""
    expect(card(page, 6)).to_contain_text("10:40")
    for city in ("London", "Nouakchott"):
        guest = card(page, 6).locator("li", has_text=city).first
        expect(guest).to_contain_text("01:40")
        expect(guest).to_contain_text("at night")
        expect(card(page, 6)).to_contain_text(f"{city} would take part in “Session 6” from 01:40 to 03:00")


def in_the_morning(page: Page) -> None:
    """Session 6 stands at 17:30: both are green."""
    expect(card(page, 6)).to_contain_text("17:30")
    for city in ("London", "Nouakchott"):
        guest = card(page, 6).locator("li", has_text=city).first
        expect(guest).to_contain_text("08:30")
        expect(guest).to_contain_text("good hour")
    expect(card(page, 6)).not_to_contain_text("of its own clocks")


def drag(page: Page, number: int, room: str, time: str) -> None:
    """Take a session at its upper edge, and drop it in this room where the shape under the hand says this time."""
    here = at_rest(card(page, number))
    lane = at_rest(page.locator("section", has=card(page, 1)).locator(f"[data-name='{room}']"))
    across, down = lane["x"] + lane["width"] / 2, here["y"] + 6
    page.mouse.move(here["x"] + here["width"] - 12, down)
    page.mouse.down()
    page.mouse.move(across, down, steps=4)
    for _step in range(20):  # hours without anything are folded, so the way is found by looking
        shown = minutes(page.locator(".ghost").inner_text()[:5])
        if shown == minutes(time):
            break
        down += max(-120, min(120, minutes(time) - shown)) * 0.6
        page.mouse.move(across, down, steps=2)
    page.mouse.up()


def minutes(time: str) -> int:
    """Since midnight."""
    hours, rest = time.split(":")
    return int(hours) * 60 + int(rest)


def test_by_mouse(summit: Summit, people: People) -> None:
    page = people.desk()
    page.set_viewport_size(TALL)
    board(page, summit)
    card(page, 6).evaluate("each => each.scrollIntoView({block: 'end'})")
    drag(page, 6, "Rehearsal Studio", "10:40")
    expect(said(page)).to_contain_text("10:40, Rehearsal Studio")
    at_night(page)
    Eye(page, "j11").see("night")
    drag(page, 6, "Rehearsal Hall", "17:30")
    in_the_morning(page)
    drag(page, 3, "Rehearsal Studio", "10:40")
    for number in (1, 3):
        expect(card(page, number)).to_contain_text(TOKYO_TWICE)
    said(page).get_by_role("button", name="Undo this").click()
    for number in (1, 3):
        expect(card(page, number)).not_to_contain_text(TOKYO_TWICE)


def test_by_keyboard_alone(summit: Summit, people: People) -> None:
    page = people.desk()
    board(page, summit)
    carry(page, 6, "ArrowUp", 410, "ArrowRight")
    expect(said(page)).to_contain_text("10:40–12:00, Rehearsal Studio")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("10:40, Rehearsal Studio. 2 more things to look at.")
    expect(card(page, 6)).to_be_focused()
    at_night(page)
    carry(page, 6, "ArrowDown", 5)
    page.keyboard.press("Escape")
    expect(said(page)).to_have_text("Left where it was.")
    carry(page, 3, "ArrowUp", 210, "ArrowRight", "ArrowRight")
    page.keyboard.press("Enter")
    for number in (1, 3):
        expect(card(page, number)).to_contain_text(TOKYO_TWICE)
    publish_with_a_reason(page)
    board(page, summit)
    carry(page, 6, "ArrowDown", 410, "ArrowLeft")
    page.keyboard.press("Enter")
    in_the_morning(page)
    carry(page, 3, "Delete")
    expect(page.get_by_role("region", name="Without a time")).to_contain_text("Session 3")


def carry(page: Page, number: int, way: str, minutes: int = 5, *aside: str) -> None:
    """Pick a session up and move it, five minutes with each press."""
    card(page, number).focus()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Picked up. Arrow keys move it, Enter puts it down, Escape leaves it.")
    for key in (*[way] * (minutes // 5), *aside):
        page.keyboard.press(key)


def publish_with_a_reason(page: Page) -> None:
    """By keyboard: what stops publishing asks for a reason, and the form leads to where it is typed."""
    page.get_by_role("link", name="Preview what would be published").press("Enter")
    page.get_by_role("button", name=re.compile("^Publish release")).press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Say why it is to be published.")
    Eye(page, "j11").see("reason")
    alert.get_by_role("link").press("Enter")
    expect(page.get_by_label("Why it is published all the same")).to_be_focused()
    page.keyboard.type("London and Nouakchott agreed to the night; Tokyo sends two people.")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"Release \d+ is published"))).to_be_visible()


def test_by_forms_without_scripts(summit: Summit, people: People) -> None:
    page = people.desk(java_script_enabled=False)
    board(page, summit, scripts=False)
    move(page, 6, "10:40", "Rehearsal Press Room")
    at_night(page)
    move(page, 3, "10:40", "Rehearsal Studio")
    for number in (1, 3):
        expect(card(page, number)).to_contain_text(TOKYO_TWICE)
    page.get_by_role("link", name="Preview what would be published").click()
    page.get_by_role("button", name=re.compile("^Publish release")).click()
    expect(page.get_by_role("alert")).to_contain_text("Say why it is to be published.")
    page.get_by_label("Why it is published all the same").fill("Agreed with all three.")
    page.get_by_role("button", name=re.compile("^Publish release")).click()
    expect(page.get_by_text(re.compile(r"Release \d+ is published"))).to_be_visible()
    board(page, summit, scripts=False)
    move(page, 6, "17:30", "Rehearsal Hall")
    in_the_morning(page)


def test_how_the_board_looks_without_its_script(summit: Summit, people: People) -> None:
    page = people.desk()  # with scripts, by which alone a page can be looked through, but none of ours
    page.route("**/js/*.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    board(page, summit, scripts=False)
    Eye(page, "j11").see("lists")


def move(page: Page, number: int, starts: str, room: str) -> None:
    """Fill in where a session goes; its length stays."""
    card(page, number).get_by_role("link", name=f"Move Session {number}").click()
    day = page.get_by_label("Day")
    day.select_option(index=2)
    page.get_by_label("Start").fill(starts)
    page.get_by_label("End").fill("")
    page.get_by_label("Room").select_option(room)
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("heading", name="Agenda", level=1)).to_be_visible()


ORDER = re.compile(r"^Order and minutes\s?: Session 1$")
AS_PRINTED = ["Tokyo", "Abu Dhabi", "Malmö", "New York", "Paris"]


def test_the_order_of_session_1(summit: Summit, people: People) -> None:
    page = people.desk()
    page.goto(f"{summit.desk}/schedule/cities")
    page.get_by_role("link", name=ORDER).click()
    for rule in ("A to Z", "The host first, then A to Z"):
        page.get_by_label("Rule", exact=True).select_option(rule)
        page.get_by_role("button", name="Put in order").click()
        expect(page.get_by_text(f"Rule: {rule}.")).to_be_visible()
    expect(page.get_by_role("region", name="Running sheet").get_by_role("rowheader")).to_have_text(AS_PRINTED)
    Eye(page, "j19").see("order")
    page.get_by_role("link", name="Cities in sessions").click()
    one = page.locator("[data-session=session-1]")
    one.locator("[data-city=paris]").focus()
    page.keyboard.press("Enter")
    for _place in range(3):
        page.keyboard.press("ArrowUp")
    expect(said(page)).to_contain_text("Session 1, place 2")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Paris: Session 1.")
    moved = ["Tokyo", "Paris", "Abu Dhabi", "Malmö", "New York"]
    expect(one.get_by_role("listitem")).to_contain_text(moved)
    one.get_by_role("link", name=ORDER).click()
    expect(page.get_by_text("Rule: By hand, as they stand.")).to_be_visible()
    expect(page.get_by_role("region", name="Running sheet").get_by_role("rowheader")).to_have_text(moved)
