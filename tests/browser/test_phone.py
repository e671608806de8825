"""The summit as an app on a phone: installed, read without a network as last seen, forgotten when told to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app import clock
from app.agenda.models import Session
from app.db import db
from app.events.models import Mode
from app.publishing import service as publishing
from app.registration import service as registration
from app.registration.models import Capacity, Delegate
from tests.browser import chromium
from tests.browser.conftest import KEPT, SLOWEST, Eye, People
from tests.browser.summits import ORGANISER, Summit

pytestmark = pytest.mark.one_database

SLUG = "phone"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Somebody's phone; without a network its console complains, so nobody listens to it."""
    made = browser.new_context(viewport={"width": 320, "height": 640}, locale="en-GB", timezone_id="Europe/Rome")
    made.set_default_timeout(SLOWEST)
    yield made.new_page()
    made.close()


def opened(phone: Page, address: str) -> None:
    """Open a page, and wait until the device keeps it."""
    phone.goto(address)
    phone.evaluate(KEPT, address)


def kept(phone: Page) -> list[str]:
    """The addresses of the pages that the device keeps."""
    return list(
        phone.evaluate(
            """async () => {
              const names = (await caches.keys()).filter((name) => name.endsWith("-pages"));
              const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
              return keys.flat().map((each) => new URL(each.url).pathname);
            }"""
        )
    )


def test_a_phone_can_install_a_summit(summit: Summit, browser: Browser, tmp_path: Path) -> None:
    own = browser.browser_type.launch_persistent_context(  # a passing one installs nothing
        tmp_path, executable_path=chromium.executable(), args=[*chromium.FLAGS]
    )
    phone = own.pages[0]
    opened(phone, f"{summit.public}/agenda")
    ask = phone.context.new_cdp_session(phone)
    found = ask.send("Page.getAppManifest")
    told = json.loads(found["data"])
    assert found["errors"] == []
    assert told["name"] == "Leaders Summit PHONE"
    assert told["start_url"] == f"/device/start/{SLUG}"
    assert ask.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    own.close()


def test_agenda_and_own_page_are_read_without_a_network(summit: Summit, phone: Page) -> None:
    mayor = summit.registered("Rome", "Gaia Romani", Capacity.HEAD, "gaia")
    own = summit.page_of(mayor)
    opened(phone, f"{summit.public}/agenda")
    opened(phone, own)
    phone.context.set_offline(True)
    phone.goto(f"{summit.public}/agenda")
    expect(phone.get_by_role("complementary", name="Without a network")).to_contain_text(
        re.compile(r"As of \d\d:\d\d; you are offline")
    )
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    phone.goto(f"{summit.public}/agenda?tz=Europe/Rome")
    expect(phone.get_by_role("heading", level=1, name="Agenda")).to_be_visible()
    phone.goto(own)
    expect(phone.get_by_text("you are offline")).to_be_visible()
    expect(phone.get_by_text("Gaia Romani").first).to_be_visible()
    Eye(phone, f"{SLUG}-offline").see("own-page")
    phone.goto(f"{summit.setting.url}/device/start/{SLUG}")
    assert phone.url == own
    phone.goto(f"{summit.public}/cities/tokyo")
    expect(phone.get_by_text("is not kept on this device")).to_be_visible()
    expect(phone.get_by_role("main").get_by_role("link", name=re.compile("Your registration"))).to_be_visible()
    Eye(phone, f"{SLUG}-offline").see("not-kept")


def test_what_was_told_in_confidence_and_the_desk_are_never_kept(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Marta Sala", Capacity.DELEGATE, "marta")
    own = summit.page_of(guest)
    opened(phone, own)
    for page in ("travel", "visa", "change", "links", "about/names", "about/badge", "visits"):
        phone.goto(own + page)
    phone.goto(f"{summit.setting.url}/sign-in")
    path = own.removeprefix(summit.setting.url)
    expect_own(phone, [path, f"{path}about/badge", f"{path}visits"])


def test_the_desk_never_comes_from_the_device(summit: Summit, people: People, phone: Page) -> None:
    desk = people.desk()
    opened(desk, f"{summit.public}/agenda")
    desk.goto(summit.desk)
    assert set(kept(desk)) <= {"/device", f"/{SLUG}/agenda"}
    desk.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        desk.goto(f"{summit.desk}/registrations")
    people.errors.clear()


def test_what_cannot_be_sent_stays_as_it_was_typed(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Livia Monti", Capacity.DELEGATE, "livia")
    opened(phone, summit.page_of(guest))
    phone.goto(summit.page_of(guest) + "change")
    phone.get_by_role("textbox", name="Position").fill("Director of Water")
    phone.context.set_offline(True)
    phone.get_by_role("main").get_by_role("button", name="Store").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nothing was sent")
    expect(phone.get_by_role("textbox", name="Position")).to_have_value("Director of Water")
    phone.evaluate("Object.defineProperty(navigator, 'onLine', {value: true})")  # a network that leads nowhere
    phone.get_by_role("main").get_by_role("button", name="Store").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nothing was sent")
    expect(phone.get_by_role("textbox", name="Position")).to_have_value("Director of Water")
    phone.context.set_offline(False)
    phone.get_by_role("main").get_by_role("button", name="Store").click()
    expect(phone.get_by_text("Stored.").first).to_be_visible()


def test_a_release_is_read_at_once(summit: Summit, phone: Page) -> None:
    opened(phone, f"{summit.public}/agenda")

    def act() -> None:
        first = select(Session).where(Session.event_id == summit.id).order_by(Session.position).limit(1)
        db.session.execute(first).scalar_one().title = "A title of this morning"
        publishing.publish(summit.id, who=ORGANISER, now=clock.now())

    summit.do(act)
    phone.goto(f"{summit.public}/agenda")
    expect(phone.get_by_text("Release 2, published").first).to_be_visible()
    phone.wait_for_timeout(500)
    phone.context.set_offline(True)
    phone.goto(f"{summit.public}/agenda")
    expect(phone.get_by_text("Release 2, published").first).to_be_visible()


def test_what_was_kept_under_another_query_goes_with_its_version(summit: Summit, phone: Page) -> None:
    for asked in ("", "?tz=Europe/Rome", "?lang=fr"):
        opened(phone, f"{summit.public}/visits{asked}")
    path = f"/{SLUG}/visits"
    assert kept(phone).count(path) == 3

    def act() -> None:
        first = select(Session).where(Session.event_id == summit.id).order_by(Session.position).limit(1)
        db.session.execute(first).scalar_one().title = "A title of this noon"
        publishing.publish(summit.id, who=ORGANISER, now=clock.now())

    summit.do(act)
    phone.goto(f"{summit.public}/visits?tz=Asia/Tokyo")
    only(phone, path, 1)
    phone.context.set_offline(True)
    phone.goto(f"{summit.public}/visits")
    expect(phone.get_by_text("you are offline")).to_be_visible()


def test_of_ones_own_page_one_copy_is_kept_and_none_once_it_leads_elsewhere(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Bruna Sala", Capacity.DELEGATE, "bruna")
    own = summit.page_of(guest)
    path = own.removeprefix(summit.setting.url)
    for asked in ("", "?lang=fr", "?lang=en"):
        opened(phone, own + asked)
    only(phone, path, 1)
    phone.evaluate(
        """async (address) => {
          const name = (await caches.keys()).find((each) => each.endsWith("-pages"));
          await (await caches.open(name)).put(address, new Response("what a server said once"));
        }""",
        f"{summit.setting.url}/{SLUG}?lang=fr",  # an address that sends on to another
    )
    phone.goto(f"{summit.public}?lang=ja")
    expect(phone).to_have_url(re.compile(r"/phone/\?lang=ja$"))
    only(phone, f"/{SLUG}", 0)


def only(phone: Page, path: str, number: int) -> None:
    """In a moment the device keeps so many copies of this page."""
    for _tries in range(100):
        if kept(phone).count(path) == number:
            return
        phone.wait_for_timeout(100)
    raise AssertionError(kept(phone))


def test_a_device_forgets_when_told_to(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Chiara Neri", Capacity.DELEGATE, "chiara")
    own = summit.page_of(guest)
    opened(phone, own)
    phone.get_by_role("button", name="Forget on this device").click()
    expect(phone.get_by_text("Forgotten")).to_be_visible()
    assert kept(phone) == []
    phone.reload()
    phone.goto(f"{summit.public}/agenda")
    assert own.removeprefix(summit.setting.url) not in kept(phone)
    phone.goto(own)
    phone.get_by_role("button", name="Keep on this device").click()
    opened(phone, own)


def test_a_replaced_link_and_a_withdrawal_clear_what_was_kept(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Sara Costa", Capacity.DELEGATE, "sara")
    old = summit.page_of(guest)
    opened(phone, old)
    opened(phone, old + "visits")
    summit.do(lambda: registration.renew(guest.id, "page", clock.now()))
    phone.goto(old + "change")
    expect_own(phone, [])
    new = summit.page_of(summit.of(lambda: fresh(guest)))
    assert new != old
    opened(phone, new)
    path = new.removeprefix(summit.setting.url)
    expect_own(phone, [path])
    summit.do(lambda: registration.renew(guest.id, "page", clock.now()))
    newest = summit.page_of(summit.of(lambda: fresh(guest)))
    opened(phone, newest)  # and the former one never more
    expect_own(phone, [newest.removeprefix(summit.setting.url)])
    summit.do(lambda: registration.withdraw(guest.id, clock.now()))
    phone.goto(newest)
    expect_own(phone, [])


def expect_own(phone: Page, paths: list[str]) -> None:
    """In a moment the device keeps these of somebody's own pages, and no others."""
    for _tries in range(100):
        if sorted(each for each in kept(phone) if each.startswith("/d/")) == sorted(paths):
            return
        phone.wait_for_timeout(100)
    raise AssertionError(kept(phone))


SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((seen) => { for (const each of seen.getEntries()) sum += each.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 1500);
})"""


def test_nothing_jumps_while_a_page_is_drawn(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Lancaster", "Joy Rivera", Capacity.DELEGATE, "joy", Mode.ONLINE)
    for _cold_then_warm in range(2):
        for address in (f"{summit.public}/agenda", summit.page_of(guest)):
            phone.goto(address)
            assert phone.evaluate(SHIFTS) < 0.02, address
    phone.context.set_offline(True)
    phone.goto(summit.page_of(guest))
    assert phone.evaluate(SHIFTS) < 0.02, "without a network"


def test_a_network_that_does_not_answer_is_not_waited_for_for_ever(summit: Summit, phone: Page) -> None:
    opened(phone, f"{summit.public}/visits")
    phone.context.route(f"{summit.public}/visits", lambda route: None)  # no answer ever comes
    phone.goto(f"{summit.public}/visits")
    expect(phone.get_by_text("the network does not answer")).to_be_visible()
    expect(phone.get_by_role("link", name="Try again")).to_be_visible()


def test_a_person_passes_on_the_summit_and_never_their_own_address(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Elena Riva", Capacity.DELEGATE, "elena")
    phone.add_init_script(
        "navigator.share = async (told) => { window.told = told; };"  # the sheet of a phone, which no test can press
    )
    phone.goto(summit.page_of(guest))
    phone.get_by_role("button", name="Share").click()
    assert phone.evaluate("window.told.url") == f"{summit.public}/"
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.evaluate("navigator.share = undefined")
    phone.get_by_role("button", name="Share").click()
    expect(phone.get_by_text("The address is copied.")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == f"{summit.public}/"


def test_pages_of_a_phone_in_arabic(summit: Summit, phone: Page) -> None:
    guest = summit.registered("Milan", "Paolo Galli", Capacity.DELEGATE, "paolo")
    opened(phone, summit.page_of(guest) + "?lang=ar")
    phone.context.set_offline(True)
    phone.reload()
    eye = Eye(phone, f"{SLUG}-arabic")
    eye.see("own-page")
    phone.goto(f"{summit.public}/cities/tokyo")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    eye.see("not-kept")


def test_all_is_as_before_without_the_worker(summit: Summit, browser: Browser) -> None:
    made = browser.new_context(service_workers="block", locale="en-GB")
    phone = made.new_page()
    faults: list[str] = []
    phone.on("pageerror", lambda fault: faults.append(str(fault)))
    phone.goto(f"{summit.public}/agenda")
    phone.goto(f"{summit.setting.url}/device")
    expect(phone.get_by_text("None so far.")).to_be_visible()
    assert faults == []
    made.close()


def test_old_pages_are_drawn_with_new_files_and_old_caches_go(summit: Summit, phone: Page) -> None:
    phone.goto(f"{summit.setting.url}/sign-in")
    phone.evaluate("caches.open('plenary-0-pages')")
    opened(phone, f"{summit.public}/agenda")
    phone.reload()
    assert "plenary-0-pages" not in phone.evaluate("caches.keys()")
    phone.context.set_offline(True)
    drawn = phone.evaluate("fetch('/static/plenary.css?v=of-another-day').then((each) => each.text())")
    assert ".as-of" in drawn


def fresh(person: Delegate) -> Delegate:
    return db.session.get_one(Delegate, person.id)
