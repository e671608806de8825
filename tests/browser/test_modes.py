"""Rome's delegate moves online and frees a seat; Milan asks for another way after the deadline (J08, J09)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.events.models import Due, Mode
from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit
from tests.ical import rules

pytestmark = pytest.mark.one_database

SLUG = "j08"


def test_from_the_venue_to_online(summit: Summit, people: People) -> None:
    desk, rome, paris = people.desk(), people.phone(timezone_id="Europe/Rome"), people.phone()
    gaia = summit.registered("Rome", "Gaia Romani", Capacity.HEAD, "gaia")
    rome.goto(summit.page_of(gaia))
    leave_one_seat(summit, desk)
    camille = summit.registered("Paris", "Camille Petit", Capacity.DELEGATE, "camille")
    paris.goto(summit.page_of(camille))
    expect(paris.get_by_role("heading", level=1)).to_have_text("You are on the waiting list")
    go_online(rome)
    see_own_hours(summit, rome)
    take_the_seat(summit, paris)
    see_both_on_the_desk(summit, desk)


def leave_one_seat(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/places/venue")
    desk.get_by_label(re.compile("^Number")).fill("1")
    desk.get_by_role("button", name="Store").click()
    expect(desk.get_by_text("1 of 1 places taken")).to_be_visible()


def go_online(rome: Page) -> None:
    """What only those online are asked is asked now."""
    rome.get_by_role("link", name="Change something").click()
    rome.get_by_label("Online").check()
    expect(rome.get_by_label("Mobile telephone")).to_be_hidden()
    rome.get_by_label("Time zone you will be in").select_option(value="Europe/Rome")
    rome.get_by_label("Name you will show on the platform").fill("Rome, Gaia Romani")
    rome.get_by_role("button", name="Store").click()
    expect(rome.get_by_text("Stored. If anything is new, a letter that tells it is on its way.")).to_be_visible()


def see_own_hours(summit: Summit, rome: Page) -> None:
    """Each session of the city stands at its hour in Rome beside that of Tokyo; the calendar says so too."""
    expect(rome.get_by_text("Rome, Gaia Romani")).to_be_visible()
    expect(rome.locator(".programme .yours").filter(has_text="Rome").first).to_be_visible()
    Eye(rome, f"{SLUG}-online").see("my-page")
    mail = summit.letter("changed", "gaia")
    assert "online (it was: at the venue)" in mail.text
    (days,) = rules.events(mail.calendar)
    assert (days["LOCATION"], days["SEQUENCE"]) == ("Online", "1")


def take_the_seat(summit: Summit, paris: Page) -> None:
    """Who waits first is offered the seat by letter, for a time."""
    paris.goto(summit.letter("offered", "camille").link("/offer"))
    Eye(paris, f"{SLUG}-offer").see("offer")
    paris.get_by_label("Yes, I take it").check()
    paris.get_by_role("button", name="Answer").click()
    expect(paris.get_by_role("heading", level=1)).to_have_text("You are registered")
    summit.letter("confirmation", "camille")


def see_both_on_the_desk(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/registrations")
    for name, mode in (("Gaia Romani", "Online"), ("Camille Petit", "At the venue")):
        row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name=name))
        expect(row).to_contain_text(mode)


def test_another_way_after_the_deadline(summit: Summit, people: People) -> None:
    desk, milan = people.desk(), people.phone(timezone_id="Europe/Rome")
    office = summit.speaker("Milan", "Luca Milani", "luca")
    summit.due(Due.MODE, clock.now() - timedelta(days=1), hard=True)
    ask(milan, office)
    grant(summit, desk)
    milan.goto(office)
    section = milan.get_by_role("region", name="How your city takes part")
    expect(section).to_contain_text("Online")
    expect(section).to_contain_text("By video message")
    assert "online" in summit.letter("delegation changed", "luca").text


def ask(milan: Page, office: str) -> None:
    milan.goto(office)
    milan.get_by_role("link", name="Take part in another way").click()
    expect(milan.get_by_text("The time for free changes is over; the organisers decide.")).to_be_visible()
    milan.get_by_label("Online").check()
    milan.get_by_role("button", name="Ask the organisers").click()
    expect(
        milan.get_by_text("You asked the organisers for another way, and they have not decided yet:")
    ).to_be_visible()
    Eye(milan, "j09-asked").see("asked")


def grant(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/board?missing=other+modes")
    desk.get_by_role("row").filter(has_text="Milan").get_by_role("link", name="Decide on modes").click()
    desk.get_by_label("Grant it").check()
    Eye(desk, "j09-desk").see("decide")
    desk.get_by_role("button", name="Decide").click()
    expect(desk.get_by_text("Decided; a letter tells the city.")).to_be_visible()


def test_a_person_asks_for_another_way_after_the_deadline(summit: Summit, people: People) -> None:
    """Until the organisers grant it everything stays; then the page and the letter say what holds."""
    desk, delhi = people.desk(), people.phone(timezone_id="Asia/Kolkata")
    asha = summit.registered("Delhi", "Asha Rao", Capacity.HEAD, "asha", Mode.ONLINE)
    summit.due(Due.MODE, clock.now() - timedelta(days=1), hard=True)
    delhi.goto(f"{summit.page_of(asha)}change")
    delhi.get_by_label("By video message").check()
    delhi.get_by_label("Language spoken in the message").fill("Hindi")
    delhi.get_by_role("button", name="Store the changes").click()
    expect(delhi.get_by_text("A change waits. Until it is granted, everything stays as it is.")).to_be_visible()
    Eye(delhi, "j09-person").see("waits")
    desk.goto(f"{summit.desk}/registrations/{asha.reference}")
    expect(desk.get_by_text("Way of taking part: by video message (now: online)")).to_be_visible()
    Eye(desk, "j09-person-desk").see("waits")
    desk.get_by_role("link", name="Grant").click()
    desk.get_by_role("button", name="Grant it").click()
    expect(desk.get_by_role("region", name="Changes asked for")).to_have_count(0)
    delhi.reload()
    expect(delhi.get_by_text("A change waits.")).to_have_count(0)
    expect(delhi.get_by_text("Hindi")).to_be_visible()
