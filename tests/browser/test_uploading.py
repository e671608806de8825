"""Milan owes a video for Session 2 and sends it over a line that breaks (J10, until it has come)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SLOWEST, Eye, People
from tests.browser.summits import Summit
from tests.videos.cast import film

pytestmark = pytest.mark.one_database

SLUG = "uploads"
MB = 1024 * 1024


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small phone whose line may break, so that its console may say so."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="en-GB", timezone_id="Europe/Rome")
    context.set_default_timeout(SLOWEST)
    yield context.new_page()
    context.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "milan.mp4"
    path.write_bytes(film(22 * MB))
    return path


def test_a_video_comes_over_a_bad_line(summit: Summit, people: People, phone: Page, file: Path, tmp_path: Path) -> None:
    luca = summit.speaker("Milan", "Luca Milani", "luca")
    eye = Eye(phone, SLUG)
    phone.goto(luca)
    phone.get_by_role("link", name="Contribution to a session: Session 2").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Video message of Milan")
    eye.see("asked")
    tell_of_it(phone, eye)
    refuse_a_pdf(phone, eye, tmp_path)
    send_and_reload(phone, file)
    go_on_over_a_broken_line(phone, eye, file)
    desk = people.desk()
    desk.goto(f"{summit.desk}/videos")
    expect(desk.get_by_role("row").filter(has_text="Milan")).to_contain_text("Version 1, 22 MB")
    Eye(desk, f"{SLUG}-desk").see("videos")
    desk.get_by_role("link", name="Milan", exact=False).first.click()
    expect(desk.get_by_text("Luca Milani (focal point of Milan)")).to_be_visible()
    Eye(desk, f"{SLUG}-desk-one").see("video")


def tell_of_it(phone: Page, eye: Eye) -> None:
    phone.get_by_role("link", name="Fill it in").click()
    phone.get_by_label("Who speaks", exact=True).fill("Giuseppe Sala")
    phone.get_by_label("Their position").fill("Mayor of Milan")
    phone.get_by_label("Language spoken").select_option(label="Italian")
    phone.get_by_label("Length").fill("4.00 minutes")
    phone.get_by_label("In the picture already").check()
    phone.get_by_label("It may be shown at the venue").check()
    phone.get_by_label("Whatever in it belongs to others").check()
    phone.get_by_label("Who answers questions about it").fill("Anne Martin")
    phone.get_by_label("Their email address").fill("anne@press.example")
    phone.get_by_role("button", name="Store").click()
    expect(phone.get_by_role("alert")).to_contain_text("Write minutes and seconds, as in 2:45.")
    eye.see("about")
    phone.get_by_label("Length").fill("2:45")
    phone.get_by_role("button", name="Store").click()
    expect(phone.get_by_text("Giuseppe Sala, Mayor of Milan")).to_be_visible()


def refuse_a_pdf(phone: Page, eye: Eye, folder: Path) -> None:
    speech = folder / "speech.mp4"
    speech.write_bytes(b"%PDF-1.7\n" + b"x" * 5000)
    phone.get_by_role("link", name="Send the video").click()
    phone.get_by_label("The video").set_input_files(speech)
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_text("this is a PDF, whatever its name says")).to_be_visible()
    eye.see("refused")


def slowly(route: Route) -> None:
    time.sleep(0.4)
    route.continue_()


def send_and_reload(phone: Page, file: Path) -> None:
    """Pause, come back another day, and choose the same file."""
    phone.context.route("**/v/uploads/*", slowly)
    phone.get_by_label("The video").set_input_files(file)
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_text("Sending")).to_be_visible()
    expect(phone.locator("[data-percent]")).not_to_have_text(re.compile("^1?[0-9]%$"))
    phone.get_by_role("button", name="Pause").click()
    expect(phone.get_by_text("Paused. What has come stays.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text(re.compile(r"[1-9]\d? % of “milan\.mp4” \(22 MB\) have come"))).to_be_visible()


def go_on_over_a_broken_line(phone: Page, eye: Eye, file: Path) -> None:
    """It goes on from where it stopped, waits while there is no line, and goes on by itself."""
    phone.get_by_label("The video").set_input_files(file)
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_text("Going on from where it stopped.")).to_be_visible()
    phone.context.set_offline(True)
    expect(phone.get_by_text("The line is broken. It goes on by itself once it is back.")).to_be_visible()
    eye.see("broken")
    phone.context.set_offline(False)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Video message of Milan", timeout=3 * SLOWEST)
    expect(phone.get_by_text("milan.mp4 · 22 MB · version 1")).to_be_visible()
    eye.see("come")
