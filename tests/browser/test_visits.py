"""A party waits whole for a full visit (J15); a bus is boarded with a phone that loses the network (J16)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from app import clock
from app.accounts import Role
from app.accounts.models import Staff, User
from app.db import db
from app.registration.models import Capacity, Delegate
from app.visits import editing, rows, signing, vehicles
from app.visits.editing import Facts
from app.visits.models import SignUp, Standing, Visit
from app.visits.signing import Request
from tests.browser.conftest import KEPT, Eye, People
from tests.browser.summits import ORGANISER, Summit

pytestmark = pytest.mark.one_database

SLUG = "j15"


def visit(summit: Summit, code: str, **facts: object) -> int:
    """The id of a visit, changed in these facts."""

    def act() -> int:
        found = db.session.execute(select(Visit).where(Visit.event_id == summit.id, Visit.code == code)).scalar_one()
        told = Facts(**(vars(Facts.of(found)) | facts))
        return editing.change(found.id, told, found.version, who=ORGANISER, now=clock.now()).id

    return summit.do(act)


def sign_up(summit: Summit, visit_id: int, *people: Delegate, step_free: int = 0) -> SignUp:
    asked = Request(tuple(each.id for each in people), frozenset({step_free}), "+81312345678", True)
    return summit.do(lambda: signing.sign_up(visit_id, asked, who="them", now=clock.now()))[0]


def give_back(summit: Summit, mine: SignUp) -> None:
    summit.do(lambda: signing.give_back(mine.id, whole=True, who="them", now=clock.now()))


def test_a_party_waits_whole_and_its_offer_passes_on(summit: Summit, people: People) -> None:
    boat = visit(summit, "shelter", seats=20)
    taken = [
        sign_up(summit, boat, summit.registered("Tokyo", f"Guest {number}", Capacity.DELEGATE)) for number in range(19)
    ]
    mayor = summit.registered("Rome", "Gaia Romani", Capacity.HEAD, "gaia")
    for name, role in (("Luca Ferri", Capacity.INTERPRETER), ("Paola Conti", Capacity.SECURITY)):
        summit.registered("Rome", name, role)
    phone = people.phone(timezone_id="Europe/Rome")
    phone.goto(summit.page_of(mayor))
    join(phone)
    next_up = [summit.registered("Milan", f"Milan {each}", Capacity.DELEGATE, f"milan{each}") for each in range(3)]
    sign_up(summit, boat, *next_up)

    give_back(summit, taken[0])
    phone.reload()
    expect(phone.get_by_text("place 1 on the list")).to_be_visible()
    give_back(summit, taken[1])
    phone.reload()
    expect(phone.get_by_text("It is your turn")).to_be_visible()
    expect(phone.get_by_text("Gaia Romani, Luca Ferri, and Paola Conti").first).to_be_visible()
    Eye(phone, f"{SLUG}-offer").see("visit")
    summit.letter("visit offered", "gaia")

    time_is_over(summit, boat)
    summit.letter("visit offer passed", "gaia")
    summit.letter("visit offered", "milan2")
    phone.reload()
    expect(phone.get_by_text("on the waiting list")).to_be_visible()


def time_is_over(summit: Summit, visit_id: int) -> None:
    """The hours of the offer are over; the worker sees it by itself."""
    late = update(SignUp).where(SignUp.visit_id == visit_id, SignUp.state == Standing.OFFERED)
    summit.do(lambda: db.session.execute(late.values(offered_until=clock.now() - timedelta(seconds=1))))


def join(phone: Page) -> None:
    phone.get_by_role("link", name="Choose visits").click()
    Eye(phone, f"{SLUG}-choice").see("visits")
    phone.get_by_role("link", name="A park that shelters a district").click()
    Eye(phone, f"{SLUG}-form").see("visit")
    phone.get_by_label("Luca Ferri").check()
    phone.get_by_label("Paola Conti").check()
    phone.get_by_label("I have read what this visit asks for").check()
    phone.get_by_role("button", name="Sign up").click()
    expect(phone.get_by_text("place 1 on the list")).to_be_visible()


def test_a_bus_is_boarded_without_a_network(summit: Summit, people: People, browser: Browser) -> None:
    bus = visit(summit, "water")
    anna, luca, paola = (
        summit.registered("Rome", name, Capacity.ADVISER, name.split()[0].lower())
        for name in ("Anna Bianchi", "Luca Neri", "Paola Verdi")
    )
    sign_up(summit, bus, anna, step_free=anna.id)
    seats = [sign_up(summit, bus, each) for each in (luca, paola)]
    looks_after_access(summit)
    van, first = (link(summit, bus, name) for name in ("Van with a lift", "Bus 1"))
    desk = people.desk()
    see_the_manifest(summit, desk)
    leaves_now(summit)

    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="en-GB", timezone_id="Asia/Tokyo")
    phone = context.new_page()
    phone.goto(first)
    phone.evaluate(KEPT, first)
    Eye(phone, f"{SLUG}-boarding").see("bus")
    assert "without a step" not in phone.content()
    phone.get_by_role("button", name=re.compile("Luca Neri")).click()
    expect(phone.get_by_text("1 of 2")).to_be_visible()
    expect(phone.get_by_text("Waits for the network")).to_be_hidden()
    context.set_offline(True)
    phone.reload()
    expect(phone.get_by_text("you are offline")).to_be_visible()
    expect(phone.get_by_text("1 of 2")).to_be_visible()  # though the page was kept before that press
    luca_s = phone.get_by_role("button", name=re.compile("Luca Neri"))
    luca_s.click()
    luca_s.click()
    phone.get_by_role("button", name=re.compile("Paola Verdi")).click()
    phone.reload()
    expect(phone.get_by_text("Waits for the network: 3")).to_be_visible()
    expect(phone.get_by_role("button", name=re.compile("Luca Neri"))).to_have_attribute("aria-pressed", "true")
    context.set_offline(False)
    expect(phone.get_by_text("Waits for the network")).to_be_hidden()
    phone.reload()
    expect(phone.get_by_text("2 of 2")).to_be_visible()

    give_back(summit, seats[1])
    phone.reload()
    expect(phone.get_by_role("region", name="Gave the place back recently")).to_contain_text("Paola Verdi")
    expect(phone.get_by_text("1 of 1")).to_be_visible()
    phone.goto(van)
    expect(phone.get_by_role("region", name="Not on board")).to_contain_text("Anna Bianchi")
    context.close()


def looks_after_access(summit: Summit) -> None:
    """The organiser looks after journeys and access at this summit too."""

    def act() -> None:
        user = db.session.execute(select(User).where(User.email == "koike@tokyo.example")).scalar_one()
        db.session.add(Staff(user_id=user.id, event_id=summit.id, role=Role.LOGISTICS))

    summit.do(act)


def link(summit: Summit, visit_id: int, name: str) -> str:
    """The address of the list of one vehicle."""

    def act() -> str:
        there = db.session.execute(select(Visit).where(Visit.id == visit_id)).scalar_one()
        found = rows.lock([there.id])[there.id].vehicles
        key = next(each.id for each in found if each.name == name)
        return vehicles.link(key, on=True, who=ORGANISER, now=clock.now()).link

    return f"{summit.setting.url}/b/{summit.do(act)}"


def leaves_now(summit: Summit) -> None:
    """It is today, and it leaves about now."""
    here = clock.local(clock.now(), "Asia/Tokyo")
    begins = max(here - timedelta(minutes=5), datetime.combine(here.date(), time(), here.tzinfo))
    visit(summit, "water", day=here.date(), leaves=begins.time().replace(second=0, microsecond=0), returns=time(23, 59))


def see_the_manifest(summit: Summit, desk: Page) -> None:
    desk.goto(f"{summit.desk}/visits")
    Eye(desk, f"{SLUG}-desk").see("table")
    row = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name="Where the water comes from"))
    expect(row).to_contain_text("3 of 24")
    row.get_by_role("link", name="Open").click()
    Eye(desk, f"{SLUG}-desk").see("visit")
    desk.get_by_role("link", name="Change the visit").click()
    Eye(desk, f"{SLUG}-desk").see("edit")
    desk.goto(f"{summit.desk}/visits")
    row.get_by_role("link", name="Van with a lift").click()
    expect(desk.get_by_text("needs to get in without a step").first).to_be_visible()
    Eye(desk, f"{SLUG}-desk").see("manifest")
