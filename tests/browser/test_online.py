"""London joins from afar and is checked before; a moderator leads the session from a telephone (J14, J18)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select, update

from app import clock
from app.agenda.models import Appearance, Session
from app.db import db
from app.events.models import Event, Mode
from app.publishing import service as publishing
from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import ORGANISER, Summit
from tests.online.afar import at_noon

pytestmark = pytest.mark.one_database

SLUG = "j14"
HALL, GREEN = "https://meet.example/hall?pwd=1", "https://meet.example/green-room"
SIX = "Session 6"


def test_from_home(summit: Summit, people: People) -> None:
    desk, london = people.desk(), people.phone(timezone_id="Europe/London")
    page = summit.page_of(summit.registered("London", "Sadiq Khan", Capacity.HEAD, "sadiq", Mode.ONLINE))
    see_own_time_first(london, page)
    put_in_the_links(summit, desk)
    open_slots(summit, desk)
    book_a_check(summit, london, page)
    enter_a_failure(summit, desk)
    moderator = see_red_on_the_stage(summit, desk, people)
    see_the_backup(summit, moderator)
    wait_before_the_door(london, page)
    begin_now(summit)
    join(london, page)
    see_who_joined(summit, desk)


def see_own_time_first(london: Page, page: str) -> None:
    london.goto(page)
    when = london.locator(".programme > li").filter(has_text=SIX).locator(".when").first
    expect(when.locator(".at")).to_have_text("08:30–09:50")
    expect(when).to_contain_text(re.compile(r"London\s+17:30–18:50 Tokyo"))
    Eye(london, f"{SLUG}-online").see("own-page")


def put_in_the_links(summit: Summit, desk: Page) -> None:
    """They are told by no preview; that the rooms can be joined is told by the next release."""
    desk.goto(f"{summit.desk}/online/rooms")
    desk.get_by_label("Link of those who look on, Rehearsal Hall").fill(HALL)
    desk.get_by_label("Link of speakers, Rehearsal Hall").fill(GREEN)
    desk.get_by_label("Languages, Rehearsal Hall").fill("French: https://meet.example/fr")
    Eye(desk, f"{SLUG}-desk").see("links")
    desk.get_by_role("button", name="Store the links").click()
    expect(desk.get_by_role("row").filter(has_text="Rehearsal Hall")).to_contain_text("can join")
    summit.do(lambda: publishing.publish(summit.id, who=ORGANISER, now=clock.now(), reason="Links are in."))


def open_slots(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/online/checks/open")
    desk.get_by_role("group", name="Days").get_by_role("checkbox").first.check()
    for label, typed in (("From what time", "17:00"), ("Until what time", "18:00"), ("Who checks", "Sato")):
        desk.get_by_label(label).fill(typed)
    Eye(desk, f"{SLUG}-desk").see("slots")
    desk.get_by_role("button", name="Open these slots").click()
    expect(desk.get_by_text("4 slots are open.")).to_be_visible()


def book_a_check(summit: Summit, london: Page, page: str) -> None:
    """By London's clock, with Tokyo's beside; another time is taken, and the letter tells both."""
    london.goto(page)
    london.get_by_role("link", name="Check of picture and sound").click()
    london.get_by_label("Time", exact=True).select_option(label="08:00–08:15 = 17:00 Tokyo")
    london.get_by_role("button", name="Take this time").click()
    expect(london.get_by_text("This time is yours.")).to_be_visible()
    london.get_by_label("Time", exact=True).select_option(label="08:15–08:30 = 17:15 Tokyo")
    london.get_by_role("button", name="Take this time").click()
    expect(london.locator(".when .at")).to_have_text("08:15–08:30")
    Eye(london, f"{SLUG}-online").see("check")
    said = summit.letter("tech check", "sadiq", "Another time").text
    assert said.index("08:15–08:30") < said.index("17:15–17:30")
    assert "meet.example" not in said


def enter_a_failure(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/online/checks")
    Eye(desk, f"{SLUG}-desk").see("checks")
    desk.get_by_role("link", name=re.compile("Enter the result.*Sadiq Khan")).click()
    desk.get_by_label("Failed: a backup is asked for").check()
    desk.get_by_label("Picture").check()
    desk.get_by_label("Note").fill("Hardly any sound.")
    Eye(desk, f"{SLUG}-desk").see("result")
    desk.get_by_role("button", name="Store the result").click()
    expect(desk.get_by_role("row").filter(has_text="Sadiq Khan")).to_contain_text("Check failed")
    assert "a recording of what you will say" in summit.letter("tech check", "sadiq", "did not succeed").text


def see_red_on_the_stage(summit: Summit, desk: Page, people: People) -> Page:
    desk.goto(f"{summit.desk}/online")
    desk.get_by_role("button", name="Make a link for every moderator").click()
    expect(desk.get_by_text(re.compile("links are made"))).to_be_visible()
    Eye(desk, f"{SLUG}-desk").see("online")
    row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name=SIX))
    moderator = people.phone(timezone_id="Asia/Tokyo")
    moderator.goto(row.locator("input[type=url]").first.input_value())
    london = moderator.locator(".turns > li").filter(has_text="Sadiq Khan")
    for words in ("Check failed", "No backup", "Hardly any sound.", "Shows as Sadiq Khan"):
        expect(london).to_contain_text(words)
    return moderator


def see_the_backup(summit: Summit, moderator: Page) -> None:
    """The recording has come."""

    def act() -> None:
        six = select(Session.id).where(Session.event_id == summit.id, Session.code == "session-6").scalar_subquery()
        mine = update(Appearance).where(Appearance.session_id == six)
        db.session.execute(mine.where(Appearance.delegation_id == summit_city).values(video_ready=True))

    summit_city = summit.city("London")
    summit.do(act)
    moderator.reload()
    expect(moderator.locator(".turns > li").filter(has_text="Sadiq Khan")).to_contain_text("Backup ready")


def wait_before_the_door(london: Page, page: str) -> None:
    london.goto(page)
    london.get_by_role("link", name=re.compile(f"To where you join.*{SIX}")).click()
    expect(london.get_by_text("Not open yet.")).to_be_visible()
    expect(london.get_by_text(re.compile("08:00 .London. = .*17:00 .Tokyo.", re.DOTALL))).to_be_visible()
    expect(london.get_by_role("button", name="Join as a speaker")).to_have_count(0)
    Eye(london, f"{SLUG}-online").see("before")


def begin_now(summit: Summit, minutes: int = 5) -> None:
    """Session 6 begins in a few minutes, where it is the middle of the day."""
    now = clock.now()
    moment = now + timedelta(minutes=minutes)
    zone = at_noon(moment)
    starts = clock.local(moment, zone).replace(second=0, microsecond=0)

    def act() -> None:
        event = db.session.get_one(Event, summit.id)
        event.zone, event.starts_on, event.ends_on = zone, starts.date(), starts.date()
        six = db.session.execute(
            select(Session).where(Session.event_id == summit.id, Session.code == "session-6")
        ).scalar_one()
        six.day, six.starts, six.ends = starts.date(), starts.time(), (starts + timedelta(minutes=50)).time()
        db.session.flush()
        publishing.publish(summit.id, who=ORGANISER, now=now, reason="A rehearsal of the rehearsal.")

    summit.do(act)


def join(london: Page, page: str) -> None:
    """To where speakers wait; the provider is told nothing of where one comes from."""
    asked: list[tuple[str, str]] = []

    def meet(route: Route) -> None:
        asked.append((route.request.url, route.request.headers.get("referer", "")))
        route.fulfill(content_type="text/html", body="<!doctype html><title>Meeting</title><h1>Meeting</h1>")

    london.context.route("https://meet.example/**", meet)
    london.reload()
    expect(london.get_by_text("Open now.")).to_be_visible()
    expect(london.get_by_text("This was moved. It was to be:")).to_be_visible()
    assert "meet.example" not in london.content()
    Eye(london, f"{SLUG}-online").see("open")
    london.get_by_role("button", name="Join as a speaker").click()
    expect(london.get_by_role("heading", level=1)).to_have_text("Meeting")
    assert asked == [(GREEN, "")]
    assert page


def see_who_joined(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/online/joined")
    expect(desk.get_by_role("row").filter(has_text="Sadiq Khan")).to_contain_text("speaker")
    Eye(desk, f"{SLUG}-desk").see("joined")


def test_the_stage(summit: Summit, people: People) -> None:
    begin_now(summit, 3)
    desk = people.desk()
    desk.goto(f"{summit.desk}/online")
    row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name=SIX))
    row.get_by_role("button", name="Make a link").last.click()
    row.locator("input[type=url]").last.wait_for()
    address = row.locator("input[type=url]").last.input_value()
    first, second = people.phone(), people.phone(java_script_enabled=False)
    for each in (first, second):
        each.goto(address)
    lead(first)
    follow_without_scripts(second, address)
    see_the_others_marks(first)
    see_it_on_the_desk(desk, row)


def lead(phone: Page) -> None:
    """In the dark: the first is called, their clock runs, they have spoken; it is taken back and done again."""
    phone.get_by_role("link", name="Dark").click()
    expect(phone.locator("html")).to_have_class("dark")
    expect(phone.locator("#present")).to_have_text("Rio de Janeiro")
    phone.get_by_role("button", name=re.compile("^Start the clock.*Rio de Janeiro")).click()
    figures = phone.locator(".present .left b")
    expect(figures).to_have_text(re.compile(r"^0[45]:\d\d$"))
    before = figures.inner_text()
    expect(figures).not_to_have_text(before)
    Eye(phone, "j18-stage").see("speaking")
    phone.get_by_role("button", name=re.compile("^Spoke.*Rio de Janeiro")).click()
    expect(phone.locator("#present")).to_have_text("Bangkok")
    phone.get_by_role("button", name=re.compile("^Undo.*Rio de Janeiro")).click()
    expect(phone.locator("#present")).to_have_text("Rio de Janeiro")
    phone.get_by_role("button", name=re.compile("^Spoke.*Rio de Janeiro")).first.click()
    expect(phone.locator(".turns > li").first).to_contain_text("Spoke")
    expect(phone.locator("html")).to_have_class("dark")


def follow_without_scripts(phone: Page, address: str) -> None:
    """What stood on the page is marked meanwhile: that is said. Looking again shows it, and Bangkok is absent."""
    phone.get_by_role("button", name=re.compile("^Absent.*Rio de Janeiro")).first.click()
    expect(phone.get_by_text("Rio de Janeiro was marked meanwhile.")).to_be_visible()
    expect(phone.locator(".turns > li").first).to_contain_text("Spoke")
    expect(phone.locator(".present .left")).to_contain_text("min")
    phone.get_by_role("button", name=re.compile("^Absent.*Bangkok")).first.click()
    expect(phone.locator(".turns > li").nth(1)).to_contain_text("Absent")
    assert address in phone.url


def see_the_others_marks(phone: Page) -> None:
    """The page follows by itself while nobody touches it."""
    phone.evaluate("document.activeElement.blur()")
    expect(phone.locator(".turns > li").nth(1)).to_contain_text("Absent")
    Eye(phone, "j18-stage").see("followed")


def see_it_on_the_desk(desk: Page, row: object) -> None:
    assert row
    desk.get_by_role("link", name=re.compile(f"See how it goes.*{SIX}")).click()
    for city, mark in (("Rio de Janeiro", "Spoke"), ("Bangkok", "Absent")):
        expect(desk.get_by_role("row").filter(has_text=city)).to_contain_text(mark)
    Eye(desk, "j18-desk").see("session")
