"""Finding one's way at a summit: filters, stars, what is on now, the programme on paper, the agenda in a frame."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.publishing import service
from app.publishing.programme import Programme
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit
from tests.publishing.great import tell

pytestmark = pytest.mark.one_database

SLUG = "finding"


def programme(summit: Summit) -> Programme:
    """What is published of the summit."""

    def read() -> Programme:
        shown = service.current(SLUG)
        assert shown is not None
        return shown.public

    return summit.of(read)


def shown(page: Page) -> list[str]:
    """The sessions that can be seen, by their titles."""
    return page.locator("[data-agenda] [data-in]:not([hidden]) :is(h3, h4)").all_inner_texts()


def hits(page: Page, count: int) -> None:
    expect(page.locator("[data-hits]")).to_have_text(f"Sessions shown: {count} of 12")


def test_filters_answer_at_once_and_stand_in_the_address(summit: Summit, people: People) -> None:
    page = people.laptop()
    page.goto(f"{summit.public}/agenda")
    hits(page, 12)
    page.evaluate("window.same = true")
    page.get_by_label("City", exact=True).select_option(label="Rome")
    hits(page, 1)
    assert (shown(page), page.url) == (["Session 5"], f"{summit.public}/agenda?city=rome")
    page.get_by_label("Way of taking part").select_option(label="By video message")
    hits(page, 0)
    expect(page.get_by_text("No session is all of this at once.")).to_be_visible()
    Eye(page, SLUG).see("nothing-found")
    page.go_back()
    hits(page, 1)
    expect(page.get_by_label("Way of taking part")).to_have_value("")
    page.get_by_role("link", name="Clear").click()
    hits(page, 12)
    page.get_by_role("navigation", name="Days").get_by_role("link").nth(2).click()
    day = page.url.partition("day=")[2]
    found = shown(page)
    assert page.evaluate("window.same")  # nothing was fetched anew
    page.reload()
    assert (shown(page), page.url.endswith(day)) == (found, True)
    expect(page.locator("[data-day][aria-current]")).to_have_attribute("data-day", day)
    page.get_by_label("Your time zone").select_option("Asia/Kolkata")
    page.locator(".zone-picker").get_by_role("button").click()
    page.wait_for_url(f"**day={day}**")
    assert shown(page) == found


def test_filters_and_search_do_without_a_script(summit: Summit, people: People) -> None:
    page = people.phone(java_script_enabled=False)
    page.goto(f"{summit.public}/agenda")
    expect(page.locator(".star, .scripted").filter(visible=True)).to_have_count(0)
    page.get_by_label("City", exact=True).select_option(label="Rome")
    page.get_by_role("search").get_by_role("button", name="Show").click()
    hits(page, 1)
    expect(page.get_by_role("heading", name="Session 5")).to_be_visible()
    expect(page.get_by_role("heading", name="Session 6")).to_be_hidden()
    page.get_by_role("link", name="Clear").click()
    hits(page, 12)
    page.goto(f"{summit.public}/people")
    page.get_by_label("Name, office or city").fill("koike")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Ms. KOIKE Yuriko").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ms. KOIKE Yuriko")


def test_people_are_found_while_one_types(summit: Summit, people: People) -> None:
    page = people.laptop()
    page.goto(f"{summit.public}/people")
    everybody = page.locator("[data-found]").count()
    page.get_by_label("Name, office or city").fill("Köike")
    expect(page.locator("[data-hits]")).to_have_text(f"People shown: 1 of {everybody}")
    expect(page.locator("[data-found]:not([hidden])")).to_have_count(1)
    Eye(page, SLUG).see("people")
    page.get_by_label("Name, office or city").fill("nobody at all")
    expect(page.get_by_text("Nobody is called so.")).to_be_visible()


def test_stars_are_kept_in_the_browser_and_become_a_calendar(summit: Summit, people: People) -> None:
    page = people.phone()
    page.goto(f"{summit.public}/agenda")
    mine = page.get_by_role("button", name=re.compile("My stars"))
    mine.click()
    expect(page.get_by_text("You have no stars yet.")).to_be_visible()
    page.get_by_role("link", name="See all of the agenda").filter(visible=True).click()
    for title in ("Session 2", "Session 6"):
        page.get_by_role("button", name=f"Star “{title}”").click()
    page.get_by_role("link", name="Session 6", exact=True).click()
    star = page.get_by_role("button", name="Star “Session 6”")
    expect(star).to_have_attribute("aria-pressed", "true")
    Eye(page, SLUG).see("session")
    star.click()
    page.goto(f"{summit.public}/agenda?mine=1")
    hits(page, 1)
    assert shown(page) == ["Session 2"]
    Eye(page, SLUG).see("stars")
    with page.expect_download() as told:
        page.get_by_role("link", name="Download my stars as a calendar file").click()
    text = told.value.path().read_text(encoding="utf-8")
    assert (text.count("BEGIN:VEVENT"), "SUMMARY:Session 2" in text) == (1, True)
    page.get_by_role("button", name="Star “Session 2”").click()
    expect(page.get_by_text("You have no stars yet.")).to_be_visible()
    expect(page.locator("[data-hits]")).to_be_focused()


def test_what_is_on_is_marked_as_time_goes_by(summit: Summit, people: People) -> None:
    session = programme(summit).session["session-2"]
    assert session.starts
    page = people.laptop()
    page.clock.install(time=session.starts + timedelta(minutes=5))
    page.goto(f"{summit.public}/agenda")
    before = page.evaluate("document.documentElement.scrollHeight")
    expect(page.locator("#session-2 .state")).to_have_text("On now")
    expect(page.locator("#session-3 .state")).to_have_text("Next")
    page.clock.fast_forward(2 * 60 * 60 * 1000)
    expect(page.locator("#session-2 .state")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollHeight") == before  # no mark moves anything
    page.goto(f"{summit.public}/")
    expect(page.locator("[data-countdown]")).to_have_text("Today: day 2 of 3")


def test_the_front_page_stays_right_while_it_is_open(summit: Summit, people: People) -> None:
    told = programme(summit)
    tell(summit.setting.app, as_of(told, clock.now()), SLUG)
    page = people.laptop()
    page.clock.install(time=clock.now())
    page.goto(f"{summit.public}/")
    panel = page.get_by_role("region", name="Now and next")
    expect(panel.get_by_role("listitem").filter(has_text="On now")).to_contain_text("Session 5")
    expect(panel.get_by_role("listitem").filter(has_text="Next")).to_contain_text("Session 6")
    Eye(page, SLUG).see("front")
    page.clock.fast_forward(80 * 60 * 1000)
    expect(panel.get_by_role("listitem").filter(has_text="On now")).to_contain_text("Session 6")
    page.clock.fast_forward(4 * 24 * 60 * 60 * 1000)
    expect(page.locator("[data-countdown]")).to_have_text("The summit is over.")
    expect(panel).to_be_hidden()


def as_of(told: Programme, now: datetime) -> Programme:
    """The programme on other days, so that Session 5 has been on for ten minutes."""
    starts = told.session["session-5"].starts
    assert starts
    off = now - starts - timedelta(minutes=10)
    days = clock.local(now, told.summit.zone).date() - clock.local(starts, told.summit.zone).date()
    summit = replace(told.summit, starts_on=told.summit.starts_on + days, ends_on=told.summit.ends_on + days)
    sessions = tuple(
        replace(each, day=each.day and each.day + days, starts=each.starts + off, ends=each.ends + off)
        if each.starts and each.ends
        else each
        for each in told.sessions
    )
    return replace(told, summit=summit, sessions=sessions)


def test_no_session_is_cut_by_the_edge_of_a_sheet(summit: Summit, people: People) -> None:
    page = people.laptop()
    page.goto(f"{summit.public}/programme")
    Eye(page, SLUG).see("programme")
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    pieces = page.locator(".piece")
    assert pieces.count() > 12
    breaks = "all => [...new Set(all.map(each => getComputedStyle(each).breakInside))]"
    assert pieces.evaluate_all(breaks) == ["avoid"]
    for gone in ("header.bar", "footer", ".tools"):
        expect(page.locator(gone)).to_be_hidden()


def test_the_agenda_stands_in_a_frame_and_leads_out_of_it(summit: Summit, people: People) -> None:
    page = people.laptop()
    page.goto(f"{summit.public}/embed")
    page.get_by_label("City", exact=True).select_option(label="Rome")
    page.get_by_role("button", name="Make the code").click()
    expect(page.get_by_label("Put this where the agenda is to stand")).to_have_value(re.compile(r"agenda\?city=rome"))
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Session 5")).to_be_visible()
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Session 5", exact=True).click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Session 5")
    opened.value.close()
    page.goto(f"{summit.setting.url}/embed/{SLUG}/agenda")
    Eye(page, SLUG).see("frame")


def test_a_page_is_passed_on_by_its_address(summit: Summit, people: People) -> None:
    page = people.laptop()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("delete Navigator.prototype.share")
    page.goto(f"{summit.public}/agenda?city=rome&mine=1#session-5")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("The address is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{summit.public}/agenda?city=rome"


def test_the_cities_stand_on_a_map_with_words_beneath(summit: Summit, people: People) -> None:
    page = people.laptop()
    page.goto(f"{summit.public}/cities")
    expect(page.get_by_role("img", name="Where the cities are")).to_be_visible()
    assert page.locator("svg.world .sized").count() == len(programme(summit).cities)
    Eye(page, SLUG).see("cities")
    page.goto(f"{summit.public}/cities?lang=ar")
    Eye(page, SLUG).see("cities-in-arabic")
    page.goto(f"{summit.public}/agenda?lang=ar")
    Eye(page, SLUG).see("agenda-in-arabic")
