"""F12: the same form comes twice, in every way in which that happens. It is one registration and one letter, and each
answer leads to the same page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text

from tests.registration.cast import hidden
from tests.trust.clients import NUMBERS, Answer, Browser, address, online
from tests.trust.faults.conftest import Storm
from tests.trust.figures import Figures
from tests.trust.invariants import engine_of

Fields = dict[str, str]
REGISTER = "/summit/register"


def double_click(browser: Browser, fields: Fields) -> list[Answer]:
    ready = threading.Barrier(2)

    def press(mine: Browser) -> Answer:
        ready.wait()
        return mine.post(REGISTER, fields)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(press, (browser, browser.twin())))


def reload(browser: Browser, fields: Fields) -> list[Answer]:
    """The browser asks whether to send the form again, and does."""
    first = browser.post(REGISTER, fields)
    browser.get(first.location)
    return [first, browser.post(REGISTER, fields)]


def back_button(browser: Browser, fields: Fields) -> list[Answer]:
    """Back to the form as the browser kept it, after a look at another page, and pressed again."""
    first = browser.post(REGISTER, fields)
    browser.get(first.location)
    browser.get("/summit/")
    return [first, browser.post(REGISTER, fields), browser.post(REGISTER, fields)]


def duplicated_tab(browser: Browser, fields: Fields) -> list[Answer]:
    """A tab that was duplicated holds the same form; both are sent."""
    other = browser.twin()
    return [browser.post(REGISTER, fields), other.post(REGISTER, fields)]


def proxy(browser: Browser, fields: Fields) -> list[Answer]:
    """A proxy that lost the line to us sends the form again, and again, while the first is still at work."""
    impatient = browser.twin()
    impatient.patience = 0.02
    for _each in range(3):
        with suppress(OSError):
            impatient.post(REGISTER, fields)
    return [browser.post(REGISTER, fields)]


WAYS: dict[str, Callable[[Browser, Fields], list[Answer]]] = {
    each.__name__: each for each in (double_click, reload, back_button, duplicated_tab, proxy)
}


def fill_in(storm: Storm) -> tuple[Browser, Fields, str]:
    number = next(NUMBERS)
    browser = storm.browser(address(number))
    name = f"Presser {number}"
    return browser, hidden(browser.get(REGISTER)) | online(storm.ground.cast, name), name


def stored(storm: Storm, name: str) -> tuple[int, int]:
    """How many registrations and confirmations there are for this name."""
    with engine_of(storm.ground.url).connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM delegates WHERE name = :name"), {"name": name})
        letters = text("SELECT count(*) FROM messages WHERE to_name = :name AND kind = 'confirmation'")
        return rows.scalar_one(), connection.execute(letters, {"name": name}).scalar_one()


@pytest.mark.parametrize("way", WAYS)
def test_a_form_sent_again_is_one_registration_and_one_letter(
    storm: Storm, figures: Figures, full: bool, way: str
) -> None:
    wrong = 0
    for _each in range(50 if full else 3):
        browser, fields, name = fill_in(storm)
        answers = WAYS[way](browser, fields)
        same = {(each.status, each.location) for each in answers}
        page = browser.get(answers[-1].location)
        wrong += (len(same), answers[0].status, stored(storm, name), page.status) != (1, 303, (1, 1), 200)
        wrong += name not in page.text
    figures.hold(
        "F12", f"forms that {way.replace('_', ' ')} made more or less than one registration of", wrong, exactly=0
    )


def test_a_form_sent_again_on_the_next_day_is_the_same_registration(storm: Storm, figures: Figures) -> None:
    browser, fields, name = fill_in(storm)
    first = browser.post(REGISTER, fields)
    yesterday = {"sqlite": "datetime(registered_at, '-26 hours')"}
    with engine_of(storm.ground.url).begin() as connection:
        moved = yesterday.get(connection.dialect.name, "registered_at - interval '26 hours'")
        connection.execute(text(f"UPDATE delegates SET registered_at = {moved} WHERE name = :name"), {"name": name})
    again = browser.post(REGISTER, fields)
    assert (first.status, again.status, again.location) == (303, 303, first.location)
    figures.hold("F12", "more registrations by a form replayed on the next day", stored(storm, name)[0] - 1, exactly=0)


@pytest.mark.trust
def test_a_form_without_its_key_would_register_twice(careless: Storm) -> None:
    for way in (double_click, reload):
        browser, fields, name = fill_in(careless)
        way(browser, fields)
        assert stored(careless, name) == (2, 2)
