"""The whole story as a newcomer lives it: read, register, subscribe; move, preview, publish, and see all follow."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Eye, Running
from tests.ical import parsers, rules

pytestmark = pytest.mark.one_database

PASSWORD = "a long enough sentence for Tokyo"


def letter(folder: Path, kind: str) -> EmailMessage:
    """The first letter of this kind, which the worker writes when it comes to it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for path in sorted((folder / "mail").glob(f"*{kind}*.eml")):
            return message_from_bytes(path.read_bytes(), policy=policy.default)
        time.sleep(0.1)
    raise AssertionError(f"no letter of the kind {kind!r}")


def sequence(octets: bytes, code: str) -> str:
    (found,) = (entry["SEQUENCE"] for entry in rules.events(octets) if entry.get("URL", "").endswith(f"/{code}"))
    return found


def fetch(context: BrowserContext, url: str) -> bytes:
    answer = context.request.get(url)
    assert answer.status == 200, url
    return answer.body()


def test_the_whole_story(plenary: Running, context: BrowserContext, page: Page, eye: Eye) -> None:
    read_the_agenda(plenary, page, eye)
    register(plenary, page, eye)
    feed = follow_the_letter(plenary, context, page, eye)
    sign_in(plenary, page, eye)
    move_session_2_and_publish(plenary, page, eye)
    see_everything_follow(plenary, context, page, feed)


def read_the_agenda(plenary: Running, page: Page, eye: Eye) -> None:
    page.goto(plenary.url)
    eye.see("summits")
    page.get_by_role("link", name="Rehearsal of the 1st G-NETS Leaders Summit").click()
    eye.see("summit")
    page.get_by_role("link", name="See the agenda").click()
    expect(page.get_by_role("link", name="Show times in London too?")).to_be_visible()
    page.get_by_role("link", name="Show times in London too?").click()
    expect(page.get_by_text(re.compile(r"^\d\d:30–\d\d:50 London$"))).to_be_visible()
    eye.see("agenda-in-two-zones")
    for name in ("Cities", "People", "Visits", "Outcome"):
        page.get_by_role("navigation", name="Summit").get_by_role("link", name=name, exact=True).click()
        eye.see(name.lower())


def register(plenary: Running, page: Page, eye: Eye) -> None:
    page.get_by_role("navigation", name="Summit").get_by_role("link", name="Register", exact=True).click()
    expect(page.get_by_text(plenary.code)).to_be_visible()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_be_focused()
    eye.see("register-with-errors")
    page.get_by_label("City code").fill(plenary.code)
    page.get_by_label("At the venue").check()
    page.get_by_role("textbox", name="Name", exact=True).fill("KIM Minji")
    page.get_by_role("textbox", name="Position").fill("Deputy Mayor")
    page.get_by_role("textbox", name="Organisation").fill("Seoul Metropolitan Government")
    page.get_by_role("textbox", name="Email").fill("minji@seoul.example")
    page.get_by_label("Mobile telephone").fill("+82 2 731 2114")
    page.get_by_label("I have read how these data are used").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("KIM Minji").first).to_be_visible()
    assert "/d/" in page.url
    eye.see("registered")


def follow_the_letter(plenary: Running, context: BrowserContext, page: Page, eye: Eye) -> str:
    """The letter's links open the person's page and calendar. Returns the address of the calendar."""
    mail = letter(plenary.folder, "confirmation-minji@")
    plain = mail.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert "KIM Minji" in text
    (attached,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert rules.invitation_faults(attached.get_payload(decode=True)) == []  # type: ignore[arg-type]
    own = re.search(r"http://\S+/d/[\w-]+", text)
    feed = re.search(r"(?:http|webcal)://\S+/c/[\w-]+/agenda\.ics", text)
    assert own is not None
    assert feed is not None
    page.goto(own[0])
    eye.see("my-page")
    address = feed[0].replace("webcal://", "http://")
    octets = fetch(context, address)
    assert rules.faults(octets) == []
    assert len(rules.events(octets)) == 12  # the days of the summit came as the invitation
    return address


def sign_in(plenary: Running, page: Page, eye: Eye) -> None:
    page.goto(plenary.password_link)
    eye.see("set-password")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    if "/sign-in" in page.url:
        page.get_by_label("Email").fill("organiser@plenary.example")
        page.get_by_label("Password").fill(PASSWORD)
        eye.see("sign-in")
        page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"{plenary.url}/organise/**")
    eye.see("desk")
    page.get_by_role("link", name=re.compile("Rehearsal")).first.click()
    eye.see("delegations")
    page.get_by_role("link", name="Registrations").click()
    expect(page.get_by_role("rowheader", name="KIM Minji")).to_be_visible()
    eye.see("registrations")


def move_session_2_and_publish(plenary: Running, page: Page, eye: Eye) -> None:
    page.goto(f"{plenary.url}/organise/rehearsal/agenda")
    row = page.get_by_role("row").filter(has=page.locator("input[value='Session 2']"))
    row.locator("input[type=time]").nth(0).fill("12:10")
    row.locator("input[type=time]").nth(1).fill("13:30")
    eye.see("draft")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("One session was changed")).to_be_visible()
    page.get_by_role("link", name="Preview what would be published").click()
    expect(page.get_by_text("1 retimed")).to_be_visible()
    eye.see("preview")
    page.get_by_role("button", name="Publish release 2").click()
    expect(page.get_by_text("Release 2 is published")).to_be_visible()
    eye.see("published")


def see_everything_follow(plenary: Running, context: BrowserContext, page: Page, feed: str) -> None:
    page.goto(f"{plenary.url}/rehearsal/agenda?tz=Europe/London")
    expect(page.get_by_text("12:10–13:30")).to_be_visible()
    public = fetch(context, f"{plenary.url}/rehearsal/agenda.ics")
    own = fetch(context, feed)
    assert [sequence(octets, code) for octets in (public, own) for code in ("session-2", "session-1")] == list("1010")
    one = fetch(context, f"{plenary.url}/rehearsal/sessions/session-2.ics")
    read = parsers.instants(one)
    assert {f"{start:%H:%M}" for parsed in read.values() for start, _ in parsed.values()} == {"03:10"}
