"""F11: many people take the last seat at once, over HTTP: of a visit, and of a city's quota."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from app.db import db
from app.delegations.models import Category
from app.events.models import Mode
from app.publishing import service as publishing
from app.registration.models import Delegate
from tests.registration import people
from tests.registration.cast import hidden, read
from tests.trust.clients import NUMBERS, Answer, address, online, percentile
from tests.trust.faults.conftest import Storm
from tests.trust.figures import Figures
from tests.trust.invariants import engine_of
from tests.visits.cast import visit

CODES = (f"boat-{number}" for number in itertools.count(1))
MILAN = "Milan"
HOMES = ("Rome", "New York", "Seoul", "Tokyo", "Lancaster", "Queensland")
"""Where those who want the seat of a visit come from."""


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All press in the same moment."""
    ready = threading.Barrier(len(acts))

    def press(act: Callable[[], Answer]) -> Answer:
        ready.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(press, acts))


def boat(storm: Storm, guests: int) -> tuple[str, list[str]]:
    """A published visit with one seat, and the secrets of so many people who may join it."""
    cast, code = storm.ground.cast, next(CODES)
    number = next(NUMBERS)
    visit(cast, code, seats=1, title=f"Boat {number}")
    people.do(cast, lambda: publishing.publish(cast.event_id, who="test", now=datetime(2089, 12, 2, tzinfo=UTC)))
    homes = itertools.islice(itertools.cycle(HOMES), guests)
    found = [people.register(cast, f"Guest {next(NUMBERS)}", home) for home in homes]
    secrets = read(cast.app, lambda: [each.link for each in found])
    return code, secrets


def pressing(storm: Storm, code: str, secrets: Sequence[str]) -> list[Callable[[], Answer]]:
    """Everybody has the page open, with the rules ticked; each of these presses one button."""

    def ready(number: int, secret: str) -> Callable[[], Answer]:
        browser, path = storm.browser(address(number)), f"/d/{secret}/visits/{code}"
        fields = hidden(browser.get(path)) | {"mobile": "+39061234567", "understood": "y"}
        return lambda: insisting(lambda: browser.post(path, fields))

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ready, (next(NUMBERS) for _ in secrets), secrets))


def insisting(press: Callable[[], Answer]) -> Answer:
    """Press again as long as the answer is to try again in a moment; counts how often that was."""
    for _each in range(20):
        answer = press()
        if answer.status != 503:
            break
        AGAIN.append(answer.seconds)
    return answer


AGAIN: list[float] = []
"""How long each took that was asked to try again."""


def seats(storm: Storm, code: str) -> tuple[list[str], int]:
    """The states of those who signed up, by their turn; and how many of those who wait stand before somebody whose
    sign-up was stored earlier."""
    query = text(
        "SELECT s.id, s.state, s.joined_at FROM sign_ups AS s JOIN visits AS v ON v.id = s.visit_id"
        " WHERE v.code = :code ORDER BY s.list_class, s.joined_at, s.id"
    )
    with engine_of(storm.ground.url).connect() as connection:
        rows = connection.execute(query, {"code": code}).all()
    waiting = [row.id for row in rows if row.state == "waitlisted"]
    return [row.state for row in rows], sum(one > other for one, other in itertools.pairwise(waiting))


@pytest.mark.parametrize("number", [8, pytest.param(200, marks=pytest.mark.trust)])
def test_the_last_seat_of_a_visit_is_taken_once(storm: Storm, figures: Figures, number: int) -> None:
    code, secrets = boat(storm, number)
    AGAIN.clear()
    answers = at_once(pressing(storm, code, secrets))
    states, turned = seats(storm, code)
    of = f"by {number} people at once"
    figures.hold("F11", f"seats given of the last one, asked for {of}", states.count("allocated"), exactly=1)
    figures.hold("F11", f"people who wait, asked {of}", states.count("waitlisted"), exactly=number - 1)
    figures.hold("F11", f"people whose turn is not that of their press, asked {of}", turned, exactly=0)
    figures.hold("F11", f"answers 5xx, asked {of}", sum(each.status >= 500 for each in answers), exactly=0)
    figures.measure("F11", f"people asked to try again, {of}", len(AGAIN), most=0, unit="")
    took = percentile([each.seconds for each in answers], 0.99)
    figures.measure("F11", f"p99 of a press for the last seat {of}", took, most=2, unit="s")
    storm.examine().hold(figures, "F11", f" after {number} pressed at once")


def forms(storm: Storm, number: int) -> list[Callable[[], Answer]]:
    """So many people of Milan have the register's form filled in."""

    def ready(each: int) -> Callable[[], Answer]:
        browser = storm.browser(address(each))
        told = online(storm.ground.cast, f"Milan {each}", MILAN, mode="venue", mobile="+39061234567")
        fields = hidden(browser.get("/summit/register")) | told
        return lambda: insisting(lambda: browser.post("/summit/register", fields))

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ready, (next(NUMBERS) for _ in range(number))))


def one_more(storm: Storm) -> None:
    """Milan may enter one person more at the venue than it has."""
    cast = storm.ground.cast
    theirs = select(db.func.count(Delegate.id)).where(Delegate.name.like("Milan %"))
    there = read(cast.app, lambda: db.session.execute(theirs).scalar_one())
    people.quota(cast, MILAN, there + 1, Category.DELEGATES, Mode.VENUE)


def test_the_last_venue_place_of_a_quota_is_taken_once(storm: Storm, figures: Figures, full: bool) -> None:
    number = 200 if full else 8
    one_more(storm)
    answers = at_once(forms(storm, number))
    said = [each.status for each in answers]
    of = f"by {number} people at once"
    figures.hold("F11", f"places given of the last of a quota, asked for {of}", said.count(303), exactly=1)
    figures.hold("F11", f"people told in words that it is used up, {of}", said.count(422), exactly=number - 1)
    storm.examine().hold(figures, "F11", f" after {number} registered at once")


@pytest.mark.trust
def test_a_place_read_first_and_written_later_would_be_given_twice(careless: Storm) -> None:
    one_more(careless)
    said = [each.status for each in at_once(forms(careless, 12))]
    code, secrets = boat(careless, 12)
    at_once(pressing(careless, code, secrets))
    states, _turned = seats(careless, code)
    assert (said.count(303) > 1, states.count("allocated") > 1) == (True, True)
    assert careless.examine().miscounted > 0
