"""A delegate completes the form: by keyboard, on a small phone, in large letters, without scripts (J05, J30)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Eye, People
from tests.browser.keys import go, press
from tests.browser.summits import Summit
from tests.ical import rules

pytestmark = pytest.mark.one_database

SLUG = "j05"


def test_complete_by_keyboard_and_go_on_elsewhere(summit: Summit, people: People) -> None:
    office, focal = summit.speaker("Helsinki", "Aino Laine", "aino"), people.phone()
    name(office, focal)
    letter = summit.letter("nominated", "eero")
    assert "Aino Laine (focal point of Helsinki) has named you for the delegation of Helsinki" in letter.text
    phone = people.phone(java_script_enabled=False, timezone_id="Europe/Helsinki")
    begin_by_keyboard(phone, letter.link("/complete"))
    laptop = people.laptop()
    finish_elsewhere(summit, laptop, letter.link("/complete"))
    tell_whom_to_call(laptop)
    see_nothing_private(focal, office)


def name(office: str, focal: Page) -> None:
    focal.goto(office)
    focal.get_by_role("region", name="Your people", exact=True).get_by_role("link", name="Name a person").click()
    focal.get_by_role("textbox", name="Name", exact=True).fill("Eero Virtanen")
    focal.get_by_label("Rank at home").select_option(label="Deputy leader")
    focal.get_by_role("textbox", name="Position").fill("Deputy Mayor")
    focal.get_by_role("textbox", name="Email").fill("eero@j05.example")
    focal.get_by_label("The person knows that I give these data").check()
    focal.get_by_role("button", name="Put on the list").click()
    expect(
        focal.get_by_text("Eero Virtanen is on your list. A letter with their own link is on its way.")
    ).to_be_visible()


def begin_by_keyboard(phone: Page, link: str) -> None:
    """Without scripts the page asks for everything; nothing sticks out of it at twice the size of letters."""
    phone.goto(link)
    enlarge(phone)
    fits(phone)
    with phone.expect_navigation():
        press(phone, phone.get_by_role("button", name="Send"))
    enlarge(phone)
    fits(phone)
    expect(phone.get_by_role("alert")).to_be_focused()
    wrong = phone.get_by_label("Mobile telephone")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description(
        "With the country, as in +81 90 1234 5678. Only the organisers and your"
        " city’s office see it. Error: Enter a number at which you can be reached on the day."
    )
    press(phone, phone.get_by_role("alert").get_by_role("link", name="Mobile telephone"))
    expect(wrong).to_be_focused()
    phone.keyboard.type("+358 9 310 1641")
    go(phone, phone.get_by_label("What you eat"))
    phone.keyboard.type("Vegetarian")
    go(phone, phone.get_by_label("I agree that the organisers store this"))
    phone.keyboard.press("Space")
    Eye(phone, "j05").keep("large-letters-320-light")
    with phone.expect_navigation():
        press(phone, phone.get_by_role("button", name="Save and go on later"))
    expect(
        phone.get_by_text("Saved. Open this page again on any device, with the same link, and go on.")
    ).to_be_visible()


def finish_elsewhere(summit: Summit, laptop: Page, link: str) -> None:
    """What was saved stands there; the registration is confirmed with a number, a letter and a calendar file."""
    laptop.goto(link)
    expect(laptop.get_by_label("Mobile telephone")).to_have_value("+358 9 310 1641")
    expect(laptop.get_by_label("What you eat")).to_have_value("Vegetarian")
    laptop.get_by_role("textbox", name="Organisation").fill("City of Helsinki")
    laptop.get_by_label("What you need to get about and to follow").fill("Step-free ways")
    laptop.get_by_label("I have read how these data are used").check()
    Eye(laptop, f"{SLUG}-form").see("filled-in")
    laptop.get_by_role("button", name="Send").click()
    expect(laptop.get_by_role("heading", level=1)).to_have_text("You are registered")
    reference = laptop.locator("dl.facts dd").first.inner_text()
    mail = summit.letter("confirmation", "eero")
    assert reference in mail.text
    assert rules.invitation_faults(mail.calendar) == []
    (days,) = rules.events(mail.calendar)
    assert days["SUMMARY"].startswith("Leaders Summit J05")


def tell_whom_to_call(laptop: Page) -> None:
    """What is told in confidence is stored part by part, and neither it nor food and access are shown again."""
    laptop.get_by_role("link", name="Travel and stay").click()
    laptop.get_by_role("link", name="Emergency contact").click()
    laptop.get_by_role("textbox", name="Name", exact=True).fill("Liisa Virtanen")
    laptop.get_by_label("Telephone").fill("+358 9 310 1642")
    laptop.get_by_role("button", name="Store").click()
    expect(laptop.get_by_text("What you stored is safe and is not shown here")).to_be_visible()
    Eye(laptop, f"{SLUG}-travel").see("stored")
    assert "Liisa" not in laptop.content()
    laptop.get_by_role("link", name="Your registration").click()
    for private in ("Liisa", "Vegetarian", "Step-free ways"):
        assert private not in laptop.content()
    laptop.get_by_role("link", name="Change something").click()
    for label in ("What you eat", "What you need to get about and to follow"):
        expect(laptop.get_by_label(label)).to_have_value("")
    expect(laptop.get_by_label("Delete what is stored of food and access")).not_to_be_checked()
    Eye(laptop, f"{SLUG}-change").see("change")


def see_nothing_private(focal: Page, office: str) -> None:
    """The city's office reads who comes and that nothing is owed, and not what was told in confidence."""
    focal.goto(office)
    expect(focal.get_by_text("Nothing is owed.")).to_be_visible()
    Eye(focal, f"{SLUG}-office").see("list")
    focal.get_by_role("link", name="Eero Virtanen").click()
    expect(focal.get_by_role("heading", level=1)).to_contain_text("Eero Virtanen")
    for page in (focal.content(), focal.context.request.get(office).text()):
        assert "Eero Virtanen" in page
        assert "Vegetarian" not in page
        assert "Step-free" not in page
        assert "Liisa" not in page


def enlarge(page: Page) -> None:
    """Letters of twice the size, as a reader sets them."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")


STICKING_OUT = """
() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? []
  : [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth)
    .map((each) => each.cloneNode().outerHTML)
"""


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    assert page.evaluate(STICKING_OUT) == []
