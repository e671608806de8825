"""Organisers announce to a filter and see exactly who gets it; a reader takes leave; a reminder is set."""

from __future__ import annotations

from datetime import time

import pytest
from playwright.sync_api import Page, expect

from app.announcing.models import QuietHours
from app.db import db
from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "announced"


def test_news_goes_to_those_who_fit_and_one_of_them_leaves(summit: Summit, people: People) -> None:
    summit.do(lambda: db.session.add(QuietHours(event_id=summit.id, begins=time(), ends=time())))
    summit.registered("Rome", "Anna Bianchi", Capacity.HEAD, "anna")
    summit.registered("Milan", "Carla Neri", Capacity.DELEGATE, "carla")
    summit.registered("Seoul", "KIM Minji", Capacity.HEAD)
    desk = people.desk()
    announce(summit, desk)
    letter = summit.letter("announcement", "anna")
    assert "Rome sits in row 1." in letter.text
    assert summit.letters("announcement", "carla") == []
    leave(people.phone(), letter.link("/u/"))
    desk.goto(f"{summit.desk}/announcements/new")
    desk.get_by_role("button", name="Store it and see who gets it").click()
    expect(desk.get_by_role("row").filter(has_text="Anna Bianchi")).to_contain_text("unsubscribed")
    remind(summit, desk)


def announce(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/outbox")
    desk.get_by_role("link", name="Announcements").click()
    desk.get_by_role("link", name="Write the first").click()
    desk.get_by_label("Subject, which is the heading").first.fill("Where you sit")
    desk.get_by_label("Text").first.fill("Doors open at **nine**.\n\n{city} sits in row 1.")
    desk.get_by_text("Role", exact=True).click()
    desk.get_by_label("Heads of delegation").check()
    Eye(desk, SLUG).see("write")
    desk.get_by_role("button", name="Store it and see who gets it").click()
    expect(desk.get_by_role("row").filter(has_text="Anna Bianchi")).to_contain_text("Heads of delegation")
    expect(desk.get_by_role("row").filter(has_text="KIM Minji")).to_contain_text("no address")
    expect(desk.frame_locator("iframe").get_by_text("Rome sits in row 1.")).to_be_visible()
    Eye(desk, SLUG).see("look")
    desk.get_by_role("button", name="Send it to this one person").click()
    expect(desk.get_by_role("heading", name="Where you sit")).to_be_visible()
    Eye(desk, SLUG).see("sent")


def leave(phone: Page, address: str) -> None:
    phone.goto(address)
    Eye(phone, f"{SLUG}-reader").see("leave")
    phone.get_by_role("button", name="No more announcements").click()
    expect(phone.get_by_text("You get no announcements and no reminders")).to_be_visible()
    Eye(phone, f"{SLUG}-reader").see("gone")


def remind(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/reminders")
    desk.get_by_role("link", name="Set the first").click()
    desk.get_by_label("Counted from").select_option(label="The first day of the summit")
    desk.get_by_label("How many").fill("7")
    desk.get_by_label("Time (optional)").fill("09:00")
    Eye(desk, f"{SLUG}-reminder").see("set")
    desk.get_by_role("button", name="Set the reminder").click()
    expect(desk.get_by_text("7 days before: The first day of the summit")).to_be_visible()
    desk.goto(f"{summit.desk}/reminders")
    Eye(desk, f"{SLUG}-reminder").see("table")
    desk.get_by_role("button", name="Stop").click()
    expect(desk.get_by_text("Stopped: it reminds nobody")).to_be_visible()
