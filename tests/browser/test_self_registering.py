"""A delegate registers with the city's code; the city agrees, then the organisers, with a letter each time (J06)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.events.models import Approval
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j06"
WRONG = "No city here has this code."
SLOWED = "Too many wrong codes came from your network."


def test_self_register_and_be_approved_twice(summit: Summit, people: People) -> None:
    summit.approval(Approval.BOTH)
    office = summit.speaker("Nairobi", "Wanjiru Otieno", "wanjiru")
    delegate, focal, desk = people.phone(timezone_id="Africa/Nairobi"), people.phone(), people.desk()
    focal.goto(office)
    code = focal.get_by_label("City code").input_value()
    fill_in(summit, delegate)
    guess(delegate)
    register(summit, delegate, code)
    agree_for_the_city(summit, focal, delegate)
    agree_for_the_summit(summit, desk, delegate)


def fill_in(summit: Summit, delegate: Page) -> None:
    delegate.goto(f"{summit.public}/register")
    expect(delegate.get_by_text("then your city’s office looks at it")).to_be_visible()
    delegate.get_by_label("At the venue").check()
    delegate.get_by_role("textbox", name="Name", exact=True).fill("Amina Kamau")
    delegate.get_by_role("textbox", name="Position").fill("Director of Water")
    delegate.get_by_role("textbox", name="Organisation").fill("Nairobi City County")
    delegate.get_by_role("textbox", name="Email").fill(summit.address("amina"))
    delegate.get_by_label("Mobile telephone").fill("+254 20 222 4281")
    delegate.get_by_label("I have read how these data are used").check()


def guess(delegate: Page) -> None:
    """Five wrong codes, and the next is slowed. No answer tells which cities there are; all that was typed is kept."""
    said = []
    for figure in "234567":
        delegate.get_by_label("City code").fill(f"AAAAA-AAAA{figure}")
        delegate.get_by_role("button", name="Register").click()
        alert = delegate.get_by_role("alert")
        expect(alert).to_be_focused()
        expect(delegate.get_by_label("City code")).to_have_value(f"AAAAA-AAAA{figure}")
        said.append(SLOWED if SLOWED in alert.inner_text() else WRONG if WRONG in alert.inner_text() else "")
        assert "Nairobi" not in alert.inner_text()
    assert said == [WRONG] * 5 + [SLOWED]


def register(summit: Summit, delegate: Page, code: str) -> None:
    """Whoever has the right code is let in, however many guessed before."""
    delegate.get_by_label("City code").fill(code)
    delegate.get_by_role("button", name="Register").click()
    expect(delegate.get_by_role("heading", level=1)).to_have_text("Your registration is with your city")
    assert "please book nothing yet" in summit.letter("submitted", "amina").text
    assert "Amina Kamau" in summit.letter("person moved", "wanjiru").text


def agree_for_the_city(summit: Summit, focal: Page, delegate: Page) -> None:
    focal.goto(summit.letter("person moved", "wanjiru").link("/f/"))
    focal.get_by_role("link", name="Approve or refuse").first.click()
    focal.get_by_label("Yes, approve").check()
    Eye(focal, f"{SLUG}-decide").see("approve-or-refuse")
    focal.get_by_role("button", name="Decide").click()
    expect(focal.get_by_text("Amina Kamau is with the organisers, who decide.")).to_be_visible()
    assert "Now the organisers decide." in summit.letter("endorsed", "amina").text
    delegate.reload()
    expect(delegate.get_by_role("heading", level=1)).to_have_text("Your registration is with the organisers")


def agree_for_the_summit(summit: Summit, desk: Page, delegate: Page) -> None:
    desk.goto(f"{summit.desk}/board?q=nairobi")
    desk.get_by_role("link", name="Approve 1").click()
    desk.get_by_role("link", name=re.compile("Amina Kamau")).first.click()
    Eye(desk, f"{SLUG}-desk").see("person")
    desk.get_by_role("link", name="Approve", exact=True).click()
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Done: Amina Kamau is now “approved”.")).to_be_visible()
    mail = summit.letter("confirmation", "amina")
    assert "BEGIN:VCALENDAR" in mail.calendar.decode()
    delegate.goto(mail.link("/d/"))
    expect(delegate.get_by_role("heading", level=1)).to_have_text("Your registration")
    assert "Amina Kamau" in summit.letter("person moved", "wanjiru", "approved").text
