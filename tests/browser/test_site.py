"""An organiser writes a page with a photo, looks at it, shows it, and a visitor reads it; colours and news follow."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "written"
NO_ANSWER = """() => {
  window.sent = 0;
  addEventListener("submit", (event) => { if (!event.defaultPrevented) window.sent += 1; event.preventDefault(); });
}"""
"""A script: what is sent is counted, and goes nowhere."""


def skyline() -> bytes:
    """A drawing that is large enough to be a photo."""
    made = Image.new("RGB", (1600, 900), "#b9d3e6")
    draw = ImageDraw.Draw(made)
    for number, height in enumerate((320, 500, 260, 620, 420, 560, 300, 480)):
        draw.rectangle((number * 200, 900 - height, number * 200 + 170, 900), fill="#2f4858")
    kept = BytesIO()
    made.save(kept, "PNG")
    return kept.getvalue()


def test_a_page_is_written_looked_at_shown_and_read(summit: Summit, people: People) -> None:
    desk, phone = people.desk(), people.phone()
    desk.goto(f"{summit.desk}/site")
    Eye(desk, SLUG).see("empty")
    send_photo(summit, desk)
    write_page(summit, desk)
    phone.goto(f"{summit.public}/agenda")
    expect(phone.get_by_role("link", name="Getting there")).to_have_count(0)
    desk.get_by_role("button", name="Show it to everybody").click()
    expect(desk.get_by_text("Everybody sees it now.")).to_be_visible()
    read(summit, phone)
    colour(summit, desk)
    write_news(summit, desk)
    phone.goto(f"{summit.public}/news")
    Eye(phone, f"{SLUG}-public").see("news")
    phone.get_by_role("link", name="Registration is open").click()
    expect(phone.get_by_text("Every city has its code.")).to_be_visible()
    take_away(summit, desk)


def test_a_page_is_dragged_to_its_place(summit: Summit, people: People) -> None:
    """At the rehearsal, for which the demonstration has written some pages."""
    desk = people.desk()
    desk.goto(f"{summit.setting.url}/organise/rehearsal/site")
    rows = desk.locator("tr[data-ordered]")
    first, last = rows.first.get_attribute("id"), rows.last.get_attribute("id")
    assert first != last
    rows.last.locator(".grip").hover()
    desk.mouse.down()
    there = rows.first.bounding_box()
    assert there is not None
    desk.mouse.move(there["x"] + 20, there["y"] + 4, steps=5)
    with desk.expect_navigation():
        desk.mouse.up()
    expect(rows.first).to_have_attribute("id", last or "")
    rows.first.get_by_role("button", name="Down").click()
    expect(rows.first).to_have_attribute("id", first or "")
    rows.first.locator(".grip").hover()
    desk.mouse.down()
    desk.mouse.move(there["x"] + 20, there["y"] + 900, steps=5)
    desk.keyboard.press("Escape")
    desk.mouse.up()
    expect(rows.first).to_have_attribute("id", first or "")


def test_what_takes_long_says_what_is_being_done(summit: Summit, people: People) -> None:
    desk = people.desk()
    desk.goto(f"{summit.desk}/site/photos/new")
    desk.evaluate(NO_ANSWER)
    desk.get_by_label("Photo", exact=True).set_input_files(
        {"name": "skyline.png", "mimeType": "image/png", "buffer": skyline()}
    )
    desk.get_by_label("English").fill("Towers at noon")
    button = desk.get_by_role("button", name="Store it")
    button.focus()
    for _twice in range(2):
        desk.keyboard.press("Enter")
    expect(desk.get_by_role("status").filter(has_text="Storing the photo …")).to_be_visible()
    expect(desk.get_by_role("progressbar", name="Storing the photo …")).to_be_visible()
    expect(button).to_be_disabled()
    assert desk.evaluate("window.sent") == 1


def send_photo(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/site/photos")
    desk.get_by_role("link", name="Send the first").click()
    desk.get_by_label("Photo", exact=True).set_input_files(
        {"name": "skyline.png", "mimeType": "image/png", "buffer": skyline()}
    )
    desk.get_by_label("English").fill("Towers of Shinjuku under a clear sky")
    desk.get_by_label("Who took it").fill("A. Bianchi")
    Eye(desk, f"{SLUG}-photo").see("send")
    desk.get_by_role("button", name="Store it").click()
    desk.get_by_role("button", name="Put it at the head of the front page").click()
    expect(desk.get_by_text("At the head of the front page", exact=True)).to_be_visible()
    Eye(desk, f"{SLUG}-photo").see("photos")


def write_page(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/site")
    desk.get_by_role("link", name="Getting there").click()
    text = "From the airport take the **express** to Shinjuku.\n\n## By train\n\n"
    text += "| Line | Minutes |\n|---|---|\n| Express | 80 |"
    desk.get_by_label("Text").first.fill(text)
    desk.get_by_text("Photos", exact=True).last.click()
    desk.get_by_role("button", name="Put it into the text").click()
    expect(desk.get_by_label("Text").first).to_have_value(text + f"\n\n{desk.locator('.picker code').inner_text()}\n")
    Eye(desk, SLUG).see("write")
    with desk.expect_popup() as opened:
        desk.get_by_role("button", name="Look at it").first.click()
    expect(opened.value.get_by_text("Nothing is stored")).to_be_visible()
    expect(opened.value.get_by_role("heading", name="By train")).to_be_visible()
    opened.value.close()
    desk.get_by_role("button", name="Store it").click()
    expect(desk.get_by_text("Only organisers see this: it is a draft.")).to_be_visible()
    Eye(desk, SLUG).see("preview")


def read(summit: Summit, phone: Page) -> None:
    phone.goto(f"{summit.public}/agenda")
    phone.get_by_role("link", name="Getting there").click()
    expect(phone.get_by_role("heading", name="Getting there")).to_be_visible()
    expect(phone.get_by_role("img", name="Towers of Shinjuku under a clear sky")).to_be_visible()
    Eye(phone, f"{SLUG}-public").see("page")
    phone.goto(f"{summit.public}/info/travel?lang=ar")
    Eye(phone, f"{SLUG}-public").see("page-arabic")


def colour(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/site/look")
    desk.get_by_label("This summit has a colour of its own").check()
    desk.get_by_label("Colour on light paper").fill("#ff6600")
    desk.get_by_role("button", name="Store the colours").click()
    expect(desk.get_by_role("alert")).to_contain_text("too faint to be read")
    Eye(desk, f"{SLUG}-look").see("faint")
    desk.get_by_role("button", name="Take this one").click()
    expect(desk.get_by_text("Every page of the summit has these colours now.")).to_be_visible()
    Eye(desk, f"{SLUG}-look").see("stored")
    desk.goto(f"{summit.public}/")
    Eye(desk, f"{SLUG}-look").see("front")


def write_news(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/site/news")
    desk.get_by_role("link", name="Write the first").click()
    desk.get_by_label("Title").first.fill("Registration is open")
    desk.get_by_label("Text").first.fill("Every city has its code.")
    desk.get_by_role("button", name="Store it").click()
    desk.get_by_role("button", name="Show it to everybody").click()
    expect(desk.get_by_text("Everybody sees it now.")).to_be_visible()
    desk.goto(f"{summit.desk}/site/news")
    Eye(desk, SLUG).see("news")


def take_away(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/site")
    desk.get_by_role("row").filter(has_text="Getting there").get_by_role("link", name="Delete").click()
    Eye(desk, SLUG).see("delete")
    desk.get_by_role("button", name="Delete it").click()
    Eye(desk, SLUG).see("deleted")
    desk.get_by_role("button", name="Put it back", exact=True).click()
    expect(desk.get_by_text("It stands where it stood.")).to_be_visible()
