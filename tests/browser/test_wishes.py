"""Places of visits by wishes: a delegate ranks on a phone, an office for two, organisers give the places."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.db import db
from app.registration.models import Capacity
from app.visits import editing
from app.visits.editing import Facts
from app.visits.models import Filling, Visit
from tests.browser.conftest import Eye, People
from tests.browser.summits import ORGANISER, Summit

pytestmark = pytest.mark.one_database

SLUG = "wishes"


def by_wishes(summit: Summit, code: str, seats: int, closes_at: datetime) -> str:
    """The title of a visit, whose places are given by wishes from now on."""

    def act() -> str:
        found = db.session.execute(select(Visit).where(Visit.event_id == summit.id, Visit.code == code)).scalar_one()
        own = {"filling": Filling.WISHES, "seats": seats, "minimum": None, "closes_at": closes_at, "opens_at": None}
        told = Facts(**(vars(Facts.of(found)) | own))
        return editing.change(found.id, told, found.version, who=ORGANISER, now=clock.now()).title

    return summit.do(act)


def test_wishes_are_ranked_and_places_given(summit: Summit, people: People) -> None:
    soon = clock.now() + timedelta(days=1)
    shelter, water = by_wishes(summit, "shelter", 1, soon), by_wishes(summit, "water", 2, soon)
    mayor = summit.registered("Rome", "Gaia Romani", Capacity.HEAD, "gaia")
    for name in ("Park Jiwon", "Kim Haneul"):
        summit.registered("Seoul", name, Capacity.ADVISER, name.split()[0].lower())

    phone = people.phone(java_script_enabled=False)
    phone.goto(summit.page_of(mayor))
    phone.get_by_role("link", name="Choose visits").click()
    phone.get_by_role("link", name="Your wishes for visits").click()
    rank(phone, shelter, water)
    expect(phone.get_by_role("region", name="What you wish for", exact=True)).to_contain_text(shelter)
    seen = people.phone()
    seen.goto(phone.url)
    Eye(seen, f"{SLUG}-mine").see("wishes")

    office = people.laptop()
    office.goto(f"{summit.speaker('Seoul', 'Lee Sora', 'lee')}visit-wishes")
    office.get_by_role("link", name="Wish for people").click()
    for name in ("Park Jiwon", "Kim Haneul"):
        office.get_by_role("group", name="Who goes together?").get_by_label(name).check()
    rank(office, water, "")
    Eye(office, f"{SLUG}-office").see("parties")

    desk = people.desk()
    desk.goto(f"{summit.setting.url}/organise/{SLUG}/allocations")
    Eye(desk, f"{SLUG}-desk").see("demand")
    for code in ("shelter", "water"):
        by_wishes(summit, code, 1 if code == "shelter" else 2, clock.now())
    desk.get_by_role("button", name="Work out who goes where").click()
    expect(desk.get_by_text("3 people get a place and a letter.")).to_be_visible()
    Eye(desk, f"{SLUG}-run").see("run")
    desk.get_by_role("button", name="Give these places and tell everybody").click()
    expect(desk.get_by_text("3 people have a place now.")).to_be_visible()
    assert "first wish" in summit.letter("visit wish granted", "gaia").text
    summit.letter("visit wish granted", "kim")
    phone.reload()
    expect(phone.get_by_text(f"You have a place: {shelter}")).to_be_visible()


def rank(page: Page, first: str, second: str) -> None:
    page.get_by_label("First wish").select_option(label=first)
    if second:
        page.get_by_label("Second wish").select_option(label=second)
    page.get_by_label("Mobile telephone on the day").fill("+39061234567")
    page.get_by_label("I have read what these visits ask for").check()
    page.get_by_role("button", name="Store").click()
