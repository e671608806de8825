"""The mayor does not travel: a deputy who is on the list leads the delegation at once (J07)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j07"


def test_a_deputy_takes_the_head_of_the_delegation(summit: Summit, people: People) -> None:
    office = summit.speaker("Brussels", "Lotte Claes", "lotte")
    mayor = summit.registered("Brussels", "Philippe Close", Capacity.HEAD, "mayor")
    summit.registered("Brussels", "Nadia Peeters", Capacity.DEPUTY, "nadia")
    summit.registered("Brussels", "Tom Maes", Capacity.DEPUTY, "tom")
    focal, desk, guest = people.phone(timezone_id="Europe/Brussels"), people.desk(), people.phone()
    order_the_deputies(office, focal)
    make_head(office, focal)
    take_off_the_mayor(summit, office, focal)
    see_who_leads(summit, desk)
    make_somebody_new_the_head(summit, office, focal, desk)
    guest.goto(summit.page_of(mayor))
    expect(guest.get_by_role("heading", level=1)).to_have_text("You have withdrawn")


def order_the_deputies(office: str, focal: Page) -> None:
    """Tom Maes steps in first."""
    focal.goto(office)
    focal.get_by_role("link", name="Order the deputies").click()
    focal.get_by_role("listitem").filter(has_text="Tom Maes").get_by_role("button", name="Up").click()
    expect(focal.get_by_text("The order is stored.")).to_be_visible()
    expect(focal.get_by_role("listitem").filter(has_text="Tom Maes").get_by_role("button", name="Up")).to_have_count(0)
    Eye(focal, SLUG).see("deputies")


def make_head(office: str, focal: Page) -> None:
    """In one step, without a new letter of authority: she was on the list."""
    focal.goto(office)
    focal.get_by_role("link", name="Nadia Peeters").click()
    focal.get_by_role("link", name="Make head").click()
    expect(focal.get_by_text("The head is Philippe Close at present.")).to_be_visible()
    Eye(focal, f"{SLUG}-head").see("make-head")
    focal.get_by_role("button", name="Make head").click()
    expect(focal.get_by_text("Nadia Peeters is the head of your delegation.")).to_be_visible()


def take_off_the_mayor(summit: Summit, office: str, focal: Page) -> None:
    assert "head of delegation" in summit.letter("new role", "nadia").text
    assert "You are entered as: delegate." in summit.letter("new role", "mayor").text
    focal.goto(office)
    focal.get_by_role("link", name="Philippe Close").click()
    focal.get_by_role("link", name="Take off the list").click()
    focal.get_by_label("I have read what ends").check()
    focal.get_by_role("button", name="Take off the list").click()
    expect(focal.get_by_text("Philippe Close is no longer on your list; what they held is free.")).to_be_visible()
    summit.letter("removed", "mayor")


def see_who_leads(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/board?q=brussels")
    row = desk.get_by_role("row").filter(has_text="Brussels")
    expect(row.locator("td[data-label='Head']")).to_have_text("Nadia Peeters")
    desk.get_by_role("link", name="Brussels", exact=True).click()
    expect(desk.get_by_text("not asked for")).to_be_visible()


def make_somebody_new_the_head(summit: Summit, office: str, focal: Page, desk: Page) -> None:
    """Who was not on the letter needs a new one: the office is asked for it, and the board says that it is due."""
    summit.named("Brussels", "Eva Willems", Capacity.DELEGATE, "eva")
    focal.goto(office)
    focal.get_by_role("link", name="Eva Willems", exact=True).click()
    focal.get_by_role("link", name="Make head").click()
    focal.get_by_role("button", name="Make head").click()
    expect(focal.get_by_text("Eva Willems is the head of your delegation.")).to_be_visible()
    focal.goto(office)
    expect(focal.get_by_text("Hand in the letter of authority")).to_be_visible()
    Eye(focal, f"{SLUG}-letter").see("letter-due")
    desk.goto(f"{summit.desk}/board?q=brussels")
    row = desk.get_by_role("row").filter(has_text="Brussels")
    expect(row.locator("td[data-label='Head']")).to_contain_text("Eva Willems")
    expect(row.locator("td[data-label='Letter of authority']")).to_have_text("Due")
