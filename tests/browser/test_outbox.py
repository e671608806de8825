"""A letter comes back; the organisers see why, correct the address, then hold and release all the others."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.db import db
from app.outbox import Message, bounces
from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit
from tests.outbox.reports import postfix

pytestmark = pytest.mark.one_database

SLUG = "letters-back"


def test_a_letter_that_came_back_is_put_right(summit: Summit, people: People) -> None:
    desk = people.desk()
    summit.named("Rome", "Luca Ferri", Capacity.DELEGATE, "luka")
    summit.named("Seoul", "KIM Minji", Capacity.DELEGATE, "minji")
    summit.letter("nominated", "luka")
    come_back(summit)
    see_why(summit, desk)
    correct(summit, desk)
    assert "Luca Ferri" in summit.letter("nominated", "luca").text
    hold_and_release(summit, desk)


def come_back(summit: Summit) -> None:
    """Rome's mail server reports that there is no such mailbox."""
    query = select(Message).where(Message.to == summit.address("luka"), Message.kind == "nominated")
    letter = summit.of(lambda: db.session.execute(query).scalar_one())
    report = bounces.read(postfix(letter))
    summit.do(lambda: bounces.settle(report, clock.now()))


def see_why(summit: Summit, desk: Page) -> None:
    desk.goto(summit.desk)
    desk.get_by_role("navigation", name="Organise").get_by_role("link", name="Letters").click()
    Eye(desk, SLUG).see("outbox")
    desk.get_by_label("State").select_option(label="Came back")
    desk.get_by_role("button", name="Show these").click()
    desk.get_by_role("link", name="Put it right").click()
    expect(desk.get_by_text("there is no such mailbox")).to_be_visible()
    letter = desk.frame_locator("iframe").get_by_text("Please complete your registration.")
    expect(letter).to_be_visible()
    Eye(desk, f"{SLUG}-letter").see("letter")


def correct(summit: Summit, desk: Page) -> None:
    desk.get_by_role("link", name="Send it to another address").click()
    desk.get_by_label("Right address").fill(summit.address("luka"))
    desk.get_by_role("button", name="Send it there").click()
    expect(desk.get_by_role("alert")).to_contain_text("This is the address it has.")
    Eye(desk, f"{SLUG}-correct").see("correct")
    desk.get_by_label("Right address").fill(summit.address("luca"))
    desk.get_by_role("button", name="Send it there").click()
    expect(desk.get_by_text("This is the letter that goes to the other address.")).to_be_visible()


def hold_and_release(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/outbox")
    desk.get_by_role("link", name="Hold all letters").click()
    desk.get_by_role("button", name="Hold all letters").click()
    expect(desk.get_by_text(re.compile("All letters of this summit are held since"))).to_be_visible()
    summit.named("Milan", "Carla Neri", Capacity.DELEGATE, "carla")
    desk.reload()
    expect(desk.get_by_text(re.compile("All letters of this summit are held since"))).to_be_visible()
    expect(desk.get_by_role("row").filter(has_text="Carla Neri")).to_contain_text("Waiting")
    desk.get_by_role("link", name="Release them").click()
    desk.get_by_role("button", name="Release them").click()
    assert "Carla Neri" in summit.letter("nominated", "carla").text
