"""A deadline on both clocks; after it the draft is kept and locked, and one city alone is given longer (J29)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.events.models import Due
from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j29"


def test_close_and_open_for_one_city(summit: Summit, people: People) -> None:
    desk, nairobi, bangkok = people.desk(), people.phone(timezone_id="Africa/Nairobi"), people.phone()
    wangari = summit.named("Nairobi", "Wangari Njoroge", Capacity.DELEGATE, "wangari")
    somchai = summit.named("Bangkok", "Somchai Dee", Capacity.DELEGATE, "somchai")
    set_the_deadline(summit, desk)
    begin(nairobi, f"{summit.page_of(wangari)}complete")
    begin(bangkok, f"{summit.page_of(somchai)}complete", hour="21:59 your time (Bangkok)")
    summit.due(Due.CONFIRMATION, clock.now() - timedelta(hours=1), hard=True)
    for phone in (nairobi, bangkok):
        find_it_locked(phone)
    Eye(nairobi, f"{SLUG}-locked").see("locked")
    give_longer(summit, desk)
    send(nairobi)
    bangkok.reload()
    expect(bangkok.get_by_role("textbox", name="Organisation")).to_be_disabled()
    read_the_journal(summit, desk)


def set_the_deadline(summit: Summit, desk: Page) -> None:
    """23:59 in Tokyo, after which nothing is taken."""
    desk.goto(f"{summit.desk}/deadlines")
    row = desk.get_by_role("row").filter(has_text="Fill in everybody’s form")
    row.get_by_label("Day").fill((clock.now().date() + timedelta(days=5)).isoformat())
    row.get_by_label("Nothing is taken afterwards").check()
    desk.get_by_role("button", name="Set the deadlines").click()
    expect(desk.get_by_text("One deadline is set anew.")).to_be_visible()


def begin(phone: Page, link: str, hour: str = "17:59 your time (Nairobi)") -> None:
    phone.goto(link)
    expect(phone.get_by_text("23:59 (Tokyo)")).to_be_visible()
    expect(phone.get_by_text(hour)).to_be_visible()
    phone.get_by_role("textbox", name="Organisation").fill("The city’s water works")
    phone.get_by_label("Mobile telephone").fill("+254 20 222 4281")
    phone.get_by_role("button", name="Save and go on later").click()
    expect(phone.get_by_text("Saved. Open this page again on any device")).to_be_visible()


def find_it_locked(phone: Page) -> None:
    """What was saved is there and can be neither changed nor sent; the page says what to do.

    A form that was open when the time passed is refused in words.
    """
    phone.get_by_label("I have read how these data are used").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert")).to_contain_text("they can give your city more time.")
    phone.goto(phone.url)
    expect(phone.get_by_text("This time is past. What you saved is kept and cannot be changed").first).to_be_visible()
    expect(phone.get_by_text("Was due by")).to_be_visible()
    expect(phone.get_by_role("textbox", name="Organisation")).to_have_value("The city’s water works")
    expect(phone.get_by_role("textbox", name="Organisation")).to_be_disabled()
    for name in ("Send", "Save and go on later"):
        expect(phone.get_by_role("button", name=name)).to_have_count(0)


def give_longer(summit: Summit, desk: Page) -> None:
    """48 hours more for Nairobi alone."""
    desk.goto(f"{summit.desk}/deadlines/extend?city=nairobi")
    desk.get_by_label("Deadline").select_option(label="Fill in everybody’s form")
    desk.get_by_label("New last day").fill((clock.now().date() + timedelta(days=2)).isoformat())
    desk.get_by_label("Reason").fill("No power for two days")
    desk.get_by_role("button", name="Give it longer").click()
    row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name="Nairobi"))
    expect(row).to_contain_text("No power for two days")
    Eye(desk, f"{SLUG}-given").see("deadlines")


def send(phone: Page) -> None:
    phone.reload()
    expect(phone.get_by_text("This time is past.")).to_have_count(0)
    phone.get_by_label("I have read how these data are used").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are registered")


def read_the_journal(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/invitations/city/nairobi")
    row = desk.get_by_role("row").filter(has_text="extended deadline")
    expect(row).to_contain_text("koike@tokyo.example")
    expect(row).to_contain_text("No power for two days")
