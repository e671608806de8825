"""A39 and A13 in Chromium: the second step with a passkey and with an app, and what pages behind a secret fetch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, Request
from sqlalchemy import select, update

from app import clock
from app.accounts.models import SignIn
from app.db import db, write
from app.registration.models import Delegate
from tests.accounts.people import OTHER, PASSWORD, address
from tests.browser.conftest import Eye
from tests.measure.glass import served
from tests.registration.cast import Cast, hidden, typed
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

DESK = "/test/gnets-2023/desk"


@pytest.fixture
def site(door: Flask) -> Iterator[str]:
    """The product on a port of its own, at a name for which browsers make passkeys."""
    was = door.config["BASE_URL"]
    with served(door) as url:
        door.config["BASE_URL"] = url
        yield url
    door.config["BASE_URL"] = was


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB")
    made.set_default_timeout(20_000)
    yield made
    made.close()


def plugged_in(page: Page) -> None:
    """A laptop's own key, as Chromium has it for tests."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    line.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"hasResidentKey": True, "automaticPresenceSimulation": True}},
    )


def password(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in?next={DESK}")
    page.get_by_label("Email address").fill(address("tokyo"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_passkey_of_a_laptop_is_set_up_and_signs_in(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    plugged_in(page)
    eye = Eye(page, "passkey")
    password(page, site)
    page.goto(f"{site}/organise/account/steps")
    page.get_by_role("link", name="Add a passkey").click()
    eye.see("add")
    page.get_by_label("Name of the key").fill("My laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("button", name="Make ten new codes").click()
    eye.see("codes")
    page.get_by_role("link", name="I have kept them").click()
    eye.see("steps")
    assert "My laptop" in page.inner_text("main")
    context.clear_cookies()
    password(page, site)
    eye.see("second")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**{DESK}")
    assert page.inner_text("body") == "gnets-2023 KOIKE Yuriko"


def test_everything_but_passkeys_works_without_scripts(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    password(page, site)
    page.goto(f"{site}/organise/account/steps")
    page.get_by_role("link", name="Set up an app").click()
    key = page.inner_text("code").replace("-", "")
    page.get_by_label("Code").fill(str(TOTP(key=key).generate().token))
    page.get_by_role("button", name="Store").click()
    page.get_by_role("button", name="Make ten new codes").click()
    spare = page.locator("main code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    password(page, site)
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{DESK}")
    context.close()


def another(page: Page, present: str) -> None:
    """Fill in the form that sets another password."""
    for label, words in (("Your password", present), ("New password", OTHER), ("The same again", OTHER)):
        page.get_by_label(label).fill(words)


def test_password_is_changed_without_scripts_and_by_keyboard(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    password(page, site)
    page.goto(f"{site}/organise/account/steps")
    page.get_by_role("link", name="Set another password").click()
    another(page, "a guess of somebody")
    page.get_by_role("button", name="Set this password").click()
    assert "This is not your password. Please try again." in page.inner_text("main")
    another(page, PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/organise/account/steps")
    assert "Your password is set. All other browsers are signed out." in page.inner_text("main")
    context.close()


def test_pages_of_a_password_look_right(site: str, context: BrowserContext, door: Flask) -> None:
    page = context.new_page()
    eye = Eye(page, "password")
    password(page, site)
    page.goto(f"{site}/organise/account/password")
    eye.see("change")
    another(page, "a guess of somebody")
    page.get_by_role("button", name="Set this password").click()
    eye.see("wrong")
    page.goto(f"{site}/organise/account")
    page.get_by_label("Name").fill("Koike Yuriko")
    long_ago = clock.now() - timedelta(hours=door.config["SIGN_IN_IDLE_HOURS"])
    with door.app_context():
        write(lambda: db.session.execute(update(SignIn).values(used_at=long_ago)))
    page.get_by_role("button", name="Store").click()
    eye.see("waits")
    page.goto(f"{site}/organise/account")
    page.wait_for_url("**/sign-in/again?**")
    eye.see("again")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/organise/account")


def test_sign_out_forgets_pages_and_leaves_what_a_device_keeps(site: str, context: BrowserContext) -> None:
    """What can be read without a network lies in caches of scripts, ticks of boarding in their storage."""
    page = context.new_page()
    password(page, site)
    page.goto(f"{site}/organise/account")
    page.evaluate(
        """async () => {
          await (await caches.open("pages")).put("/kept", new Response("kept"));
          localStorage.setItem("boarding:/b/x", "kept");
        }"""
    )
    page.goto(f"{site}/sign-out")
    with page.expect_response(lambda each: each.request.method == "POST") as answered:
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
    assert answered.value.all_headers().get("clear-site-data") == '"cache"'
    page.wait_for_load_state()
    page.go_back()
    page.go_back()
    assert "/sign-in" in page.url
    left = page.evaluate(
        """async () => [await (await caches.match("/kept"))?.text(), localStorage.getItem("boarding:/b/x")]"""
    )
    assert left == ["kept", "kept"]


def test_pages_of_the_app_look_right(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    eye = Eye(page, "second-step")
    password(page, site)
    page.goto(f"{site}/organise/account/steps/app")
    eye.see("app")
    page.goto(f"{site}/sign-in/again")
    eye.see("again")


def secrets_of(cast: Cast) -> list[str]:
    """Pages behind the secrets of a delegate and of an office."""
    client = cast.app.test_client()
    page = client.get("/summit/register")
    home = client.post("/summit/register", data=hidden(page) | typed(cast)).location
    with cast.app.app_context():
        guest = db.session.scalars(select(Delegate)).one()
        return [home, f"/d/{guest.link}/", f"/d/{guest.link}/change", f"/summit/register/{cast.links['Rome']}"]


def test_pages_behind_a_secret_fetch_nothing_from_others(cast: Cast, browser: Browser, figures: Figures) -> None:
    foreign: list[str] = []
    kept: list[str] = []
    paths = secrets_of(cast)
    with served(cast.app) as url:
        context = browser.new_context()
        page = context.new_page()

        def note(request: Request) -> None:
            if urlsplit(request.url).netloc != urlsplit(url).netloc and not request.url.startswith("data:"):
                foreign.append(request.url)

        context.on("request", note)
        for path in paths:
            answer = page.goto(url + path, wait_until="load")
            assert answer is not None
            assert answer.status == 200, path
            if not re.search("no-store|private", answer.headers.get("cache-control", "")):
                kept.append(path)
            assert answer.headers["referrer-policy"] == "same-origin"
        context.close()
    figures.hold("A13", "requests to others by pages behind a secret", len(foreign), exactly=0)
    figures.hold("A13", "pages behind a secret that caches may store", len(kept), exactly=0)
