"""An organiser says the summit in other languages, and the public reads it in them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "many-languages"


def test_a_summit_is_told_in_several_languages(summit: Summit, people: People) -> None:
    desk = people.desk()
    choose(summit, desk)
    write_words(desk)
    load_a_file(desk)
    publish(desk)
    read(summit, people.phone())


def choose(summit: Summit, desk: Page) -> None:
    """Korean besides, by way of Japanese."""
    desk.goto(summit.desk)
    desk.get_by_role("navigation", name="Organise").get_by_role("link", name="Languages").click()
    Eye(desk, SLUG).see("overview")
    desk.get_by_role("link", name="Choose languages").click()
    desk.get_by_role("checkbox", name="The summit speaks it, Korean").check()
    desk.get_by_label("Where it has no words, ask first, Korean").select_option("ja")
    Eye(desk, f"{SLUG}-choose").see("choose")
    desk.get_by_role("button", name="Store these languages").click()
    expect(desk.get_by_role("row").filter(has_text="한국어")).to_contain_text("Japanese → English")


def write_words(desk: Page) -> None:
    desk.get_by_role("row").filter(has_text="Français").get_by_role("link", name="Write").click()
    desk.get_by_role("navigation", name="Show").get_by_role("link", name="Missing").click()
    desk.get_by_role("navigation", name="Of what").get_by_role("link", name="Session").click()
    desk.get_by_label("Words, Video message from cities: title").fill("Messages vidéo des villes")
    Eye(desk, f"{SLUG}-words").see("words")
    desk.get_by_role("button", name="Store these words").click()
    expect(desk.get_by_text("1 text is stored.")).to_be_visible()
    expect(desk.get_by_label("Words, Video message from cities: title")).to_have_count(0)


def load_a_file(desk: Page) -> None:
    desk.get_by_role("navigation", name="You are in").get_by_role("link", name="Languages").click()
    desk.get_by_text("Spreadsheet").click()
    desk.get_by_role("link", name="Load a file of words").click()
    table = "kind,key,field,original,ko\nsummit,,title,An older title,정상회의\nsummit,,venue,,호텔\nnobody,,title,,x\n"
    desk.get_by_label("File").set_input_files({"name": "w.csv", "mimeType": "text/csv", "buffer": table.encode()})
    desk.get_by_role("button", name="Send this file").click()
    expect(desk.get_by_text("There is no such text in the draft.")).to_be_visible()
    Eye(desk, f"{SLUG}-wrong").see("wrong")
    desk.get_by_role("link", name="Send the mended file").click()
    table = table.replace("nobody,,title,,x\n", "")
    desk.get_by_label("File").set_input_files({"name": "w.csv", "mimeType": "text/csv", "buffer": table.encode()})
    desk.get_by_role("button", name="Send this file").click()
    desk.get_by_role("button", name="Store these 2 texts").click()
    desk.get_by_role("row").filter(has_text="한국어").get_by_role("link", name="out of date").click()
    Eye(desk, f"{SLUG}-stale").see("stale")


def publish(desk: Page) -> None:
    desk.get_by_role("navigation", name="Organise").get_by_role("link", name="Publish").click()
    Eye(desk, f"{SLUG}-publish").see("publish")
    desk.get_by_role("button", name=re.compile("Publish release")).click()
    expect(desk.get_by_text("Release 2 is published")).to_be_visible()


def read(summit: Summit, page: Page) -> None:
    page.goto(f"{summit.public}/agenda?lang=fr")
    expect(page.get_by_role("link", name="Messages vidéo des villes").first).to_be_visible()
    expect(page.locator("bdi[lang=en]", has_text="Session 2").first).to_be_visible()
    Eye(page, f"{SLUG}-public").see("french")
    page.goto(f"{summit.public}/?lang=ja")
    Eye(page, f"{SLUG}-public").see("japanese")
    page.goto(f"{summit.public}/agenda?lang=ko")
    expect(page.locator("bdi[lang=ja]", has_text="セッション2").first).to_be_visible()
    page.goto(f"{summit.public}/agenda?lang=ar")
    Eye(page, f"{SLUG}-public").see("arabic")
