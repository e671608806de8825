"""A delegate tells about themselves: the badge shows while it is typed, and all of it works with scripts off."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Eye, Running

pytestmark = pytest.mark.one_database


def registered(plenary: Running, page: Page, name: str) -> str:
    """The address of the page of somebody who has just registered by the form."""
    page.goto(f"{plenary.url}/rehearsal/register")
    page.get_by_label("City code").fill(plenary.code)
    page.get_by_label("At the venue").check()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("textbox", name="Position").fill("Deputy Mayor")
    page.get_by_role("textbox", name="Organisation").fill("Seoul Metropolitan Government")
    page.get_by_role("textbox", name="Email").fill("jiwon@seoul.example")
    page.get_by_label("Mobile telephone").fill("+82 2 731 2114")
    page.get_by_label("What you eat").fill("Halal")
    page.get_by_label("I have read how these data are used").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick this, or empty the fields about food and access.")
    page.get_by_label("I agree that the organisers store this").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are registered")
    return page.url.removesuffix("/registered")


def photo(folder: Path) -> Path:
    made = BytesIO()
    Image.new("RGB", (600, 800), "teal").save(made, "JPEG")
    path = folder / "portrait.jpg"
    path.write_bytes(made.getvalue())
    return path


def test_the_badge_is_seen_while_it_is_typed(plenary: Running, page: Page, eye: Eye) -> None:
    registered(plenary, page, "SEO Jiwon of the Metropolis")
    page.locator("#about").get_by_role("link", name="Your badge").click()
    line, badge = page.get_by_label("First line"), page.get_by_role("group", name="As it will look")
    expect(badge).to_contain_text("SEO Jiwon of the Metropolis")
    line.fill("𠮷" * 29)
    expect(page.get_by_text("29 of 28 characters: please shorten it")).to_be_visible()
    eye.see("badge-too-long")
    line.fill("서지원 SEO Jiwon")
    expect(page.get_by_text("13 of 28 characters")).to_be_visible()
    expect(badge).to_contain_text("서지원 SEO Jiwon")
    line.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="Your badge")).to_contain_text("Done")
    eye.see("about-you")


def test_all_of_it_works_with_scripts_off(plenary: Running, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    home = registered(plenary, page, "SEO Jiwon")
    page.get_by_role("link", name="Your name", exact=True).click()
    page.get_by_label("Name in your own script").fill("김민지")
    page.get_by_role("button", name="Store").click()
    page.get_by_role("link", name="Languages").click()
    page.get_by_label("I need interpretation from").fill("Japanese")
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_role("alert")).to_contain_text("Say into which language, or leave both empty.")
    page.get_by_label("I need interpretation into").fill("Korean")
    page.get_by_role("button", name="Store").click()
    page.get_by_role("link", name="A few words and a photo").click()
    page.get_by_label("Photo").set_input_files(photo(tmp_path))
    page.get_by_role("button", name="Store").click()
    page.goto(f"{home}/about/bio")
    expect(page.get_by_role("img", name="Photo of SEO Jiwon")).to_be_visible()
    page.goto(f"{home}/about/badge")
    expect(page.get_by_text("9 of 28 characters")).to_be_visible()
    page.get_by_role("button", name="Store").click()
    page.get_by_role("link", name="What you agree to").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.get_by_label("The organisers may write to me").check()
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_text("Done", exact=True)).to_have_count(5)
    context.close()
