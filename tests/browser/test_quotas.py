"""A city names people until its quota is used up, and asks for one more; two browsers want the last place (J04)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j04"


def test_nominate_within_the_quota(summit: Summit, people: People) -> None:
    anna = summit.speaker("Malmö", "Anna Lind", "anna")
    bo = summit.speaker("Malmö", "Bo Ek", "bo")
    desk, phone, laptop = people.desk(), people.phone(timezone_id="Europe/Stockholm"), people.laptop()
    set_the_quota(summit, desk)
    name_four(anna, phone)
    find_the_quota_used_up(anna, phone)
    grant_one(summit, desk, "1")
    name(anna, phone, "Elsa Berg", "Delegate")
    expect(phone.get_by_text("Elsa Berg is on your list.")).to_be_visible()
    grant_one(summit, desk, "2")
    want_the_last_place_at_once(anna, phone, bo, laptop)
    expect_on_the_board(summit, desk)


def set_the_quota(summit: Summit, desk: Page) -> None:
    """One head and three delegates at the venue."""
    for who, number in (("Head of delegation", "1"), ("Delegates", "3")):
        desk.goto(f"{summit.desk}/quotas/malmo")
        desk.get_by_label("Category").select_option(label=who)
        desk.get_by_label("Way of taking part").select_option(label="At the venue")
        desk.get_by_label(re.compile("^Number")).fill(number)
        desk.get_by_role("button", name="Store").click()
        expect(desk.get_by_text("Stored.")).to_be_visible()


def fill_in(office: str, page: Page, name: str, role: str) -> None:
    page.goto(f"{office}people/name")
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_label("Role in the delegation").select_option(label=role)
    page.get_by_label("Rank at home").select_option(label="Official")
    page.get_by_role("textbox", name="Position").fill("Head of Climate")
    if page.get_by_label("At the venue").count():
        page.get_by_label("At the venue").check()
    page.get_by_role("textbox", name="Email").fill("office@j04.example")
    page.get_by_label("The person knows that I give these data").check()


def name(office: str, page: Page, name: str, role: str) -> None:
    fill_in(office, page, name, role)
    page.get_by_role("button", name="Put on the list").click()


def name_four(office: str, phone: Page) -> None:
    for person, role in (
        ("Katrin Stjernfeldt", "Head of delegation"),
        ("Per Ström", "Delegate"),
        ("Åsa Öberg", "Delegate"),
        ("Lars Dahl", "Delegate"),
    ):
        name(office, phone, person, role)
        expect(phone.get_by_text(f"{person} is on your list.")).to_be_visible()
    Eye(phone, SLUG).see("four-named")


def find_the_quota_used_up(office: str, phone: Page) -> None:
    """The fifth is refused with the figures and the way on, and what was typed is kept."""
    name(office, phone, "Elsa Berg", "Delegate")
    expect(phone.get_by_role("alert")).to_be_focused()
    expect(phone.get_by_role("alert")).to_contain_text(
        "The quota of your city is used up: 3 of 3 (delegates, at the venue)"
    )
    expect(phone.get_by_role("alert")).to_contain_text("Ask the organisers for another place")
    expect(phone.get_by_role("textbox", name="Name", exact=True)).to_have_value("Elsa Berg")
    expect(phone.get_by_role("link", name="secretariat@plenary.example").first).to_be_visible()
    Eye(phone, f"{SLUG}-full").see("fifth-refused")


def grant_one(summit: Summit, desk: Page, together: str) -> None:
    """One more than the quota, with a reason; the page shows what was granted and by whom."""
    desk.goto(f"{summit.desk}/quotas/malmo")
    desk.get_by_label("Category").select_option(label="Delegates")
    desk.get_by_label("Way of taking part").select_option(label="At the venue")
    desk.get_by_label("Grant so many beyond it").check()
    desk.get_by_label(re.compile("^Number")).fill("1")
    desk.get_by_label("Reason").fill("Speaks in Session 1")
    desk.get_by_role("button", name="Store").click()
    row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name="Delegates"))
    expect(row.locator("td[data-label='Granted beyond']")).to_have_text(together)
    expect(desk.get_by_text("1 by koike@tokyo.example on").first).to_contain_text("(delegates): Speaks in Session 1")


def want_the_last_place_at_once(anna: str, phone: Page, bo: str, laptop: Page) -> None:
    fill_in(anna, phone, "Nils Holm", "Delegate")
    fill_in(bo, laptop, "Ida Krona", "Delegate")
    for page in (phone, laptop):
        page.evaluate("setTimeout(() => document.querySelector('form[data-form] button.first').click(), 400)")
    listed = [
        page.get_by_text(f"{person} is on your list.") for page, person in ((phone, "Nils Holm"), (laptop, "Ida Krona"))
    ]
    refused = [page.get_by_role("alert").get_by_text("used up: 5 of 5") for page in (phone, laptop)]
    for won, lost in zip(listed, refused, strict=True):
        expect(won.or_(lost).first).to_be_visible()
    assert sorted(each.count() for each in listed) == [0, 1]
    assert sorted(each.count() for each in refused) == [0, 1]


def expect_on_the_board(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/board?q=malmo")
    row = desk.get_by_role("row").filter(has_text="Malmö")
    expect(row).to_contain_text("6 of 6")
    expect(row).to_contain_text("Katrin Stjernfeldt")
