"""Cities are invited by letter and answer on a phone: one accepts, one declines, one stays silent (J02, J03)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.delegations import answering
from app.events.models import Due
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j02"


def test_invite_accept_decline_lapse(summit: Summit, people: People) -> None:
    summit.not_invited()
    desk = people.desk()
    set_the_deadline(summit, desk)
    invite_everybody(summit, desk)
    accept(summit, people.phone(timezone_id="Europe/Amsterdam"))
    decline(summit, people.phone())
    lapse_and_open_again(summit, desk, people.phone())


def set_the_deadline(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/deadlines")
    day = clock.now().date() + timedelta(days=21)
    desk.get_by_role("row").filter(has_text="answer").get_by_label("Day").first.fill(day.isoformat())
    desk.get_by_role("button", name="Set the deadlines").click()
    expect(desk.get_by_text("One deadline is set anew.")).to_be_visible()


def invite_everybody(summit: Summit, desk: Page) -> None:
    """Every member but the host gets a focal point and a letter with a link of its own."""
    desk.goto(f"{summit.desk}/invitations")
    desk.get_by_role("link", name="Tick all that are not invited yet").click()
    mailboxes = []
    for row in desk.get_by_role("row").filter(has=desk.get_by_role("checkbox", checked=True)).all():
        city = row.get_by_role("rowheader").inner_text().split("\n")[0]
        mailboxes.append("".join(each for each in city if each.isascii() and each.isalpha()).lower())
        row.get_by_label("Focal point’s name").fill(f"Focal Point of {city}")
        row.get_by_label("Focal point’s email").fill(summit.address(mailboxes[-1]))
    desk.get_by_role("button", name="See the invitation of those ticked").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("The invitation, before it is sent")
    desk.get_by_label("See it as").select_option(label="São Paulo")
    desk.get_by_role("button", name="Show", exact=True).click()
    expect(desk.get_by_text("Tokyo invites São Paulo: Leaders Summit J02").first).to_be_visible()
    Eye(desk, SLUG).see("preview")
    desk.get_by_role("button", name="Send it to 33 cities").click()
    expect(desk.get_by_text("33 cities are invited. The letters leave now.")).to_be_visible()
    assert len({summit.letter("invitation", each).link("/f/") for each in mailboxes}) == 33
    assert len(summit.letters("invitation")) == 33
    desk.goto(f"{summit.desk}/board")
    expect(desk.locator("dl.figures").get_by_text("34", exact=True)).to_be_visible()  # with the host


def accept(summit: Summit, phone: Page) -> None:
    """The link answers nothing by being opened, accepts once, and afterwards opens the delegation's page."""
    eye = Eye(phone, f"{SLUG}-amsterdam")
    link = summit.letter("invitation", "amsterdam").link("/f/")
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Tokyo invites Amsterdam")
    expect(phone.get_by_text(re.compile(r"1[56]:59 \(Amsterdam\).*= 23:59 \(Tokyo\)", re.S)).last).to_be_visible()
    eye.see("invited")
    phone.get_by_role("link", name="Accept the invitation").click()
    phone.get_by_role("button", name="Accept for Amsterdam").click()
    expect(phone.get_by_role("alert")).to_be_focused()
    phone.get_by_label("At the venue").check()
    phone.get_by_label("Online").check()
    eye.see("accept")
    phone.get_by_role("button", name="Accept for Amsterdam").click()
    expect(phone.get_by_text("Accepted. A letter that says so is on its way")).to_be_visible()
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Delegation of Amsterdam")
    expect(phone.get_by_role("link", name="Accept the invitation")).to_have_count(0)
    summit.letter("answered", "amsterdam", "Amsterdam")


def decline(summit: Summit, phone: Page) -> None:
    phone.goto(summit.letter("invitation", "nice").link("/f/"))
    phone.get_by_role("link", name="Decline").click()
    phone.get_by_label("Reason").fill("The council sits that week.")
    phone.get_by_role("button", name="Decline for Nice").click()
    expect(phone.get_by_text("Reason: The council sits that week.")).to_be_visible()
    summit.letter("answered", "nice", "The council sits that week.")


def lapse_and_open_again(summit: Summit, desk: Page, phone: Page) -> None:
    """San Salvador lets the time pass; the organisers open its invitation again, and a new letter brings the link."""
    link = summit.letter("invitation", "sansalvador").link("/f/")
    summit.due(Due.ANSWER, clock.now() - timedelta(hours=1), hard=True)
    summit.do(lambda: answering.lapse_due(clock.now()))
    phone.goto(link)
    expect(phone.get_by_text("No answer came before the deadline.")).to_be_visible()
    summit.letter("lapsed", "sansalvador")
    desk.goto(f"{summit.desk}/board?q=salvador")
    expect(desk.get_by_role("row").filter(has_text="San Salvador")).to_contain_text("Lapsed")
    desk.get_by_role("row").filter(has_text="San Salvador").get_by_role("link", name="Invite again").click()
    desk.get_by_label("Answer by, day").fill((clock.now().date() + timedelta(days=7)).isoformat())
    desk.get_by_role("button", name="Invite again").click()
    expect(desk.get_by_text("The city is invited again; a new letter is on its way.")).to_be_visible()
    phone.reload()
    phone.get_by_role("link", name="Accept the invitation").click()
    phone.get_by_label("At the venue").check()
    phone.get_by_role("button", name="Accept for San Salvador").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Delegation of San Salvador")
