"""Publish and change (J12): a session is moved by twenty minutes, one thing differs, everybody's feeds follow, and
exactly those whom it touches get a letter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from app import clock
from app.db import db
from app.events.models import Event, Mode
from app.imports import bundled
from app.registration.models import Capacity
from tests.browser.conftest import ROOT, Eye, Running
from tests.browser.summits import Setting, Summit
from tests.ical import rules

pytestmark = pytest.mark.one_database

EVENT = "second-reading"
OF_SESSION_2 = ("Amman", "Brisbane", "Delhi", "Lancaster", "Milan", "San Salvador", "Ulaanbaatar")
EMAIL, PASSWORD = "rome@plenary.example", "a long enough sentence for Rome"
A = "{http://www.w3.org/2005/Atom}"


def command(plenary: Running, *words: str) -> str:
    """What the command line says beside the running product."""
    given = {"PLENARY_INSTANCE": str(plenary.folder), "PLENARY_BASE_URL": plenary.url}
    program = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(program, cwd=ROOT, env=os.environ | given, capture_output=True, text=True, check=True)
    return done.stdout


def fetch(context: BrowserContext, url: str) -> bytes:
    answer = context.request.get(url)
    assert answer.status == 200, url
    return answer.body()


def test_publish_and_change(plenary: Running, setting: Setting, context: BrowserContext, page: Page, eye: Eye) -> None:
    prepare(plenary, page)
    summit = people_come(setting)
    before = context.request.get(f"{plenary.url}/{EVENT}/changes.atom").headers["etag"]
    move_session_2(plenary, page)
    look_and_publish(plenary, page, eye)
    the_seven_cities_get_one_letter_each(summit)
    everybody_sees_one_change(plenary, context, page, eye, before)
    compare_and_bring_back(plenary, context, page, eye)
    plan_and_take_back(plenary, page, eye)


def prepare(plenary: Running, page: Page) -> None:
    """A summit of its own beside the rehearsal, with an organiser of its own."""
    source = str(bundled("gnets-2023"))
    command(plenary, "import-event", source, "--slug", EVENT, "--starts", "2087-02-26", "--timetable")
    command(plenary, "publish", EVENT)
    link = re.search(r"http\S+/sign-in/set/\S+", command(plenary, "create-organiser", EMAIL))
    assert link is not None
    page.goto(link[0])
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    if "/sign-in" in page.url:
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"{plenary.url}/organise/**")


def people_come(setting: Setting) -> Summit:
    """Somebody of each city of Session 2, and of two others; Delhi and Seoul have an office too."""
    found = select(Event.id).where(Event.slug == EVENT)
    with setting.app.app_context():
        summit = Summit(setting, EVENT, db.session.execute(found).scalar_one())
    for city in (*OF_SESSION_2, "Seoul", "Queensland"):
        mode = {"Delhi": Mode.ONLINE, "Lancaster": Mode.ONLINE, "Milan": Mode.VIDEO}.get(city, Mode.VENUE)
        summit.registered(city, f"Somebody of {city}", Capacity.DELEGATE, mailbox(city), mode)
    for city in ("Delhi", "Seoul"):
        summit.speaker(city, f"Office of {city}", f"office-{mailbox(city)}")
    return summit


def mailbox(city: str) -> str:
    return city.lower().replace(" ", "-")


def move_session_2(plenary: Running, page: Page) -> None:
    page.goto(f"{plenary.url}/organise/{EVENT}/agenda")
    row = page.get_by_role("row").filter(has=page.locator("input[value='Session 2']"))
    row.locator("input[type=time]").nth(0).fill("12:10")
    row.locator("input[type=time]").nth(1).fill("13:30")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("One session was changed")).to_be_visible()


def look_and_publish(plenary: Running, page: Page, eye: Eye) -> None:
    page.get_by_role("link", name="Preview what would be published").click()
    expect(page.get_by_text("1 retimed; 1 calendar entry follows.")).to_be_visible()
    expect(page.get_by_text("8 letters go, one to each of those whose programme this changes.")).to_be_visible()
    page.get_by_label("See it as").select_option("Lancaster: Somebody of Lancaster")
    page.get_by_role("button", name="Show").click()
    letter = page.frame_locator("iframe.letter-frame")
    expect(letter.get_by_text("19:10–20:30")).to_be_visible()
    page.locator(".checks summary").first.click()
    eye.see("releases-preview")
    page.get_by_role("button", name="Publish release 2").click()
    expect(page.get_by_text("Release 2 is published")).to_be_visible()
    expect(page.get_by_text("8 letters are on their way.")).to_be_visible()


def the_seven_cities_get_one_letter_each(summit: Summit) -> None:
    """Exactly those whom it touches are mailed, one mail each, with the entry that their calendar gets."""
    expected = [*(mailbox(city) for city in OF_SESSION_2), "office-delhi"]
    for each in expected:
        summit.letter("release", each)
    told = [path.name.split("-release-")[1] for path in summit.letters("release")]
    assert sorted(told) == sorted(f"{summit.address(each)}.eml" for each in expected)
    letter = summit.letter("release", "lancaster", "Session 2")
    assert "12:10–13:30" in letter.text
    assert "Your time (Los Angeles)" in letter.text
    ((entry),) = rules.events(letter.calendar)
    assert (entry["SUMMARY"], entry["SEQUENCE"], entry["LOCATION"]) == ("Session 2: Environment", "1", "Online")


def everybody_sees_one_change(plenary: Running, context: BrowserContext, page: Page, eye: Eye, before: str) -> None:
    page.goto(f"{plenary.url}/{EVENT}/agenda")
    page.get_by_role("link", name="What has changed").click()
    page.get_by_label("Your time zone").select_option("Europe/London")
    page.get_by_role("button", name="Show").click()
    newest = page.locator("#release-2")
    expect(newest.get_by_role("listitem")).to_have_count(1)
    expect(newest.get_by_text("Retimed")).to_be_visible()
    expect(newest.get_by_text("12:10–13:30")).to_be_visible()
    expect(newest.get_by_text("03:10–04:30")).to_be_visible()
    eye.see("changes")
    feed = context.request.get(f"{plenary.url}/{EVENT}/changes.atom", headers={"If-None-Match": before})
    assert feed.status == 200
    entry = ET.fromstring(feed.body()).find(f"{A}entry")
    assert entry is not None
    assert "Session 2 (session): Retimed." in entry.findtext(f"{A}content", "")
    assert sequences(context, f"{plenary.url}/{EVENT}/agenda.ics") == ("1", {"0"})
    assert b"T12:10:00+09:00" in fetch(context, f"{plenary.url}/{EVENT}/schedule.xml")


def sequences(context: BrowserContext, url: str) -> tuple[str, set[str]]:
    """The SEQUENCE of Session 2, and those of all others."""
    entries = {each["URL"].rpartition("/")[2]: each["SEQUENCE"] for each in rules.events(fetch(context, url))}
    return entries.pop("session-2"), set(entries.values())


def compare_and_bring_back(plenary: Running, context: BrowserContext, page: Page, eye: Eye) -> None:
    page.goto(f"{plenary.url}/organise/{EVENT}/publish")
    page.get_by_role("link", name="All releases").click()
    eye.see("releases")
    page.get_by_role("link", name="What it changed (release 2)").click()
    expect(page.get_by_text("1 retimed.")).to_be_visible()
    eye.see("compare")
    page.goto(f"{plenary.url}/organise/{EVENT}/releases/1/restore")
    expect(page.get_by_text("Release 3 would say what release 1 said.")).to_be_visible()
    page.get_by_label("Set the draft back too").check()
    eye.see("bring-back")
    page.get_by_role("button", name="Publish it as release 3").click()
    expect(page.get_by_text("Release 3 says what release 1 said.")).to_be_visible()
    assert sequences(context, f"{plenary.url}/{EVENT}/agenda.ics") == ("2", {"0"})
    page.goto(f"{plenary.url}/{EVENT}/agenda")
    expect(page.get_by_text("11:50–13:10")).to_be_visible()


def plan_and_take_back(plenary: Running, page: Page, eye: Eye) -> None:
    page.goto(f"{plenary.url}/organise/{EVENT}/publish/later")
    day = clock.now() + timedelta(days=30)
    page.get_by_label("Day").fill(f"{day:%Y-%m-%d}")
    page.get_by_label("Time").fill("")
    page.get_by_role("button", name="Publish then").click()
    expect(page.get_by_role("alert")).to_be_focused()
    eye.see("plan")
    page.get_by_label("Time").fill("09:00")
    page.get_by_role("button", name="Publish then").click()
    expect(page.get_by_text(f"A release is planned for {day.day} {day:%B %Y}, 09:00 (Tokyo)")).to_be_visible()
    page.get_by_role("link", name="Unplan it").click()
    eye.see("take-back")
    page.get_by_role("button", name="Unplan it").click()
    expect(page.get_by_text("The planned release is taken back.")).to_be_visible()
