"""A city sends a video, hears what is wrong with it, sends better ones; it is accepted, placed and played (J10)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.db import db
from app.events.models import Event
from app.videos import expecting
from app.videos.models import VideoMessage
from app.videos.terms import set_terms, terms_of
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit
from tests.videos import clips

pytestmark = pytest.mark.one_database

SLUG = "j10"
CHECKED = 60
"""Tries, a second apart, until the worker has checked a file on a loaded machine."""


def test_a_video_is_refused_warned_of_returned_replaced_accepted_and_played(
    summit: Summit, people: People, tmp_path: Path
) -> None:
    page, review = awaited(summit)
    city, desk = people.phone(), people.desk()
    city.goto(page)
    tell(city, "0:01")
    refused(summit, city, clips.film(tmp_path / "upright.mp4", size=(720, 1280)))
    warned(city, page, clips.film(tmp_path / "long.mp4", seconds=5))
    returned(summit, desk, review)
    replaced(city, page, clips.film(tmp_path / "milan.mp4", seconds=2, heard=clips.speech), tmp_path)
    accepted(summit, desk, review)
    played(summit, desk, people.phone())
    watched(summit, desk, people.laptop())


def awaited(summit: Summit) -> tuple[str, str]:
    """Messages may be a second long; the addresses of Milan's page and of its review."""

    def act() -> tuple[str, str]:
        event = db.session.get_one(Event, summit.id)
        before, now = terms_of(event), clock.now()
        set_terms(event, type(before)(**{**vars(before), "seconds": 1}), who="KOIKE Yuriko", now=now)
        expecting.settle(summit.id, "the clock", now)
        expecting.announce(summit.id)
        mine = select(VideoMessage).where(VideoMessage.delegation_id == milan)
        message = db.session.execute(mine).scalar_one()
        return message.link, message.uid

    milan = summit.city("Milan")
    link, uid = summit.do(act)
    return f"{summit.setting.url}/v/{link}/", f"{summit.desk}/videos/{uid}/review"


def tell(city: Page, length: str) -> None:
    """All that is asked about the film."""
    city.get_by_role("link", name="Fill it in").or_(city.get_by_role("link", name="Change it")).first.click()
    city.get_by_label("Who speaks").fill("Giuseppe SALA")
    city.get_by_label("Their position").fill("Mayor of Milan")
    city.get_by_label("Language spoken").select_option("it")
    city.get_by_label("Length").fill(length)
    city.get_by_label("In a file of their own").check()
    city.get_by_label("What is said, word for word").fill("Milano saluta Tokyo.")
    for right in ("shown at the venue", "shown online", "stay on the public pages", "belongs to others"):
        city.get_by_label(right).check()
    city.get_by_label("Who answers questions about it").fill("Anna Bianchi")
    city.get_by_label("Their email address").fill("anna@j10.example")
    city.get_by_role("button", name="Store").click()
    expect(city.get_by_text("Stored.")).to_be_visible()


def send(city: Page, film: Path) -> None:
    city.get_by_role("link", name="Send the video").or_(
        city.get_by_role("link", name="Send another file")
    ).first.click()
    city.locator("input[type=file]").set_input_files(film)
    city.get_by_role("button", name="Send it").click()
    expect(city.get_by_role("heading", name="What is needed")).to_be_visible()


def until(page: Page, words: str) -> None:
    """Look again and again until the page says so."""
    for _try in range(CHECKED):
        if page.get_by_text(words).first.is_visible():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    raise AssertionError(f"the page never said {words!r}: {page.get_by_role('main').inner_text()}")


def refused(summit: Summit, city: Page, upright: Path) -> None:
    """Portrait: refused, with the rule on the page and in a letter."""
    send(city, upright)
    until(city, "720 × 1280, portrait: 16:9, at least 1280 × 720 is wanted.")
    expect(city.get_by_text("The file cannot be used as it is.")).to_be_visible()
    Eye(city, f"{SLUG}-city").see("refused")
    assert "720 × 1280, portrait" in summit.letter("video failed", "anna").text


def warned(city: Page, page: str, long: Path) -> None:
    """Longer than its slot: warned of, and reviewed; without captions it needs them."""
    tell(city, "0:05")
    send(city, long)
    until(city, ": at most 0:01 is wanted.")
    expect(city.get_by_text("Needs captions").first).to_be_visible()
    expect(city.get_by_text("The organisers look at the video.")).to_be_visible()
    assert city.url == page


def returned(summit: Summit, desk: Page, review: str) -> None:
    """The reviewer sees film, facts and findings, cannot accept it without captions by mistake, and returns it."""
    desk.goto(f"{summit.desk}/videos")
    desk.get_by_role("row").filter(has_text="Milan").get_by_role("link", name="Review it").click()
    assert desk.url == review
    expect(desk.get_by_text("needs captions").first).to_be_visible()
    Eye(desk, f"{SLUG}-desk").see("review")
    desk.get_by_role("button", name="Accept version 2").click()
    expect(desk.get_by_role("alert")).to_contain_text("Captions are missing.")
    desk.get_by_label("What is to be changed").fill("Please name the city, and be brief.")
    desk.get_by_role("button", name="Ask for changes").click()
    expect(desk.get_by_text("Returned. A letter brings your comment to the city.")).to_be_visible()
    assert "Please name the city, and be brief." in summit.letter("video changes", "anna").text


def replaced(city: Page, page: str, good: Path, folder: Path) -> None:
    """The city reads the comment, and sends another film and its captions."""
    city.goto(page)
    expect(city.get_by_text("Please name the city, and be brief.")).to_be_visible()
    tell(city, "0:02")
    send(city, good)
    until(city, "There are no captions")
    city.get_by_role("link", name="Send the captions").click()
    (path := folder / "milan.vtt").write_bytes(clips.captions((0, 1), (1, 2)))
    city.locator("input[type=file]").set_input_files(path)
    city.get_by_role("button", name="Send the captions").click()
    until(city, "The organisers look at the video.")
    expect(city.get_by_text("There are no captions")).to_have_count(0)


def accepted(summit: Summit, desk: Page, review: str) -> None:
    """The film plays with its captions; nothing is against it; it is accepted and has its place."""
    desk.goto(review)
    expect(desk.get_by_text("No rule has anything against it.")).to_be_visible()
    plays(desk)
    desk.get_by_role("button", name="Accept version 3").click()
    expect(desk.get_by_text("Accepted. A letter tells the city.")).to_be_visible()
    expect(desk.get_by_text("accepted, in its place")).to_be_visible()
    assert "is accepted" in summit.letter("video accepted", "anna").subject
    desk.goto(f"{summit.desk}/playlist")
    row = desk.get_by_role("row").filter(has_text="Milan")
    expect(row).to_contain_text("session-2-milan-v3.mp4")
    Eye(desk, f"{SLUG}-desk").see("playlist")


def plays(page: Page) -> None:
    """The film runs, and its captions are read."""
    film = "document.querySelector('video')"
    becomes(page, f"{film}.readyState >= 1")
    page.evaluate(f"{film}.muted = true")
    page.evaluate(f"{film}.play()")
    becomes(page, f"{film}.currentTime > 0.3")
    becomes(page, f"{film}.textTracks[0].cues?.length === 2")
    assert page.evaluate(f"{film}.videoWidth") == 1280


def becomes(page: Page, true: str) -> None:
    """Wait until this holds in the page, asking from outside, since its policy lets nothing be evaluated within."""
    for _try in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(100)
    raise AssertionError(true)


def played(summit: Summit, desk: Page, phone: Page) -> None:
    """The control room, on a phone: it finds the film in running order and marks it."""
    desk.get_by_role("button", name="Open the control room").click()
    link = desk.get_by_label("Link of the control room").input_value()
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Control room")
    Eye(phone, f"{SLUG}-room").see("order")
    phone.get_by_role("row").filter(has_text="Milan").get_by_role("button", name=re.compile("^Played")).click()
    row = phone.get_by_role("row").filter(has_text="Milan")
    expect(row).to_contain_text("played")
    listed = phone.request.get(link + ".m3u").text()
    assert "Milan (it)" in listed
    desk.goto(f"{summit.desk}/playlist")
    expect(desk.get_by_role("row").filter(has_text="Milan").get_by_role("button", name="Take back")).to_be_visible()


def watched(summit: Summit, desk: Page, visitor: Page) -> None:
    """The public sees it once organisers say that what was played is shown, and not before."""
    visitor.goto(f"{summit.public}/videos")
    expect(visitor.get_by_text("No video can be shown now.")).to_be_visible()
    Eye(visitor, f"{SLUG}-public").see("none")
    desk.get_by_label("once it is marked as played").check()
    desk.get_by_role("button", name="Store", exact=True).click()
    expect(desk.get_by_text("Stored.")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="Milan")).to_be_visible()
    plays(visitor)
    Eye(visitor, f"{SLUG}-public").see("films")
